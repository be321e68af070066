// SPDX-License-Identifier: Apache-2.0
/* The life of a device: bootloader, application, self-test, updates, resets. */
#include "test/power/life.h"

#include <stdio.h>

#include "otakit/core/last_update.h"
#include "sim/nor_fault.h"
#include "test/power/app_trial.h"
#include "test/power/carry.h"
#include "test/power/esp_app.h"

/* More resets than any scenario needs, cuts included. */
#define BOOT_LIMIT 60u

/* A transport's usual piece: what fits one TCP segment. */
#define CHUNK_USUAL 1436u

static bool has_power(const struct world *world)
{
    return otk_nor_is_powered(world->nor);
}

static void next_step(struct world *world)
{
    world->memory.step++;
    world->memory.tried = false;
    world->memory.verdict_begun = false;
}

static void confirm(struct world *world)
{
    enum otk_status status;

    world->memory.verdict_begun = true;
    status = app_trial_confirm(world);
    if (status == OTK_OK) {
        world->memory.confirmed = world->running_image;
    } else if (has_power(world)) {
        world_accuse(world, "confirm: %s", otk_status_name(status));
    }
}

/* The running application is on trial: carry out its verdict. */
static void decide_trial(struct world *world, const struct step *step)
{
    enum otk_status status;

    if (world->running_image != step->image || step->self_test == SELF_TEST_PASS) {
        confirm(world);
        return;
    }
    if (step->self_test == SELF_TEST_HANG) {
        world->memory.tried = true;
        return;
    }
    status = app_trial_reject(world);
    if (status == OTK_OK) {
        world->memory.tried = true;
    } else if (has_power(world)) {
        world_accuse(world, "reject: %s", otk_status_name(status));
    }
}

/* The state of the entry that names the running application; NEW when none does. */
static uint32_t own_state(const struct world *world)
{
    struct otk_selection selection;

    if (otk_selection_load(world->board.flash, &world->layout, &selection) != OTK_OK ||
        otk_selection_slot(&selection, selection.active) != world->boot.slot) {
        return OTK_STATE_NEW;
    }
    return selection.entries[selection.active].state;
}

/*
 * An application that fails its test runs and is not on trial. Where otadata does not name it, the
 * next reset may end that. With UNDEFINED it is as good as confirmed: the state word of an entry
 * was never programmed while the CRC was, and that is what builds without rollback write. It is
 * counted and the step is over. Any other state is a fault.
 */
static void fail_without_trial(struct world *world)
{
    const uint32_t state = own_state(world);

    if (!has_power(world) || state == OTK_STATE_NEW) {
        return;
    }
    if (state != OTK_STATE_UNDEFINED) {
        world_accuse(world, "an application that fails its test runs for good");
    }
    world->memory.confirmed = world->running_image;
    world->memory.tried = true;
}

/*
 * The step's application runs and is not on trial. It may be confirmed already, the power having
 * gone before anybody heard of it. Or otadata is not what the bootloader read in it: then the
 * application is not confirmed, the next reset may well bring back the old one, and the server
 * tries once more.
 */
static void run_without_trial(struct world *world, const struct step *step)
{
    enum otk_status status;

    if (world->running_image != step->image || world->running_image == world->memory.confirmed) {
        return;
    }
    if (!world->memory.verdict_begun) {
        world->memory.untried++;
    }
    if (step->self_test != SELF_TEST_PASS) {
        fail_without_trial(world);
        return;
    }
    if (world->boot.slot < 0) {
        world->memory.confirmed = world->running_image;
        return;
    }
    status = app_trial_confirm(world);
    if (status == OTK_OK) {
        world->memory.confirmed = world->running_image;
    } else if (status != OTK_NOT_PENDING && has_power(world)) {
        world_accuse(world, "confirm: %s", otk_status_name(status));
    }
}

static bool is_step_done(const struct world *world, const struct step *step)
{
    if (step->kind != STEP_UPDATE && step->kind != STEP_SELECT) {
        return false;
    }
    if (step->self_test == SELF_TEST_PASS) {
        return world->running_image == step->image && world->memory.confirmed == step->image;
    }
    return world->memory.tried && world->running_image == world->memory.confirmed;
}

/* Send the image from where the session wants it up to `limit` bytes. */
static enum otk_status send(struct world *world, const struct image *image, uint32_t limit)
{
    const uint32_t chunk = world->scenario->chunk ? world->scenario->chunk : CHUNK_USUAL;
    struct otk_session *session = &world->session;
    uint32_t offset;

    for (offset = otk_session_offset(session); offset < limit;
         offset = otk_session_offset(session)) {
        const uint32_t rest = limit - offset;
        enum otk_status status = otk_session_write(session, offset, image->bytes + offset,
                                                   rest < chunk ? rest : chunk);

        while (status == OTK_OK && world->scenario->poll) {
            status = otk_session_poll(session);
            if (status != OTK_MORE) {
                break;
            }
            status = OTK_OK;
        }
        if (status != OTK_OK) {
            return status;
        }
    }
    return OTK_OK;
}

static enum otk_status finish(struct world *world)
{
    enum otk_status status;

    do {
        status = otk_session_finish(&world->session);
    } while (status == OTK_MORE);
    return status;
}

/* How much of an image a step sends that does not send all of it. */
static uint32_t part_len(const struct step *step, const struct image *image)
{
    return image->len / 10 * (step->percent ? step->percent / 10 : 6);
}

/* One session for the step's image: OTK_OK when the device has taken the whole, or the part. */
static enum otk_status run_session(struct world *world, const struct step *step)
{
    const struct image *image = &world->images[step->image];
    const struct image *claimed = step->claims_new ? &world->images[IMAGE_NEW] : image;
    const struct otk_session_request request = {
        .image_size = world->scenario->hide_size ? 0 : image->len,
        .sha256 = world->scenario->hide_sha256 ? NULL : claimed->sha256,
    };
    const bool is_part = step->kind == STEP_PART || step->kind == STEP_ABORT;
    const bool is_nothing = step->kind == STEP_CANCEL;
    struct otk_progress progress;
    enum otk_status status;

    status = otk_session_open(&world->session, &world->device, &request, world->buffer);
    if (status != OTK_OK || is_nothing) {
        return status;
    }
    status = send(world, image, is_part ? part_len(step, image) : image->len);
    otk_session_progress(&world->session, &progress);
    if (progress.resumed_at > 0) {
        world->memory.resumed++;
    }
    if (status != OTK_OK || is_part) {
        return status;
    }
    return finish(world);
}

/* By a session alone. */
static enum otk_status bring_directly(struct world *world, const struct step *step)
{
    enum otk_status status = run_session(world, step);

    if (status == OTK_OK && (step->kind == STEP_ABORT || step->kind == STEP_CANCEL)) {
        status = otk_session_abort(&world->session, OTK_CANCELLED);
    }
    if (status == OTK_OK && step->kind == STEP_UPDATE) {
        status = otk_session_switch(&world->session);
    }
    otk_session_close(&world->session);
    return status;
}

/* By a transport. */
static enum otk_status bring_by_carrier(struct world *world, const struct step *step)
{
    const struct image *const image = &world->images[step->image];
    const bool is_part = step->kind == STEP_PART;
    const struct parcel parcel = {
        .image = image,
        .sha256 = step->claims_new ? world->images[IMAGE_NEW].sha256 : image->sha256,
        .limit = is_part ? part_len(step, image) : UINT32_MAX,
    };
    static struct app app;
    enum otk_status status;

    app_open(&app, world);
    status = carry(&app, step->carrier, &parcel);
    app_close(&app);
    return is_part && status == OTK_CONNECTION_LOST ? OTK_OK : status;
}

static enum otk_status bring(struct world *world, const struct step *step)
{
    if (world->bring) {
        return world->bring(world->bring_context, world, step);
    }
    if (world->scenario->by_esp_ota) {
        return esp_app_bring(world, step);
    }
    return step->carrier == CARRIER_NONE ? bring_directly(world, step)
                                         : bring_by_carrier(world, step);
}

static void work_on_update(struct world *world, const struct step *step)
{
    const enum otk_status status = bring(world, step);

    if (!has_power(world)) {
        if (step->once) {
            next_step(world);
        }
        return;
    }
    if (status == OTK_OK && step->kind == STEP_REFUSED) {
        world_accuse(world, "an image was taken that had to be refused");
    }
    /* Two images of one identity cannot be told apart until the last byte; any other good image has
     * to be taken at once. */
    if (status != OTK_OK && step->kind != STEP_REFUSED && step->kind != STEP_TRY &&
        !world->scenario->may_inherit) {
        world_accuse(world, "a good image is refused: %s", otk_status_name(status));
    }
    if (step->kind != STEP_UPDATE) {
        next_step(world);
    }
}

static void work_on_selection(struct world *world, const struct step *step)
{
    enum otk_status status = OTK_SLOT_EMPTY;

    for (int slot = OTK_SLOT_FACTORY; slot < (int)world->layout.ota_count; slot++) {
        if (otk_layout_slot(&world->layout, slot).size == 0 ||
            world_identify(world, slot) != step->image) {
            continue;
        }
        /* The factory application is never on trial. */
        if (slot == OTK_SLOT_FACTORY) {
            world->memory.verdict_begun = true;
        }
        status = app_trial_select(world, slot);
        break;
    }
    if (status != OTK_OK && has_power(world)) {
        world_accuse(world, "select: %s", otk_status_name(status));
    }
}

/* What the application does between two resets. */
static void run_application(struct world *world)
{
    const struct step *step = world_step(world);

    if (app_trial_is_pending(world)) {
        decide_trial(world, step);
    } else if (has_power(world)) {
        run_without_trial(world, step);
    }
    if (!has_power(world)) {
        return;
    }
    if (is_step_done(world, step)) {
        next_step(world);
        return;
    }
    if (world->memory.tried || step->kind == STEP_NONE) {
        return;
    }
    /* What fails its test asks for nothing more. */
    if (world->running_image == step->image && step->self_test != SELF_TEST_PASS) {
        return;
    }
    if (step->kind == STEP_SELECT) {
        work_on_selection(world, step);
    } else {
        work_on_update(world, step);
    }
}

/* Reset: the bootloader decides, the application takes stock. */
static void start(struct world *world)
{
    enum otk_status status;

    world->phase = PHASE_BOOTLOADER;
    world->memory.boots++;
    world->boot_status = otk_boot(&world->board, world->scratch, sizeof world->scratch,
                                  &world->boot);
    if (!has_power(world) || world->boot_status != OTK_OK) {
        return;
    }
    world->running_image = world_identify(world, world->boot.slot);
    world->phase = PHASE_APPLICATION;
    status = world->scenario->is_bare
                 ? otk_device_open(&world->device, &world->board, world->boot.slot, world->scratch)
                 : otk_device_start(&world->device, &world->board, world->boot.slot,
                                    OTK_RESET_POWER_ON, world->scratch);
    world->device.erase_size_max = world->scenario->erase_size_max;
    if (status != OTK_OK && has_power(world)) {
        world_accuse(world, "device start: %s", otk_status_name(status));
    }
    if (world->scenario->by_esp_ota && has_power(world)) {
        esp_app_start(world);
    }
}

/* What the bootloader decided, and what otadata holds now. */
static void tell(const struct world *world)
{
    world_say(world, "boot %u: slot %d runs, image %d, step %u\n", world->memory.boots,
              world->boot.slot, (int)world->running_image, world->memory.step);
    for (uint32_t i = 0; i < 2; i++) {
        const uint32_t sector = WORLD_OTADATA + i * OTK_SECTOR_SIZE;
        struct otk_otadata entry;

        otk_otadata_decode(otk_nor_content(world->nor) + sector, &entry);
        world_say(world, "    otadata %u: sequence 0x%X, state 0x%X, CRC %s, %s\n", (unsigned)i,
                  (unsigned)entry.seq, (unsigned)entry.state,
                  otk_otadata_has_good_crc(&entry) ? "good" : "bad",
                  otk_nor_is_unstable(world->nor, sector) ? "unstable" : "stable");
    }
}

enum end life_run(struct world *world, enum verdict *verdict, char *why, size_t size)
{
    while (world->memory.boots < BOOT_LIMIT) {
        const bool is_done = world_step(world)->kind == STEP_NONE;

        start(world);
        if (!has_power(world)) {
            return END_CUT;
        }
        tell(world);
        *verdict = oracle_judge(world, is_done ? MOMENT_ENDED : MOMENT_BOOTED, why, size);
        if (*verdict != VERDICT_GOOD) {
            return END_CONDEMNED;
        }
        if (is_done) {
            return END_DONE;
        }
        run_application(world);
        if (!has_power(world)) {
            return END_CUT;
        }
    }
    *verdict = VERDICT_BRICK;
    snprintf(why, size, "step %u is never done", world->memory.step);
    return END_CONDEMNED;
}
