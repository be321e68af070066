// SPDX-License-Identifier: Apache-2.0
/* The frames of protocol B, byte by byte. */
#include "otakit/format/sector_frame.h"

#include "otakit/base/bytes.h"
#include "otakit/base/crc16.h"
#include "otakit/base/memory.h"

#define FRAME_SIZE OTK_SECTOR_FRAME_COMMAND_SIZE

/* Where the CRC of a command or an answer stands; it covers everything before. */
#define AT_CRC 18u

static enum otk_status check(const uint8_t *bytes, uint32_t len)
{
    if (len != FRAME_SIZE) {
        return OTK_BAD_FORMAT;
    }
    return otk_load_le16(bytes + AT_CRC) == otk_crc16(0, bytes, AT_CRC) ? OTK_OK : OTK_BAD_CHECKSUM;
}

static void seal(uint8_t bytes[FRAME_SIZE])
{
    otk_store_le16(bytes + AT_CRC, otk_crc16(0, bytes, AT_CRC));
}

enum otk_status otk_sector_command_decode(const uint8_t *bytes, uint32_t len,
                                          struct otk_sector_command *command)
{
    const enum otk_status status = check(bytes, len);

    if (status != OTK_OK) {
        return status;
    }
    *command = (struct otk_sector_command){.id = otk_load_le16(bytes)};
    if (command->id == OTK_SECTOR_START) {
        command->image_size = otk_load_le32(bytes + 2);
    }
    if (command->id == OTK_SECTOR_ACK) {
        command->answered = otk_load_le16(bytes + 2);
        command->verdict = otk_load_le16(bytes + 4);
        command->window = bytes[6];
    }
    return OTK_OK;
}

enum otk_status otk_sector_packet_decode(const uint8_t *bytes, uint32_t len,
                                         struct otk_sector_packet *packet)
{
    uint32_t tail;
    uint32_t data_len;

    if (len <= OTK_SECTOR_FRAME_HEADER_SIZE) {
        return OTK_BAD_FORMAT;
    }
    tail = bytes[2] == OTK_SECTOR_FRAME_LAST ? OTK_SECTOR_FRAME_CRC_SIZE : 0;
    data_len = len - OTK_SECTOR_FRAME_HEADER_SIZE;
    if (data_len < tail || data_len - tail > OTK_SECTOR_FRAME_SECTOR_SIZE) {
        return OTK_BAD_FORMAT;
    }
    data_len -= tail;
    *packet = (struct otk_sector_packet){
        .index = otk_load_le16(bytes),
        .sequence = bytes[2],
        .is_last = tail > 0,
        .data = bytes + OTK_SECTOR_FRAME_HEADER_SIZE,
        .len = data_len,
    };
    if (tail > 0) {
        packet->crc = otk_load_le16(packet->data + data_len);
    }
    return OTK_OK;
}

enum otk_status otk_sector_ack_decode(const uint8_t *bytes, uint32_t len,
                                      struct otk_sector_ack *ack)
{
    const enum otk_status status = check(bytes, len);

    if (status != OTK_OK) {
        return status;
    }
    ack->index = otk_load_le16(bytes);
    ack->result = otk_load_le16(bytes + 2);
    ack->expected = otk_load_le16(bytes + 4);
    return OTK_OK;
}

void otk_sector_command_encode(const struct otk_sector_command *command, uint8_t bytes[FRAME_SIZE])
{
    memset(bytes, 0, FRAME_SIZE);
    otk_store_le16(bytes, command->id);
    if (command->id == OTK_SECTOR_START) {
        otk_store_le32(bytes + 2, command->image_size);
    }
    if (command->id == OTK_SECTOR_ACK) {
        otk_store_le16(bytes + 2, command->answered);
        otk_store_le16(bytes + 4, command->verdict);
        bytes[6] = command->window;
    }
    seal(bytes);
}

uint32_t otk_sector_packet_encode(const struct otk_sector_packet *packet, uint8_t *bytes,
                                  uint32_t size)
{
    const uint32_t tail = packet->is_last ? OTK_SECTOR_FRAME_CRC_SIZE : 0;
    const uint32_t len = OTK_SECTOR_FRAME_HEADER_SIZE + packet->len + tail;

    if (len > size) {
        return 0;
    }
    otk_store_le16(bytes, packet->index);
    bytes[2] = packet->is_last ? (uint8_t)OTK_SECTOR_FRAME_LAST : packet->sequence;
    memcpy(bytes + OTK_SECTOR_FRAME_HEADER_SIZE, packet->data, packet->len);
    if (packet->is_last) {
        otk_store_le16(bytes + len - tail, packet->crc);
    }
    return len;
}

void otk_sector_ack_encode(const struct otk_sector_ack *ack, uint8_t bytes[FRAME_SIZE])
{
    memset(bytes, 0, FRAME_SIZE);
    otk_store_le16(bytes, ack->index);
    otk_store_le16(bytes + 2, ack->result);
    otk_store_le16(bytes + 4, ack->expected);
    seal(bytes);
}
