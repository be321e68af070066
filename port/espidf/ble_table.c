// SPDX-License-Identifier: Apache-2.0
/* The services of otakit/transport/ble/gatt.h in NimBLE's words, and what centrals do with them. */
#include <string.h>

#include <esp_log.h>
#include <services/gatt/ble_svc_gatt.h>

#include "port/espidf/ble_parts.h"
#include "port/espidf/uptime.h"

static const char *const tag = "otakit ble";

/* NimBLE borrows all of it for ever; every list ends with a zeroed entry. */
static struct {
    struct ble_gatt_svc_def services[OTK_GATT_SERVICE_COUNT + 1u];
    struct ble_gatt_chr_def characteristics[OTK_GATT_VALUE_COUNT + OTK_GATT_SERVICE_COUNT];
    ble_uuid_any_t service_uuids[OTK_GATT_SERVICE_COUNT];
    ble_uuid_any_t uuids[OTK_GATT_VALUE_COUNT];
    uint16_t handles[OTK_GATT_VALUE_COUNT];
} table;

/* Where an assigned number stands in its UUID. The rest is Bluetooth's base.
 * Source: Bluetooth Core 5.4, Vol 3, Part B, 2.5.1. */
#define ASSIGNED_AT 12u
static const uint8_t base_uuid[16] = {0xfb, 0x34, 0x9b, 0x5f, 0x80, 0x00, 0x00, 0x80,
                                      0x00, 0x10, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00};

/* Clients look for assigned numbers in their short form. */
static void set_uuid(ble_uuid_any_t *uuid, const char *text)
{
    uint8_t bytes[16];

    otk_gatt_uuid_bytes(text, bytes);
    if (memcmp(bytes, base_uuid, ASSIGNED_AT) == 0) {
        (void)ble_uuid_init_from_buf(uuid, bytes + ASSIGNED_AT, 2);
    } else {
        (void)ble_uuid_init_from_buf(uuid, bytes, sizeof bytes);
    }
}

static int read_value(enum otk_gatt_value value, struct os_mbuf *answer)
{
    uint8_t bytes[OTK_BLE_READ_SIZE];
    enum otk_status status;
    uint32_t len = 0;

    otk_espidf_lock();
    status = otk_ble_read(&otk_ble_the.engine, value, bytes, sizeof bytes, &len);
    otk_espidf_unlock();
    if (status != OTK_OK) {
        return otk_gatt_error(status);
    }
    return os_mbuf_append(answer, bytes, (uint16_t)len) == 0 ? 0 : BLE_ATT_ERR_INSUFFICIENT_RES;
}

static int write_value(uint16_t connection, enum otk_gatt_value value, const struct os_mbuf *packet)
{
    static uint8_t bytes[BLE_ATT_ATTR_MAX_LEN]; /* the host task's alone */
    enum otk_status status = OTK_BUSY;
    uint16_t len;

    if (ble_hs_mbuf_to_flat(packet, bytes, sizeof bytes, &len) != 0) {
        return BLE_ATT_ERR_INVALID_ATTR_VALUE_LEN;
    }
    otk_espidf_lock();
    if (connection == otk_ble_the.client) {
        status = otk_ble_write(&otk_ble_the.engine, value, bytes, len, otk_uptime_ms());
    }
    otk_espidf_unlock();
    otk_espidf_wake();
    return otk_gatt_error(status);
}

/* NimBLE's call; the context is the characteristic. Returns an ATT error, or 0. */
static int on_access(uint16_t connection, uint16_t handle, struct ble_gatt_access_ctxt *access,
                     void *context)
{
    const struct otk_gatt_characteristic *const characteristic = context;

    (void)handle;
    if (!atomic_load(&otk_ble_the.is_started)) {
        return otk_gatt_error(OTK_NOT_OPEN);
    }
    switch (access->op) {
    case BLE_GATT_ACCESS_OP_READ_CHR:
        return read_value(characteristic->value, access->om);
    case BLE_GATT_ACCESS_OP_WRITE_CHR:
        return write_value(connection, characteristic->value, access->om);
    default:
        return BLE_ATT_ERR_UNLIKELY;
    }
}

/* NimBLE's properties have the bits that go over the air; permissions stand above them. */
static ble_gatt_chr_flags flags_of(const struct otk_gatt_characteristic *characteristic)
{
    const uint8_t writes = OTK_GATT_WRITE | OTK_GATT_WRITE_NO_RESPONSE;
    uint32_t flags = 0;

    if (characteristic->properties & OTK_GATT_READ) {
        flags |= BLE_GATT_CHR_F_READ;
    }
    if (characteristic->properties & OTK_GATT_WRITE_NO_RESPONSE) {
        flags |= BLE_GATT_CHR_F_WRITE_NO_RSP;
    }
    if (characteristic->properties & OTK_GATT_WRITE) {
        flags |= BLE_GATT_CHR_F_WRITE;
    }
    if (characteristic->properties & writes) {
        flags |= otk_ble_write_flags(otk_ble_the.config.pairing);
    }
    if (characteristic->properties & OTK_GATT_NOTIFY) {
        flags |= BLE_GATT_CHR_F_NOTIFY;
    }
    if (characteristic->properties & OTK_GATT_INDICATE) {
        flags |= BLE_GATT_CHR_F_INDICATE;
    }
    return (ble_gatt_chr_flags)flags;
}

/* Returns where the next service's characteristics begin. */
static struct ble_gatt_chr_def *fill_service(const struct otk_gatt_service *service,
                                             struct ble_gatt_chr_def *next)
{
    for (uint32_t index = 0; index < service->count; index++, next++) {
        const struct otk_gatt_characteristic *const characteristic =
            &service->characteristics[index];

        set_uuid(&table.uuids[characteristic->value], characteristic->uuid);
        *next = (struct ble_gatt_chr_def){
            .uuid = &table.uuids[characteristic->value].u,
            .access_cb = on_access,
            .arg = (void *)characteristic,
            .flags = flags_of(characteristic),
            .val_handle = &table.handles[characteristic->value],
        };
    }
    return next + 1;
}

static void fill_table(void)
{
    struct ble_gatt_chr_def *next = table.characteristics;

    memset(&table, 0, sizeof table);
    for (uint32_t index = 0; index < OTK_GATT_SERVICE_COUNT; index++) {
        set_uuid(&table.service_uuids[index], otk_gatt_services[index].uuid);
        table.services[index] = (struct ble_gatt_svc_def){.type = BLE_GATT_SVC_TYPE_PRIMARY,
                                                          .uuid = &table.service_uuids[index].u,
                                                          .characteristics = next};
        next = fill_service(&otk_gatt_services[index], next);
    }
}

esp_err_t otk_ble_table_add(void)
{
    int result;

    fill_table();
    result = ble_gatts_count_cfg(table.services);
    if (result == 0) {
        result = ble_gatts_add_svcs(table.services);
    }
    if (result != 0) {
        ESP_LOGE(tag, "NimBLE does not take the services: %d", result);
    }
    return result == 0 ? ESP_OK : ESP_ERR_NO_MEM;
}

enum otk_gatt_value otk_ble_table_find(uint16_t handle)
{
    uint32_t value = 0;

    while (value < OTK_GATT_VALUE_COUNT && table.handles[value] != handle) {
        value++;
    }
    return (enum otk_gatt_value)value;
}

uint16_t otk_ble_table_handle(enum otk_gatt_value value)
{
    return table.handles[value];
}

const ble_uuid_any_t *otk_ble_table_service(enum otk_gatt_value value)
{
    uint32_t service = 0;
    uint32_t index = 0;

    while (otk_gatt_services[service].characteristics[index].value != value) {
        index++;
        if (index == otk_gatt_services[service].count) {
            service++;
            index = 0;
        }
    }
    return &table.service_uuids[service];
}
