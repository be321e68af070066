// SPDX-License-Identifier: Apache-2.0
/*
 * otk_powercut: cut the power everywhere, and see what becomes of the device.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test/power/campaign.h"

/* Lives of a run without options; together they take seconds. */
#define SAMPLE_USUAL 8000u

#define WORKERS_MAX 64u

static const char usage[] =
    "usage: otk_powercut [--scenario NAME] [--all | --sample N] [--seed S] [--list] [--verbose]\n"
    "       otk_powercut --scenario NAME --cut OP:FAULT:BYTES:SEED...\n"
    "\n"
    "Cuts the power of simulated devices in the middle of flash operations and judges what boots\n"
    "afterwards. The last line is \"CUTS cuts, BRICKS bricks, WRONG wrong images\"; exit status 1\n"
    "when one of the latter is not 0.\n"
    "\n"
    "  --scenario NAME  only this one\n"
    "  --all            every operation, every fault, and second cuts\n"
    "  --sample N       about N cuts, spread over the scenarios (8000)\n"
    "  --seed S         choose another sample (1)\n"
    "  --list           name the scenarios\n"
    "  --verbose        one line a scenario\n"
    "  --cut ...        one life with exactly these cuts, as a failure names them\n";

struct options {
    const struct scenario *scenario;
    uint32_t sample;
    uint64_t seed;
    bool verbose;
    struct otk_nor_cut cuts[CAMPAIGN_CUTS_MAX];
    uint32_t cut_count;
};

static void refuse(const char *what)
{
    fprintf(stderr, "otk_powercut: %s\n%s", what, usage);
    exit(2);
}

static uint64_t parse_number(const char *text)
{
    char *end;
    unsigned long long value;

    errno = 0;
    value = strtoull(text, &end, 0);
    if (errno != 0 || end == text || *end != '\0') {
        refuse("not a number");
    }
    return value;
}

static void parse_cut(struct options *options, const char *text)
{
    struct otk_nor_cut cut = {0};
    unsigned long long op;
    unsigned long long seed;
    unsigned bytes;
    char fault[16];
    int i;

    if (options->cut_count == CAMPAIGN_CUTS_MAX) {
        refuse("too many cuts");
    }
    if (sscanf(text, "%llu:%15[a-z]:%u:%llu", &op, fault, &bytes, &seed) != 4) {
        refuse("not a cut");
    }
    for (i = OTK_NOR_BEFORE; i <= OTK_NOR_AFTER; i++) {
        if (strcmp(otk_nor_fault_name((enum otk_nor_fault)i), fault) == 0) {
            break;
        }
    }
    if (i > OTK_NOR_AFTER) {
        refuse("no such fault");
    }
    cut.after_ops = op;
    cut.fault = (enum otk_nor_fault)i;
    cut.bytes = bytes;
    cut.seed = seed;
    options->cuts[options->cut_count++] = cut;
}

static void list_scenarios(void)
{
    for (unsigned i = 0; i < scenario_count; i++) {
        printf("%s%s\n", scenarios[i].name, scenarios[i].is_hole ? "  (by name only)" : "");
    }
    exit(0);
}

static bool takes_value(const char *name)
{
    return strcmp(name, "--scenario") == 0 || strcmp(name, "--sample") == 0 ||
           strcmp(name, "--seed") == 0 || strcmp(name, "--cut") == 0;
}

/* Options that take a value. */
static void parse_value(struct options *options, const char *name, const char *value)
{
    if (!takes_value(name)) {
        refuse("unknown option");
    }
    if (!value) {
        refuse("a value is missing");
    }
    if (strcmp(name, "--scenario") == 0) {
        options->scenario = scenario_find(value);
        if (!options->scenario) {
            refuse("no such scenario; see --list");
        }
    } else if (strcmp(name, "--sample") == 0) {
        options->sample = (uint32_t)parse_number(value);
    } else if (strcmp(name, "--seed") == 0) {
        options->seed = parse_number(value);
    } else {
        parse_cut(options, value);
    }
}

static void parse(struct options *options, char **arguments)
{
    for (char **argument = arguments + 1; *argument; argument++) {
        if (strcmp(*argument, "--help") == 0) {
            fputs(usage, stdout);
            exit(0);
        }
        if (strcmp(*argument, "--list") == 0) {
            list_scenarios();
        }
        if (strcmp(*argument, "--all") == 0) {
            options->sample = 0;
        } else if (strcmp(*argument, "--verbose") == 0) {
            options->verbose = true;
        } else {
            parse_value(options, argument[0], argument[1]);
            argument++;
        }
    }
    if (options->cut_count > 0 && !options->scenario) {
        refuse("--cut needs --scenario");
    }
}

static void run_worker(const struct options *options, struct campaign campaign,
                       struct tally *tallies)
{
    for (unsigned i = 0; i < scenario_count; i++) {
        if (options->scenario ? options->scenario == &scenarios[i] : !scenarios[i].is_hole) {
            campaign_run(&campaign, &scenarios[i], &tallies[i]);
        }
    }
}

/* One process a processor; each has its own row of tallies. Returns how many did not end well. */
static unsigned run_workers(const struct options *options, uint32_t worker_count,
                            struct tally *tallies)
{
    struct campaign campaign = {
        .seed = options->seed, .worker_count = worker_count, .report_max = 5};
    unsigned crashed = 0;

    if (options->sample) {
        const uint32_t shares = options->scenario ? 1 : scenario_count;

        campaign.sample = (options->sample + shares - 1) / shares;
    }
    for (campaign.worker = 0; campaign.worker < worker_count; campaign.worker++) {
        if (fork() == 0) {
            run_worker(options, campaign, tallies + campaign.worker * scenario_count);
            fflush(stdout);
            _exit(0);
        }
    }
    for (uint32_t i = 0; i < worker_count; i++) {
        int result = 0;

        if (wait(&result) < 0 || result != 0) {
            crashed++;
        }
    }
    return crashed;
}

static void add(struct tally *sum, const struct tally *tally)
{
    sum->cuts += tally->cuts;
    sum->bricks += tally->bricks;
    sum->wrong += tally->wrong;
    sum->untried += tally->untried;
    sum->resumed += tally->resumed;
    sum->ops = tally->ops > sum->ops ? tally->ops : sum->ops;
}

static struct tally sum_up(const struct options *options, const struct tally *tallies,
                           uint32_t worker_count)
{
    struct tally total = {0};

    for (unsigned i = 0; i < scenario_count; i++) {
        struct tally sum = {0};

        for (uint32_t j = 0; j < worker_count; j++) {
            add(&sum, &tallies[j * scenario_count + i]);
        }
        add(&total, &sum);
        if (options->verbose && sum.ops > 0) {
            printf("%-30s %4u operations %7llu cuts, %llu bricks, %llu wrong, "
                   "%llu resumed, %llu without a trial\n",
                   scenarios[i].name, (unsigned)sum.ops, (unsigned long long)sum.cuts,
                   (unsigned long long)sum.bricks, (unsigned long long)sum.wrong,
                   (unsigned long long)sum.resumed, (unsigned long long)sum.untried);
        }
    }
    return total;
}

static int conclude(const struct tally *total, unsigned crashed)
{
    if (crashed > 0) {
        printf("%u workers did not end well: the counts are incomplete\n", crashed);
    }
    if (total->untried > 0) {
        printf("lives in which the new application ran without being on trial: %llu\n",
               (unsigned long long)total->untried);
    }
    printf("%llu cuts, %llu bricks, %llu wrong images\n", (unsigned long long)total->cuts,
           (unsigned long long)total->bricks, (unsigned long long)total->wrong);
    return total->bricks > 0 || total->wrong > 0 || crashed > 0;
}

int main(int argc, char **argv)
{
    struct options options = {.sample = SAMPLE_USUAL, .seed = 1};
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    const uint32_t worker_count = processors < 1                   ? 1
                                  : processors > (long)WORKERS_MAX ? WORKERS_MAX
                                                                   : (uint32_t)processors;
    struct tally total = {0};
    struct tally *tallies;
    unsigned crashed;

    (void)argc;
    parse(&options, argv);
    if (options.cut_count > 0) {
        campaign_replay(options.scenario, options.cuts, options.cut_count, &total);
        return conclude(&total, 0);
    }
    tallies = mmap(NULL, worker_count * scenario_count * sizeof *tallies, PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (tallies == MAP_FAILED) {
        refuse("no memory");
    }
    crashed = run_workers(&options, worker_count, tallies);
    total = sum_up(&options, tallies, worker_count);
    return conclude(&total, crashed);
}
