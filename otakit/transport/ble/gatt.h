// SPDX-License-Identifier: Apache-2.0
/*
 * What a device shows of otakit on Bluetooth LE: services and characteristics of protocols A, B and C
 * and Device Information, in one table for every stack.
 *
 *     for (s = 0; s < OTK_GATT_SERVICE_COUNT; s++)
 *         for (c = 0; c < otk_gatt_services[s].count; c++)
 *             add(&otk_gatt_services[s].characteristics[c]);     // its `value` goes to otk_ble_write
 */
#ifndef OTAKIT_TRANSPORT_BLE_GATT_H
#define OTAKIT_TRANSPORT_BLE_GATT_H

#include <stdint.h>

#include "otakit/base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OTK_GATT_SERVICE_COUNT 4u

/* Bits of a characteristic's properties. Source: Bluetooth Core 5.4, Vol 3, Part G, 3.3.1.1. */
#define OTK_GATT_READ              0x02u
#define OTK_GATT_WRITE_NO_RESPONSE 0x04u
#define OTK_GATT_WRITE             0x08u
#define OTK_GATT_NOTIFY            0x10u
#define OTK_GATT_INDICATE          0x20u

/* Which value a characteristic carries. */
enum otk_gatt_value {
    OTK_GATT_SIMPLE_CONTROL, /* protocol A, simple.h */
    OTK_GATT_SIMPLE_DATA,
    OTK_GATT_SECTOR_FIRMWARE, /* protocol B, sector.h */
    OTK_GATT_SECTOR_PROGRESS,
    OTK_GATT_SECTOR_COMMAND,
    OTK_GATT_SECTOR_CUSTOMER, /* there because clients look for it; takes anything, does nothing */
    OTK_GATT_WINDOW_CONTROL,  /* protocol C, window.h */
    OTK_GATT_WINDOW_DATA,
    OTK_GATT_WINDOW_INFO,
    OTK_GATT_MANUFACTURER, /* Device Information, texts */
    OTK_GATT_MODEL,
    OTK_GATT_FIRMWARE_REVISION, /* the running version */
    OTK_GATT_VALUE_COUNT
};

struct otk_gatt_characteristic {
    const char *uuid;   /* 36 characters, lower case */
    uint8_t properties; /* OTK_GATT_* bits */
    enum otk_gatt_value value;
};

struct otk_gatt_service {
    const char *uuid; /* 36 characters, lower case */
    const struct otk_gatt_characteristic *characteristics;
    uint32_t count;
};

/* Device Information, A, B, C. */
extern const struct otk_gatt_service otk_gatt_services[OTK_GATT_SERVICE_COUNT];

/* The characteristic that carries a value. Returns NULL for a number that is none. */
const struct otk_gatt_characteristic *otk_gatt_find(enum otk_gatt_value value);

/* A UUID of the table as the 16 bytes that go over the air, least significant first. */
void otk_gatt_uuid_bytes(const char *uuid, uint8_t bytes[16]);

/*
 * The ATT error that answers a write which otk_ble_write did not take.
 *
 * Returns  0     OTK_OK
 *          0x06  (request not supported) OTK_NOT_FOUND
 *          0x0D  (invalid attribute value length) OTK_BAD_FORMAT
 *          0x80  no update of this client is in progress
 *          0x81  another update is
 *          0x82  the flash failed
 *          0x83  bytes are missing, or a checksum does not match: send again
 *          0x84  the image is refused
 */
uint8_t otk_gatt_error(enum otk_status status);

#ifdef __cplusplus
}
#endif

#endif
