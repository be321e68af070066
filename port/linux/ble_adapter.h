// SPDX-License-Identifier: Apache-2.0
/*
 * The Bluetooth adapter that a device uses, as BlueZ shows it.
 *
 *     status = otk_ble_adapter_find(objects, "hci1", &adapter, &failure);
 *     status = otk_ble_adapter_lock(&adapter, &lock);
 *     ...                                      // switch it on, give it our name
 *     otk_ble_adapter_restore(&adapter, bus);
 *     close(lock);
 */
#ifndef PORT_LINUX_BLE_ADAPTER_H
#define PORT_LINUX_BLE_ADAPTER_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-bus.h>

#include "otakit/base/status.h"
#include "port/linux/ble_bus.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of a name with its NUL. Source: Bluetooth Core 5.4, Vol 3, Part C, 12.1. */
#define OTK_BLE_NAME_SIZE 249u

/* What was found; and which of it was changed, and has to be put back. */
struct otk_ble_adapter {
    char path[OTK_BLE_PATH_SIZE]; /* "/org/bluez/hci0" */
    uint8_t address[6];           /* least significant byte first, as the kernel has it */
    bool is_random;               /* a random static address */
    bool is_powered;
    bool is_pairable;
    char alias[OTK_BLE_NAME_SIZE]; /* how others see it; the system's name unless it was set */
    char name[OTK_BLE_NAME_SIZE];  /* the system's name */
    bool has_gatt;                 /* takes applications */
    bool has_advertising;          /* takes advertisements */
    bool power_changed;
    bool pairable_changed;
    bool alias_changed;
};

/* "hci0" of "/org/bluez/hci0". */
const char *otk_ble_adapter_label(const struct otk_ble_adapter *adapter);

/*
 * Choose an adapter among BlueZ's objects.
 *
 * objects  the answer to GetManagedObjects
 * wanted   "hci1"; NULL: the first that can be a Low Energy peripheral
 *
 * Returns  OTK_OK
 *          others  failure says why, in constants
 */
OTK_MUST_USE enum otk_status otk_ble_adapter_find(sd_bus_message *objects, const char *wanted,
                                                  struct otk_ble_adapter *adapter,
                                                  struct otk_ble_failure *failure);

/*
 * Keep it from other devices of this computer: a central would see the services twice and use those
 * of either.
 *
 * lock  a file to close when the adapter is no longer used; also its end in any other way will do
 *
 * Returns  OTK_OK
 *          OTK_BUSY  another device uses it
 */
OTK_MUST_USE enum otk_status otk_ble_adapter_lock(const struct otk_ble_adapter *adapter, int *lock);

/* BlueZ was started again, and the adapter is as it was left, not as it was found. */
void otk_ble_adapter_inherit(struct otk_ble_adapter *adapter, const struct otk_ble_adapter *before);

/* Put back what was changed, as far as BlueZ is still there. Blocks for a few seconds at most. */
void otk_ble_adapter_restore(struct otk_ble_adapter *adapter, sd_bus *bus);

#ifdef __cplusplus
}
#endif

#endif
