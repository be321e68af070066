// SPDX-License-Identifier: Apache-2.0
/* The frames of protocol B: bytes as Espressif's components have them, round trips, damage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "otakit/format/sector_frame.h"

static void command_start_has_the_bytes_of_ble_ota(void **state)
{
    static const uint8_t wanted[20] = {1, 0, 0x78, 0x56, 0x34, 0x12, [18] = 0x85, 0x80};
    const struct otk_sector_command command = {.id = OTK_SECTOR_START, .image_size = 0x12345678};
    uint8_t bytes[20];

    (void)state;
    otk_sector_command_encode(&command, bytes);
    assert_memory_equal(bytes, wanted, 20);
}

static void command_answer_has_the_bytes_of_ble_ota_raw(void **state)
{
    static const uint8_t wanted[18] = {3, 0, 1, 0, 0, 0, 64};
    const struct otk_sector_command command = {
        .id = OTK_SECTOR_ACK, .answered = OTK_SECTOR_START, .window = 64};
    uint8_t bytes[20];

    (void)state;
    otk_sector_command_encode(&command, bytes);
    assert_memory_equal(bytes, wanted, 18);
}

static void command_survives_a_round_trip(void **state)
{
    static const struct otk_sector_command commands[] = {
        {.id = OTK_SECTOR_START, .image_size = 1400000},
        {.id = OTK_SECTOR_STOP},
        {.id = OTK_SECTOR_ACK, .answered = OTK_SECTOR_STOP, .verdict = OTK_SECTOR_REFUSED},
        {.id = OTK_SECTOR_ACK, .answered = OTK_SECTOR_START, .window = 8},
        {.id = 0xFFFF},
    };
    uint8_t bytes[20];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        struct otk_sector_command is;

        otk_sector_command_encode(&commands[i], bytes);
        assert_int_equal(otk_sector_command_decode(bytes, sizeof bytes, &is), OTK_OK);
        assert_int_equal(is.id, commands[i].id);
        assert_int_equal(is.image_size, commands[i].image_size);
        assert_int_equal(is.answered, commands[i].answered);
        assert_int_equal(is.verdict, commands[i].verdict);
        assert_int_equal(is.window, commands[i].window);
    }
}

static void command_with_any_bit_changed_is_refused(void **state)
{
    const struct otk_sector_command command = {.id = OTK_SECTOR_START, .image_size = 99};
    struct otk_sector_command is;
    uint8_t bytes[20];
    uint32_t bit;

    (void)state;
    otk_sector_command_encode(&command, bytes);
    for (bit = 0; bit < 160; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_equal(otk_sector_command_decode(bytes, 20, &is), OTK_BAD_CHECKSUM);
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (bit = 0; bit < 20; bit++) {
        assert_int_equal(otk_sector_command_decode(bytes, bit, &is), OTK_BAD_FORMAT);
    }
}

static void packet_has_the_bytes_of_ble_ota(void **state)
{
    static const uint8_t middle[] = {0x34, 0x12, 7, 'a', 'b', 'c'};
    static const uint8_t last[] = {0x34, 0x12, 0xFF, 'a', 'b', 'c', 0xCD, 0xAB};
    struct otk_sector_packet packet = {
        .index = 0x1234, .sequence = 7, .data = (const uint8_t *)"abc", .len = 3, .crc = 0xABCD};
    uint8_t bytes[32];

    (void)state;
    assert_int_equal(otk_sector_packet_encode(&packet, bytes, sizeof bytes), sizeof middle);
    assert_memory_equal(bytes, middle, sizeof middle);
    packet.is_last = true;
    assert_int_equal(otk_sector_packet_encode(&packet, bytes, sizeof last), sizeof last);
    assert_memory_equal(bytes, last, sizeof last);
    assert_int_equal(otk_sector_packet_encode(&packet, bytes, sizeof last - 1), 0);
}

static void packet_survives_a_round_trip_of_any_length(void **state)
{
    uint8_t *data = calloc(1, 4096);
    uint8_t *bytes = malloc(4101);
    uint32_t len;

    (void)state;
    for (len = 1; len <= 4096; len += 1 + len / 5) {
        struct otk_sector_packet packet = {
            .index = 5, .is_last = len % 2, .data = data, .len = len};
        struct otk_sector_packet is;
        uint32_t packet_len;

        packet.crc = packet.is_last ? 0x1234 : 0;
        packet_len = otk_sector_packet_encode(&packet, bytes, 4101);
        assert_int_equal(otk_sector_packet_decode(bytes, packet_len, &is), OTK_OK);
        assert_int_equal(is.index, 5);
        assert_int_equal(is.is_last, packet.is_last);
        assert_int_equal(is.len, len);
        assert_int_equal(is.crc, packet.crc);
        assert_ptr_equal(is.data, bytes + 3);
    }
    free(bytes);
    free(data);
}

static void packet_without_data_or_too_long_is_refused(void **state)
{
    uint8_t *bytes = calloc(1, 5000);
    struct otk_sector_packet is;

    (void)state;
    assert_int_equal(otk_sector_packet_decode(bytes, 0, &is), OTK_BAD_FORMAT);
    assert_int_equal(otk_sector_packet_decode(bytes, 3, &is), OTK_BAD_FORMAT);
    assert_int_equal(otk_sector_packet_decode(bytes, 4, &is), OTK_OK);
    assert_int_equal(otk_sector_packet_decode(bytes, 4099, &is), OTK_OK);
    assert_int_equal(otk_sector_packet_decode(bytes, 4100, &is), OTK_BAD_FORMAT);
    bytes[2] = OTK_SECTOR_FRAME_LAST;
    assert_int_equal(otk_sector_packet_decode(bytes, 4, &is), OTK_BAD_FORMAT);
    assert_int_equal(otk_sector_packet_decode(bytes, 5, &is), OTK_OK);
    assert_int_equal(is.len, 0);
    assert_int_equal(otk_sector_packet_decode(bytes, 4101, &is), OTK_OK);
    assert_int_equal(otk_sector_packet_decode(bytes, 4102, &is), OTK_BAD_FORMAT);
    free(bytes);
}

static void ack_survives_a_round_trip_and_no_damage(void **state)
{
    const struct otk_sector_ack ack = {
        .index = 0x0102, .result = OTK_SECTOR_BAD_INDEX, .expected = 0x0304};
    static const uint8_t wanted[18] = {2, 1, 2, 0, 4, 3};
    struct otk_sector_ack is;
    uint8_t bytes[20];

    (void)state;
    otk_sector_ack_encode(&ack, bytes);
    assert_memory_equal(bytes, wanted, 18);
    assert_int_equal(otk_sector_ack_decode(bytes, 20, &is), OTK_OK);
    assert_int_equal(is.index, ack.index);
    assert_int_equal(is.result, ack.result);
    assert_int_equal(is.expected, ack.expected);
    assert_int_equal(otk_sector_ack_decode(bytes, 21, &is), OTK_BAD_FORMAT);
    bytes[4] ^= 1;
    assert_int_equal(otk_sector_ack_decode(bytes, 20, &is), OTK_BAD_CHECKSUM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(command_start_has_the_bytes_of_ble_ota),
        cmocka_unit_test(command_answer_has_the_bytes_of_ble_ota_raw),
        cmocka_unit_test(command_survives_a_round_trip),
        cmocka_unit_test(command_with_any_bit_changed_is_refused),
        cmocka_unit_test(packet_has_the_bytes_of_ble_ota),
        cmocka_unit_test(packet_survives_a_round_trip_of_any_length),
        cmocka_unit_test(packet_without_data_or_too_long_is_refused),
        cmocka_unit_test(ack_survives_a_round_trip_and_no_damage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
