// SPDX-License-Identifier: Apache-2.0
/*
 * Frames on a serial line: otakit/format/serial_frame.h. The decoder finds the same frames in any
 * pieces, never more than its buffer holds; a frame that is encoded behind anything comes back.
 *
 * Input: the size of the decoder's buffer (16 bits), the length of the pieces, then the line; it is also
 * taken for a frame.
 */
#include "fuzz/expect.h"
#include "fuzz/input.h"
#include "otakit/base/crc32.h"
#include "otakit/format/serial_frame.h"

#define LINE_SIZE OTK_SERIAL_LINE_SIZE(OTK_SERIAL_FRAME_SIZE)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What came out of a line. */
struct harvest {
    uint32_t count;
    uint32_t crc; /* of all frames, one behind the other, with their lengths */
};

static struct harvest harvest_line(const uint8_t *line, uint32_t len, uint32_t buffer_size,
                                   uint32_t piece)
{
    uint8_t *buffer = malloc(buffer_size + 1u); /* exact, for the sanitizer; never of 0 bytes */
    struct otk_serial_decoder decoder;
    struct harvest harvest = {0};
    uint32_t offset = 0;

    EXPECT(buffer);
    otk_serial_decoder_init(&decoder, buffer, buffer_size);
    while (offset < len) {
        const uint32_t rest = len - offset;
        const uint32_t count = rest < piece ? rest : piece;
        uint32_t frame_len;
        const uint32_t taken = otk_serial_decode(&decoder, line + offset, count, &frame_len);

        EXPECT(taken > 0 && taken <= count);
        EXPECT(taken == count || frame_len > 0);
        EXPECT(frame_len + 4u <= buffer_size || frame_len == 0);
        offset += taken;
        if (frame_len > 0) {
            harvest.count++;
            harvest.crc = otk_crc32_le32(harvest.crc, frame_len);
            harvest.crc = otk_crc32(harvest.crc, buffer, frame_len);
        }
    }
    free(buffer);
    return harvest;
}

/* Behind whatever the line held, a frame is found. */
static void check_frame(const uint8_t *noise, uint32_t noise_len)
{
    static uint8_t line[2 * LINE_SIZE];
    const uint32_t len = noise_len < OTK_SERIAL_FRAME_SIZE ? noise_len : OTK_SERIAL_FRAME_SIZE;
    const struct harvest before = harvest_line(noise, len, OTK_SERIAL_BUFFER_SIZE, LINE_SIZE);
    struct harvest after;
    uint32_t line_len;

    if (len == 0)
        return;
    memcpy(line, noise, len);
    line_len = otk_serial_encode(noise, len, line + len);
    EXPECT(line_len <= OTK_SERIAL_LINE_SIZE(len));
    EXPECT(memchr(line + len + 1, 0, line_len - 2) == NULL);
    after = harvest_line(line, len + line_len, OTK_SERIAL_BUFFER_SIZE, 2 * LINE_SIZE);
    /* The 0 in front may end a frame that the noise had begun. */
    EXPECT(after.count == before.count + 1 || after.count == before.count + 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    const uint32_t buffer_size = input_u16(&input) % (OTK_SERIAL_BUFFER_SIZE + 1u);
    const uint32_t piece = input_u8(&input) + 1u;
    const uint32_t len = (uint32_t)input.size;
    const struct harvest whole = harvest_line(input.data, len, buffer_size, len + 1u);
    const struct harvest pieces = harvest_line(input.data, len, buffer_size, piece);

    EXPECT(whole.count == pieces.count && whole.crc == pieces.crc);
    check_frame(input.data, len);
    return 0;
}
