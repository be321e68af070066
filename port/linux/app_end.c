// SPDX-License-Identifier: Apache-2.0
/* How the application of a virtual device ends, and how time passes until then. */
#include "port/linux/app_parts.h"

#include "port/linux/bootlog.h"
#include "port/linux/interrupt.h"
#include "port/linux/uptime.h"
#include "sim/nor_fault.h"

bool otk_app_stop(struct app *app, int exit_status)
{
    app->end = (struct otk_app_end){.exit_status = exit_status};
    return true;
}

bool otk_app_stop_well(struct app *app, enum otk_status outcome)
{
    otk_log_outcome(app->machine->options, outcome, NULL, NULL, NULL);
    return otk_app_stop(app, OTK_EXIT_DONE);
}

bool otk_app_reset(struct app *app, enum otk_reset_reason reason)
{
    otk_log_line(&app->machine->log, "app", "resets (%s)", otk_reset_reason_name(reason));
    otk_event_begin(&app->machine->events, "reset");
    otk_event_text(&app->machine->events, "reason", otk_reset_reason_name(reason));
    otk_event_end(&app->machine->events);
    app->end = (struct otk_app_end){.reset = true, .reason = reason};
    return true;
}

/* A run with --once that took a push goes on that long after the decision: the last answer has to get
 * out, and a client that waits for the new version asks about once a second. */
#define LINGER_MS 1500u

/* With --once the run ends here. */
static bool settle(struct app *app)
{
    const uint32_t began_ms = otk_uptime_ms();

    app->history->awaited_slot = OTK_SLOT_NONE;
    app->rests = true;
    if (!app->machine->options->once) {
        return false;
    }
    while (otk_inbox_is_wanted(app->machine->options) && !otk_interrupt_seen() &&
           otk_nor_is_powered(app->machine->nor) && otk_uptime_ms() - began_ms < LINGER_MS) {
        otk_inbox_turn(&app->inbox, OTK_APP_LOOK_INTERVAL_MS);
    }
    return true;
}

bool otk_app_decide_well(struct app *app, enum otk_status outcome)
{
    return settle(app) && otk_app_stop_well(app, outcome);
}

bool otk_app_decide_ill(struct app *app)
{
    return settle(app) && otk_app_stop(app, OTK_EXIT_REFUSED);
}

void otk_app_begin_event(struct app *app, const char *event)
{
    struct otk_events *events = &app->machine->events;

    otk_event_begin(events, event);
    otk_event_text(events, "slot", app->label);
    otk_event_text(events, "project", app->device.has_app ? app->device.app.project : NULL);
    otk_event_text(events, "version", app->device.has_app ? app->device.app.version : NULL);
}

void otk_app_end_event(struct app *app)
{
    otk_event_end(&app->machine->events);
}

bool otk_app_turn(struct app *app)
{
    const struct otk_updater *updater = &app->inbox.updater;

    otk_inbox_turn(&app->inbox, OTK_APP_LOOK_INTERVAL_MS);
    if (!otk_nor_is_powered(app->machine->nor)) {
        return otk_app_stop(app, OTK_EXIT_REFUSED);
    }
    if (otk_interrupt_seen()) {
        return otk_app_stop(app, OTK_EXIT_INTERRUPTED);
    }
    if (!otk_updater_reset_is_due(updater, otk_uptime_ms())) {
        return false;
    }
    if (updater->state == OTK_UPDATER_SWITCHED) {
        app->history->awaited_slot = updater->session.slot;
    }
    return otk_app_reset(app, OTK_RESET_SOFTWARE);
}
