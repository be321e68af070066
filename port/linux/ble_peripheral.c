// SPDX-License-Identifier: Apache-2.0
/*
 * The life of a BlueZ peripheral on the loop.
 *
 *                 set up            BlueZ, the adapter or the bus is gone
 *     SETTING UP --------> UP ------------------------------------------> DOWN
 *         ^                                                                |
 *         +-------------------------- every two seconds -------------------+
 *
 * Not coming up at the device's first start ends it: somebody who asks for Bluetooth wants to know.
 * Later, and after a reset, the device goes on without.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "port/linux/ble_session.h"
#include "port/linux/ble_setup.h"
#include "port/linux/events.h"
#include "port/linux/interrupt.h"
#include "port/linux/log.h"
#include "port/linux/transports.h"
#include "port/linux/uptime.h"

/* Messages from the bus in one turn; others want to be served too. */
#define MESSAGE_LIMIT 32u

/* A call to BlueZ that takes longer has failed. */
#define CALL_TIMEOUT_US 10000000u

/* How long the first set-up may take, and how often it looks for an interrupt. */
#define OPEN_TIMEOUT_MS  30000u
#define LOOK_INTERVAL_US 100000u

/* How long to stay down before the next attempt. */
#define RETRY_INTERVAL_MS 2000u

#define US_PER_MS 1000u

struct otk_ble_peripheral {
    const struct otk_host *host;
    const char *name;
    sd_bus *bus; /* NULL: gone */
    struct otk_ble_setup setup;
    struct otk_ble_session session; /* open while the peripheral is up */
    bool is_up;
    bool is_known_down; /* the person was told */
    const char *lost;   /* why it has to go down, a constant; NULL: it has not */
    uint32_t retry_ms;  /* the next attempt, while down */
};

static int take_device_property(sd_bus_message *message, const char *key, void *context)
{
    int value = 1;
    int result;

    if (strcmp(key, "Connected") != 0) {
        return sd_bus_message_skip(message, "v");
    }
    result = sd_bus_message_read(message, "v", "b", &value);
    *(bool *)context = value == 0;
    return result;
}

static int on_device_changed(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
    struct otk_ble_peripheral *peripheral = userdata;
    bool is_gone = false;

    (void)error;
    if (sd_bus_message_skip(message, "s") >= 0 &&
        otk_ble_bus_each(message, "{sv}", take_device_property, &is_gone) >= 0 && is_gone) {
        otk_ble_session_gone(&peripheral->session, sd_bus_message_get_path(message));
    }
    return 0;
}

static int on_owner_changed(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
    struct otk_ble_peripheral *peripheral = userdata;
    const char *name, *before, *now;

    (void)error;
    if (sd_bus_message_read(message, "sss", &name, &before, &now) >= 0 && before[0] != '\0') {
        peripheral->lost = "the Bluetooth daemon has ended";
    }
    return 0;
}

static int on_removed(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
    struct otk_ble_peripheral *peripheral = userdata;
    const char *path;

    (void)error;
    if (sd_bus_message_read(message, "o", &path) >= 0 &&
        strcmp(path, peripheral->setup.adapter.path) == 0) {
        peripheral->lost = "the adapter is gone";
    }
    return 0;
}

static int watch_bluez(struct otk_ble_peripheral *peripheral)
{
    static const struct {
        const char *rule;
        sd_bus_message_handler_t handler;
    } rules[] = {
        {"type='signal',sender='org.bluez',interface='org.freedesktop.DBus.Properties',"
         "member='PropertiesChanged',arg0='org.bluez.Device1'",
         on_device_changed},
        {"type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',"
         "member='NameOwnerChanged',arg0='org.bluez'",
         on_owner_changed},
        {"type='signal',sender='org.bluez',interface='org.freedesktop.DBus.ObjectManager',"
         "member='InterfacesRemoved'",
         on_removed},
    };
    size_t index;
    int result = 0;

    /* Without slots of their own they live as long as the connection. */
    for (index = 0; result >= 0 && index < sizeof rules / sizeof rules[0]; index++) {
        result = sd_bus_add_match(peripheral->bus, NULL, rules[index].rule, rules[index].handler,
                                  peripheral);
    }
    return result;
}

static void close_bus(struct otk_ble_peripheral *peripheral)
{
    peripheral->bus = sd_bus_flush_close_unref(peripheral->bus);
}

static enum otk_status fail(struct otk_ble_peripheral *peripheral, enum otk_status status,
                            const char *why, const char *hint)
{
    peripheral->setup.failure = (struct otk_ble_failure){status, why, hint};
    return status;
}

/* The functions that open report by setup.failure. */
static enum otk_status open_bus(struct otk_ble_peripheral *peripheral)
{
    int result;

    if (peripheral->bus) {
        return OTK_OK;
    }
    result = sd_bus_open_system(&peripheral->bus);
    if (result >= 0) {
        result = sd_bus_set_method_call_timeout(peripheral->bus, CALL_TIMEOUT_US);
    }
    if (result >= 0) {
        result = watch_bluez(peripheral);
    }
    if (result >= 0) {
        return OTK_OK;
    }
    close_bus(peripheral);
    return fail(
        peripheral, OTK_HOST_IO,
        result == -EACCES || result == -EPERM ? "the system bus (D-Bus) does not let this user in"
                                              : "there is no system bus (D-Bus)",
        "BlueZ is reached over it: `sudo systemctl start dbus`; containers often have none");
}

static enum otk_status begin_setup(struct otk_ble_peripheral *peripheral)
{
    struct otk_ble_setup_config config = {
        .machine = peripheral->host->machine, .bus = peripheral->bus, .name = peripheral->name};

    otk_ble_session_calls(&peripheral->session, &config.calls);
    peripheral->lost = NULL;
    return otk_ble_setup_open(&peripheral->setup, &config);
}

static void tell_up(const struct otk_ble_peripheral *peripheral)
{
    const char *label = otk_ble_adapter_label(&peripheral->setup.adapter);
    const uint16_t psm = peripheral->session.channel.psm;
    struct otk_machine *machine = peripheral->host->machine;
    char channel[24] = "";

    if (psm != 0) {
        snprintf(channel, sizeof channel, ", L2CAP PSM 0x%02X", psm);
    }
    otk_log_line(&machine->log, "ble", "can be found as \"%s\" on %s%s", peripheral->name, label,
                 channel);
    otk_event_begin(&machine->events, "ble_ready");
    otk_event_text(&machine->events, "name", peripheral->name);
    otk_event_text(&machine->events, "adapter", label);
    otk_event_number(&machine->events, "psm", psm);
    otk_event_end(&machine->events);
}

static void go_up(struct otk_ble_peripheral *peripheral)
{
    otk_ble_session_open(&peripheral->session, peripheral->host, peripheral->name,
                         &peripheral->setup.adapter, &peripheral->setup.gatt);
    peripheral->is_up = true;
    peripheral->is_known_down = false;
    peripheral->host->machine->ble_was_up = true;
    tell_up(peripheral);
}

/* Says why once, however often it is tried again. */
static void go_down(struct otk_ble_peripheral *peripheral, const char *why)
{
    struct otk_machine *machine = peripheral->host->machine;

    otk_ble_session_close(&peripheral->session);
    peripheral->is_up = false;
    peripheral->lost = NULL;
    peripheral->retry_ms = otk_uptime_ms() + RETRY_INTERVAL_MS;
    if (peripheral->is_known_down) {
        return;
    }
    peripheral->is_known_down = true;
    otk_log_line(&machine->log, "ble", "DOWN: %s; tries again", why);
    otk_event_begin(&machine->events, "ble_down");
    otk_event_text(&machine->events, "why", why);
    otk_event_end(&machine->events);
}

/* Returns whether there is more to process. */
static bool process_bus(struct otk_ble_peripheral *peripheral)
{
    uint32_t count;
    int result = 0;

    for (count = 0; peripheral->bus && count < MESSAGE_LIMIT; count++) {
        result = sd_bus_process(peripheral->bus, NULL);
        if (result <= 0) {
            break;
        }
    }
    if (result < 0) {
        peripheral->lost = "the system bus is gone";
        otk_ble_setup_close(&peripheral->setup, false);
        close_bus(peripheral);
    }
    return result > 0;
}

/* One attempt after the other, until it works. */
static void retry(struct otk_ble_peripheral *peripheral, uint32_t now_ms)
{
    if (peripheral->setup.state == OTK_BLE_SETUP_FAILED) {
        otk_ble_setup_close(&peripheral->setup, true);
        go_down(peripheral, peripheral->setup.why);
        return;
    }
    if (peripheral->setup.state != OTK_BLE_SETUP_CLOSED ||
        (int32_t)(now_ms - peripheral->retry_ms) < 0) {
        return;
    }
    if (open_bus(peripheral) != OTK_OK || begin_setup(peripheral) != OTK_OK) {
        go_down(peripheral, peripheral->setup.failure.why);
    }
}

static enum otk_status serve(void *context, uint32_t turn_ms)
{
    struct otk_ble_peripheral *peripheral = context;
    const bool has_more = process_bus(peripheral);
    const uint32_t now_ms = otk_uptime_ms(); /* not before what the messages were given */

    (void)turn_ms;
    if (peripheral->lost) {
        otk_ble_setup_close(&peripheral->setup, false);
        go_down(peripheral, peripheral->lost);
    }
    if (!peripheral->is_up && peripheral->setup.state == OTK_BLE_SETUP_DONE) {
        go_up(peripheral);
    }
    if (peripheral->is_up) {
        otk_ble_session_serve(&peripheral->session, now_ms);
    } else {
        retry(peripheral, now_ms);
    }
    return has_more ? OTK_MORE : OTK_OK;
}

/* The bus wants to be processed at that time in any case. */
static void limit_to_bus(sd_bus *bus, uint32_t *timeout_ms)
{
    uint64_t due_us = UINT64_MAX;
    int32_t left_ms;

    if (sd_bus_get_timeout(bus, &due_us) < 0 || due_us == UINT64_MAX) {
        return;
    }
    left_ms = (int32_t)((uint32_t)(due_us / US_PER_MS) + 1u - otk_uptime_ms());
    if (due_us == 0 || left_ms < 0) {
        left_ms = 0;
    }
    if (*timeout_ms > (uint32_t)left_ms) {
        *timeout_ms = (uint32_t)left_ms;
    }
}

static uint32_t watch(void *context, struct pollfd *files, uint32_t room, uint32_t *timeout_ms)
{
    struct otk_ble_peripheral *peripheral = context;
    uint32_t count = 0;

    if (peripheral->bus && room > 0) {
        files[count++] = (struct pollfd){.fd = sd_bus_get_fd(peripheral->bus),
                                         .events = (short)sd_bus_get_events(peripheral->bus)};
        limit_to_bus(peripheral->bus, timeout_ms);
    }
    return count +
           otk_ble_session_watch(&peripheral->session, files + count, room - count, timeout_ms);
}

/* Until the device can be found, or it is known why not. */
static enum otk_status await_setup(struct otk_ble_peripheral *peripheral)
{
    const uint32_t end_ms = otk_uptime_ms() + OPEN_TIMEOUT_MS;
    const struct otk_ble_setup *setup = &peripheral->setup;

    while (setup->state == OTK_BLE_SETUP_RUNNING && !peripheral->lost) {
        if (otk_interrupt_seen()) {
            return OTK_INTERRUPTED;
        }
        if ((int32_t)(otk_uptime_ms() - end_ms) >= 0) {
            return fail(peripheral, OTK_HOST_IO, "the Bluetooth daemon does not answer",
                        "`sudo systemctl restart bluetooth` helps a daemon that hangs");
        }
        if (!process_bus(peripheral) && peripheral->bus) {
            (void)sd_bus_wait(peripheral->bus, LOOK_INTERVAL_US);
        }
    }
    if (peripheral->lost) {
        return fail(peripheral, OTK_HOST_IO, peripheral->lost, NULL);
    }
    return setup->state == OTK_BLE_SETUP_DONE ? OTK_OK : setup->failure.status;
}

static enum otk_status open_all(struct otk_ble_peripheral *peripheral)
{
    enum otk_status status;

    if (peripheral->name[0] == '\0' || strlen(peripheral->name) > OTK_BLE_ADVERT_NAME_MAX) {
        return fail(peripheral, OTK_USAGE, "a name that is advertised has 1 to 29 characters",
                    NULL);
    }
    status = open_bus(peripheral);
    if (status == OTK_OK) {
        status = begin_setup(peripheral);
    }
    return status == OTK_OK ? await_setup(peripheral) : status;
}

static void tell_failure(const struct otk_ble_peripheral *peripheral, enum otk_status status)
{
    const struct otk_virtual_device_options *options = peripheral->host->machine->options;
    char what[64] = "Bluetooth";

    if (options->ble_adapter) {
        snprintf(what, sizeof what, "Bluetooth adapter %s", options->ble_adapter);
    }
    if (status != OTK_INTERRUPTED) {
        otk_log_error(options, status, what, peripheral->setup.failure.why,
                      peripheral->setup.failure.hint);
    }
}

/* Whether it can be tried again while the device runs. */
static bool may_wait(const struct otk_ble_peripheral *peripheral, enum otk_status status)
{
    return peripheral->host->machine->ble_was_up && status != OTK_INTERRUPTED;
}

enum otk_status otk_ble_peripheral_open(const struct otk_host *host,
                                        struct otk_ble_peripheral **peripheral)
{
    const char *name = host->machine->options->ble_name;
    struct otk_ble_peripheral *opened = calloc(1, sizeof *opened);
    enum otk_status status;

    if (!opened) {
        otk_log_error(host->machine->options, OTK_NO_MEMORY, "Bluetooth", NULL, NULL);
        return OTK_NO_MEMORY;
    }
    opened->host = host;
    opened->name = name ? name : OTK_VIRTUAL_DEVICE_BLE_NAME;
    otk_loop_add(host->loop, (struct otk_loop_source){opened, watch, serve});
    status = open_all(opened);
    if (status == OTK_OK) {
        go_up(opened);
    } else if (may_wait(opened, status)) {
        otk_ble_setup_close(&opened->setup, opened->bus != NULL && !opened->lost);
        go_down(opened, opened->setup.failure.why);
    } else {
        tell_failure(opened, status);
        otk_ble_peripheral_close(opened);
        return status;
    }
    *peripheral = opened;
    return OTK_OK;
}

/* A chip that resets is gone from the air; a computer has to say so. */
static void disconnect(const struct otk_ble_peripheral *peripheral)
{
    if (peripheral->bus && peripheral->session.client[0] != '\0') {
        (void)sd_bus_call_method(peripheral->bus, OTK_BLE_BLUEZ, peripheral->session.client,
                                 "org.bluez.Device1", "Disconnect", NULL, NULL, "");
    }
}

void otk_ble_peripheral_close(struct otk_ble_peripheral *peripheral)
{
    if (!peripheral) {
        return;
    }
    disconnect(peripheral);
    otk_ble_session_close(&peripheral->session);
    otk_ble_setup_close(&peripheral->setup, peripheral->bus != NULL);
    close_bus(peripheral);
    otk_loop_remove(peripheral->host->loop, peripheral);
    free(peripheral);
}
