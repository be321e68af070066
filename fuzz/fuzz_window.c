// SPDX-License-Identifier: Apache-2.0
/*
 * Frames of protocol C: otakit/format/window_frame.h. What decodes is the same again when it is encoded,
 * but for bytes that have no meaning.
 *
 * Input: a frame. Each decoder gets it, an INFO block also without its op.
 */
#include "fuzz/expect.h"
#include "fuzz/input.h"
#include "otakit/format/window_frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Texts end at their first NUL; the rest of their field does not come back. */
static void clear_behind_nul(uint8_t *field)
{
    uint32_t index;
    bool seen = false;

    for (index = 0; index < OTK_WINDOW_TEXT_SIZE; index++) {
        seen = seen || field[index] == 0;
        if (seen)
            field[index] = 0;
    }
}

static void check_open(const uint8_t *data, uint32_t len)
{
    uint8_t wanted[OTK_WINDOW_OPEN_SIZE];
    uint8_t again[OTK_WINDOW_OPEN_SIZE];
    struct otk_window_open open;

    if (otk_window_open_decode(data, len, &open) != OTK_OK)
        return;
    EXPECT(len == OTK_WINDOW_OPEN_SIZE && open.image_size != 0);
    memcpy(wanted, data, sizeof wanted);
    wanted[1] = 0;
    clear_behind_nul(wanted + 44);
    clear_behind_nul(wanted + 76);
    otk_window_open_encode(&open, again);
    EXPECT(memcmp(wanted, again, sizeof again) == 0);
}

static void check_answers(const uint8_t *data, uint32_t len)
{
    uint8_t again[OTK_WINDOW_STATE_SIZE];
    struct otk_window_opened opened;
    struct otk_window_state state;
    struct otk_window_answer answer;

    if (otk_window_opened_decode(data, len, &opened) == OTK_OK) {
        otk_window_opened_encode(&opened, again);
        EXPECT(memcmp(data, again, OTK_WINDOW_OPENED_SIZE) == 0);
    }
    if (otk_window_state_decode(data, len, &state) == OTK_OK) {
        otk_window_state_encode(&state, again);
        again[3] = data[3];
        EXPECT(memcmp(data, again, OTK_WINDOW_STATE_SIZE) == 0);
    }
    if (otk_window_answer_decode(data, len, &answer) == OTK_OK) {
        otk_window_answer_encode(&answer, again);
        EXPECT(memcmp(data, again, OTK_WINDOW_ANSWER_SIZE) == 0);
    }
}

static void check_info(const uint8_t *data, uint32_t len)
{
    uint8_t bytes[OTK_WINDOW_INFO_SIZE];
    uint8_t again[OTK_WINDOW_INFO_SIZE];
    struct otk_window_info info;

    if (otk_window_info_decode(data, len, &info) != OTK_OK)
        return;
    otk_window_info_encode(&info, bytes);
    EXPECT(otk_window_info_decode(bytes, sizeof bytes, &info) == OTK_OK);
    otk_window_info_encode(&info, again);
    EXPECT(memcmp(bytes, again, sizeof again) == 0);
    EXPECT(memcmp(bytes + 2, data + 2, 9) == 0);
}

/* The first bytes, as a data frame behind what is expected. */
static void check_offset(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    const uint16_t low = input_u16(&input);
    const uint32_t near = input_u32(&input) % 0x1000000u;
    const uint32_t offset = otk_window_offset(low, near);

    EXPECT((uint16_t)offset == low);
    EXPECT(offset - near < OTK_WINDOW_SIZE_MAX || near - offset <= OTK_WINDOW_SIZE_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint32_t len = (uint32_t)size;

    check_offset(data, size);
    if (len == 0)
        return 0;
    check_open(data, len);
    check_answers(data, len);
    check_info(data, len);
    if (data[0] == OTK_WINDOW_INFO_IS)
        check_info(data + 1, len - 1);
    return 0;
}
