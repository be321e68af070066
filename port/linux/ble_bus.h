// SPDX-License-Identifier: Apache-2.0
/*
 * What BlueZ says on D-Bus, taken apart.
 *
 *     result = otk_ble_bus_each(message, "{sv}", note_property, &adapter);
 */
#ifndef PORT_LINUX_BLE_BUS_H
#define PORT_LINUX_BLE_BUS_H

#include <stdint.h>
#include <systemd/sd-bus.h>

#include "otakit/base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OTK_BLE_BLUEZ "org.bluez"

/* Bytes of an object path or an interface's name with its NUL. */
#define OTK_BLE_PATH_SIZE 96u

/* Take the rest of a dictionary entry whose key was read. Returns what sd-bus returns. */
typedef int otk_ble_bus_take(sd_bus_message *message, const char *key, void *context);

/*
 * Go through a dictionary.
 *
 * entry  the type of its entries, as "{sv}"; keys are texts or paths
 * take   must consume the value
 *
 * Returns  what sd-bus returns: negative where something failed
 */
int otk_ble_bus_each(sd_bus_message *message, const char *entry, otk_ble_bus_take *take,
                     void *context);

/* Why a call to BlueZ failed, for people. */
struct otk_ble_failure {
    enum otk_status status;
    const char *why;  /* a constant, or the text of the error; valid as long as that */
    const char *hint; /* a constant, or NULL */
};

/*
 * Explain an error.
 *
 * error   as BlueZ, the bus or sd-bus gave it; borrowed as long as the failure is used
 */
struct otk_ble_failure otk_ble_bus_explain(const sd_bus_error *error);

#ifdef __cplusplus
}
#endif

#endif
