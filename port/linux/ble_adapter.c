// SPDX-License-Identifier: Apache-2.0
/* An adapter among BlueZ's objects. Source: BlueZ 5.66, doc/adapter-api.txt. */
#include "port/linux/ble_adapter.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define ADAPTER_INTERFACE "org.bluez.Adapter1"

/* A search through all objects. */
struct search {
    const char *wanted;
    struct otk_ble_adapter seen;  /* the object at hand */
    struct otk_ble_adapter found; /* the best so far; path "": none */
    bool is_adapter;              /* the object at hand is one */
};

const char *otk_ble_adapter_label(const struct otk_ble_adapter *adapter)
{
    const char *slash = strrchr(adapter->path, '/');

    return slash ? slash + 1 : adapter->path;
}

static int take_text(sd_bus_message *message, char *text, size_t size)
{
    const char *value;
    const int result = sd_bus_message_read(message, "v", "s", &value);

    if (result >= 0) {
        snprintf(text, size, "%s", value);
    }
    return result;
}

static int take_flag(sd_bus_message *message, bool *flag)
{
    int value = 0;
    const int result = sd_bus_message_read(message, "v", "b", &value);

    *flag = value != 0;
    return result;
}

static void decode_address(const char *text, uint8_t address[6])
{
    unsigned byte[6];
    int index;

    if (sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x", &byte[5], &byte[4], &byte[3], &byte[2], &byte[1],
               &byte[0]) != 6) {
        return;
    }
    for (index = 0; index < 6; index++) {
        address[index] = (uint8_t)byte[index];
    }
}

static int take_property(sd_bus_message *message, const char *key, void *context)
{
    struct otk_ble_adapter *adapter = context;
    char text[OTK_BLE_NAME_SIZE] = "";
    int result;

    if (strcmp(key, "Powered") == 0) {
        return take_flag(message, &adapter->is_powered);
    }
    if (strcmp(key, "Pairable") == 0) {
        return take_flag(message, &adapter->is_pairable);
    }
    if (strcmp(key, "Alias") == 0) {
        return take_text(message, adapter->alias, sizeof adapter->alias);
    }
    if (strcmp(key, "Name") == 0) {
        return take_text(message, adapter->name, sizeof adapter->name);
    }
    if (strcmp(key, "Address") == 0) {
        result = take_text(message, text, sizeof text);
        decode_address(text, adapter->address);
        return result;
    }
    if (strcmp(key, "AddressType") == 0) {
        result = take_text(message, text, sizeof text);
        adapter->is_random = strcmp(text, "random") == 0;
        return result;
    }
    return sd_bus_message_skip(message, "v");
}

static int take_interface(sd_bus_message *message, const char *key, void *context)
{
    struct search *search = context;

    if (strcmp(key, ADAPTER_INTERFACE) == 0) {
        search->is_adapter = true;
        return otk_ble_bus_each(message, "{sv}", take_property, &search->seen);
    }
    if (strcmp(key, "org.bluez.GattManager1") == 0) {
        search->seen.has_gatt = true;
    } else if (strcmp(key, "org.bluez.LEAdvertisingManager1") == 0) {
        search->seen.has_advertising = true;
    }
    return sd_bus_message_skip(message, "a{sv}");
}

static bool is_peripheral(const struct otk_ble_adapter *adapter)
{
    return adapter->has_gatt && adapter->has_advertising;
}

/* The one that is asked for; else the first by name that will do, else the first. */
static bool is_better(const struct search *search)
{
    if (!search->is_adapter) {
        return false;
    }
    if (search->wanted) {
        return strcmp(otk_ble_adapter_label(&search->seen), search->wanted) == 0;
    }
    if (search->found.path[0] == '\0' ||
        is_peripheral(&search->seen) != is_peripheral(&search->found)) {
        return search->found.path[0] == '\0' || is_peripheral(&search->seen);
    }
    return strcmp(search->seen.path, search->found.path) < 0;
}

static int take_object(sd_bus_message *message, const char *key, void *context)
{
    struct search *search = context;
    int result;

    memset(&search->seen, 0, sizeof search->seen);
    snprintf(search->seen.path, sizeof search->seen.path, "%s", key);
    search->is_adapter = false;
    result = otk_ble_bus_each(message, "{sa{sv}}", take_interface, search);
    if (result >= 0 && is_better(search)) {
        search->found = search->seen;
    }
    return result;
}

static enum otk_status fail(struct otk_ble_failure *failure, enum otk_status status,
                            const char *why, const char *hint)
{
    *failure = (struct otk_ble_failure){status, why, hint};
    return status;
}

enum otk_status otk_ble_adapter_find(sd_bus_message *objects, const char *wanted,
                                     struct otk_ble_adapter *adapter,
                                     struct otk_ble_failure *failure)
{
    struct search search = {.wanted = wanted};

    if (otk_ble_bus_each(objects, "{oa{sa{sv}}}", take_object, &search) < 0) {
        return fail(failure, OTK_HOST_IO, "BlueZ lists its objects in a way that is not understood",
                    "5.50 or newer is needed");
    }
    if (search.found.path[0] == '\0') {
        return fail(failure, OTK_HOST_IO,
                    wanted ? "there is no such Bluetooth adapter" : "there is no Bluetooth adapter",
                    "`bluetoothctl list` and `rfkill list` show what there is");
    }
    if (!is_peripheral(&search.found)) {
        return fail(failure, OTK_UNSUPPORTED, "the adapter cannot be a Low Energy peripheral",
                    "another one is needed, with Bluetooth 4.0 or newer");
    }
    *adapter = search.found;
    return OTK_OK;
}

/* A name without a file: it is free again when the process ends, however that happens. */
enum otk_status otk_ble_adapter_lock(const struct otk_ble_adapter *adapter, int *lock)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    snprintf(address.sun_path + 1, sizeof address.sun_path - 1u, "otakit-ble-%s",
             otk_ble_adapter_label(adapter));
    if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof address) != 0) {
        if (fd >= 0) {
            close(fd);
        }
        return OTK_BUSY;
    }
    *lock = fd;
    return OTK_OK;
}

void otk_ble_adapter_inherit(struct otk_ble_adapter *adapter, const struct otk_ble_adapter *before)
{
    if (strcmp(adapter->path, before->path) != 0) {
        return;
    }
    if (before->alias_changed) {
        memcpy(adapter->alias, before->alias, sizeof adapter->alias);
    }
    adapter->alias_changed = before->alias_changed;
    adapter->power_changed = before->power_changed;
    adapter->pairable_changed = before->pairable_changed;
}

static void put_back(sd_bus *bus, const char *path, const char *property, const char *type, ...)
{
    va_list arguments;

    va_start(arguments, type);
    (void)sd_bus_set_propertyv(bus, OTK_BLE_BLUEZ, path, ADAPTER_INTERFACE, property, NULL, type,
                               arguments);
    va_end(arguments);
}

void otk_ble_adapter_restore(struct otk_ble_adapter *adapter, sd_bus *bus)
{
    if (adapter->pairable_changed) {
        put_back(bus, adapter->path, "Pairable", "b", 0);
    }
    if (adapter->alias_changed) {
        /* An empty alias is the system's name again, also after that is changed. */
        put_back(bus, adapter->path, "Alias", "s",
                 strcmp(adapter->alias, adapter->name) == 0 ? "" : adapter->alias);
    }
    if (adapter->power_changed) {
        put_back(bus, adapter->path, "Powered", "b", 0);
    }
    adapter->pairable_changed = false;
    adapter->alias_changed = false;
    adapter->power_changed = false;
}
