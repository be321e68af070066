// SPDX-License-Identifier: Apache-2.0
/* Finding a device: BlueZ searches, and its list is looked through until the target is heard. */
#include "host/bluez_find.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "host/push_parts.h"

#define LOOK_INTERVAL_MS 300u
#define CALL_TIMEOUT_MS  10000u

/* When a name was heard, another device with the same name has this long to be heard too. */
#define RIVAL_TIME_MS 1000u

/* Devices that are listed when the target was not among them. */
#define HEARD_COUNT 16u

/* "12:34:56:78:9A:BC" */
#define ADDRESS_LEN 17u

#define LINE_SIZE 320u

/* One look at everything. */
struct look {
    const struct otk_bluez_search *search;
    struct otk_bluez_object adapter;
    bool has_adapter;
    bool has_any_adapter;
    struct otk_bluez_object device;
    uint32_t match_count; /* devices that are the target and are there */
    bool is_known;        /* the target is in the list, there or not */
    struct otk_bluez_object heard[HEARD_COUNT];
    uint32_t heard_count;
};

static bool is_address(const char *text)
{
    return strlen(text) == ADDRESS_LEN && strspn(text, "0123456789abcdefABCDEF:") == ADDRESS_LEN &&
           text[2] == ':' && text[14] == ':';
}

static const char *last_word(const char *path)
{
    const char *const slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* The one that was asked for, or the first by name that is switched on, or the first. */
static void consider_adapter(struct look *look, const struct otk_bluez_object *object)
{
    const char *const wanted = look->search->adapter;
    const bool is_first = !look->has_adapter || (object->is_powered && !look->adapter.is_powered) ||
                          (object->is_powered == look->adapter.is_powered &&
                           strcmp(object->path, look->adapter.path) < 0);

    look->has_any_adapter = true;
    if (wanted ? strcmp(last_word(object->path), wanted) == 0 : is_first) {
        look->has_adapter = true;
        look->adapter = *object;
    }
}

static void find_adapter(void *context, const struct otk_bluez_object *object)
{
    if (object->kind == OTK_BLUEZ_ADAPTER) {
        consider_adapter(context, object);
    }
}

static bool is_target(const struct otk_bluez_search *search, const struct otk_bluez_object *device)
{
    return is_address(search->target) ? strcasecmp(device->address, search->target) == 0
                                      : strcmp(device->name, search->target) == 0;
}

static void find_device(void *context, const struct otk_bluez_object *object)
{
    struct look *const look = context;
    const size_t len = strlen(look->adapter.path);
    const bool is_there = object->has_rssi || object->is_connected;

    if (object->kind != OTK_BLUEZ_DEVICE || strncmp(object->path, look->adapter.path, len) != 0 ||
        object->path[len] != '/') {
        return;
    }
    if (!is_target(look->search, object)) {
        if (is_there && look->heard_count < HEARD_COUNT) {
            look->heard[look->heard_count++] = *object;
        }
        return;
    }
    look->is_known = true;
    if (is_there) {
        look->match_count++;
        look->device = *object;
    }
}

static enum otk_status choose_adapter(struct otk_bluez *bluez, struct look *look,
                                      struct otk_error *error)
{
    const enum otk_status status = otk_bluez_visit(bluez, find_adapter, look);

    if (status != OTK_OK) {
        return otk_bluez_explain(bluez, status, error);
    }
    if (!look->has_adapter) {
        otk_error_set(error, 0,
                      look->has_any_adapter ? "there is no Bluetooth adapter %s"
                                            : "there is no Bluetooth adapter",
                      look->search->adapter);
        otk_error_hint(error, "`bluetoothctl list` and `rfkill list` show what there is");
        return look->has_any_adapter ? OTK_USAGE : OTK_HOST_IO;
    }
    if (!look->adapter.is_powered) {
        otk_error_set(error, 0, "the Bluetooth adapter %s is switched off",
                      last_word(look->adapter.path));
        otk_error_hint(error, "`bluetoothctl power on` switches it on; `rfkill unblock bluetooth` "
                              "where that is refused");
        return OTK_HOST_IO;
    }
    return OTK_OK;
}

static enum otk_status look_again(struct otk_bluez *bluez, struct look *look)
{
    look->match_count = 0;
    look->heard_count = 0;
    look->is_known = false;
    return otk_bluez_visit(bluez, find_device, look);
}

static enum otk_status pause_search(struct otk_bluez *bluez, uint32_t ms)
{
    const uint64_t end_ms = otk_push_now_ms() + ms;
    enum otk_status status = OTK_OK;

    while (status == OTK_OK && otk_push_now_ms() < end_ms) {
        status = otk_bluez_wait(bluez, ms);
    }
    return status;
}

/* Look until the target is there, and a little longer where it has a name only. */
static enum otk_status listen(struct otk_bluez *bluez, struct look *look)
{
    uint64_t end_ms = otk_push_now_ms() + look->search->timeout_ms;
    bool was_there = is_address(look->search->target);
    enum otk_status status;

    for (;;) {
        status = look_again(bluez, look);
        if (status != OTK_OK || (look->match_count > 0 && was_there)) {
            return status;
        }
        if (look->match_count > 0) {
            was_there = true;
            status = pause_search(bluez, RIVAL_TIME_MS);
        } else {
            status = pause_search(bluez, LOOK_INTERVAL_MS);
        }
        if (status != OTK_OK) {
            return status;
        }
        if (otk_push_now_ms() > end_ms && look->match_count == 0) {
            return OTK_OK;
        }
    }
}

static enum otk_status call_adapter(struct otk_bluez *bluez, const struct look *look,
                                    const char *member)
{
    const struct otk_bluez_call call = {.path = look->adapter.path,
                                        .interface = "org.bluez.Adapter1",
                                        .member = member,
                                        .timeout_ms = CALL_TIMEOUT_MS};

    return otk_bluez_call(bluez, &call, NULL, "");
}

static enum otk_status start_search(struct otk_bluez *bluez, const struct look *look)
{
    const struct otk_bluez_call filter = {.path = look->adapter.path,
                                          .interface = "org.bluez.Adapter1",
                                          .member = "SetDiscoveryFilter",
                                          .timeout_ms = CALL_TIMEOUT_MS};
    enum otk_status status = otk_bluez_call(bluez, &filter, NULL, "a{sv}", 1, "Transport", "s",
                                            "le");

    if (status == OTK_OK) {
        status = call_adapter(bluez, look, "StartDiscovery");
    }
    /* It may be searching for somebody else. */
    return status == OTK_REFUSED && otk_bluez_was(bluez, "InProgress") ? OTK_OK : status;
}

static const char *service_words(uint32_t services)
{
    if (services & OTK_BLUEZ_HAS_WINDOW) {
        return ", otakit";
    }
    if (services & OTK_BLUEZ_HAS_SIMPLE) {
        return ", esp32_ble_ota";
    }
    return services & OTK_BLUEZ_HAS_SECTOR ? ", ble_ota" : "";
}

static void describe(const struct otk_bluez_object *device, char line[LINE_SIZE])
{
    snprintf(line, LINE_SIZE, "%s  %s, %d dBm%s", device->address,
             device->name[0] ? device->name : "(no name)", device->has_rssi ? device->rssi : 0,
             service_words(device->services));
}

static enum otk_status fail_search(const struct look *look, struct otk_error *error)
{
    const struct otk_bluez_search *const search = look->search;
    char line[LINE_SIZE];

    otk_error_set(error, 0, "no such device was heard within %u s; %u others were",
                  search->timeout_ms / 1000, look->heard_count);
    otk_error_hint(error, "it may be out of reach, connected to somebody else, or not in a mode in "
                          "which it takes updates");
    for (uint32_t i = 0; i < look->heard_count && search->heard; i++) {
        describe(&look->heard[i], line);
        search->heard(search->context, line);
    }
    return OTK_NOT_FOUND;
}

static enum otk_status judge(const struct look *look, struct otk_error *error)
{
    if (look->match_count == 0) {
        return fail_search(look, error);
    }
    if (look->match_count > 1) {
        otk_error_set(error, 0, "%u devices are called %s", look->match_count,
                      look->search->target);
        otk_error_hint(error, "name one by its address; this is one of them: ble:%s",
                       look->device.address);
        return OTK_USAGE;
    }
    return OTK_OK;
}

enum otk_status otk_bluez_find(struct otk_bluez *bluez, const struct otk_bluez_search *search,
                               struct otk_bluez_found *found, struct otk_error *error)
{
    struct look look = {.search = search};
    enum otk_status status = choose_adapter(bluez, &look, error);
    bool was_known;

    if (status != OTK_OK) {
        return status;
    }
    status = look_again(bluez, &look);
    was_known = look.is_known;
    if (status == OTK_OK) {
        status = start_search(bluez, &look);
    }
    if (status != OTK_OK) {
        return otk_bluez_explain(bluez, status, error);
    }
    status = listen(bluez, &look);
    if (call_adapter(bluez, &look, "StopDiscovery") == OTK_HOST_IO) {
        status = OTK_HOST_IO;
    }
    if (status != OTK_OK) {
        return otk_bluez_explain(bluez, status, error);
    }
    status = judge(&look, error);
    if (status == OTK_OK) {
        *found = (struct otk_bluez_found){
            .adapter = look.adapter,
            .device = look.device,
            .was_known = was_known,
            .was_connected = look.device.is_connected,
        };
    }
    return status;
}
