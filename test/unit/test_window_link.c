// SPDX-License-Identifier: Apache-2.0
/* Protocol C on the device: acknowledgements, gaps, links without room, silence, nonsense, a line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "otakit/base/bytes.h"
#include "sim/random.h"
#include "test/support/air.h"

#define CONTROL OTK_GATT_WINDOW_CONTROL
#define DATA    OTK_GATT_WINDOW_DATA

static struct rig rig;
static struct air air;
static struct rig_image old_image;
static struct rig_image new_image;

static int setup(void **state)
{
    (void)state;
    rig_open(&rig, RIG_FACTORY_AND_TWO);
    rig_make_image(&old_image, "1.0.0", 20000, 1);
    rig_make_image(&new_image, "1.1.0", 90000, 2);
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

static void encode_open(uint8_t frame[OTK_WINDOW_OPEN_SIZE])
{
    struct otk_window_open open = {.chip_id = OTK_CHIP_ESP32, .image_size = new_image.len};

    memcpy(open.sha256, new_image.sha256, sizeof open.sha256);
    strcpy(open.version, "1.1.0");
    strcpy(open.project, "rig");
    otk_window_open_encode(&open, frame);
}

static void open_update(void)
{
    uint8_t frame[OTK_WINDOW_OPEN_SIZE];

    encode_open(frame);
    assert_int_equal(air_write(&air, CONTROL, frame, sizeof frame), OTK_OK);
    air_forget(&air);
}

static void send_data(uint32_t offset, uint32_t len)
{
    uint8_t frame[1024];

    otk_store_le16(frame, (uint16_t)offset);
    if (len > new_image.len - offset) {
        len = new_image.len - offset;
    }
    memcpy(frame + 2, new_image.bytes + offset, len);
    assert_int_equal(air_write(&air, DATA, frame, len + 2), OTK_OK);
}

static struct otk_window_state state_of(const struct air_frame *frame)
{
    struct otk_window_state state;

    assert_non_null(frame);
    assert_int_equal(otk_window_state_decode(frame->bytes, frame->len, &state), OTK_OK);
    return state;
}

static void finish(void)
{
    assert_int_equal(air_write_byte(&air, CONTROL, OTK_WINDOW_FINISH), OTK_OK);
    air_settle(&air);
    assert_int_equal(state_of(air_last(&air, CONTROL)).phase, OTK_WINDOW_PHASE_SWITCHED);
    assert_true(rig_slot_holds(&rig, 0, &new_image));
}

static void state_comes_for_every_eighth_of_the_window(void **state)
{
    uint32_t told = 0;
    uint32_t offset;

    (void)state;
    open_update();
    for (offset = 0; offset < 80000; offset += 500) {
        send_data(offset, 500);
        if (air.frame_count > 0) {
            assert_int_equal(state_of(&air.frames[0]).next, offset + 500);
            assert_int_equal(state_of(&air.frames[0]).status, OTK_OK);
            told = offset + 500;
            air_forget(&air);
        }
        assert_true(offset + 500 - told < AIR_WINDOW / 8);
    }
    assert_int_not_equal(told, 0);
}

static void state_comes_50_ms_after_the_last_data(void **state)
{
    (void)state;
    open_update();
    send_data(0, 500);
    air_turn(&air, 40);
    assert_int_equal(air.frame_count, 0);
    send_data(500, 500);
    air_turn(&air, 40);
    assert_int_equal(air.frame_count, 0);
    air_turn(&air, 10);
    assert_int_equal(air.frame_count, 1);
    assert_int_equal(state_of(&air.frames[0]).next, 1000);
    air_turn(&air, 1000);
    assert_int_equal(air.frame_count, 1);
}

static void state_comes_at_once_with_the_last_byte(void **state)
{
    uint32_t offset;

    (void)state;
    open_update();
    for (offset = 0; offset < new_image.len; offset += 700) {
        air_forget(&air);
        send_data(offset, 700);
    }
    assert_int_equal(air.frame_count, 1);
    assert_int_equal(state_of(&air.frames[0]).next, new_image.len);
    assert_true(new_image.len % (3 * 700) < AIR_WINDOW / 4); /* no quarter ends here */
}

static void state_tells_what_is_on_flash_apart_from_what_has_come(void **state)
{
    (void)state;
    open_update();
    send_data(0, 1000);
    send_data(1000, 1000);
    send_data(2000, 1000);
    send_data(3000, 1000);
    send_data(4000, 1000);
    assert_int_equal(air_write_byte(&air, CONTROL, OTK_WINDOW_QUERY), OTK_OK);
    assert_int_equal(state_of(air_last(&air, CONTROL)).next, 5000);
    assert_int_equal(state_of(air_last(&air, CONTROL)).written, 4096);
    assert_int_equal(state_of(air_last(&air, CONTROL)).verified, 0);
}

static void gap_is_told_at_once_and_then_every_200_ms(void **state)
{
    (void)state;
    open_update();
    send_data(0, 500);
    send_data(1000, 500);
    assert_int_equal(air.frame_count, 1);
    assert_int_equal(state_of(&air.frames[0]).status, OTK_GAP);
    assert_int_equal(state_of(&air.frames[0]).next, 500);
    send_data(1500, 500);
    send_data(2000, 500);
    air_turn(&air, 190);
    assert_int_equal(air.frame_count, 1);
    air_turn(&air, 10);
    assert_int_equal(air.frame_count, 2);
    assert_int_equal(state_of(&air.frames[1]).status, OTK_GAP);
    air_turn(&air, 400);
    assert_int_equal(air.frame_count, 4);
}

static void gap_ends_with_the_bytes_that_were_missing(void **state)
{
    uint32_t offset;

    (void)state;
    open_update();
    send_data(0, 500);
    send_data(1000, 500);
    send_data(0, 500); /* old bytes do not end it */
    assert_int_equal(air_write_byte(&air, CONTROL, OTK_WINDOW_QUERY), OTK_OK);
    assert_int_equal(state_of(air_last(&air, CONTROL)).status, OTK_GAP);
    send_data(500, 500);
    send_data(2000, 500); /* a second one is told at once again */
    assert_int_equal(state_of(air_last(&air, CONTROL)).status, OTK_GAP);
    assert_int_equal(state_of(air_last(&air, CONTROL)).next, 1000);
    for (offset = 1000; offset < new_image.len; offset += 500) {
        send_data(offset, 500);
    }
    finish();
}

/* A client that goes back where it is told to gets there over a link that loses, repeats and reorders. */
static void any_link_gets_the_image_across(void **state)
{
    uint32_t seed;

    for (seed = 1; seed <= 20; seed++) {
        uint64_t random = seed;
        uint32_t next = 0;
        uint32_t turns = 0;

        open_update();
        while (next < new_image.len && ++turns < 5000) {
            const uint32_t ahead = otk_random_below(&random, 8) * 495u;
            const uint32_t back = otk_random_below(&random, 3) * 700u;
            const uint32_t from = ahead == 0 && back < next ? next - back : next + ahead;

            if (from < new_image.len && otk_random_below(&random, 8) != 0) {
                send_data(from, 1000);
            }
            air_turn(&air, 10);
            if (air_last(&air, CONTROL)) {
                next = state_of(air_last(&air, CONTROL)).next;
            }
            air_forget(&air);
        }
        finish();
        teardown(state);
        setup(state);
    }
}

static void offset_counts_beyond_16_bits_in_both_directions(void **state)
{
    uint32_t offset;

    (void)state;
    open_update();
    for (offset = 0; offset < 65000; offset += 500) {
        send_data(offset, 500);
    }
    send_data(65000, 1000); /* across */
    send_data(65500, 500);  /* again, from before */
    send_data(66500, 500);  /* ahead: a gap */
    assert_int_equal(state_of(air_last(&air, CONTROL)).status, OTK_GAP);
    assert_int_equal(state_of(air_last(&air, CONTROL)).next, 66000);
}

static void frames_wait_until_there_is_room(void **state)
{
    uint8_t frame[OTK_WINDOW_OPEN_SIZE];
    struct otk_window_opened opened;

    (void)state;
    air.is_full = true;
    encode_open(frame);
    assert_int_equal(air_write(&air, CONTROL, frame, sizeof frame), OTK_OK);
    assert_int_equal(otk_ble_poll(&air.ble, air.now_ms), OTK_MORE);
    assert_int_equal(air.frame_count, 0);
    air.is_full = false;
    air_turn(&air, 0);
    assert_int_equal(air.frame_count, 1);
    assert_int_equal(otk_window_opened_decode(air.frames[0].bytes, air.frames[0].len, &opened),
                     OTK_OK);
    air_turn(&air, 100);
    assert_int_equal(air.frame_count, 1);

    air.is_full = true;
    send_data(0, 500);
    send_data(1000, 500);
    air_turn(&air, 100);
    send_data(500, 500);
    air.is_full = false;
    air_turn(&air, 0);
    assert_int_equal(air.frame_count, 2); /* it says what is true when it goes out */
    assert_int_equal(state_of(&air.frames[1]).status, OTK_OK);
    assert_int_equal(state_of(&air.frames[1]).next, 1000);
}

/* What one client did not get is not for the next. */
static void frames_that_wait_go_with_their_client(void **state)
{
    uint8_t frame[OTK_WINDOW_OPEN_SIZE];

    (void)state;
    encode_open(frame);
    air.is_full = true;
    assert_int_equal(air_write_byte(&air, CONTROL, OTK_WINDOW_CANCEL), OTK_OK);
    assert_int_equal(otk_ble_poll(&air.ble, air.now_ms), OTK_MORE);
    otk_ble_closed(&air.ble);
    assert_int_equal(otk_ble_poll(&air.ble, air.now_ms), OTK_OK);
    assert_int_equal(air_write_byte(&air, CONTROL, OTK_WINDOW_CANCEL), OTK_OK);
    otk_ble_closed(&air.ble);
    assert_int_equal(air_write(&air, CONTROL, frame, sizeof frame), OTK_OK);
    air.is_full = false;
    air_turn(&air, 0);
    assert_int_equal(air.frame_count, 1);
    assert_int_equal(air.frames[0].bytes[0], OTK_WINDOW_OPENED);
}

static void state_of_the_update_before_does_not_follow_opened(void **state)
{
    uint8_t frame[OTK_WINDOW_OPEN_SIZE];

    (void)state;
    encode_open(frame);
    air.is_full = true;
    assert_int_equal(air_write_byte(&air, CONTROL, OTK_WINDOW_QUERY), OTK_OK);
    assert_int_equal(air_write(&air, CONTROL, frame, sizeof frame), OTK_OK);
    air.is_full = false;
    air_turn(&air, 0);
    assert_int_equal(air.frame_count, 1);
    assert_int_equal(air.frames[0].bytes[0], OTK_WINDOW_OPENED);
}

static void speed_follows_the_update(void **state)
{
    uint32_t offset;

    (void)state;
    open_update();
    assert_true(air.is_fast);
    for (offset = 0; offset < new_image.len; offset += 500) {
        send_data(offset, 500);
    }
    assert_int_equal(air.speed_count, 1);
    finish();
    assert_false(air.is_fast);
    assert_int_equal(air.speed_count, 2);
}

static void silent_client_makes_room_for_others(void **state)
{
    (void)state;
    open_update();
    send_data(0, 500);
    air_turn(&air, OTK_WINDOW_SILENCE_MS - 10);
    assert_true(otk_updater_is_owned(&air.updater, OTK_OWNER_BLE_WINDOW));
    air_turn(&air, 10);
    assert_false(otk_updater_is_owned(&air.updater, OTK_OWNER_BLE_WINDOW));
    assert_int_equal(state_of(air_last(&air, CONTROL)).phase, OTK_WINDOW_PHASE_FAILED);
    assert_int_equal(state_of(air_last(&air, CONTROL)).status, OTK_CONNECTION_LOST);
    assert_false(air.is_fast);
}

static void query_keeps_the_update_of_a_slow_client(void **state)
{
    uint32_t times;

    (void)state;
    open_update();
    for (times = 0; times < 4; times++) {
        air_turn(&air, OTK_WINDOW_SILENCE_MS - 1000);
        assert_int_equal(air_write_byte(&air, CONTROL, OTK_WINDOW_QUERY), OTK_OK);
        assert_int_equal(state_of(air_last(&air, CONTROL)).phase, OTK_WINDOW_PHASE_RECEIVING);
    }
}

static void data_keeps_the_update_of_a_slow_client(void **state)
{
    uint32_t times;

    (void)state;
    open_update();
    for (times = 0; times < 4; times++) {
        air_turn(&air, OTK_WINDOW_SILENCE_MS - 1000);
        send_data(times * 500, 500);
    }
    assert_int_equal(otk_updater_offset(&air.updater), 2000);
}

static void nonsense_is_answered_by_bad_format(void **state)
{
    uint8_t frame[AIR_FRAME_SIZE + 100];
    uint32_t op;
    uint32_t len;

    (void)state;
    for (op = 0; op < 256; op++) {
        memset(frame, (int)op, sizeof frame);
        for (len = 0; len < sizeof frame; len += 1 + len / 3) {
            struct otk_window_answer answer;
            const bool is_request = op >= OTK_WINDOW_QUERY && op <= OTK_WINDOW_REJECT && len == 1;

            air_forget(&air);
            assert_int_equal(air_write(&air, CONTROL, frame, len), OTK_OK);
            assert_int_equal(air.frame_count, 1);
            if (is_request) {
                continue;
            }
            assert_int_equal(
                otk_window_answer_decode(air.frames[0].bytes, air.frames[0].len, &answer), OTK_OK);
            assert_int_equal(answer.status, OTK_BAD_FORMAT);
            assert_int_equal(answer.request, len > 0 ? op : 0);
        }
    }
}

static void empty_and_impossible_data_does_no_harm(void **state)
{
    static const uint8_t header[2] = {0, 0};
    uint32_t offset;

    (void)state;
    open_update();
    assert_int_equal(air_write(&air, DATA, header, 0), OTK_OK);
    assert_int_equal(air_write(&air, DATA, header, 1), OTK_OK);
    assert_int_equal(air_write(&air, DATA, header, 2), OTK_OK);
    send_data(33000, 500); /* taken for an offset below 0, which no image has */
    assert_int_equal(state_of(air_last(&air, CONTROL)).status, OTK_GAP);
    for (offset = 0; offset < new_image.len; offset += 500) {
        send_data(offset, 500);
    }
    finish();
}

static void info_block_describes_the_device(void **state)
{
    uint8_t bytes[OTK_BLE_READ_SIZE];
    struct otk_window_info info;
    uint32_t len;

    (void)state;
    assert_int_equal(otk_ble_read(&air.ble, OTK_GATT_WINDOW_INFO, bytes, sizeof bytes, &len),
                     OTK_OK);
    assert_int_equal(otk_window_info_decode(bytes, len, &info), OTK_OK);
    assert_int_equal(info.version, OTK_WINDOW_VERSION);
    assert_true(info.has_app);
    assert_false(info.on_trial);
    assert_false(info.is_updating);
    assert_int_equal(info.chip_id, OTK_CHIP_ESP32);
    assert_int_equal(info.revision, 100);
    assert_int_equal(info.running, OTK_SLOT_FACTORY);
    assert_int_equal(info.update_slot, 0);
    assert_int_equal(info.slot_size, RIG_SLOT_SIZE);
    assert_int_equal(info.boot_id, 1);
    assert_int_equal(info.stage, OTK_STAGE_NONE);
    assert_int_equal(info.window, AIR_WINDOW);
    assert_int_equal(info.psm, AIR_PSM);
    assert_string_equal(info.app_version, "1.0.0");
    assert_string_equal(info.project, "rig");
    assert_string_equal(info.name, "esp32");
    open_update();
    send_data(0, 1000);
    otk_window_info(&air.ble.window, bytes);
    assert_int_equal(otk_window_info_decode(bytes, len, &info), OTK_OK);
    assert_true(info.is_updating);
}

/* On a serial line data and info come the same way as requests. */
static void serial_line_carries_everything_in_one_channel(void **state)
{
    uint8_t frame[1 + 2 + 500];
    struct otk_window_info info;
    uint32_t offset;

    (void)state;
    assert_int_equal(air_write_byte(&air, AIR_SERIAL, OTK_WINDOW_INFO), OTK_OK);
    assert_int_equal(air.frames[0].bytes[0], OTK_WINDOW_INFO_IS);
    assert_int_equal(air.frames[0].len, 1 + OTK_WINDOW_INFO_SIZE);
    assert_int_equal(otk_window_info_decode(air.frames[0].bytes + 1, air.frames[0].len - 1, &info),
                     OTK_OK);
    assert_string_equal(info.name, "line");

    encode_open(frame);
    air_write(&air, AIR_SERIAL, frame, OTK_WINDOW_OPEN_SIZE);
    for (offset = 0; offset < new_image.len; offset += 500) {
        const uint32_t rest = new_image.len - offset;
        const uint32_t len = rest < 500 ? rest : 500;

        frame[0] = OTK_WINDOW_DATA;
        otk_store_le16(frame + 1, (uint16_t)offset);
        memcpy(frame + 3, new_image.bytes + offset, len);
        air_write(&air, AIR_SERIAL, frame, len + 3);
    }
    assert_int_equal(air.updater.owner, OTK_OWNER_SERIAL);
    assert_true(air.line_is_fast);
    air_write_byte(&air, AIR_SERIAL, OTK_WINDOW_FINISH);
    air_settle(&air);
    assert_int_equal(state_of(air_last(&air, AIR_SERIAL)).phase, OTK_WINDOW_PHASE_SWITCHED);
    assert_int_equal(air_count(&air, CONTROL), 0);
    assert_false(air.line_is_fast);
    assert_int_equal(air_reset(&air), 0);
}

static void line_that_breaks_gives_its_speed_back(void **state)
{
    uint8_t frame[OTK_WINDOW_OPEN_SIZE];

    (void)state;
    encode_open(frame);
    air_write(&air, AIR_SERIAL, frame, sizeof frame);
    assert_true(air.line_is_fast);
    otk_window_closed(&air.serial);
    assert_false(air.line_is_fast);
    air_write(&air, AIR_SERIAL, frame, sizeof frame);
    assert_true(air.line_is_fast);
    air_write_byte(&air, AIR_SERIAL, OTK_WINDOW_CANCEL);
    assert_false(air.line_is_fast);
}

static void line_that_breaks_while_the_device_finishes_gives_its_speed_back(void **state)
{
    uint8_t frame[1 + 2 + 1000] = {0};
    uint32_t offset;

    (void)state;
    encode_open(frame);
    air_write(&air, AIR_SERIAL, frame, OTK_WINDOW_OPEN_SIZE);
    for (offset = 0; offset < new_image.len; offset += 1000) {
        frame[0] = OTK_WINDOW_DATA;
        otk_store_le16(frame + 1, (uint16_t)offset);
        memcpy(frame + 3, new_image.bytes + offset, 1000);
        air_write(&air, AIR_SERIAL, frame, sizeof frame);
    }
    air_write_byte(&air, AIR_SERIAL, OTK_WINDOW_FINISH);
    assert_true(air.line_is_fast);
    otk_window_closed(&air.serial);
    assert_false(air.line_is_fast);
    air_settle(&air);
    assert_int_equal(air_reset(&air), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(state_comes_for_every_eighth_of_the_window, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(state_comes_50_ms_after_the_last_data, setup, teardown),
        cmocka_unit_test_setup_teardown(state_comes_at_once_with_the_last_byte, setup, teardown),
        cmocka_unit_test_setup_teardown(state_tells_what_is_on_flash_apart_from_what_has_come,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(gap_is_told_at_once_and_then_every_200_ms, setup, teardown),
        cmocka_unit_test_setup_teardown(gap_ends_with_the_bytes_that_were_missing, setup, teardown),
        cmocka_unit_test_setup_teardown(any_link_gets_the_image_across, setup, teardown),
        cmocka_unit_test_setup_teardown(offset_counts_beyond_16_bits_in_both_directions, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(frames_wait_until_there_is_room, setup, teardown),
        cmocka_unit_test_setup_teardown(frames_that_wait_go_with_their_client, setup, teardown),
        cmocka_unit_test_setup_teardown(state_of_the_update_before_does_not_follow_opened, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(speed_follows_the_update, setup, teardown),
        cmocka_unit_test_setup_teardown(silent_client_makes_room_for_others, setup, teardown),
        cmocka_unit_test_setup_teardown(query_keeps_the_update_of_a_slow_client, setup, teardown),
        cmocka_unit_test_setup_teardown(data_keeps_the_update_of_a_slow_client, setup, teardown),
        cmocka_unit_test_setup_teardown(nonsense_is_answered_by_bad_format, setup, teardown),
        cmocka_unit_test_setup_teardown(empty_and_impossible_data_does_no_harm, setup, teardown),
        cmocka_unit_test_setup_teardown(info_block_describes_the_device, setup, teardown),
        cmocka_unit_test_setup_teardown(serial_line_carries_everything_in_one_channel, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(line_that_breaks_gives_its_speed_back, setup, teardown),
        cmocka_unit_test_setup_teardown(
            line_that_breaks_while_the_device_finishes_gives_its_speed_back, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
