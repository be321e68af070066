// SPDX-License-Identifier: Apache-2.0
/*
 * An application on trial.
 *
 *     self-test --failed, hung--> rejected by itself, or by the watchdog --> reset
 *         \--passed--> confirmed, or a person or a client says which
 */
#include "port/linux/app_parts.h"

#include <unistd.h>

#include "otakit/core/trial.h"
#include "port/linux/self_test.h"

static bool tell_confirmed(struct app *app)
{
    otk_log_line(&app->machine->log, "app", "CONFIRMED: %s stays, in %s", app->name, app->label);
    otk_app_begin_event(app, "confirmed");
    otk_app_end_event(app);
    return otk_app_decide_well(app, OTK_OK);
}

static bool confirm(struct app *app)
{
    const enum otk_status status = otk_trial_confirm(&app->device);

    if (status != OTK_OK) {
        otk_log_error(app->machine->options, status, "confirm", NULL, NULL);
        return otk_app_stop(app, OTK_EXIT_REFUSED);
    }
    return tell_confirmed(app);
}

static void tell_rejected(struct app *app, enum otk_status reason)
{
    otk_log_line(&app->machine->log, "app", "REJECTED: %s; the old application shall boot",
                 otk_status_text(reason));
    otk_app_begin_event(app, "rejected");
    otk_event_status(&app->machine->events, reason);
    otk_app_end_event(app);
}

static bool reject(struct app *app, enum otk_status reason)
{
    uint8_t scratch[OTK_SECTOR_SIZE];
    const enum otk_status status = otk_trial_reject(&app->device, reason, scratch);

    if (status == OTK_NO_ROLLBACK) {
        otk_log_error(app->machine->options, status, "reject", NULL,
                      "the application stays on trial; put a good one into another slot");
        return otk_app_decide_ill(app);
    }
    if (status != OTK_OK) {
        otk_log_error(app->machine->options, status, "reject", NULL, NULL);
        return otk_app_stop(app, OTK_EXIT_REFUSED);
    }
    tell_rejected(app, reason);
    return otk_app_reset(app, OTK_RESET_SOFTWARE);
}

/* Standard input ended, and there is no other way to answer. */
static bool tell_silence(struct app *app)
{
    static const char *const why = "nobody answers: undecided, and the next reset rolls back";

    otk_log_line(&app->machine->log, "app", "%s", why);
    otk_log_error(app->machine->options, OTK_PENDING_VERIFY, app->label, why,
                  "`otakit slot confirm` on the flash file would keep it");
    return otk_app_decide_ill(app);
}

/* A person or a client decides. */
static bool ask(struct app *app)
{
    const struct otk_virtual_device_options *options = app->machine->options;
    const struct otk_updater *updater = &app->inbox.updater;
    bool has_told_rejected = false;

    otk_log_line(&app->machine->log, "app", "waits for a verdict: type confirm, reject or reset");
    otk_app_begin_event(app, "awaiting_verdict");
    otk_app_end_event(app);
    otk_loop_add(&app->inbox.loop, otk_console_source(&app->console));
    while (!otk_app_turn(app)) {
        if (updater->verdict == OTK_VERDICT_CONFIRMED) {
            return tell_confirmed(app);
        }
        if (updater->verdict == OTK_VERDICT_REJECTED && !has_told_rejected) {
            tell_rejected(app, OTK_REJECTED);
            has_told_rejected = true;
        }
        if (updater->wants_reset) {
            continue;
        }
        switch (otk_console_take(&app->console)) {
        case OTK_CONSOLE_CONFIRM:
            return confirm(app);
        case OTK_CONSOLE_REJECT:
            return reject(app, OTK_REJECTED);
        case OTK_CONSOLE_RESET:
            return otk_app_reset(app, OTK_RESET_SOFTWARE);
        case OTK_CONSOLE_NOTHING:
            break;
        }
        if (app->console.has_ended && !otk_inbox_is_wanted(options)) {
            return tell_silence(app);
        }
    }
    return true;
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
    otk_app_begin_event(app, "self_test");
    otk_event_flag(&machine->events, "passed", status == OTK_OK);
    otk_event_status(&machine->events, status);
    otk_app_end_event(app);
    return status;
}

/* A hung application writes no verdict: the watchdog resets it and the bootloader draws the
 * conclusion. Every other failure is written down first. */
bool otk_app_stand_trial(struct app *app)
{
    const enum otk_status status = self_test(app);

    app->history->awaited_slot = app->device.running;
    switch (status) {
    case OTK_OK:
        return app->machine->options->confirm_manual ? ask(app) : confirm(app);
    case OTK_SELF_TEST_TIMEOUT:
        return otk_app_reset(app, OTK_RESET_WATCHDOG);
    case OTK_INTERRUPTED:
        return otk_app_stop(app, OTK_EXIT_INTERRUPTED);
    default:
        return reject(app, status);
    }
}
