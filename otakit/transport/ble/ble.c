// SPDX-License-Identifier: Apache-2.0
/* Which engine a value belongs to. */
#include "otakit/transport/ble/ble.h"

#include "otakit/base/memory.h"

#define DEFAULT_MANUFACTURER "otakit"

static enum otk_status send_simple(void *context, const uint8_t *frame, uint32_t len)
{
    const struct otk_ble_link *link = context;

    return link->send(link->context, OTK_GATT_SIMPLE_CONTROL, frame, len);
}

static enum otk_status send_sector(void *context, enum otk_sector_channel channel,
                                   const uint8_t *frame, uint32_t len)
{
    static const enum otk_gatt_value values[] = {
        [OTK_SECTOR_FIRMWARE] = OTK_GATT_SECTOR_FIRMWARE,
        [OTK_SECTOR_PROGRESS] = OTK_GATT_SECTOR_PROGRESS,
        [OTK_SECTOR_COMMAND] = OTK_GATT_SECTOR_COMMAND,
    };
    const struct otk_ble_link *link = context;

    return link->send(link->context, values[channel], frame, len);
}

static enum otk_status send_window(void *context, const uint8_t *frame, uint32_t len)
{
    const struct otk_ble_link *link = context;

    return link->send(link->context, OTK_GATT_WINDOW_CONTROL, frame, len);
}

/* Fast as long as one of the three has an update in progress and a client to say so. */
static void adjust_speed(struct otk_ble *ble)
{
    const struct otk_updater *updater = ble->updater;
    const bool fast = ble->is_connected && (otk_updater_is_owned(updater, OTK_OWNER_BLE_SIMPLE) ||
                                            otk_updater_is_owned(updater, OTK_OWNER_BLE_SECTOR) ||
                                            otk_updater_is_owned(updater, OTK_OWNER_BLE_WINDOW));

    if (fast != ble->is_fast && ble->link->set_speed) {
        ble->link->set_speed(ble->link->context, fast);
    }
    ble->is_fast = fast;
}

void otk_ble_init(struct otk_ble *ble, struct otk_updater *updater,
                  const struct otk_ble_config *config, struct otk_ble_link *link)
{
    const struct otk_simple_link simple_link = {.context = link, .send = send_simple};
    const struct otk_sector_link sector_link = {.context = link, .send = send_sector};
    const struct otk_window_link window_link = {.context = link, .send = send_window};
    const struct otk_sector_config sector_config = {.buffer = config->sector_buffer,
                                                    .window = config->sector_window};
    const struct otk_window_config window_config = {.owner = OTK_OWNER_BLE_WINDOW,
                                                    .window = config->window,
                                                    .psm = config->psm,
                                                    .name = config->name};

    memset(ble, 0, sizeof *ble);
    ble->updater = updater;
    ble->config = *config;
    ble->link = link;
    otk_simple_init(&ble->simple, updater, &simple_link);
    otk_sector_init(&ble->sector, updater, &sector_config, &sector_link);
    otk_window_init(&ble->window, updater, &window_config, &window_link);
}

static enum otk_status write_value(struct otk_ble *ble, enum otk_gatt_value value,
                                   const uint8_t *bytes, uint32_t len, uint32_t now_ms)
{
    switch (value) {
    case OTK_GATT_SIMPLE_CONTROL:
        return otk_simple_control(&ble->simple, bytes, len, now_ms);
    case OTK_GATT_SIMPLE_DATA:
        return otk_simple_data(&ble->simple, bytes, len, now_ms);
    case OTK_GATT_SECTOR_FIRMWARE:
        return otk_sector_firmware(&ble->sector, bytes, len, now_ms);
    case OTK_GATT_SECTOR_COMMAND:
        return otk_sector_command(&ble->sector, bytes, len, now_ms);
    case OTK_GATT_SECTOR_CUSTOMER:
        return OTK_OK;
    case OTK_GATT_WINDOW_CONTROL:
        otk_window_request(&ble->window, bytes, len, now_ms);
        return OTK_OK;
    case OTK_GATT_WINDOW_DATA:
        otk_window_data(&ble->window, bytes, len, now_ms);
        return OTK_OK;
    default:
        return OTK_NOT_FOUND;
    }
}

enum otk_status otk_ble_write(struct otk_ble *ble, enum otk_gatt_value value, const uint8_t *bytes,
                              uint32_t len, uint32_t now_ms)
{
    enum otk_status status;

    ble->is_connected = true;
    status = write_value(ble, value, bytes, len, now_ms);
    adjust_speed(ble);
    return status;
}

static enum otk_status read_bytes(const uint8_t *value, uint32_t value_len, uint8_t *bytes,
                                  uint32_t size, uint32_t *len)
{
    if (value_len > size) {
        return OTK_NO_SPACE;
    }
    memcpy(bytes, value, value_len);
    *len = value_len;
    return OTK_OK;
}

static enum otk_status read_text(const char *text, uint8_t *bytes, uint32_t size, uint32_t *len)
{
    uint32_t text_len = 0;

    while (text[text_len] != '\0') {
        text_len++;
    }
    return read_bytes((const uint8_t *)text, text_len, bytes, size, len);
}

static const char *model_of(const struct otk_ble *ble)
{
    const char *chip = otk_chip_name(ble->updater->device->board.chip_id);

    if (ble->config.model) {
        return ble->config.model;
    }
    return chip ? chip : "";
}

enum otk_status otk_ble_read(const struct otk_ble *ble, enum otk_gatt_value value, uint8_t *bytes,
                             uint32_t size, uint32_t *len)
{
    const struct otk_device *device = ble->updater->device;
    uint8_t info[OTK_WINDOW_INFO_SIZE];

    switch (value) {
    case OTK_GATT_SIMPLE_CONTROL:
        info[0] = otk_simple_value(&ble->simple);
        return read_bytes(info, 1, bytes, size, len);
    case OTK_GATT_SECTOR_PROGRESS:
        otk_sector_progress(&ble->sector, info);
        return read_bytes(info, OTK_SECTOR_PROGRESS_SIZE, bytes, size, len);
    case OTK_GATT_WINDOW_INFO:
        otk_window_info(&ble->window, info);
        return read_bytes(info, sizeof info, bytes, size, len);
    case OTK_GATT_MANUFACTURER:
        return read_text(ble->config.manufacturer ? ble->config.manufacturer : DEFAULT_MANUFACTURER,
                         bytes, size, len);
    case OTK_GATT_MODEL:
        return read_text(model_of(ble), bytes, size, len);
    case OTK_GATT_FIRMWARE_REVISION:
        return read_text(device->has_app ? device->app.version : "", bytes, size, len);
    default:
        return OTK_NOT_FOUND;
    }
}

void otk_ble_data(struct otk_ble *ble, const uint8_t *frame, uint32_t len, uint32_t now_ms)
{
    otk_window_data(&ble->window, frame, len, now_ms);
    adjust_speed(ble);
}

void otk_ble_closed(struct otk_ble *ble)
{
    otk_simple_closed(&ble->simple);
    otk_sector_closed(&ble->sector);
    otk_window_closed(&ble->window);
    ble->is_connected = false;
    adjust_speed(ble);
}

enum otk_status otk_ble_poll(struct otk_ble *ble, uint32_t now_ms)
{
    const bool simple_more = otk_simple_poll(&ble->simple, now_ms) == OTK_MORE;
    const bool sector_more = otk_sector_poll(&ble->sector, now_ms) == OTK_MORE;
    const bool window_more = otk_window_poll(&ble->window, now_ms) == OTK_MORE;

    adjust_speed(ble);
    return simple_more || sector_more || window_more ? OTK_MORE : OTK_OK;
}
