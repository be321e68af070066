// SPDX-License-Identifier: Apache-2.0
/* The least client of each protocol. */
#include "test/support/air_client.h"

#include <string.h>

#include "otakit/base/bytes.h"
#include "otakit/base/crc16.h"

#define PACKET_LEN 500u

static uint32_t at_most(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static bool push_simple(struct air *air, const struct rig_image *image)
{
    uint32_t offset;

    if (air_write_byte(air, OTK_GATT_SIMPLE_CONTROL, OTK_SIMPLE_REQUEST) != OTK_OK ||
        air_last(air, OTK_GATT_SIMPLE_CONTROL)->bytes[0] != OTK_SIMPLE_REQUEST_ACK) {
        return false;
    }
    for (offset = 0; offset < image->len; offset += PACKET_LEN) {
        if (air_write(air, OTK_GATT_SIMPLE_DATA, image->bytes + offset,
                      at_most(image->len - offset, PACKET_LEN)) != OTK_OK) {
            return false;
        }
        air_turn(air, 0);
    }
    return air_write_byte(air, OTK_GATT_SIMPLE_CONTROL, OTK_SIMPLE_DONE) == OTK_OK;
}

static enum otk_status send_command(struct air *air, uint16_t id, uint32_t image_size)
{
    const struct otk_sector_command command = {.id = id, .image_size = image_size};
    uint8_t bytes[OTK_SECTOR_FRAME_COMMAND_SIZE];

    otk_sector_command_encode(&command, bytes);
    return air_write(air, OTK_GATT_SECTOR_COMMAND, bytes, sizeof bytes);
}

static enum otk_status send_sector(struct air *air, const struct rig_image *image, uint16_t index)
{
    const uint8_t *data = image->bytes + index * OTK_SECTOR_FRAME_SECTOR_SIZE;
    const uint32_t len = at_most(image->len - index * OTK_SECTOR_FRAME_SECTOR_SIZE,
                                 OTK_SECTOR_FRAME_SECTOR_SIZE);
    uint8_t bytes[PACKET_LEN + 5u];
    enum otk_status status = OTK_OK;
    uint32_t offset;

    for (offset = 0; offset < len && status == OTK_OK; offset += PACKET_LEN) {
        const struct otk_sector_packet packet = {.index = index,
                                                 .sequence = (uint8_t)(offset / PACKET_LEN),
                                                 .is_last = len - offset <= PACKET_LEN,
                                                 .data = data + offset,
                                                 .len = at_most(len - offset, PACKET_LEN),
                                                 .crc = otk_crc16(0, data, len)};

        status = air_write(air, OTK_GATT_SECTOR_FIRMWARE, bytes,
                           otk_sector_packet_encode(&packet, bytes, sizeof bytes));
    }
    air_turn(air, 0);
    return status;
}

static bool push_sector(struct air *air, const struct rig_image *image)
{
    struct otk_sector_command answer;
    uint16_t index;

    if (send_command(air, OTK_SECTOR_START, image->len) != OTK_OK ||
        otk_sector_command_decode(air_last(air, OTK_GATT_SECTOR_COMMAND)->bytes,
                                  OTK_SECTOR_FRAME_COMMAND_SIZE, &answer) != OTK_OK ||
        answer.verdict != OTK_SECTOR_ACCEPTED) {
        return false;
    }
    for (index = 0; index * OTK_SECTOR_FRAME_SECTOR_SIZE < image->len; index++) {
        if (send_sector(air, image, index) != OTK_OK) {
            return false;
        }
    }
    return send_command(air, OTK_SECTOR_STOP, 0) == OTK_OK;
}

static bool open_window(struct air *air, enum otk_gatt_value channel, const struct rig_image *image,
                        uint32_t *offset)
{
    struct otk_window_open open = {.chip_id = OTK_CHIP_ESP32, .image_size = image->len};
    uint8_t bytes[OTK_WINDOW_OPEN_SIZE];
    struct otk_window_opened opened;
    const struct air_frame *answer;

    memcpy(open.sha256, image->sha256, sizeof open.sha256);
    otk_window_open_encode(&open, bytes);
    (void)air_write(air, channel, bytes, sizeof bytes);
    answer = air_last(air, channel);
    if (!answer || otk_window_opened_decode(answer->bytes, answer->len, &opened) != OTK_OK) {
        return false;
    }
    *offset = opened.offset;
    return opened.status == OTK_OK;
}

static bool push_window(struct air *air, enum otk_gatt_value channel, const struct rig_image *image)
{
    uint8_t bytes[PACKET_LEN + 3u] = {OTK_WINDOW_DATA};
    uint32_t offset;

    if (!open_window(air, channel, image, &offset)) {
        return false;
    }
    for (; offset < image->len; offset += PACKET_LEN) {
        const uint32_t len = at_most(image->len - offset, PACKET_LEN);

        otk_store_le16(bytes + 1, (uint16_t)offset);
        memcpy(bytes + 3, image->bytes + offset, len);
        if (channel == AIR_SERIAL) {
            (void)air_write(air, AIR_SERIAL, bytes, len + 3u);
        } else {
            (void)air_write(air, OTK_GATT_WINDOW_DATA, bytes + 1, len + 2u);
        }
        air_turn(air, 0);
    }
    return air_write_byte(air, channel, OTK_WINDOW_FINISH) == OTK_OK;
}

bool air_push(struct air *air, enum air_protocol protocol, const struct rig_image *image)
{
    bool sent;

    switch (protocol) {
    case AIR_BY_A:
        sent = push_simple(air, image);
        break;
    case AIR_BY_B:
        sent = push_sector(air, image);
        break;
    default:
        sent = push_window(air, protocol == AIR_BY_LINE ? AIR_SERIAL : OTK_GATT_WINDOW_CONTROL,
                           image);
    }
    if (sent) {
        air_settle(air);
    }
    return air->is_reset_due;
}
