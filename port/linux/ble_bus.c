// SPDX-License-Identifier: Apache-2.0
/* Dictionaries and errors of BlueZ. */
#include "port/linux/ble_bus.h"

#include <string.h>

int otk_ble_bus_each(sd_bus_message *message, const char *entry, otk_ble_bus_take *take,
                     void *context)
{
    const char key_type = entry[1];
    char content[OTK_BLE_PATH_SIZE];
    const char *key;
    int result = sd_bus_message_enter_container(message, 'a', entry);

    /* Without its braces. */
    memset(content, 0, sizeof content);
    strncpy(content, entry + 1, strlen(entry) - 2u);
    while (result >= 0 && (result = sd_bus_message_enter_container(message, 'e', content)) > 0) {
        result = sd_bus_message_read_basic(message, key_type, &key);
        if (result >= 0) {
            result = take(message, key, context);
        }
        if (result >= 0) {
            result = sd_bus_message_exit_container(message);
        }
    }
    return result < 0 ? result : sd_bus_message_exit_container(message);
}

static const struct known {
    const char *name;
    struct otk_ble_failure failure;
} known[] = {
    {"org.freedesktop.DBus.Error.ServiceUnknown",
     {OTK_HOST_IO, "no Bluetooth daemon is on the system bus",
      "install bluez, and start it with `sudo systemctl start bluetooth`"}},
    {"org.freedesktop.DBus.Error.NameHasNoOwner",
     {OTK_HOST_IO, "no Bluetooth daemon is on the system bus",
      "install bluez, and start it with `sudo systemctl start bluetooth`"}},
    {"org.freedesktop.DBus.Error.AccessDenied",
     {OTK_HOST_IO, "the system bus does not let this user talk to BlueZ",
      "run it as root, or as the user who sits at this computer"}},
    {"org.freedesktop.DBus.Error.UnknownObject",
     {OTK_HOST_IO, "the adapter is gone", "is it plugged in? `bluetoothctl list` shows adapters"}},
    {"org.bluez.Error.Blocked",
     {OTK_HOST_IO, "the radio is switched off", "`rfkill unblock bluetooth` switches it on"}},
    {"org.bluez.Error.NotReady",
     {OTK_HOST_IO, "the adapter is switched off", "`bluetoothctl power on` switches it on"}},
    {"org.bluez.Error.NotPermitted",
     {OTK_BUSY, "the adapter advertises for as many programs as it can already",
      "end one of the others"}},
};

struct otk_ble_failure otk_ble_bus_explain(const sd_bus_error *error)
{
    size_t index;

    for (index = 0; index < sizeof known / sizeof known[0]; index++) {
        if (sd_bus_error_has_name(error, known[index].name)) {
            return known[index].failure;
        }
    }
    return (struct otk_ble_failure){
        OTK_HOST_IO, error->message && error->message[0] ? error->message : error->name,
        "`journalctl -u bluetooth` may say more"};
}
