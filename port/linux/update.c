// SPDX-License-Identifier: Apache-2.0
/* One update by HTTPS: the client of port/linux/pull_client.h, told while it works. */
#include "port/linux/update.h"

#include "otakit/core/session.h"
#include "port/linux/events.h"
#include "port/linux/interrupt.h"
#include "port/linux/log.h"
#include "port/linux/pull_client.h"
#include "port/linux/teller.h"
#include "port/linux/uptime.h"
#include "sim/nor_fault.h"

/* What the hooks of one pull work on. */
struct update {
    struct otk_machine *machine;
    struct otk_inbox *inbox;
    struct otk_session session;
    struct otk_teller teller;
};

static void tell_request(struct otk_machine *machine, const struct otk_pull_request *request)
{
    if (request->offset > 0) {
        otk_log_line(&machine->log, "update", "GET %s from byte %u", request->url,
                     (unsigned)request->offset);
    } else {
        otk_log_line(&machine->log, "update", "GET %s", request->url);
    }
    otk_event_begin(&machine->events, "request");
    otk_event_text(&machine->events, "url", request->url);
    otk_event_number(&machine->events, "offset", request->offset);
    otk_event_number(&machine->events, "attempt", request->attempt);
    otk_event_end(&machine->events);
}

static void tell_wait(struct otk_machine *machine, const struct otk_pull_event_info *info)
{
    otk_log_line(&machine->log, "update", "%s; tries again in %u ms", otk_status_text(info->status),
                 (unsigned)info->wait_ms);
    otk_event_begin(&machine->events, "retry");
    otk_event_status(&machine->events, info->status);
    otk_event_number(&machine->events, "wait_ms", info->wait_ms);
    otk_event_end(&machine->events);
}

static void on_event(void *context, const struct otk_pull_event_info *info)
{
    struct update *update = context;

    switch (info->event) {
    case OTK_PULL_EVENT_REQUEST:
        tell_request(update->machine, info->request);
        break;
    case OTK_PULL_EVENT_WAIT:
        tell_wait(update->machine, info);
        break;
    case OTK_PULL_EVENT_PROGRESS:
        otk_teller_look(&update->teller, &update->session);
        break;
    }
}

/* How long the other transports may keep a pull from its own work. */
#define GUEST_TIME_MS 100u

/* Nothing wakes a pull for the other transports, so that they are served as long as they have work. */
static void serve_others(struct otk_inbox *inbox)
{
    const uint32_t began_ms = otk_uptime_ms();

    do {
        otk_inbox_turn(inbox, 0);
    } while (inbox->loop.is_busy && !inbox->updater.wants_reset && !otk_interrupt_seen() &&
             otk_uptime_ms() - began_ms < GUEST_TIME_MS);
}

/* The other transports are served meanwhile. Once a client has switched, or wants the application before,
 * the slots are no longer a pull's to write: the reset is on its way. */
static bool is_cancelled(void *context)
{
    const struct update *update = context;

    serve_others(update->inbox);
    return otk_interrupt_seen() || update->inbox->updater.wants_reset;
}

static void tell_refusal(struct otk_machine *machine, enum otk_status status)
{
    /* The only key of a pull is the CA's. */
    const bool is_ca = status == OTK_BAD_KEY;
    const char *why = is_ca ? "the CA file holds no certificate" : otk_status_text(status);

    otk_log_line(&machine->log, "update", "REFUSED: %s", why);
    otk_event_begin(&machine->events, "refused");
    otk_event_status(&machine->events, status);
    otk_event_end(&machine->events);
    otk_log_error(machine->options, status, is_ca ? machine->options->ca_path : "update", why,
                  otk_pull_hint(status));
}

static void tell_up_to_date(struct otk_machine *machine, const struct otk_device *device)
{
    const bool has_version = device->has_app && device->app.version[0];

    otk_log_line(&machine->log, "update", "UP TO DATE: %s runs already, nothing to do",
                 has_version ? device->app.version : "this image");
    otk_event_begin(&machine->events, "up_to_date");
    otk_event_text(&machine->events, "version", device->has_app ? device->app.version : NULL);
    otk_event_end(&machine->events);
}

/* Fetch, verify, select. */
static enum otk_status install(struct update *update, struct otk_device *device, int *slot)
{
    const struct otk_virtual_device_options *options = update->machine->options;
    const struct otk_pull_options pull = {
        .pull = {.url = options->pull_url ? options->pull_url : options->manifest_url,
                 .sha256 = update->machine->has_sha256 ? update->machine->sha256 : NULL,
                 .allow_http = options->insecure_http,
                 .attempt_limit = options->attempt_count,
                 .connect_timeout_ms = options->connect_timeout_ms,
                 .stall_timeout_ms = options->stall_timeout_ms,
                 .total_timeout_ms = options->total_timeout_ms},
        .ca_path = options->ca_path,
        .no_clock = options->no_clock,
    };
    const struct otk_pull_hooks hooks = {
        .context = update, .event = on_event, .is_cancelled = is_cancelled};
    uint8_t buffer[OTK_SECTOR_SIZE];
    struct otk_progress progress;
    enum otk_status status;

    status = otk_pull_run(device, &update->session, &pull, buffer, &hooks);
    if (status != OTK_OK) {
        return status;
    }
    otk_teller_look(&update->teller, &update->session);
    otk_session_progress(&update->session, &progress);
    status = otk_session_switch(&update->session);
    if (status == OTK_OK) {
        *slot = progress.slot;
    }
    return status;
}

enum otk_status otk_update_pull(struct otk_machine *machine, struct otk_device *device,
                                struct otk_inbox *inbox, int *slot)
{
    struct update update = {.machine = machine, .inbox = inbox};
    enum otk_status status;

    otk_teller_init(&update.teller, machine);
    status = install(&update, device, slot);
    if (!otk_nor_is_powered(machine->nor)) {
        return OTK_POWER_LOST;
    }
    switch (status) {
    case OTK_OK:
        otk_teller_switched(&update.teller, &update.session);
        return OTK_OK;
    case OTK_UP_TO_DATE:
        tell_up_to_date(machine, device);
        return OTK_UP_TO_DATE;
    case OTK_CANCELLED:
        return OTK_INTERRUPTED;
    default:
        tell_refusal(machine, status);
        return status;
    }
}
