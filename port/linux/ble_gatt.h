// SPDX-License-Identifier: Apache-2.0
/*
 * The services of otakit/transport/ble/gatt.h as objects on D-Bus, as BlueZ's GattManager1 wants
 * them.
 *
 *     /otakit/service0/value3   org.bluez.GattCharacteristic1   ReadValue, WriteValue, ...
 *
 *     status = otk_ble_gatt_open(&gatt, bus, pairing, &calls);
 *     register OTK_BLE_GATT_ROOT with org.bluez.GattManager1
 *     otk_ble_gatt_notify(&gatt, OTK_GATT_WINDOW_CONTROL, frame, len);
 *     otk_ble_gatt_close(&gatt);
 *
 * Writes without response come by WriteValue too, not through the socket of AcquireWrite: BlueZ 5.66
 * keeps no copy of those that arrive while it asks for the socket, so their bytes are others by the
 * time they are sent; and the socket could be overtaken by requests that follow the data.
 */
#ifndef PORT_LINUX_BLE_GATT_H
#define PORT_LINUX_BLE_GATT_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-bus.h>

#include "otakit/base/status.h"
#include "otakit/transport/ble/ble.h"
#include "port/linux/ble_bus.h"
#include "sim/virtual_device.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OTK_BLE_GATT_ROOT "/otakit"

/* What happens to the characteristics. `device` is the path of the central in BlueZ. */
struct otk_ble_gatt_calls {
    void *context; /* handed back to all */
    enum otk_status (*write)(void *context, const char *device, enum otk_gatt_value value,
                             const uint8_t *bytes, uint32_t len);
    enum otk_status (*read)(void *context, const char *device, enum otk_gatt_value value,
                            uint8_t *bytes, uint32_t size, uint32_t *len);
};

struct otk_ble_gatt;

/* One characteristic on the bus. */
struct otk_ble_gatt_object {
    struct otk_ble_gatt *gatt;
    const struct otk_gatt_characteristic *characteristic;
    char service[OTK_BLE_PATH_SIZE];
    char path[OTK_BLE_PATH_SIZE];
};

/* All of them. Must not be moved while it is open. */
struct otk_ble_gatt {
    sd_bus *bus;
    enum otk_virtual_device_pairing pairing;
    struct otk_ble_gatt_calls calls;
    struct otk_ble_gatt_object objects[OTK_GATT_VALUE_COUNT];
    sd_bus_slot *slots[1u + OTK_GATT_SERVICE_COUNT + OTK_GATT_VALUE_COUNT];
    uint32_t slot_count;
    /* A value that is read in pieces is that of the first piece. */
    enum otk_gatt_value read_value;
    uint8_t read_bytes[OTK_BLE_READ_SIZE];
    uint32_t read_len;
};

/*
 * Put the objects on the bus.
 *
 * bus      borrowed until close
 * pairing  what a central has to do before it may write
 * calls    copied
 *
 * Returns  OTK_OK
 *          OTK_NO_MEMORY
 */
OTK_MUST_USE enum otk_status otk_ble_gatt_open(struct otk_ble_gatt *gatt, sd_bus *bus,
                                               enum otk_virtual_device_pairing pairing,
                                               const struct otk_ble_gatt_calls *calls);

/*
 * Tell whoever subscribed; BlueZ knows who did.
 *
 * Returns  OTK_OK
 *          OTK_BUSY             too much is waiting for the bus; try again
 *          OTK_CONNECTION_LOST  the bus is gone
 */
OTK_MUST_USE enum otk_status otk_ble_gatt_notify(struct otk_ble_gatt *gatt,
                                                 enum otk_gatt_value value, const uint8_t *bytes,
                                                 uint32_t len);

/* Take them off. Allowed on a zeroed struct. */
void otk_ble_gatt_close(struct otk_ble_gatt *gatt);

#ifdef __cplusplus
}
#endif

#endif
