// SPDX-License-Identifier: Apache-2.0
/* CRC-16: the check value of its catalogue entry, and that pieces make the whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "otakit/base/crc16.h"

/* Source: CRC RevEng catalogue, CRC-16/XMODEM. */
static void crc16_of_the_check_string(void **state)
{
    (void)state;
    assert_int_equal(otk_crc16(0, "123456789", 9), 0x31C3);
    assert_int_equal(otk_crc16(0, "", 0), 0);
}

/* Bit by bit, as Espressif's clients compute it. */
static uint16_t slow_crc16(const uint8_t *data, uint32_t len)
{
    uint16_t crc = 0;
    uint32_t index;
    int bit;

    for (index = 0; index < len; index++) {
        crc ^= (uint16_t)(data[index] << 8);
        for (bit = 0; bit < 8; bit++) {
            crc = (uint16_t)(crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1);
        }
    }
    return crc;
}

static void crc16_is_the_same_bit_by_bit_and_in_pieces(void **state)
{
    uint8_t data[512];
    uint32_t index;

    (void)state;
    for (index = 0; index < sizeof data; index++) {
        data[index] = (uint8_t)(index * 151u + index / 3u);
    }
    for (index = 0; index <= sizeof data; index++) {
        const uint16_t crc = otk_crc16(0, data, index);

        assert_int_equal(crc, slow_crc16(data, index));
        assert_int_equal(otk_crc16(crc, data + index, (uint32_t)sizeof data - index),
                         otk_crc16(0, data, sizeof data));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crc16_of_the_check_string),
        cmocka_unit_test(crc16_is_the_same_bit_by_bit_and_in_pieces),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
