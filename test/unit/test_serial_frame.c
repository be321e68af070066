// SPDX-License-Identifier: Apache-2.0
/* Frames on a serial line: round trips in any pieces, damage, noise, lengths beyond the buffer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "otakit/format/serial_frame.h"
#include "sim/random.h"

#define LINE_SIZE OTK_SERIAL_LINE_SIZE(OTK_SERIAL_FRAME_SIZE)

static struct otk_serial_decoder decoder;
static uint8_t buffer[OTK_SERIAL_BUFFER_SIZE];
static uint8_t line[4 * LINE_SIZE];

/* Decode `len` bytes in pieces. Returns how many frames came; the last one stands in the buffer. */
static uint32_t decode(const uint8_t *bytes, uint32_t len, uint32_t piece, uint32_t *last_len)
{
    uint32_t count = 0;
    uint32_t offset = 0;

    *last_len = 0;
    while (offset < len) {
        const uint32_t rest = len - offset;
        uint32_t frame_len = 77;
        const uint32_t taken = otk_serial_decode(&decoder, bytes + offset,
                                                 rest < piece ? rest : piece, &frame_len);

        assert_in_range(taken, 1, rest < piece ? rest : piece);
        offset += taken;
        if (frame_len > 0) {
            *last_len = frame_len;
            count++;
        }
    }
    return count;
}

static void fill(uint8_t *frame, uint32_t len, uint32_t kind)
{
    uint64_t random = len;
    uint32_t index;

    for (index = 0; index < len; index++) {
        frame[index] = kind == 0 ? 0 : kind == 1 ? 0xFF : (uint8_t)otk_random_below(&random, 5);
    }
}

static void frame_has_the_bytes_of_the_specification(void **state)
{
    /* 02, its CRC-32 3C0C8EA1 */
    static const uint8_t query[] = {0x00, 0x06, 0x02, 0xA1, 0x8E, 0x0C, 0x3C, 0x00};
    static const uint8_t frame[] = {0x02};

    (void)state;
    assert_int_equal(otk_serial_encode(frame, sizeof frame, line), sizeof query);
    assert_memory_equal(line, query, sizeof query);
}

static void frame_of_any_length_survives_in_any_pieces(void **state)
{
    static const uint32_t pieces[] = {1, 7, 253, 4096};
    uint8_t frame[OTK_SERIAL_FRAME_SIZE];
    uint32_t len;
    uint32_t kind;

    (void)state;
    otk_serial_decoder_init(&decoder, buffer, sizeof buffer);
    for (len = 1; len <= OTK_SERIAL_FRAME_SIZE; len++) {
        for (kind = 0; kind < 3; kind++) {
            uint32_t line_len;
            uint32_t last;

            fill(frame, len, kind);
            line_len = otk_serial_encode(frame, len, line);
            assert_true(line_len <= OTK_SERIAL_LINE_SIZE(len));
            assert_null(memchr(line + 1, 0, line_len - 2));
            assert_int_equal(decode(line, line_len, pieces[(len + kind) % 4], &last), 1);
            assert_int_equal(last, len);
            assert_memory_equal(buffer, frame, len);
        }
    }
}

static void frame_between_noise_is_found(void **state)
{
    static const char log[] = "ESP-ROM:esp32c3-api1-20210207\r\nrst:0x1 (POWERON)\r\n";
    static const uint8_t frame[] = {1, 0, 2, 0, 3};
    uint32_t len = 0;
    uint32_t times;
    uint32_t last;

    (void)state;
    otk_serial_decoder_init(&decoder, buffer, sizeof buffer);
    for (times = 0; times < 3; times++) {
        memcpy(line + len, log, sizeof log - 1);
        len += (uint32_t)sizeof log - 1;
        len += otk_serial_encode(frame, sizeof frame, line + len);
    }
    assert_int_equal(decode(line, len, 4096, &last), 3);
    assert_int_equal(last, sizeof frame);
    assert_memory_equal(buffer, frame, sizeof frame);
}

/* One byte wrong, missing or too many: no frame, and the next one is whole again. */
static void frame_that_is_damaged_is_passed_over(void **state)
{
    static const uint8_t frame[] = {9, 8, 7, 0, 0, 6, 5, 4};
    uint8_t good[32];
    const uint32_t len = otk_serial_encode(frame, sizeof frame, good);
    uint32_t place;
    uint32_t how;

    (void)state;
    for (place = 1; place < len - 1; place++) {
        for (how = 0; how < 3; how++) {
            uint32_t line_len = len;
            uint32_t last;

            memcpy(line, good, len);
            if (how == 0) {
                line[place] ^= 0x40;
            } else if (how == 1) {
                memmove(line + place, line + place + 1, len - place - 1);
                line_len--;
            } else {
                memmove(line + place + 1, line + place, len - place);
                line_len++;
                line[place] = 0x11;
            }
            memcpy(line + line_len, good, len);
            otk_serial_decoder_init(&decoder, buffer, sizeof buffer);
            assert_int_equal(decode(line, line_len + len, 3, &last), 1);
            assert_int_equal(last, sizeof frame);
            assert_memory_equal(buffer, frame, sizeof frame);
        }
    }
}

static void frame_longer_than_the_buffer_is_passed_over(void **state)
{
    uint8_t small[16];
    uint8_t frame[64];
    uint32_t len;

    (void)state;
    memset(frame, 0x55, sizeof frame);
    otk_serial_decoder_init(&decoder, small, sizeof small);
    for (len = 1; len <= sizeof frame; len++) {
        const uint32_t line_len = otk_serial_encode(frame, len, line);
        uint32_t last;

        assert_int_equal(decode(line, line_len, 5, &last), len + 4 <= sizeof small ? 1 : 0);
    }
}

static void line_of_anything_makes_no_frame(void **state)
{
    uint64_t random = 3;
    uint32_t index;
    uint32_t last;

    (void)state;
    otk_serial_decoder_init(&decoder, buffer, sizeof buffer);
    for (index = 0; index < sizeof line; index++) {
        line[index] = (uint8_t)otk_random_below(&random, 12);
    }
    assert_int_equal(decode(line, sizeof line, 100, &last), 0);
    memset(line, 0, sizeof line);
    assert_int_equal(decode(line, sizeof line, 100, &last), 0);
    memset(line, 0xFF, sizeof line);
    assert_int_equal(decode(line, sizeof line, 100, &last), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frame_has_the_bytes_of_the_specification),
        cmocka_unit_test(frame_of_any_length_survives_in_any_pieces),
        cmocka_unit_test(frame_between_noise_is_found),
        cmocka_unit_test(frame_that_is_damaged_is_passed_over),
        cmocka_unit_test(frame_longer_than_the_buffer_is_passed_over),
        cmocka_unit_test(line_of_anything_makes_no_frame),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
