// SPDX-License-Identifier: Apache-2.0
/*
 * What a virtual device advertises, as an object on D-Bus for BlueZ's LEAdvertisingManager1.
 *
 * 31 bytes: flags 3, the UUID of protocol C 18, that of protocol B 4; the name, by which clients of
 * protocol A look for the device, stands in the scan response.
 *
 *     status = otk_ble_advert_open(&advert, bus, "esp32");
 *     register OTK_BLE_ADVERT_PATH with org.bluez.LEAdvertisingManager1
 *     otk_ble_advert_close(&advert);
 */
#ifndef PORT_LINUX_BLE_ADVERT_H
#define PORT_LINUX_BLE_ADVERT_H

#include <systemd/sd-bus.h>

#include "otakit/base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OTK_BLE_ADVERT_PATH "/otakit/advertisement"

/* Characters of a name that a scan response takes: 31 bytes without length and type. */
#define OTK_BLE_ADVERT_NAME_MAX 29u

/* Zeroed: not open. Must not be moved while it is open. */
struct otk_ble_advert {
    const char *name;
    sd_bus_slot *slot;
};

/*
 * Put the object on the bus.
 *
 * bus, name  borrowed until close
 *
 * Returns  OTK_OK
 *          OTK_NO_MEMORY
 */
OTK_MUST_USE enum otk_status otk_ble_advert_open(struct otk_ble_advert *advert, sd_bus *bus,
                                                 const char *name);

/* Take it off. */
void otk_ble_advert_close(struct otk_ble_advert *advert);

#ifdef __cplusplus
}
#endif

#endif
