// SPDX-License-Identifier: Apache-2.0
/* The services of a device, as a client finds them. */
#include "otakit/transport/ble/gatt.h"

#include "otakit/base/memory.h"

#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))

/* A UUID of 16 bits that the Bluetooth SIG assigned, in full. Source: Bluetooth Core 5.4, Vol 3, Part B, 2.5.1. */
#define ASSIGNED(digits) "0000" digits "-0000-1000-8000-00805f9b34fb"

#define BOTH_WRITES (OTK_GATT_WRITE | OTK_GATT_WRITE_NO_RESPONSE)
#define BOTH_TELLS  (OTK_GATT_NOTIFY | OTK_GATT_INDICATE)

static const struct otk_gatt_characteristic information[] = {
    {ASSIGNED("2a29"), OTK_GATT_READ, OTK_GATT_MANUFACTURER},
    {ASSIGNED("2a24"), OTK_GATT_READ, OTK_GATT_MODEL},
    {ASSIGNED("2a26"), OTK_GATT_READ, OTK_GATT_FIRMWARE_REVISION},
};

/* Source: esp32_ble_ota, gatt_svr.h. The service's UUID is what is on air; the comment there differs in
 * one byte. */
static const struct otk_gatt_characteristic simple[] = {
    {"7ad671aa-21c0-46a4-b722-270e3ae3d830", OTK_GATT_READ | OTK_GATT_WRITE | OTK_GATT_NOTIFY,
     OTK_GATT_SIMPLE_CONTROL},
    {"23408888-1f40-4cd8-9b89-ca8d45f8a5b0", OTK_GATT_WRITE, OTK_GATT_SIMPLE_DATA},
};

/* Source: esp-iot-solution, ble_ota and ble_ota_raw. The one writes with response and indicates, the other
 * writes without and notifies; clients of both find what they look for. */
static const struct otk_gatt_characteristic sector[] = {
    {ASSIGNED("8020"), BOTH_WRITES | BOTH_TELLS, OTK_GATT_SECTOR_FIRMWARE},
    {ASSIGNED("8021"), OTK_GATT_READ | BOTH_TELLS, OTK_GATT_SECTOR_PROGRESS},
    {ASSIGNED("8022"), OTK_GATT_WRITE | BOTH_TELLS, OTK_GATT_SECTOR_COMMAND},
    {ASSIGNED("8023"), OTK_GATT_WRITE | BOTH_TELLS, OTK_GATT_SECTOR_CUSTOMER},
};

/* SPEC.md, "Protocol C". */
static const struct otk_gatt_characteristic window[] = {
    {"cf870002-dcb4-4991-b984-07d5f0ee4c4e", OTK_GATT_WRITE | OTK_GATT_NOTIFY,
     OTK_GATT_WINDOW_CONTROL},
    {"cf870003-dcb4-4991-b984-07d5f0ee4c4e", OTK_GATT_WRITE_NO_RESPONSE, OTK_GATT_WINDOW_DATA},
    {"cf870004-dcb4-4991-b984-07d5f0ee4c4e", OTK_GATT_READ, OTK_GATT_WINDOW_INFO},
};

const struct otk_gatt_service otk_gatt_services[OTK_GATT_SERVICE_COUNT] = {
    {ASSIGNED("180a"), information, COUNT(information)},
    {"d6f1d96d-594c-4c53-b1c6-144a1dfde6d8", simple, COUNT(simple)},
    {ASSIGNED("8018"), sector, COUNT(sector)},
    {"cf870001-dcb4-4991-b984-07d5f0ee4c4e", window, COUNT(window)},
};

const struct otk_gatt_characteristic *otk_gatt_find(enum otk_gatt_value value)
{
    uint32_t service;
    uint32_t index;

    for (service = 0; service < OTK_GATT_SERVICE_COUNT; service++) {
        for (index = 0; index < otk_gatt_services[service].count; index++) {
            if (otk_gatt_services[service].characteristics[index].value == value) {
                return &otk_gatt_services[service].characteristics[index];
            }
        }
    }
    return NULL;
}

static uint8_t digit_value(char digit)
{
    return (uint8_t)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

void otk_gatt_uuid_bytes(const char *uuid, uint8_t bytes[16])
{
    uint32_t index;

    for (index = 16; index > 0; index--) {
        if (*uuid == '-') {
            uuid++;
        }
        bytes[index - 1u] = (uint8_t)(digit_value(uuid[0]) << 4 | digit_value(uuid[1]));
        uuid += 2;
    }
}

uint8_t otk_gatt_error(enum otk_status status)
{
    switch (status) {
    case OTK_OK:
        return 0;
    case OTK_NOT_FOUND:
        return 0x06; /* request not supported */
    case OTK_BAD_FORMAT:
        return 0x0D; /* invalid attribute value length */
    case OTK_NOT_OPEN:
    case OTK_CANCELLED:
    case OTK_CONNECTION_LOST:
        return 0x80;
    case OTK_BUSY:
        return 0x81;
    case OTK_FLASH_IO:
    case OTK_FLASH_VERIFY:
    case OTK_POWER_LOST:
        return 0x82;
    case OTK_GAP:
    case OTK_BAD_CHECKSUM:
        return 0x83;
    default:
        return 0x84;
    }
}
