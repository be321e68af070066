// SPDX-License-Identifier: Apache-2.0
/*
 * Base64: otakit/format/base64.h. What is accepted, written again, is the same text but for its
 * padding.
 *
 * Input: the room, and the text.
 */
#include "fuzz/expect.h"
#include "fuzz/input.h"
#include "otakit/format/base64.h"

#define ROOM_MAX 255u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The character `index` of the text that stands for the bytes. */
static char encode_at(const uint8_t *bytes, uint32_t len, uint32_t index)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const uint32_t bit = index * 6u;
    const uint32_t high = bytes[bit / 8u];
    const uint32_t low = bit / 8u + 1u < len ? bytes[bit / 8u + 1u] : 0;

    return digits[((high << 8 | low) >> (10u - bit % 8u)) & 63u];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    const uint32_t room = input_u8(&input);
    const struct otk_text text = otk_text((const char *)input.data, (uint32_t)input.size);
    uint8_t bytes[ROOM_MAX + 1];
    uint32_t len = UINT32_MAX;
    enum otk_status status;

    memset(bytes, 0xA5, sizeof bytes);
    status = otk_base64_decode(text, bytes, room, &len);
    EXPECT(bytes[room] == 0xA5);
    if (status != OTK_OK) {
        EXPECT(status == OTK_NO_SPACE || status == OTK_BAD_FORMAT);
        EXPECT(len == UINT32_MAX);
        return 0;
    }
    EXPECT(len <= room && len * 8u / 6u <= text.len);
    for (uint32_t index = 0; index < (len * 8u + 5u) / 6u; index++)
        EXPECT(text.chars[index] == encode_at(bytes, len, index));
    return 0;
}
