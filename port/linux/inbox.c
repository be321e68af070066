// SPDX-License-Identifier: Apache-2.0
/* The transports of an application, in one loop. */
#include "port/linux/inbox.h"

#include <string.h>
#include <sys/random.h>

#include "port/linux/events.h"
#include "port/linux/log.h"
#include "port/linux/uptime.h"
#include "sim/nor_fault.h"

bool otk_inbox_is_wanted(const struct otk_virtual_device_options *options)
{
    return options->portal_address || options->softap_interface || options->ble ||
           options->serial_path;
}

static uint32_t random_boot_id(void)
{
    uint32_t boot_id = otk_uptime_ms();

    (void)getrandom(&boot_id, sizeof boot_id, GRND_NONBLOCK); /* else the clock has to do */
    return boot_id;
}

/* The access point first: the page listens on its address. */
static enum otk_status open_transports(struct otk_inbox *inbox)
{
    const struct otk_virtual_device_options *options = inbox->host.machine->options;
    enum otk_status status = OTK_OK;

    if (options->softap_interface) {
        status = otk_softap_open(&inbox->host, &inbox->softap);
    }
    if (status == OTK_OK && (options->portal_address || options->softap_interface)) {
        status = otk_portal_server_open(&inbox->host, &inbox->portal);
    }
    if (status == OTK_OK && options->ble) {
        status = otk_ble_peripheral_open(&inbox->host, &inbox->ble);
    }
    if (status == OTK_OK && options->serial_path) {
        status = otk_serial_port_open(&inbox->host, &inbox->serial);
    }
    return status;
}

enum otk_status otk_inbox_open(struct otk_inbox *inbox, struct otk_machine *machine,
                               struct otk_device *device)
{
    enum otk_status status;

    memset(inbox, 0, sizeof *inbox);
    otk_updater_init(&inbox->updater, device, inbox->buffer, random_boot_id());
    inbox->host = (struct otk_host){
        .machine = machine, .updater = &inbox->updater, .loop = &inbox->loop};
    inbox->last_end = OTK_MORE;
    status = open_transports(inbox);
    if (status != OTK_OK) {
        otk_inbox_close(inbox);
    }
    return status;
}

static void tell_begin(struct otk_inbox *inbox)
{
    struct otk_machine *machine = inbox->host.machine;
    const char *owner = otk_owner_name(inbox->updater.owner);

    otk_log_line(&machine->log, "update", "an image arrives (%s)", owner);
    otk_event_begin(&machine->events, "push");
    otk_event_text(&machine->events, "owner", owner);
    otk_event_end(&machine->events);
    otk_teller_init(&inbox->teller, machine);
    inbox->told_count = inbox->updater.update_count;
    inbox->told_state = OTK_UPDATER_RECEIVING;
}

static void tell_end(struct otk_inbox *inbox, const char *event, const char *word)
{
    struct otk_machine *machine = inbox->host.machine;
    const enum otk_status status = otk_updater_outcome(&inbox->updater);

    otk_log_line(&machine->log, "update", "%s: %s", word, otk_status_text(status));
    otk_event_begin(&machine->events, event);
    otk_event_status(&machine->events, status);
    otk_event_end(&machine->events);
}

static void tell_failure(struct otk_inbox *inbox)
{
    const enum otk_status status = otk_updater_outcome(&inbox->updater);

    if (status == OTK_CONNECTION_LOST) {
        tell_end(inbox, "link_lost", "INTERRUPTED");
        return; /* undecided: somebody may continue */
    }
    inbox->last_end = status;
    if (status == OTK_CANCELLED) {
        tell_end(inbox, "cancelled", "CANCELLED");
    } else {
        tell_end(inbox, "refused", "REFUSED");
    }
}

static void tell_switch(struct otk_inbox *inbox)
{
    inbox->last_end = OTK_OK;
    otk_teller_switched(&inbox->teller, &inbox->updater.session);
}

static void tell(struct otk_inbox *inbox)
{
    const struct otk_updater *updater = &inbox->updater;

    if (inbox->told_count != updater->update_count) {
        tell_begin(inbox);
    }
    if (inbox->told_count == 0) {
        return;
    }
    otk_teller_look(&inbox->teller, &updater->session);
    if (updater->state == inbox->told_state) {
        return;
    }
    inbox->told_state = updater->state;
    if (updater->state == OTK_UPDATER_FAILED) {
        tell_failure(inbox);
    } else if (updater->state == OTK_UPDATER_SWITCHED) {
        tell_switch(inbox);
    }
}

void otk_inbox_turn(struct otk_inbox *inbox, uint32_t timeout_ms)
{
    otk_loop_turn(&inbox->loop, timeout_ms);
    if (!inbox->loop.is_busy && otk_updater_poll(&inbox->updater, otk_uptime_ms()) == OTK_MORE) {
        inbox->loop.is_busy = true;
    }
    if (otk_nor_is_powered(inbox->host.machine->nor)) {
        tell(inbox);
    }
}

void otk_inbox_close(struct otk_inbox *inbox)
{
    otk_serial_port_close(inbox->serial);
    otk_ble_peripheral_close(inbox->ble);
    otk_portal_server_close(inbox->portal);
    otk_softap_close(inbox->softap);
    inbox->serial = NULL;
    inbox->ble = NULL;
    inbox->portal = NULL;
    inbox->softap = NULL;
}
