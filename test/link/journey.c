// SPDX-License-Identifier: Apache-2.0
/* One device's life under links that fail. */
#include "test/link/journey.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/nor_fault.h"
#include "sim/random.h"
#include "test/link/journey_parts.h"
#include "test/power/life.h"

/* Power cuts of a life, attempts between two resets, both at most. */
#define CUT_MAX 3u
#define LEG_MAX 4u

/* Operations of an update of these images, about. */
#define OPS_USUAL 300u

/* A device forgets a client in 30 s. */
#define PATIENCE_MS 31000u

const char *carrier_name(enum carrier carrier)
{
    static const char *const names[CARRIER_COUNT] = {
        "any", "ble-simple", "ble-sector", "ble-window", "serial", "portal", "pull"};

    return names[carrier];
}

uint32_t journey_number(struct journey *journey, uint32_t limit)
{
    return otk_random_below(&journey->random, limit);
}

bool journey_happens(struct journey *journey, uint32_t count)
{
    return count > 0 && journey_number(journey, 10000) < count;
}

static enum mishap next_mishap(void *context)
{
    struct journey *const journey = context;

    for (int mishap = MISHAP_LOST; mishap <= MISHAP_BROKEN; mishap++) {
        if (journey_happens(journey, journey->harm[mishap])) {
            journey->tally->mishaps++;
            return (enum mishap)mishap;
        }
    }
    return MISHAP_NONE;
}

static uint32_t next_number(void *context, uint32_t limit)
{
    return journey_number(context, limit);
}

/* How bad the next attempt's link is: often good in most ways. */
static void choose_harm(struct journey *journey)
{
    for (int mishap = MISHAP_LOST; mishap <= MISHAP_BROKEN; mishap++) {
        const uint32_t worst = mishap == MISHAP_LOST || mishap == MISHAP_TWICE ? 2000 : 200;

        journey->harm[mishap] = journey_number(journey, 3) ? 0 : journey_number(journey, worst);
    }
}

static enum carrier choose_carrier(struct journey *journey)
{
    const uint32_t choice = journey_number(journey, CARRIER_COUNT - 1);

    return journey->options->carrier != CARRIER_NONE ? journey->options->carrier
                                                     : (enum carrier)(choice + 1);
}

static bool is_radio(enum carrier carrier)
{
    return carrier == CARRIER_BLE_SIMPLE || carrier == CARRIER_BLE_SECTOR ||
           carrier == CARRIER_BLE_WINDOW;
}

/* The one who was at it before may have left no word: wait until the device has forgotten him. */
static void be_patient(struct app *app)
{
    for (uint32_t waited = 0; waited < PATIENCE_MS; waited += 10) {
        app_turn(app, 10);
    }
}

static enum otk_status attempt(struct journey *journey, struct app *app, struct station *station,
                               const struct parcel *parcel, bool is_calm)
{
    struct journey_tally *const tally = journey->tally;
    const enum carrier carrier = choose_carrier(journey);
    struct otk_progress progress;
    enum otk_status status;

    if (!is_calm && journey_number(journey, 3) > 0) {
        be_patient(app);
    }
    status = is_radio(carrier) ? leg_by_radio(journey, app, station, carrier, parcel, is_calm)
                               : carry(app, carrier, parcel);
    otk_updater_progress(app->updater, &progress);
    tally->legs[carrier]++;
    tally->finished[carrier] += status == OTK_OK;
    tally->taken_over += progress.resumed_at > 0;
    world_say(journey->world, "    %s%s: %s, %u bytes written, went on at %u\n",
              carrier_name(carrier), is_calm ? ", undisturbed" : "", otk_status_name(status),
              (unsigned)progress.written, (unsigned)progress.resumed_at);
    return status;
}

/* How far the client of an attempt means to go. */
static uint32_t choose_limit(struct journey *journey, const struct image *image)
{
    if (journey_number(journey, 2)) {
        return UINT32_MAX;
    }
    return 1 + journey_number(journey, image->len * 9 / 10);
}

/* A few attempts over links that fail. Returns as carry; OTK_CONNECTION_LOST where none was made. */
static enum otk_status try_to_bring(struct journey *journey, struct app *app,
                                    struct station *station, const struct image *image)
{
    const struct trouble trouble = {.context = journey, .next = next_mishap, .number = next_number};
    enum otk_status status = OTK_CONNECTION_LOST;

    for (uint32_t i = journey_number(journey, LEG_MAX + 1); i > 0 && status != OTK_OK; i--) {
        const struct parcel parcel = {.image = image,
                                      .sha256 = image->sha256,
                                      .limit = choose_limit(journey, image),
                                      .trouble = &trouble};

        if (!otk_nor_is_powered(journey->world->nor) ||
            otk_updater_reset_is_due(app->updater, app->now_ms)) {
            break;
        }
        choose_harm(journey);
        status = attempt(journey, app, station, &parcel, false);
    }
    return status;
}

/* An attempt over a link that does not fail. Nobody needs it where what was tried before has ended
 * well after all: the client went before he could hear of it. */
static enum otk_status bring_at_last(struct journey *journey, struct app *app,
                                     struct station *station, const struct image *image)
{
    const struct station_config calm = leg_radio_config(journey, true);
    const struct parcel parcel = {.image = image, .sha256 = image->sha256, .limit = UINT32_MAX};

    be_patient(app);
    if (app->updater->state == OTK_UPDATER_SWITCHED) {
        return OTK_OK;
    }
    station_retune(station, &calm.radio);
    return attempt(journey, app, station, &parcel, true);
}

/* Everything that brings images between two resets. */
static enum otk_status bring(void *context, struct world *world, const struct step *step)
{
    struct journey *const journey = context;
    const struct station_config config = leg_radio_config(journey, false);
    const bool is_foreign = step->kind == STEP_PART;
    const struct image *const image = is_foreign ? &journey->foreign : &world->images[step->image];
    static struct station station;
    static struct app app;
    enum otk_status status;

    station_open(&station, &config, &world->device, world->nor);
    station_boot(&station, world->memory.boots);
    app_join(&app, world, &station.updater);
    status = try_to_bring(journey, &app, &station, image);
    if (step->kind == STEP_UPDATE && status != OTK_OK && otk_nor_is_powered(world->nor)) {
        status = bring_at_last(journey, &app, &station, image);
    }
    station_disconnect(&station);
    app_close(&app);
    station_close(&station);
    return is_foreign ? OTK_OK : status;
}

/* A device of one of the power-cut harness's scenarios, with other steps. */
static void choose_scenario(struct journey *journey, struct scenario *scenario)
{
    static const char *const devices[] = {"first-update-from-factory",
                                          "ota0-to-ota1",
                                          "ota1-to-ota0",
                                          "no-factory",
                                          "three-slots",
                                          "write-align-32",
                                          "shared-sectors",
                                          "anti-rollback-raise",
                                          "no-block-erase",
                                          "checksum-only"};
    const uint32_t count = sizeof devices / sizeof devices[0];
    uint32_t step_count = 0;

    *scenario = *scenario_find(devices[journey_number(journey, count)]);
    memset(scenario->steps, 0, sizeof scenario->steps);
    scenario->name = "link-failures";
    scenario->image_size = 2048 + journey_number(journey, IMAGE_SIZE_MAX - 2048);
    scenario->erase_size_max = journey_number(journey, 2) ? OTK_SECTOR_SIZE : 0;
    if (journey_number(journey, 3) == 0) {
        scenario->steps[step_count++] = (struct step){
            .kind = STEP_PART, .image = IMAGE_OTHER, .once = true};
    }
    for (uint32_t tries = 1 + journey_number(journey, 2); tries > 0; tries--) {
        scenario->steps[step_count++] = (struct step){
            .kind = STEP_TRY, .image = IMAGE_NEW, .once = true};
    }
    scenario->steps[step_count] = (struct step){.kind = STEP_UPDATE, .image = IMAGE_NEW};
}

static void arm_cut(struct journey *journey)
{
    const struct otk_nor_cut cut = {
        .after_ops = journey_number(journey, OPS_USUAL),
        .fault = (enum otk_nor_fault)journey_number(journey, OTK_NOR_AFTER + 1),
        .bytes = 4 * journey_number(journey, 64),
        .seed = otk_random_next(&journey->random)};

    otk_nor_arm_cut(journey->world->nor, &cut);
}

static enum end live(struct journey *journey, enum verdict *verdict, char *why, size_t size)
{
    const uint32_t cut_count = journey_number(journey, CUT_MAX + 1);
    enum end end = END_CUT;

    for (uint32_t i = 0; i < cut_count && end == END_CUT; i++) {
        arm_cut(journey);
        end = life_run(journey->world, verdict, why, size);
        otk_nor_disarm_cut(journey->world->nor);
        if (end == END_CUT) {
            journey->tally->cuts++;
            world_say(journey->world, "power lost\n");
            otk_nor_power_on(journey->world->nor);
        }
    }
    return end == END_CUT ? life_run(journey->world, verdict, why, size) : end;
}

void journey_run(const struct journey_options *options, struct journey_tally *tally)
{
    static struct world world;
    static struct journey journey;
    struct scenario scenario;
    enum verdict verdict = VERDICT_GOOD;
    char why[256] = "";

    journey = (struct journey){
        .options = options, .tally = tally, .world = &world, .random = options->seed};
    choose_scenario(&journey, &scenario);
    world_open(&world, &scenario);
    journey.foreign = world.images[IMAGE_OTHER];
    image_damage(&journey.foreign, journey.foreign.len / 2);
    world.bring = bring;
    world.bring_context = &journey;
    world.talks = options->talks;
    if (live(&journey, &verdict, why, sizeof why) == END_CONDEMNED) {
        tally->bricks += verdict == VERDICT_BRICK;
        tally->wrong += verdict == VERDICT_WRONG;
        printf("%s: %s\n    again: otk_link_failures --first %llu --seeds 1 --by %s --verbose\n",
               verdict == VERDICT_BRICK ? "BRICK" : "WRONG", why, (unsigned long long)options->seed,
               carrier_name(options->carrier));
        fflush(stdout);
    }
    world_close(&world);
}
