// SPDX-License-Identifier: Apache-2.0
/* A connection to a device. Source: BlueZ 5.66, doc/device-api.txt and doc/gatt-api.txt. */
#include "host/bluez_link.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "host/bluez_uuid.h"
#include "host/push_parts.h"

#define DEVICE "org.bluez.Device1"
#define VALUE  "org.bluez.GattCharacteristic1"

/* A device that is in reach takes 1 or 2 s. BlueZ would wait for about 40 s for one that resets. */
#define CONNECT_TIMEOUT_MS 12000u

/* For all services of a device with many. */
#define RESOLVE_TIMEOUT_MS 20000u

/* The answer to Connect can overtake the news that it is connected. */
#define RACE_TIME_MS 1500u

#define LOOK_INTERVAL_MS 200u
#define PAIR_TIMEOUT_MS  70000u /* somebody may have to type */
#define VALUE_TIMEOUT_MS 31000u /* ATT's own limit is 30 s */
#define LEAVE_TIMEOUT_MS 5000u

static const char *const uuids[OTK_BLUEZ_VALUE_COUNT] = {
    [OTK_BLUEZ_SIMPLE_CONTROL] = OTK_BLUEZ_UUID_SIMPLE_CONTROL,
    [OTK_BLUEZ_SIMPLE_DATA] = OTK_BLUEZ_UUID_SIMPLE_DATA,
    [OTK_BLUEZ_SECTOR_COMMAND] = OTK_BLUEZ_UUID_SECTOR_COMMAND,
    [OTK_BLUEZ_SECTOR_FIRMWARE] = OTK_BLUEZ_UUID_SECTOR_FIRMWARE,
    [OTK_BLUEZ_WINDOW_CONTROL] = OTK_BLUEZ_UUID_WINDOW_CONTROL,
    [OTK_BLUEZ_WINDOW_DATA] = OTK_BLUEZ_UUID_WINDOW_DATA,
    [OTK_BLUEZ_WINDOW_INFO] = OTK_BLUEZ_UUID_WINDOW_INFO,
    [OTK_BLUEZ_FIRMWARE_REVISION] = OTK_BLUEZ_UUID_FIRMWARE_REVISION,
};

void otk_bluez_link_init(struct otk_bluez_link *link, struct otk_bluez *bluez,
                         const struct otk_bluez_found *found)
{
    *link = (struct otk_bluez_link){.bluez = bluez, .found = *found};
}

static enum otk_status call_device(struct otk_bluez_link *link, const char *member,
                                   uint32_t timeout_ms)
{
    const struct otk_bluez_call call = {.path = link->found.device.path,
                                        .interface = DEVICE,
                                        .member = member,
                                        .timeout_ms = timeout_ms};

    return otk_bluez_call(link->bluez, &call, NULL, "");
}

/* Note the device itself, and the values below it. */
static void look_at(void *context, const struct otk_bluez_object *object)
{
    struct otk_bluez_link *const link = context;
    const size_t len = strlen(link->found.device.path);

    if (strcmp(object->path, link->found.device.path) == 0) {
        link->found.device = *object;
    }
    if (object->kind != OTK_BLUEZ_CHARACTERISTIC ||
        strncmp(object->path, link->found.device.path, len) != 0 || object->path[len] != '/') {
        return;
    }
    for (size_t i = 0; i < OTK_BLUEZ_VALUE_COUNT; i++) {
        if (strcasecmp(object->uuid, uuids[i]) == 0) {
            snprintf(link->paths[i], sizeof link->paths[i], "%s", object->path);
        }
    }
}

static enum otk_status look(struct otk_bluez_link *link)
{
    memset(link->paths, 0, sizeof link->paths);
    link->found.device.is_connected = false;
    link->found.device.is_resolved = false;
    return otk_bluez_visit(link->bluez, look_at, link);
}

static enum otk_status pause_look(struct otk_bluez_link *link)
{
    const uint64_t end_ms = otk_push_now_ms() + LOOK_INTERVAL_MS;
    enum otk_status status = OTK_OK;

    while (status == OTK_OK && otk_push_now_ms() < end_ms) {
        status = otk_bluez_wait(link->bluez, LOOK_INTERVAL_MS);
    }
    return status;
}

/* Wait until BlueZ knows all services. */
static enum otk_status resolve(struct otk_bluez_link *link)
{
    const uint64_t start_ms = otk_push_now_ms();
    enum otk_status status;

    do {
        const uint64_t passed_ms = otk_push_now_ms() - start_ms;

        status = look(link);
        if (status == OTK_OK && link->found.device.is_connected && link->found.device.is_resolved) {
            return OTK_OK;
        }
        if (status == OTK_OK && ((!link->found.device.is_connected && passed_ms > RACE_TIME_MS) ||
                                 passed_ms > RESOLVE_TIMEOUT_MS)) {
            return OTK_CONNECTION_LOST;
        }
        status = status == OTK_OK ? pause_look(link) : status;
    } while (status == OTK_OK);
    return status;
}

/* What a refusal to connect means. */
static enum otk_status judge_refusal(const struct otk_bluez_link *link)
{
    if (otk_bluez_was(link->bluez, "AlreadyConnected") ||
        otk_bluez_was(link->bluez, "InProgress")) {
        return OTK_OK;
    }
    if (otk_bluez_was(link->bluez, "UnknownObject") || otk_bluez_was(link->bluez, "DoesNotExist") ||
        otk_bluez_was(link->bluez, "UnknownMethod")) {
        return OTK_NOT_FOUND;
    }
    /* "Failed: le-connection-abort-by-local", "Software caused connection abort", and their like */
    return otk_bluez_was(link->bluez, "Failed") || otk_bluez_was(link->bluez, "NotAvailable")
               ? OTK_CONNECTION_LOST
               : OTK_REFUSED;
}

enum otk_status otk_bluez_link_connect(struct otk_bluez_link *link, struct otk_error *error)
{
    enum otk_status status = call_device(link, "Connect", CONNECT_TIMEOUT_MS);

    link->is_connected = true; /* or about to be: drop takes an attempt back too */
    if (status == OTK_REFUSED) {
        status = judge_refusal(link);
    } else if (status == OTK_TIMEOUT) {
        status = OTK_CONNECTION_LOST;
    }
    if (status == OTK_OK) {
        status = resolve(link);
    }
    if (status == OTK_CONNECTION_LOST) {
        otk_error_set(error, 0, "the device was heard, but no connection came about");
        otk_error_hint(error, "go nearer; it may also be connected to somebody else");
        return status;
    }
    if (status == OTK_NOT_FOUND) {
        otk_error_set(error, 0, "the device is out of reach");
        return status;
    }
    return status == OTK_OK ? OTK_OK : otk_bluez_explain(link->bluez, status, error);
}

enum otk_status otk_bluez_link_pair(struct otk_bluez_link *link, struct otk_error *error)
{
    enum otk_status status;

    if (link->found.device.is_paired) {
        return OTK_OK;
    }
    status = call_device(link, "Pair", PAIR_TIMEOUT_MS);
    if (status == OTK_REFUSED && otk_bluez_was(link->bluez, "AlreadyExists")) {
        return OTK_OK;
    }
    if (status != OTK_OK) {
        return otk_bluez_explain(link->bluez, status, error);
    }
    return OTK_OK;
}

bool otk_bluez_link_has(const struct otk_bluez_link *link, enum otk_bluez_value value)
{
    return link->paths[value][0] != '\0';
}

static enum otk_status acquire(struct otk_bluez_link *link, const char *member,
                               enum otk_bluez_value value, int *fd, uint32_t *mtu)
{
    const struct otk_bluez_call call = {.path = link->paths[value],
                                        .interface = VALUE,
                                        .member = member,
                                        .timeout_ms = VALUE_TIMEOUT_MS};
    sd_bus_message *reply = NULL;
    uint16_t got_mtu = 0;
    int got = -1;
    enum otk_status status = otk_bluez_call(link->bluez, &call, &reply, "a{sv}", 0);

    if (status != OTK_OK) {
        return status;
    }
    /* The message keeps its descriptor. */
    if (sd_bus_message_read(reply, "hq", &got, &got_mtu) < 0 ||
        (got = fcntl(got, F_DUPFD_CLOEXEC, 3)) < 0) {
        status = OTK_HOST_IO;
    } else {
        (void)fcntl(got, F_SETFL, O_NONBLOCK);
        *fd = got;
        if (mtu) {
            *mtu = got_mtu;
        }
    }
    sd_bus_message_unref(reply);
    return status;
}

enum otk_status otk_bluez_link_subscribe(struct otk_bluez_link *link, enum otk_bluez_value value,
                                         int *fd, uint32_t *mtu)
{
    return acquire(link, "AcquireNotify", value, fd, mtu);
}

enum otk_status otk_bluez_link_acquire(struct otk_bluez_link *link, enum otk_bluez_value value,
                                       int *fd, uint32_t *mtu)
{
    return acquire(link, "AcquireWrite", value, fd, mtu);
}

/* Put the arguments of WriteValue together. */
static int append_value(sd_bus_message *message, const uint8_t *bytes, uint32_t len)
{
    const int result = sd_bus_message_append_array(message, 'y', bytes, len);

    return result < 0 ? result : sd_bus_message_append(message, "a{sv}", 1, "type", "s", "request");
}

enum otk_status otk_bluez_link_write(struct otk_bluez_link *link, enum otk_bluez_value value,
                                     const uint8_t *bytes, uint32_t len)
{
    sd_bus_message *message = NULL;
    enum otk_status status = OTK_NO_MEMORY;
    int result = sd_bus_message_new_method_call(link->bluez->bus, &message, OTK_BLUEZ_NAME,
                                                link->paths[value], VALUE, "WriteValue");

    if (result >= 0) {
        result = append_value(message, bytes, len);
    }
    if (result >= 0) {
        status = otk_bluez_send(link->bluez, message, VALUE_TIMEOUT_MS, NULL);
    }
    sd_bus_message_unref(message);
    return status;
}

enum otk_status otk_bluez_link_read(struct otk_bluez_link *link, enum otk_bluez_value value,
                                    uint8_t bytes[OTK_BLUEZ_VALUE_SIZE], uint32_t *len)
{
    const struct otk_bluez_call call = {.path = link->paths[value],
                                        .interface = VALUE,
                                        .member = "ReadValue",
                                        .timeout_ms = VALUE_TIMEOUT_MS};
    sd_bus_message *reply = NULL;
    const void *data = NULL;
    size_t size = 0;
    enum otk_status status;

    if (!otk_bluez_link_has(link, value)) {
        return OTK_NOT_FOUND;
    }
    status = otk_bluez_call(link->bluez, &call, &reply, "a{sv}", 0);
    if (status == OTK_OK && sd_bus_message_read_array(reply, 'y', &data, &size) < 0) {
        status = OTK_HOST_IO;
    }
    if (status == OTK_OK) {
        *len = size < OTK_BLUEZ_VALUE_SIZE ? (uint32_t)size : OTK_BLUEZ_VALUE_SIZE;
        memcpy(bytes, data, *len);
    }
    sd_bus_message_unref(reply);
    return status;
}

/* Leaving is done also after Ctrl-C, so a stop does not count here. */
static void leave(struct otk_bluez_link *link, const struct otk_bluez_call *call,
                  const char *argument)
{
    bool (*const must_stop)(void *context) = link->bluez->must_stop;
    enum otk_status status;

    link->bluez->must_stop = NULL;
    status = argument ? otk_bluez_call(link->bluez, call, NULL, "o", argument)
                      : otk_bluez_call(link->bluez, call, NULL, "");
    link->bluez->must_stop = must_stop;
    (void)status; /* there is nothing to be done about a link that will not end */
}

void otk_bluez_link_drop(struct otk_bluez_link *link)
{
    const struct otk_bluez_call call = {.path = link->found.device.path,
                                        .interface = DEVICE,
                                        .member = "Disconnect",
                                        .timeout_ms = LEAVE_TIMEOUT_MS};

    if (link->is_connected && !link->found.was_connected) {
        leave(link, &call, NULL);
    }
    link->is_connected = false;
    memset(link->paths, 0, sizeof link->paths);
}

/* BlueZ also pairs by itself where a device insists. */
static bool is_paired(struct otk_bluez_link *link)
{
    bool (*const must_stop)(void *context) = link->bluez->must_stop;
    enum otk_status status;

    link->bluez->must_stop = NULL;
    status = look(link);
    link->bluez->must_stop = must_stop;
    return status == OTK_OK && link->found.device.is_paired;
}

void otk_bluez_link_forget(struct otk_bluez_link *link)
{
    const struct otk_bluez_call call = {.path = link->found.adapter.path,
                                        .interface = "org.bluez.Adapter1",
                                        .member = "RemoveDevice",
                                        .timeout_ms = LEAVE_TIMEOUT_MS};

    if (!link->found.was_known && !is_paired(link)) {
        leave(link, &call, link->found.device.path);
    }
}
