// SPDX-License-Identifier: Apache-2.0
/*
 * Many lives of one device.
 *
 *   layer 1   every operation of the undisturbed life is cut in every way; after power-on the
 *             device lives on to the end
 *   layer 2   every operation is cut in a few ways, and then operations of what follows are cut:
 *             all that erase or touch otadata, and some of the others
 */
#include "test/power/campaign.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "otakit/core/journal.h"
#include "sim/nor_snapshot.h"
#include "sim/random.h"
#include "test/power/life.h"
#include "test/power/plan.h"

/* Of the operations of a recovery that are not critical, one in so many is cut as well. */
#define PLAIN_STRIDE 8u

/* Second cuts made of one first cut when only a sample is wanted. */
#define SAMPLE_SECOND_CUTS 8u

struct run {
    const struct campaign *campaign;
    const struct scenario *scenario;
    struct tally *tally;
    struct world *world;
    struct memory start;
    struct otk_nor_op *ops; /* of the undisturbed life */
    uint32_t op_count;
    uint64_t turn;   /* lives offered so far, to share them among workers */
    uint64_t random; /* the same in all workers */
    uint32_t reported;
};

static void report(struct run *run, const struct otk_nor_cut *cuts, uint32_t cut_count,
                   enum verdict verdict, const char *why)
{
    char line[600];
    int len;

    if (verdict == VERDICT_BRICK) {
        run->tally->bricks++;
    } else {
        run->tally->wrong++;
    }
    if (run->reported++ >= run->campaign->report_max) {
        return;
    }
    len = snprintf(line, sizeof line, "%s: %s\n    again: otk_powercut --scenario %s",
                   verdict == VERDICT_BRICK ? "BRICK" : "WRONG", why, run->scenario->name);
    for (uint32_t i = 0; i < cut_count; i++) {
        len += snprintf(line + len, sizeof line - (size_t)len, " --cut %llu:%s:%u:%llu",
                        (unsigned long long)cuts[i].after_ops, otk_nor_fault_name(cuts[i].fault),
                        (unsigned)cuts[i].bytes, (unsigned long long)cuts[i].seed);
    }
    printf("%s\n", line);
    fflush(stdout);
}

/* Live on from here with each of the cuts in turn, then to the end. */
static enum end live(struct run *run, const struct otk_nor_cut *cuts, uint32_t cut_count,
                     uint32_t first, bool to_the_end)
{
    struct world *world = run->world;
    enum verdict verdict = VERDICT_GOOD;
    enum end end = END_CUT;
    char why[256];

    for (uint32_t i = first; i < cut_count && end == END_CUT; i++) {
        otk_nor_power_on(world->nor);
        otk_nor_arm_cut(world->nor, &cuts[i]);
        end = life_run(world, &verdict, why, sizeof why);
        otk_nor_disarm_cut(world->nor);
        if (i == 0 && end == END_CUT) {
            run->tally->cuts++;
        } else if (end == END_CUT && to_the_end) {
            run->tally->cuts++;
        }
    }
    if (end == END_CUT && to_the_end) {
        otk_nor_power_on(world->nor);
        end = life_run(world, &verdict, why, sizeof why);
    }
    if (end == END_CONDEMNED) {
        report(run, cuts, cut_count, verdict, why);
    }
    if (end == END_DONE) {
        run->tally->untried += world->memory.untried > 0;
        run->tally->resumed += world->memory.resumed > 0;
    }
    return end;
}

/* Whether this worker takes the next life, where `wanted` of `offered` are to be lived. */
static bool take_turn(struct run *run, uint64_t wanted, uint64_t offered)
{
    const uint64_t chance = otk_random_next(&run->random) >> 32;
    const bool is_wanted = wanted >= offered || chance * offered < (wanted << 32);

    if (!is_wanted) {
        return false;
    }
    return run->turn++ % run->campaign->worker_count == run->campaign->worker;
}

static void run_layer_1(struct run *run)
{
    struct otk_nor_cut cuts[PLAN_CUT_COUNT];
    uint64_t offered = 0;
    uint64_t wanted;

    for (uint32_t i = 0; i < run->op_count; i++) {
        offered += plan_all(&run->ops[i], i, cuts);
    }
    wanted = run->campaign->sample ? run->campaign->sample * 6 / 10 : offered;
    for (uint32_t i = 0; i < run->op_count; i++) {
        const uint32_t count = plan_all(&run->ops[i], i, cuts);

        for (uint32_t j = 0; j < count; j++) {
            if (!take_turn(run, wanted, offered)) {
                continue;
            }
            world_restore(run->world, &run->start);
            live(run, &cuts[j], 1, 0, true);
        }
    }
}

static bool is_critical(const struct otk_nor_op *op)
{
    return op->kind != OTK_NOR_PROGRAM || op->len == OTK_SEAL_SIZE ||
           (op->offset >= WORLD_OTADATA && op->offset < WORLD_OTADATA + 2 * OTK_SECTOR_SIZE);
}

/* The power has been lost once: cut what follows, too. The moment is remembered here. */
static void cut_recovery(struct run *run, const struct otk_nor_cut *first, uint64_t seed)
{
    struct world *world = run->world;
    struct otk_nor_cut cuts[2] = {*first};
    struct otk_nor_cut few[PLAN_CUT_COUNT];
    struct otk_nor_op *ops = world->ops;
    struct memory memory = world->memory;
    uint32_t count;

    memory.fuse_version = world->fuse.version;
    world->op_count = 0;
    world->recording = true;
    live(run, cuts, 1, 1, true);
    world->recording = false;
    count = world->op_count;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t pick = seed ^ ((uint64_t)i << 20);
        uint32_t few_count;

        if (run->campaign->sample && otk_random_below(&pick, count) >= SAMPLE_SECOND_CUTS) {
            continue;
        }
        if (!run->campaign->sample && !is_critical(&ops[i]) &&
            otk_random_below(&pick, PLAIN_STRIDE) != 0) {
            continue;
        }
        few_count = plan_few(&ops[i], i, otk_random_next(&pick), few);
        cuts[1] = few[otk_random_below(&pick, few_count)];
        world_restore(world, &memory);
        live(run, cuts, 2, 1, true);
    }
}

static void run_layer_2(struct run *run)
{
    const uint64_t offered = run->op_count * 3u;
    const uint64_t wanted = run->campaign->sample
                                ? run->campaign->sample * 4 / 10 / SAMPLE_SECOND_CUTS
                                : offered;
    struct otk_nor_cut cuts[PLAN_CUT_COUNT];

    for (uint32_t i = 0; i < run->op_count; i++) {
        const uint64_t seed = run->campaign->seed * 1000003u + i;
        const uint32_t count = plan_few(&run->ops[i], i, seed, cuts);

        for (uint32_t j = 0; j < count; j++) {
            if (!take_turn(run, wanted, offered)) {
                continue;
            }
            world_restore(run->world, &run->start);
            if (live(run, &cuts[j], 1, 0, false) != END_CUT) {
                continue;
            }
            if (otk_nor_push(run->world->nor) != OTK_OK) {
                exit(2);
            }
            cut_recovery(run, &cuts[j], seed * 7 + j);
            otk_nor_pop(run->world->nor);
        }
    }
}

/* The life without a cut; it has to be good, and its operations are what will be cut. */
static bool live_undisturbed(struct run *run)
{
    struct world *world = run->world;
    enum end end;

    world->recording = true;
    end = live(run, NULL, 0, 0, true);
    world->recording = false;
    run->op_count = world->op_count;
    run->tally->ops = world->op_count;
    run->ops = malloc(world->op_count * sizeof *run->ops + 1);
    if (!run->ops) {
        exit(2);
    }
    memcpy(run->ops, world->ops, world->op_count * sizeof *run->ops);
    return end == END_DONE;
}

static void open_run(struct run *run, const struct campaign *campaign,
                     const struct scenario *scenario, struct tally *tally)
{
    *run = (struct run){.campaign = campaign,
                        .scenario = scenario,
                        .tally = tally,
                        .random = campaign->seed,
                        .world = malloc(sizeof *run->world)};
    if (!run->world) {
        exit(2);
    }
    world_open(run->world, scenario);
    run->start = run->world->memory;
}

static void close_run(struct run *run)
{
    world_close(run->world);
    free(run->world);
    free(run->ops);
}

void campaign_run(const struct campaign *campaign, const struct scenario *scenario,
                  struct tally *tally)
{
    struct run run;

    open_run(&run, campaign, scenario, tally);
    if (live_undisturbed(&run)) {
        run_layer_1(&run);
        run_layer_2(&run);
    } else if (campaign->worker > 0) {
        *tally = (struct tally){0}; /* the first worker has told of it */
    }
    close_run(&run);
}

void campaign_replay(const struct scenario *scenario, const struct otk_nor_cut *cuts,
                     uint32_t cut_count, struct tally *tally)
{
    const struct campaign campaign = {.worker_count = 1, .report_max = 1};
    struct run run;

    open_run(&run, &campaign, scenario, tally);
    run.world->talks = true;
    if (live(&run, cuts, cut_count, 0, true) == END_DONE) {
        printf("%s: good after %u boots\n", scenario->name, run.world->memory.boots);
    }
    close_run(&run);
}
