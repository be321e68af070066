// SPDX-License-Identifier: Apache-2.0
/*
 * Frames of protocol B: otakit/format/sector_frame.h. What decodes is the same again when it is encoded,
 * but for bytes that have no meaning; a damaged CRC is seen.
 *
 * Input: a mode byte (1: the CRC of a command is set right), then a frame.
 */
#include "fuzz/expect.h"
#include "fuzz/input.h"
#include "otakit/base/crc16.h"
#include "otakit/format/sector_frame.h"

#define FRAME_SIZE OTK_SECTOR_FRAME_COMMAND_SIZE

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_command(const uint8_t *data, uint32_t len)
{
    uint8_t bytes[FRAME_SIZE];
    uint8_t again[FRAME_SIZE];
    struct otk_sector_command command;
    struct otk_sector_ack ack;
    const enum otk_status status = otk_sector_command_decode(data, len, &command);

    EXPECT(status == otk_sector_ack_decode(data, len, &ack));
    EXPECT((status == OTK_BAD_FORMAT) == (len != FRAME_SIZE));
    if (status != OTK_OK)
        return;
    otk_sector_command_encode(&command, bytes);
    EXPECT(otk_sector_command_decode(bytes, sizeof bytes, &command) == OTK_OK);
    otk_sector_command_encode(&command, again);
    EXPECT(memcmp(bytes, again, sizeof again) == 0);
    otk_sector_ack_encode(&ack, again);
    EXPECT(memcmp(data, again, 6) == 0);
}

static void check_packet(const uint8_t *data, uint32_t len)
{
    uint8_t again[OTK_SECTOR_FRAME_SECTOR_SIZE + 8u];
    struct otk_sector_packet packet;

    if (otk_sector_packet_decode(data, len, &packet) != OTK_OK)
        return;
    EXPECT(packet.len <= OTK_SECTOR_FRAME_SECTOR_SIZE);
    EXPECT(otk_sector_packet_encode(&packet, again, sizeof again) == len);
    EXPECT(memcmp(data, again, len) == 0);
    EXPECT(otk_sector_packet_encode(&packet, again, len - 1) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    const uint8_t mode = input_u8(&input);
    uint8_t frame[OTK_SECTOR_FRAME_SECTOR_SIZE + 64u];
    const uint32_t len = input_copy(&input, frame, sizeof frame);

    if ((mode & 1) && len == FRAME_SIZE)
        otk_store_le16(frame + 18, otk_crc16(0, frame, 18));
    check_command(frame, len);
    check_packet(frame, len);
    return 0;
}
