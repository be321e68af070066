// SPDX-License-Identifier: Apache-2.0
/*
 * The application of a virtual device.
 *
 *     start --> on trial? --self-test--> confirmed ----\
 *                   |          \--> rejected --> reset  +--> pull --> selected --> reset
 *                   \--no------------------------------/      \--> refused, up to date --> wait
 */
#include "port/linux/app.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#include "otakit/core/last_update.h"
#include "otakit/core/trial.h"
#include "port/linux/bootlog.h"
#include "port/linux/console.h"
#include "port/linux/interrupt.h"
#include "port/linux/self_test.h"
#include "port/linux/slot_info.h"
#include "port/linux/update.h"
#include "sim/nor_fault.h"

#define EXIT_DONE        0
#define EXIT_REFUSED     1
#define EXIT_INTERRUPTED 130

/* How long a wait goes on without looking for an interrupt. */
#define LOOK_INTERVAL_MS 100u
#define NS_PER_MS        1000000u

/* The application's RAM. Gone with the reset. */
struct app {
    struct otk_machine *machine;
    struct otk_app_history *history;
    struct otk_device device;
    struct otk_last_update last_update;
    struct otk_app_end end;
    char label[OTK_SLOT_LABEL_SIZE]; /* of the running slot */
    char name[OTK_APP_NAME_SIZE];    /* of the running application */
    bool rests;                      /* a verdict has just fallen; no new update right away */
};

/* The steps below return whether the application has ended, and then say how in app->end. */

static bool stop(struct app *app, int exit_status)
{
    app->end = (struct otk_app_end){.exit_status = exit_status};
    return true;
}

/* All is well. */
static bool stop_well(struct app *app, enum otk_status outcome)
{
    otk_log_outcome(app->machine->options, outcome, NULL, NULL, NULL);
    return stop(app, EXIT_DONE);
}

static bool reset(struct app *app, enum otk_reset_reason reason)
{
    otk_log_line(&app->machine->log, "app", "resets (%s)", otk_reset_reason_name(reason));
    otk_event_begin(&app->machine->events, "reset");
    otk_event_text(&app->machine->events, "reason", otk_reset_reason_name(reason));
    otk_event_end(&app->machine->events);
    app->end = (struct otk_app_end){.reset = true, .reason = reason};
    return true;
}

/* An update is decided: that ends a run with --once. Both return whether it does. */
static bool settle(struct app *app)
{
    app->history->awaited_slot = OTK_SLOT_NONE;
    app->rests = true;
    return app->machine->options->once;
}

static bool decide_well(struct app *app, enum otk_status outcome)
{
    return settle(app) && stop_well(app, outcome);
}

/* As decide_well, for a failure that standard error has been told of. */
static bool decide_ill(struct app *app)
{
    return settle(app) && stop(app, EXIT_REFUSED);
}

static void begin_event(struct app *app, const char *event)
{
    struct otk_events *events = &app->machine->events;

    otk_event_begin(events, event);
    otk_event_text(events, "slot", app->label);
    otk_event_text(events, "project", app->device.has_app ? app->device.app.project : NULL);
    otk_event_text(events, "version", app->device.has_app ? app->device.app.version : NULL);
}

static void end_event(struct app *app)
{
    otk_event_end(&app->machine->events);
}

/* Whether the same image would be installed again at every interval, for nothing tells beforehand
 * that it is the same. */
static bool polls_unknown_image(const struct otk_virtual_device_options *options)
{
    return !options->once && options->poll_interval_ms > 0 && options->pull_url && !options->sha256;
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
    begin_event(app, "rolled_back");
    otk_event_text(&app->machine->events, "from", label);
    otk_event_status(&app->machine->events, why);
    end_event(app);
    if (!awaited && (options->pull_url || options->manifest_url)) {
        return false;
    }
    if (options->once) {
        otk_log_error(options, why, label, NULL, NULL);
    }
    return decide_ill(app);
}

static bool confirm(struct app *app)
{
    const enum otk_status status = otk_trial_confirm(&app->device);

    if (status != OTK_OK) {
        otk_log_error(app->machine->options, status, "confirm", NULL, NULL);
        return stop(app, EXIT_REFUSED);
    }
    otk_log_line(&app->machine->log, "app", "CONFIRMED: %s stays, in %s", app->name, app->label);
    begin_event(app, "confirmed");
    end_event(app);
    return decide_well(app, OTK_OK);
}

static bool reject(struct app *app, enum otk_status reason)
{
    uint8_t scratch[OTK_SECTOR_SIZE];
    const enum otk_status status = otk_trial_reject(&app->device, reason, scratch);

    if (status == OTK_NO_ROLLBACK) {
        otk_log_error(app->machine->options, status, "reject", NULL,
                      "the application stays on trial; put a good one into another slot");
        return decide_ill(app);
    }
    if (status != OTK_OK) {
        otk_log_error(app->machine->options, status, "reject", NULL, NULL);
        return stop(app, EXIT_REFUSED);
    }
    otk_log_line(&app->machine->log, "app", "REJECTED: %s; the old application shall boot",
                 otk_status_text(reason));
    begin_event(app, "rejected");
    otk_event_status(&app->machine->events, reason);
    end_event(app);
    return reset(app, OTK_RESET_SOFTWARE);
}

/* Standard input ended. */
static bool tell_silence(struct app *app)
{
    static const char *const why = "nobody answers: undecided, and the next reset rolls back";

    otk_log_line(&app->machine->log, "app", "%s", why);
    otk_log_error(app->machine->options, OTK_PENDING_VERIFY, app->label, why,
                  "`otakit slot confirm` on the flash file would keep it");
    return decide_ill(app);
}

/* A person decides. */
static bool ask(struct app *app)
{
    otk_log_line(&app->machine->log, "app", "waits for a verdict: type confirm, reject or reset");
    begin_event(app, "awaiting_verdict");
    end_event(app);
    switch (otk_console_ask()) {
    case OTK_CONSOLE_CONFIRM:
        return confirm(app);
    case OTK_CONSOLE_REJECT:
        return reject(app, OTK_SELF_TEST_FAILED);
    case OTK_CONSOLE_RESET:
        return reset(app, OTK_RESET_SOFTWARE);
    case OTK_CONSOLE_END:
        return tell_silence(app);
    default:
        return stop(app, EXIT_INTERRUPTED);
    }
}

static enum otk_status self_test(struct app *app)
{
    struct otk_machine *machine = app->machine;
    const struct otk_virtual_device_options *options = machine->options;
    const struct otk_self_test_subject subject = {
        .slot = app->label,
        .project = app->device.app.project,
        .version = app->device.app.version,
        .device = machine->name,
        .flash = options->flash_path,
    };
    const uint32_t timeout_ms = options->self_test_timeout_ms
                                    ? options->self_test_timeout_ms
                                    : OTK_VIRTUAL_DEVICE_SELF_TEST_TIMEOUT_MS;
    enum otk_status status;

    otk_log_line(&machine->log, "app", "is on trial: self-test (watchdog after %u ms)",
                 (unsigned)timeout_ms);
    status = otk_self_test_run(options->self_test ? options->self_test : "pass", &subject,
                               timeout_ms, &machine->clock,
                               machine->log.out == stdout ? STDOUT_FILENO : STDERR_FILENO);
    otk_log_line(&machine->log, "app", "self-test: %s",
                 status == OTK_OK ? "passed" : otk_status_text(status));
    begin_event(app, "self_test");
    otk_event_flag(&machine->events, "passed", status == OTK_OK);
    otk_event_status(&machine->events, status);
    end_event(app);
    return status;
}

/* A hung application writes no verdict: the watchdog resets it and the bootloader draws the
 * conclusion. Every other failure is written down first. */
static bool stand_trial(struct app *app)
{
    const enum otk_status status = self_test(app);

    app->history->awaited_slot = app->device.running;
    switch (status) {
    case OTK_OK:
        return app->machine->options->confirm_manual ? ask(app) : confirm(app);
    case OTK_SELF_TEST_TIMEOUT:
        return reset(app, OTK_RESET_WATCHDOG);
    case OTK_INTERRUPTED:
        return stop(app, EXIT_INTERRUPTED);
    default:
        return reject(app, status);
    }
}

static bool pull(struct app *app)
{
    int slot;

    switch (otk_update_pull(app->machine, &app->device, &slot)) {
    case OTK_OK:
        app->history->awaited_slot = slot;
        return reset(app, OTK_RESET_SOFTWARE);
    case OTK_UP_TO_DATE:
        return decide_well(app, OTK_UP_TO_DATE);
    case OTK_INTERRUPTED:
        return stop(app, EXIT_INTERRUPTED);
    default:
        return decide_ill(app);
    }
}

/* Until it is time to look for an update again; for ever where there is no interval. */
static bool wait_for_next(struct app *app)
{
    const struct timespec pause = {.tv_nsec = (long)(LOOK_INTERVAL_MS * NS_PER_MS)};
    const uint32_t interval_ms = app->machine->options->poll_interval_ms;
    uint32_t waited_ms = 0;

    while (interval_ms == 0 || waited_ms < interval_ms) {
        if (otk_interrupt_seen()) {
            return stop(app, EXIT_INTERRUPTED);
        }
        nanosleep(&pause, NULL);
        waited_ms += LOOK_INTERVAL_MS;
    }
    return false;
}

static bool live(struct app *app)
{
    const struct otk_virtual_device_options *options = app->machine->options;
    const bool can_pull = options->pull_url || options->manifest_url;

    if (!can_pull && options->once) {
        return stop_well(app, OTK_OK);
    }
    for (;;) {
        if (can_pull && !app->rests && pull(app)) {
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
        return (struct otk_app_end){.exit_status = EXIT_REFUSED};
    }
    otk_app_name(app.device.has_app ? &app.device.app : NULL, app.name);
    otk_log_line(&machine->log, "app", "%s runs", app.name);
    if (((rolled_back || awaited_other) && tell_rollback(&app)) ||
        (otk_trial_is_pending(&app.device) && stand_trial(&app)) || live(&app)) {
        note_running(&app);
    }
    return app.end;
}
