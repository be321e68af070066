// SPDX-License-Identifier: Apache-2.0
/*
 * The application of a virtual device.
 *
 *     start --> on trial? --self-test--> confirmed ----\
 *                   |          \--> rejected --> reset  +--> pull --> selected --> reset
 *                   \--no------------------------------/      \--> refused, up to date --> wait
 *
 * Meanwhile the inbox takes what is pushed.
 */
#include "port/linux/app.h"

#include <string.h>

#include "otakit/core/trial.h"
#include "port/linux/app_parts.h"
#include "port/linux/bootlog.h"
#include "port/linux/interrupt.h"
#include "port/linux/update.h"
#include "port/linux/uptime.h"
#include "sim/nor_fault.h"

/* Whether the same image would be installed again at every interval, for nothing tells beforehand
 * that it is the same. */
static bool polls_unknown_image(const struct otk_virtual_device_options *options)
{
    return !options->once && options->poll_interval_ms > 0 && options->pull_url && !options->sha256;
}

static bool can_pull(const struct otk_virtual_device_options *options)
{
    return options->pull_url || options->manifest_url;
}

static bool can_update(const struct otk_virtual_device_options *options)
{
    return can_pull(options) || otk_inbox_is_wanted(options);
}

/* Take stock. The record of the last update is read before and after: a change of stage to
 * "rolled back" happens at exactly one start. */
static enum otk_status start(struct app *app, int slot, enum otk_reset_reason reason,
                             bool *rolled_back)
{
    const struct otk_board *board = &app->machine->board;
    struct otk_last_update before = {.stage = OTK_STAGE_NONE};
    uint8_t scratch[OTK_TABLE_SIZE];
    enum otk_status status;

    status = otk_device_open(&app->device, board, slot, scratch);
    if (status == OTK_OK && otk_last_update(&app->device, &before) != OTK_OK) {
        before.stage = OTK_STAGE_NONE;
    }
    status = otk_device_start(&app->device, board, slot, reason, scratch);
    if (status != OTK_OK) {
        return status;
    }
    app->device.policy = app->machine->options->policy;
    if (polls_unknown_image(app->machine->options)) {
        app->device.policy.refuse_same_version = true;
    }
    if (otk_last_update(&app->device, &app->last_update) != OTK_OK) {
        app->last_update = (struct otk_last_update){.to_slot = OTK_SLOT_NONE};
    }
    /* An aborted application that runs all the same, for want of another, went nowhere. */
    *rolled_back = app->last_update.stage == OTK_STAGE_ROLLED_BACK &&
                   before.stage != OTK_STAGE_ROLLED_BACK && app->last_update.to_slot != slot;
    return OTK_OK;
}

/* The bootloader went back. Ends a run with --once if the run made that update, or can make none. */
static bool tell_rollback(struct app *app)
{
    const struct otk_virtual_device_options *options = app->machine->options;
    const bool awaited = app->history->awaited_slot != OTK_SLOT_NONE;
    const int from = awaited ? app->history->awaited_slot : app->last_update.to_slot;
    const enum otk_status why = app->last_update.stage == OTK_STAGE_ROLLED_BACK
                                    ? app->last_update.status
                                    : OTK_UNCONFIRMED;
    char label[OTK_SLOT_LABEL_SIZE];

    otk_slot_label(&app->machine->board, from, label);
    otk_log_line(&app->machine->log, "app", "ROLLED BACK from %s: %s; %s runs again from %s", label,
                 otk_status_text(why), app->name, app->label);
    otk_app_begin_event(app, "rolled_back");
    otk_event_text(&app->machine->events, "from", label);
    otk_event_status(&app->machine->events, why);
    otk_app_end_event(app);
    if (!awaited && can_update(options)) {
        return false;
    }
    if (options->once) {
        otk_log_error(options, why, label, NULL, NULL);
    }
    return otk_app_decide_ill(app);
}

static bool pull(struct app *app)
{
    int slot;

    switch (otk_update_pull(app->machine, &app->device, &app->inbox, &slot)) {
    case OTK_OK:
        app->history->awaited_slot = slot;
        return otk_app_reset(app, OTK_RESET_SOFTWARE);
    case OTK_UP_TO_DATE:
        return otk_app_decide_well(app, OTK_UP_TO_DATE);
    case OTK_INTERRUPTED:
        return otk_interrupt_seen() && otk_app_stop(app, OTK_EXIT_INTERRUPTED);
    default:
        return otk_app_decide_ill(app);
    }
}

/* What came of a pushed image, where that is not a reset. */
static bool look_at_inbox(struct app *app)
{
    struct otk_inbox *inbox = &app->inbox;
    const enum otk_status end = inbox->last_end;

    if (end == OTK_MORE || end == OTK_OK) {
        return false;
    }
    inbox->last_end = OTK_MORE;
    if (app->machine->options->once) {
        otk_log_error(app->machine->options, end, "update", NULL, NULL);
    }
    return otk_app_decide_ill(app);
}

static void look_at_verdict(struct app *app)
{
    struct otk_updater *updater = &app->inbox.updater;

    if (updater->verdict == OTK_VERDICT_REJECTED) {
        otk_log_line(&app->machine->log, "app", "a client asks for the application before this");
        otk_app_begin_event(app, "rejected");
        otk_event_status(&app->machine->events, OTK_REJECTED);
        otk_app_end_event(app);
        app->history->awaited_slot = app->device.running; /* the next boot tells where it went */
    }
    updater->verdict = OTK_VERDICT_NONE;
}

/* Until it is time to look for an update again; for ever where there is no interval. */
static bool wait_for_next(struct app *app)
{
    const uint32_t interval_ms = app->machine->options->poll_interval_ms;
    const uint32_t began_ms = otk_uptime_ms();

    while (interval_ms == 0 || otk_uptime_ms() - began_ms < interval_ms) {
        if (otk_app_turn(app) || look_at_inbox(app)) {
            return true;
        }
        look_at_verdict(app);
    }
    return false;
}

static bool live(struct app *app)
{
    const struct otk_virtual_device_options *options = app->machine->options;

    if (!can_update(options) && options->once) {
        return otk_app_stop_well(app, OTK_OK);
    }
    for (;;) {
        if (can_pull(options) && !app->rests && !app->inbox.updater.wants_reset && pull(app)) {
            return true;
        }
        app->rests = false;
        if (wait_for_next(app)) {
            return true;
        }
    }
}

/* An application that was given up may run all the same, for want of another. */
static bool is_confirmed(const struct app *app)
{
    const struct otk_last_update *const last = &app->last_update;
    const bool given_up = last->to_slot == app->device.running &&
                          (last->stage == OTK_STAGE_REJECTED ||
                           last->stage == OTK_STAGE_ROLLED_BACK);

    return !given_up && !otk_trial_is_pending(&app->device);
}

/* What runs when the run ends; a loss of power leaves nothing. */
static void note_running(const struct app *app)
{
    struct otk_virtual_device_result *const result = app->machine->options->result;

    if (!result || app->end.reset || !otk_nor_is_powered(app->machine->nor)) {
        return;
    }
    result->is_running = true;
    result->confirmed = is_confirmed(app);
    result->has_app = app->device.has_app;
    result->app = app->device.app;
    snprintf(result->label, sizeof result->label, "%s", app->label);
}

struct otk_app_end otk_app_run(struct otk_machine *machine, int slot, enum otk_reset_reason reason,
                               struct otk_app_history *history)
{
    struct app app = {.machine = machine, .history = history};
    const bool awaited_other = history->awaited_slot != OTK_SLOT_NONE &&
                               history->awaited_slot != slot;
    bool rolled_back = false;
    enum otk_status status;

    otk_slot_label(&machine->board, slot, app.label);
    status = start(&app, slot, reason, &rolled_back);
    if (status != OTK_OK) {
        if (status != OTK_POWER_LOST) {
            otk_log_error(machine->options, status, "application start", NULL, NULL);
        }
        return (struct otk_app_end){.exit_status = OTK_EXIT_REFUSED};
    }
    otk_app_name(app.device.has_app ? &app.device.app : NULL, app.name);
    otk_log_line(&machine->log, "app", "%s runs", app.name);
    status = otk_inbox_open(&app.inbox, machine, &app.device);
    if (status != OTK_OK) {
        return (struct otk_app_end){.exit_status = status == OTK_USAGE ? OTK_EXIT_USAGE
                                                                       : OTK_EXIT_REFUSED};
    }
    if (((rolled_back || awaited_other) && tell_rollback(&app)) ||
        (otk_trial_is_pending(&app.device) && otk_app_stand_trial(&app)) || live(&app)) {
        note_running(&app);
    }
    otk_inbox_close(&app.inbox);
    return app.end;
}
