// SPDX-License-Identifier: Apache-2.0
/* Protocol B on the device: sectors that are good, damaged, out of order or too long, and its commands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "otakit/base/bytes.h"
#include "otakit/base/crc16.h"
#include "test/support/air.h"

#define FIRMWARE OTK_GATT_SECTOR_FIRMWARE
#define PROGRESS OTK_GATT_SECTOR_PROGRESS
#define COMMAND  OTK_GATT_SECTOR_COMMAND

static struct rig rig;
static struct air air;
static struct rig_image old_image;
static struct rig_image new_image;

static int setup(void **state)
{
    (void)state;
    rig_open(&rig, RIG_FACTORY_AND_TWO);
    rig_make_image(&old_image, "1.0.0", 20000, 1);
    rig_make_image(&new_image, "1.1.0", 60000, 2);
    rig_install(&rig, OTK_SLOT_FACTORY, &old_image);
    assert_int_equal(rig_reset(&rig), OTK_SLOT_FACTORY);
    air_open(&air, &rig);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    otk_session_close(&air.updater.session);
    rig_close(&rig);
    return 0;
}

static enum otk_status send_command(uint16_t id, uint32_t image_size)
{
    const struct otk_sector_command command = {.id = id, .image_size = image_size};
    uint8_t bytes[OTK_SECTOR_FRAME_COMMAND_SIZE];

    otk_sector_command_encode(&command, bytes);
    return air_write(&air, COMMAND, bytes, sizeof bytes);
}

/* The answer that came last on command; its id is 0 where there is none. */
static struct otk_sector_command answer(void)
{
    const struct air_frame *frame = air_last(&air, COMMAND);
    struct otk_sector_command command = {0};

    if (frame) {
        assert_int_equal(otk_sector_command_decode(frame->bytes, frame->len, &command), OTK_OK);
        assert_int_equal(command.id, OTK_SECTOR_ACK);
    }
    return command;
}

static void start(void)
{
    assert_int_equal(send_command(OTK_SECTOR_START, new_image.len), OTK_OK);
    assert_int_equal(answer().answered, OTK_SECTOR_START);
    assert_int_equal(answer().verdict, OTK_SECTOR_ACCEPTED);
}

/* The answer that came last on firmware. */
static struct otk_sector_ack ack(void)
{
    const struct air_frame *frame = air_last(&air, FIRMWARE);
    struct otk_sector_ack is;

    assert_non_null(frame);
    assert_int_equal(otk_sector_ack_decode(frame->bytes, frame->len, &is), OTK_OK);
    return is;
}

static uint32_t sector_len(uint32_t index)
{
    const uint32_t rest = new_image.len - index * 4096;

    return rest < 4096 ? rest : 4096;
}

/* Send a sector in packets of `chunk` bytes of data. Returns the status of the last one. */
static enum otk_status send_as(uint16_t number, uint32_t index, uint32_t chunk, uint16_t crc_error)
{
    const uint8_t *data = new_image.bytes + index * 4096;
    const uint32_t len = sector_len(index);
    enum otk_status status = OTK_OK;
    uint8_t bytes[4200];
    uint32_t offset;

    for (offset = 0; offset < len; offset += chunk) {
        const struct otk_sector_packet packet = {
            .index = number,
            .sequence = (uint8_t)(offset / chunk),
            .is_last = len - offset <= chunk,
            .data = data + offset,
            .len = len - offset < chunk ? len - offset : chunk,
            .crc = otk_crc16(0, data, len) ^ crc_error,
        };

        status = air_write(&air, FIRMWARE, bytes,
                           otk_sector_packet_encode(&packet, bytes, sizeof bytes));
    }
    air_turn(&air, 0);
    return status;
}

static enum otk_status send_sector(uint32_t index, uint32_t chunk)
{
    return send_as((uint16_t)index, index, chunk, 0);
}

static enum otk_status send_packet(uint16_t index, uint8_t sequence, const uint8_t *data,
                                   uint32_t len, uint16_t crc)
{
    const struct otk_sector_packet packet = {.index = index,
                                             .sequence = sequence,
                                             .is_last = sequence == OTK_SECTOR_FRAME_LAST,
                                             .data = data,
                                             .len = len,
                                             .crc = crc};
    uint8_t bytes[4200];

    return air_write(&air, FIRMWARE, bytes, otk_sector_packet_encode(&packet, bytes, sizeof bytes));
}

static uint32_t sector_count(void)
{
    return (new_image.len + 4095) / 4096;
}

static void send_sectors(uint32_t from, uint32_t end)
{
    uint32_t index;

    for (index = from; index < end; index++) {
        assert_int_equal(send_sector(index, 241), OTK_OK);
        assert_int_equal(ack().index, index);
        assert_int_equal(ack().result, OTK_SECTOR_GOOD);
        assert_int_equal(ack().expected, index + 1);
    }
}

static void assert_stops(enum otk_sector_verdict verdict)
{
    air_forget(&air);
    assert_int_equal(send_command(OTK_SECTOR_STOP, 0), OTK_OK);
    air_settle(&air);
    assert_int_equal(answer().answered, OTK_SECTOR_STOP);
    assert_int_equal(answer().verdict, verdict);
    assert_int_equal(answer().window, 0);
}

static void assert_installs(void)
{
    start();
    send_sectors(0, sector_count());
    assert_stops(OTK_SECTOR_ACCEPTED);
    assert_true(air.is_reset_due);
    assert_true(rig_slot_holds(&rig, 0, &new_image));
    assert_int_equal(air_reset(&air), 0);
}

static void sector_installs_an_image_with_any_packet_size(void **state)
{
    static const uint32_t chunks[] = {17, 241, 509, 4096};
    uint32_t index;
    size_t i;

    for (i = 0; i < sizeof chunks / sizeof chunks[0]; i++) {
        start();
        assert_int_equal(answer().window, 4);
        for (index = 0; index < sector_count(); index++) {
            assert_int_equal(send_sector(index, chunks[i]), OTK_OK);
        }
        assert_int_equal(air_count(&air, FIRMWARE), sector_count());
        assert_stops(OTK_SECTOR_ACCEPTED);
        assert_true(rig_slot_holds(&rig, 0, &new_image));
        teardown(state);
        setup(state);
    }
}

/* Some clients send the CRC in a packet of its own. */
static void sector_last_packet_may_hold_nothing_but_the_crc(void **state)
{
    (void)state;
    start();
    assert_int_equal(send_packet(0, 0, new_image.bytes, 4096, 0), OTK_OK);
    assert_int_equal(send_packet(0, OTK_SECTOR_FRAME_LAST, new_image.bytes, 0,
                                 otk_crc16(0, new_image.bytes, 4096)),
                     OTK_OK);
    assert_int_equal(ack().result, OTK_SECTOR_GOOD);
}

/* Others call the last sector FFFF. */
static void sector_ffff_is_the_last_one(void **state)
{
    (void)state;
    start();
    send_sectors(0, 5);
    assert_int_equal(send_as(OTK_SECTOR_FRAME_LAST_INDEX, 5, 241, 0), OTK_GAP);
    assert_int_equal(ack().result, OTK_SECTOR_BAD_INDEX);
    send_sectors(5, sector_count() - 1);
    assert_int_equal(send_as(OTK_SECTOR_FRAME_LAST_INDEX, sector_count() - 1, 241, 0), OTK_OK);
    assert_int_equal(ack().index, OTK_SECTOR_FRAME_LAST_INDEX);
    assert_int_equal(ack().result, OTK_SECTOR_GOOD);
    assert_stops(OTK_SECTOR_ACCEPTED);
}

/* The NimBLE build of ble_ota took it as it came. */
static void sector_with_a_bad_crc_has_to_be_sent_again(void **state)
{
    (void)state;
    start();
    send_sectors(0, 3);
    assert_int_equal(send_as(3, 3, 241, 1), OTK_BAD_CHECKSUM);
    assert_int_equal(ack().index, 3);
    assert_int_equal(ack().result, OTK_SECTOR_BAD_CRC);
    assert_int_equal(ack().expected, 3);
    send_sectors(3, sector_count());
    assert_stops(OTK_SECTOR_ACCEPTED);
}

static void sector_out_of_order_is_told_which_one_is_wanted(void **state)
{
    (void)state;
    start();
    send_sectors(0, 3);
    air_forget(&air);
    assert_int_equal(send_sector(4, 241), OTK_GAP);
    assert_int_equal(air_count(&air, FIRMWARE), 1); /* one answer, not one a packet */
    assert_int_equal(ack().index, 4);
    assert_int_equal(ack().result, OTK_SECTOR_BAD_INDEX);
    assert_int_equal(ack().expected, 3);
    assert_int_equal(send_sector(2, 241), OTK_GAP); /* nor is one taken twice */
    assert_int_equal(ack().result, OTK_SECTOR_BAD_INDEX);
    assert_int_equal(ack().expected, 3);
    send_sectors(3, sector_count());
    assert_int_equal(send_sector(0, 241), OTK_GAP);
    assert_int_equal(ack().expected, sector_count());
    assert_stops(OTK_SECTOR_ACCEPTED);
}

static void sector_with_a_lost_packet_has_to_be_sent_again(void **state)
{
    const uint16_t crc = otk_crc16(0, new_image.bytes, 4096);

    (void)state;
    start();
    assert_int_equal(send_packet(0, 0, new_image.bytes, 2000, 0), OTK_OK);
    assert_int_equal(send_packet(0, 2, new_image.bytes + 3000, 1000, 0), OTK_GAP);
    assert_int_equal(air_count(&air, FIRMWARE), 0);
    assert_int_equal(send_packet(0, OTK_SECTOR_FRAME_LAST, new_image.bytes + 4000, 96, crc),
                     OTK_GAP);
    assert_int_equal(ack().result, OTK_SECTOR_BAD_LEN);
    send_sectors(0, 1);
}

static void sector_begun_again_in_its_middle_starts_over(void **state)
{
    (void)state;
    start();
    assert_int_equal(send_packet(0, 0, new_image.bytes, 2000, 0), OTK_OK);
    assert_int_equal(send_packet(0, 1, new_image.bytes + 2000, 1000, 0), OTK_OK);
    send_sectors(0, 1);
}

static void sector_of_a_wrong_length_is_refused(void **state)
{
    const uint32_t last = sector_count() - 1;
    const uint16_t crc = otk_crc16(0, new_image.bytes, 4000);

    (void)state;
    start();
    assert_int_equal(send_packet(0, OTK_SECTOR_FRAME_LAST, new_image.bytes, 4000, crc),
                     OTK_BAD_FORMAT);
    assert_int_equal(ack().result, OTK_SECTOR_BAD_LEN);
    assert_int_equal(send_packet(0, 0, new_image.bytes, 4096, 0), OTK_OK);
    assert_int_equal(send_packet(0, 1, new_image.bytes, 1, 0), OTK_GAP);
    assert_int_equal(send_packet(0, OTK_SECTOR_FRAME_LAST, new_image.bytes, 0, crc), OTK_GAP);
    assert_int_equal(ack().result, OTK_SECTOR_BAD_LEN);
    send_sectors(0, last);
    assert_int_equal(send_packet((uint16_t)last, OTK_SECTOR_FRAME_LAST,
                                 new_image.bytes + last * 4096, sector_len(last) + 1, 0),
                     OTK_GAP);
    assert_int_equal(ack().result, OTK_SECTOR_BAD_LEN);
    send_sectors(last, last + 1);
}

static void sector_of_a_refused_image_is_told_that_the_update_ended(void **state)
{
    (void)state;
    new_image.bytes[12] = OTK_CHIP_ESP32C3;
    rig_seal_image(&new_image);
    start();
    assert_int_equal(send_sector(0, 241), OTK_WRONG_CHIP);
    assert_int_equal(ack().result, OTK_SECTOR_ENDED);
    assert_int_equal(send_sector(1, 241), OTK_WRONG_CHIP);
    assert_int_equal(ack().index, 1);
    assert_int_equal(ack().result, OTK_SECTOR_ENDED);
    assert_stops(OTK_SECTOR_REFUSED);
}

static void sector_before_start_is_told_that_there_is_no_update(void **state)
{
    (void)state;
    assert_int_equal(send_sector(0, 241), OTK_NOT_OPEN);
    assert_int_equal(ack().result, OTK_SECTOR_ENDED);
    assert_stops(OTK_SECTOR_REFUSED);
}

static void command_with_a_bad_crc_is_refused(void **state)
{
    const struct otk_sector_command command = {.id = OTK_SECTOR_START, .image_size = new_image.len};
    uint8_t bytes[OTK_SECTOR_FRAME_COMMAND_SIZE];

    (void)state;
    otk_sector_command_encode(&command, bytes);
    bytes[3] ^= 1;
    assert_int_equal(air_write(&air, COMMAND, bytes, sizeof bytes), OTK_BAD_CHECKSUM);
    assert_int_equal(answer().answered, OTK_SECTOR_START);
    assert_int_equal(answer().verdict, OTK_SECTOR_REFUSED);
    assert_int_equal(air_write(&air, COMMAND, bytes, 19), OTK_BAD_FORMAT);
    assert_int_equal(air_write(&air, COMMAND, bytes, 1), OTK_BAD_FORMAT);
    assert_int_equal(air_count(&air, COMMAND), 2);
    assert_int_equal(air.updater.state, OTK_UPDATER_IDLE);
}

static void command_nobody_knows_is_refused(void **state)
{
    (void)state;
    assert_int_equal(send_command(OTK_SECTOR_ACK, 0), OTK_OK);
    assert_int_equal(answer().answered, OTK_SECTOR_ACK);
    assert_int_equal(answer().verdict, OTK_SECTOR_REFUSED);
    assert_int_equal(send_command(77, 0), OTK_OK);
    assert_int_equal(answer().answered, 77);
    assert_int_equal(answer().verdict, OTK_SECTOR_REFUSED);
}

static void start_is_refused_while_busy_or_without_length(void **state)
{
    (void)state;
    assert_int_equal(send_command(OTK_SECTOR_START, 0), OTK_OK);
    assert_int_equal(answer().verdict, OTK_SECTOR_REFUSED);
    assert_int_equal(send_command(OTK_SECTOR_START, RIG_SLOT_SIZE + 1), OTK_OK);
    assert_int_equal(answer().verdict, OTK_SECTOR_REFUSED);
    start();
    send_sectors(0, 3);
    assert_int_equal(send_command(OTK_SECTOR_START, new_image.len), OTK_OK);
    assert_int_equal(answer().verdict, OTK_SECTOR_REFUSED);
    assert_int_equal(answer().window, 0);
    send_sectors(3, sector_count());
    assert_stops(OTK_SECTOR_ACCEPTED);
    assert_int_equal(send_command(OTK_SECTOR_START, new_image.len), OTK_OK);
    assert_int_equal(answer().verdict, OTK_SECTOR_REFUSED);
}

static void stop_too_early_is_refused_and_leaves_what_is_there(void **state)
{
    uint64_t ops;

    (void)state;
    start();
    send_sectors(0, 12);
    assert_stops(OTK_SECTOR_REFUSED);
    start();
    send_sectors(0, 1);
    air_turn(&air, 1000); /* erases ahead of what is there */
    ops = air_flash_ops(&air);
    send_sectors(1, 10);
    assert_int_equal(air_flash_ops(&air), ops);
    send_sectors(10, sector_count());
    assert_stops(OTK_SECTOR_ACCEPTED);
}

static void stop_is_answered_after_the_verification(void **state)
{
    (void)state;
    start();
    send_sectors(0, sector_count());
    air_forget(&air);
    assert_int_equal(send_command(OTK_SECTOR_STOP, 0), OTK_OK);
    assert_int_equal(air_count(&air, COMMAND), 0);
    assert_int_equal(send_command(OTK_SECTOR_STOP, 0), OTK_OK);
    assert_int_equal(send_sector(0, 4096), OTK_NOT_OPEN);
    assert_int_equal(ack().result, OTK_SECTOR_ENDED);
    while (air_count(&air, COMMAND) == 0) {
        assert_int_equal(air.updater.state, OTK_UPDATER_FINISHING);
        air_turn(&air, 10);
    }
    assert_int_equal(answer().verdict, OTK_SECTOR_ACCEPTED);
    assert_int_equal(air_count(&air, COMMAND), 1);
}

static void stop_refuses_a_damaged_image(void **state)
{
    (void)state;
    new_image.bytes[40000] ^= 1;
    start();
    send_sectors(0, sector_count());
    assert_stops(OTK_SECTOR_REFUSED);
    assert_int_equal(air_reset(&air), OTK_SLOT_FACTORY);
}

/* ble_ota_raw would refuse START until a STOP came. */
static void client_that_went_away_leaves_nothing_behind(void **state)
{
    (void)state;
    start();
    send_sectors(0, 12);
    assert_int_equal(send_packet(12, 0, new_image.bytes, 1000, 0), OTK_OK);
    otk_ble_closed(&air.ble);
    assert_int_equal(otk_ble_poll(&air.ble, air.now_ms), OTK_OK);
    assert_installs();
}

/* ble_ota restarts with the last sector; its clients need not send STOP. */
static void client_that_has_sent_everything_may_go(void **state)
{
    (void)state;
    start();
    send_sectors(0, sector_count());
    otk_ble_closed(&air.ble);
    air_settle(&air);
    assert_int_equal(air_reset(&air), 0);
}

static void client_that_is_silent_makes_room_for_others(void **state)
{
    (void)state;
    start();
    send_sectors(0, 3);
    air_turn(&air, OTK_SECTOR_SILENCE_MS);
    assert_false(otk_updater_is_owned(&air.updater, OTK_OWNER_BLE_SECTOR));
    assert_int_equal(send_sector(3, 241), OTK_CONNECTION_LOST);
    assert_int_equal(ack().result, OTK_SECTOR_ENDED);
    assert_installs();
}

static void client_hears_that_somebody_else_cancelled(void **state)
{
    (void)state;
    start();
    send_sectors(0, 3);
    assert_int_equal(otk_updater_cancel(&air.updater, OTK_CANCELLED), OTK_OK);
    assert_int_equal(send_sector(3, 241), OTK_CANCELLED);
    assert_int_equal(ack().result, OTK_SECTOR_ENDED);
    assert_stops(OTK_SECTOR_REFUSED);
}

static void answers_wait_until_there_is_room(void **state)
{
    uint32_t index;

    (void)state;
    start();
    air_forget(&air);
    air.is_full = true;
    for (index = 0; index < 4; index++) {
        assert_int_equal(send_sector(index, 241), OTK_OK);
    }
    assert_int_equal(air.frame_count, 0);
    air.is_full = false;
    air_turn(&air, 0);
    assert_int_equal(air_count(&air, FIRMWARE), 4);
    for (index = 0; index < 4; index++) {
        assert_int_equal(otk_load_le16(air.frames[index].bytes), index);
    }
}

static void answers_beyond_any_window_are_dropped(void **state)
{
    uint32_t times;

    (void)state;
    start();
    air_forget(&air);
    air.is_full = true;
    for (times = 0; times < OTK_SECTOR_ACK_COUNT + 10; times++) {
        assert_int_equal(send_sector(4, 4096), OTK_GAP);
    }
    air.is_full = false;
    air_turn(&air, 0);
    assert_int_equal(air_count(&air, FIRMWARE), OTK_SECTOR_ACK_COUNT);
}

static void progress_is_what_is_on_flash(void **state)
{
    uint8_t bytes[OTK_BLE_READ_SIZE];
    uint32_t len;

    (void)state;
    start();
    send_sectors(0, 3);
    assert_int_equal(otk_ble_read(&air.ble, PROGRESS, bytes, sizeof bytes, &len), OTK_OK);
    assert_int_equal(len, 2);
    assert_int_equal(bytes[0], 3 * 4096 * 100 / new_image.len);
    assert_int_equal(bytes[1], 3 * 4096 * 10000 / new_image.len % 100);
    assert_memory_equal(air_last(&air, PROGRESS)->bytes, bytes, 2);
    send_sectors(3, sector_count());
    assert_in_range(air_last(&air, PROGRESS)->bytes[0], 90,
                    99); /* the last sector waits for STOP */
    assert_stops(OTK_SECTOR_ACCEPTED);
    assert_int_equal(air_last(&air, PROGRESS)->bytes[0], 100);
    assert_int_equal(air_last(&air, PROGRESS)->bytes[1], 0);
}

static void packets_of_any_length_do_no_harm(void **state)
{
    uint8_t bytes[600];
    uint32_t len;
    uint32_t fill;

    (void)state;
    start();
    for (fill = 0; fill < 256; fill += 51) {
        memset(bytes, (int)fill, sizeof bytes);
        for (len = 0; len < sizeof bytes; len++) {
            assert_int_not_equal(air_write(&air, FIRMWARE, bytes, len), 12345);
            bytes[0] = 0;
            bytes[1] = 0;
            bytes[2] = (uint8_t)(len % 3 == 0 ? 0xFF : len);
            assert_int_not_equal(air_write(&air, FIRMWARE, bytes, len), 12345);
            air_forget(&air);
        }
    }
    send_sectors(0, sector_count());
    assert_stops(OTK_SECTOR_ACCEPTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(sector_installs_an_image_with_any_packet_size, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(sector_last_packet_may_hold_nothing_but_the_crc, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(sector_ffff_is_the_last_one, setup, teardown),
        cmocka_unit_test_setup_teardown(sector_with_a_bad_crc_has_to_be_sent_again, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(sector_out_of_order_is_told_which_one_is_wanted, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(sector_with_a_lost_packet_has_to_be_sent_again, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(sector_begun_again_in_its_middle_starts_over, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(sector_of_a_wrong_length_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(sector_of_a_refused_image_is_told_that_the_update_ended,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(sector_before_start_is_told_that_there_is_no_update, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(command_with_a_bad_crc_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(command_nobody_knows_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(start_is_refused_while_busy_or_without_length, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(stop_too_early_is_refused_and_leaves_what_is_there, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(stop_is_answered_after_the_verification, setup, teardown),
        cmocka_unit_test_setup_teardown(stop_refuses_a_damaged_image, setup, teardown),
        cmocka_unit_test_setup_teardown(client_that_went_away_leaves_nothing_behind, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(client_that_has_sent_everything_may_go, setup, teardown),
        cmocka_unit_test_setup_teardown(client_that_is_silent_makes_room_for_others, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(client_hears_that_somebody_else_cancelled, setup, teardown),
        cmocka_unit_test_setup_teardown(answers_wait_until_there_is_room, setup, teardown),
        cmocka_unit_test_setup_teardown(answers_beyond_any_window_are_dropped, setup, teardown),
        cmocka_unit_test_setup_teardown(progress_is_what_is_on_flash, setup, teardown),
        cmocka_unit_test_setup_teardown(packets_of_any_length_do_no_harm, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
