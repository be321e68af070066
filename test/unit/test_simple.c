// SPDX-License-Identifier: Apache-2.0
/* Protocol A on the device: what esp32_ble_ota's client sees, and what was weak there and is not here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "test/support/air.h"

#define CONTROL OTK_GATT_SIMPLE_CONTROL
#define DATA    OTK_GATT_SIMPLE_DATA

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

/* The notification that came last; OTK_SIMPLE_NOP: none. */
static uint8_t heard(void)
{
    const struct air_frame *frame = air_last(&air, CONTROL);

    if (!frame) {
        return OTK_SIMPLE_NOP;
    }
    assert_int_equal(frame->len, 1);
    return frame->bytes[0];
}

static uint8_t request(void)
{
    static const uint8_t packet_size[2] = {244, 0};

    air_forget(&air);
    assert_int_equal(air_write(&air, DATA, packet_size, sizeof packet_size), OTK_OK);
    assert_int_equal(air_write_byte(&air, CONTROL, OTK_SIMPLE_REQUEST), OTK_OK);
    return heard();
}

static enum otk_status send_packet(uint32_t offset, uint32_t len)
{
    const uint32_t rest = new_image.len - offset;

    return air_write(&air, DATA, new_image.bytes + offset, rest < len ? rest : len);
}

static void send_range(uint32_t offset, uint32_t end, uint32_t packet_size)
{
    for (; offset < end; offset += packet_size) {
        assert_int_equal(send_packet(offset, packet_size), OTK_OK);
        air_turn(&air, 0);
    }
}

static uint8_t done(void)
{
    air_forget(&air);
    assert_int_equal(air_write_byte(&air, CONTROL, OTK_SIMPLE_DONE), OTK_OK);
    air_settle(&air);
    return heard();
}

static void assert_installs(void)
{
    assert_int_equal(request(), OTK_SIMPLE_REQUEST_ACK);
    send_range(0, new_image.len, 244);
    assert_int_equal(done(), OTK_SIMPLE_DONE_ACK);
    assert_true(air.is_reset_due);
    assert_int_equal(air_reset(&air), 0);
}

static void simple_installs_an_image_with_any_packet_size(void **state)
{
    static const uint32_t sizes[] = {1, 20, 244, 509, 512};
    size_t i;

    for (i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        assert_int_equal(request(), OTK_SIMPLE_REQUEST_ACK);
        send_range(0, new_image.len, sizes[i]);
        assert_int_equal(done(), OTK_SIMPLE_DONE_ACK);
        assert_true(rig_slot_holds(&rig, 0, &new_image));
        assert_int_equal(air_reset(&air), 0);
        teardown(state);
        setup(state);
    }
}

/* There, the last packet went to flash with whatever the buffer held behind it. */
static void simple_writes_only_the_bytes_of_a_short_last_packet(void **state)
{
    const uint8_t *content;

    (void)state;
    assert_int_not_equal(new_image.len % 509, 0);
    assert_int_equal(request(), OTK_SIMPLE_REQUEST_ACK);
    send_range(0, new_image.len, 509);
    assert_int_equal(done(), OTK_SIMPLE_DONE_ACK);
    content = otk_nor_content(rig.nor) + rig_slot_offset(&rig, 0);
    assert_memory_equal(content, new_image.bytes, new_image.len);
    assert_int_equal(content[new_image.len], 0xFF);
}

/* There, a write that failed was a success to the client. */
static void simple_reports_a_write_that_fails(void **state)
{
    enum otk_status status = OTK_OK;
    uint32_t offset;

    (void)state;
    assert_int_equal(request(), OTK_SIMPLE_REQUEST_ACK);
    air_cut_power(&air, 10);
    for (offset = 0; offset < new_image.len && status == OTK_OK; offset += 244) {
        status = send_packet(offset, 244);
    }
    assert_int_equal(status, OTK_POWER_LOST);
    assert_int_equal(otk_gatt_error(status), 0x82);
    assert_int_equal(send_packet(offset, 244), OTK_POWER_LOST);
    assert_int_equal(done(), OTK_SIMPLE_DONE_NAK);
}

static void simple_refuses_an_image_for_another_chip_with_its_first_packets(void **state)
{
    (void)state;
    new_image.bytes[12] = OTK_CHIP_ESP32C3;
    rig_seal_image(&new_image);
    assert_int_equal(request(), OTK_SIMPLE_REQUEST_ACK);
    assert_int_equal(send_packet(0, 244), OTK_OK);
    assert_int_equal(send_packet(244, 244), OTK_WRONG_CHIP);
    assert_int_equal(send_packet(488, 244), OTK_WRONG_CHIP);
    assert_int_equal(done(), OTK_SIMPLE_DONE_NAK);
    assert_int_equal(request(), OTK_SIMPLE_REQUEST_ACK);
}

/* There, the state stayed as it was when the client went away. */
static void simple_starts_over_after_the_client_went_away(void **state)
{
    (void)state;
    assert_int_equal(request(), OTK_SIMPLE_REQUEST_ACK);
    send_range(0, 30000, 244);
    otk_ble_closed(&air.ble);
    assert_int_equal(otk_ble_poll(&air.ble, air.now_ms), OTK_OK);
    assert_false(air.is_fast);
    assert_int_equal(send_packet(30012, 244), OTK_NOT_OPEN);
    assert_installs();
}

static void simple_image_sent_again_is_not_written_again(void **state)
{
    uint64_t ops;

    (void)state;
    assert_int_equal(request(), OTK_SIMPLE_REQUEST_ACK);
    send_range(0, 50000, 500);
    otk_ble_closed(&air.ble);
    assert_int_equal(request(), OTK_SIMPLE_REQUEST_ACK);
    send_range(0, 1000, 500);
    assert_in_range(otk_updater_offset(&air.updater), 40000, 50000);
    air_turn(&air, 1000); /* erases ahead of what is there */
    ops = air_flash_ops(&air);
    send_range(1000, 40000, 500);
    assert_int_equal(air_flash_ops(&air), ops);
    send_range(40000, new_image.len, 500);
    assert_int_equal(done(), OTK_SIMPLE_DONE_ACK);
    assert_int_equal(air_reset(&air), 0);
}

static void simple_continues_after_a_power_cut(void **state)
{
    uint64_t after;

    for (after = 1; after < 40; after += 3) {
        uint32_t offset;

        assert_int_equal(request(), OTK_SIMPLE_REQUEST_ACK);
        air_cut_power(&air, after);
        for (offset = 0; offset < new_image.len && send_packet(offset, 244) == OTK_OK;) {
            offset += 244;
        }
        assert_int_equal(air.updater.outcome, OTK_POWER_LOST);
        assert_int_equal(air_reset(&air), OTK_SLOT_FACTORY);
        assert_installs();
        teardown(state);
        setup(state);
    }
}

static void simple_request_while_another_transport_updates_is_refused(void **state)
{
    const struct otk_session_request request_of_portal = {0};

    (void)state;
    assert_int_equal(otk_updater_begin(&air.updater, OTK_OWNER_PORTAL, &request_of_portal), OTK_OK);
    assert_int_equal(request(), OTK_SIMPLE_REQUEST_NAK);
    assert_int_equal(send_packet(0, 244), OTK_BUSY);
    assert_int_equal(done(), OTK_SIMPLE_DONE_NAK);
    assert_int_equal(otk_updater_offset(&air.updater), 0);
}

static void simple_request_begins_anew_on_the_same_link(void **state)
{
    (void)state;
    assert_int_equal(request(), OTK_SIMPLE_REQUEST_ACK);
    send_range(0, 20000, 244);
    assert_installs();
}

static void simple_request_while_finishing_is_refused(void **state)
{
    (void)state;
    assert_int_equal(request(), OTK_SIMPLE_REQUEST_ACK);
    send_range(0, new_image.len, 244);
    air_forget(&air);
    assert_int_equal(air_write_byte(&air, CONTROL, OTK_SIMPLE_DONE), OTK_OK);
    assert_int_equal(heard(), OTK_SIMPLE_NOP);
    assert_int_equal(air_write_byte(&air, CONTROL, OTK_SIMPLE_REQUEST), OTK_OK);
    assert_int_equal(heard(), OTK_SIMPLE_REQUEST_NAK);
    assert_int_equal(send_packet(0, 244), OTK_NOT_OPEN);
    air_settle(&air);
    assert_int_equal(heard(), OTK_SIMPLE_DONE_ACK);
    assert_int_equal(air_reset(&air), 0);
}

/* DONE_ACK is a promise: the image is verified and selected, and the reset follows half a second later. */
static void simple_done_is_answered_after_the_verification(void **state)
{
    uint32_t at_ms;

    (void)state;
    assert_int_equal(request(), OTK_SIMPLE_REQUEST_ACK);
    send_range(0, new_image.len, 244);
    air_forget(&air);
    assert_int_equal(air_write_byte(&air, CONTROL, OTK_SIMPLE_DONE), OTK_OK);
    assert_int_equal(otk_simple_value(&air.ble.simple), OTK_SIMPLE_DONE);
    while (heard() == OTK_SIMPLE_NOP) {
        assert_int_equal(air.updater.state, OTK_UPDATER_FINISHING);
        air_turn(&air, 10);
    }
    assert_int_equal(heard(), OTK_SIMPLE_DONE_ACK);
    assert_int_equal(otk_simple_value(&air.ble.simple), OTK_SIMPLE_DONE_ACK);
    assert_int_equal(air.updater.state, OTK_UPDATER_SWITCHED);
    at_ms = air.now_ms;
    air_settle(&air);
    assert_int_equal(air.now_ms - at_ms, 500);
}

static void simple_damaged_image_is_refused_by_done(void **state)
{
    (void)state;
    new_image.bytes[40000] ^= 1;
    assert_int_equal(request(), OTK_SIMPLE_REQUEST_ACK);
    send_range(0, new_image.len, 244);
    assert_int_equal(done(), OTK_SIMPLE_DONE_NAK);
    assert_int_equal(air_reset(&air), OTK_SLOT_FACTORY);
}

static void simple_cut_image_is_refused_by_done(void **state)
{
    (void)state;
    assert_int_equal(request(), OTK_SIMPLE_REQUEST_ACK);
    send_range(0, 30000, 244);
    assert_int_equal(done(), OTK_SIMPLE_DONE_NAK);
    assert_int_equal(air_reset(&air), OTK_SLOT_FACTORY);
    assert_installs();
}

/* Of a continued update more is on flash than the client has sent yet. */
static void simple_done_before_the_continued_offset_keeps_what_is_there(void **state)
{
    (void)state;
    assert_int_equal(request(), OTK_SIMPLE_REQUEST_ACK);
    send_range(0, 50000, 500);
    otk_ble_closed(&air.ble);
    assert_int_equal(request(), OTK_SIMPLE_REQUEST_ACK);
    send_range(0, 1000, 500);
    assert_int_equal(done(), OTK_SIMPLE_DONE_NAK);
    assert_int_equal(request(), OTK_SIMPLE_REQUEST_ACK);
    send_range(0, 1000, 500);
    assert_in_range(otk_updater_offset(&air.updater), 40000, 50000);
}

static void simple_reports_that_somebody_else_cancelled(void **state)
{
    (void)state;
    assert_int_equal(request(), OTK_SIMPLE_REQUEST_ACK);
    send_range(0, 24400, 244);
    assert_int_equal(otk_updater_cancel(&air.updater, OTK_CANCELLED), OTK_OK);
    assert_int_equal(send_packet(24400, 244), OTK_CANCELLED);
    assert_int_equal(done(), OTK_SIMPLE_DONE_NAK);
}

static void simple_silent_client_makes_room_for_others(void **state)
{
    (void)state;
    assert_int_equal(request(), OTK_SIMPLE_REQUEST_ACK);
    send_range(0, 24400, 244);
    air_turn(&air, OTK_SIMPLE_SILENCE_MS);
    assert_false(otk_updater_is_owned(&air.updater, OTK_OWNER_BLE_SIMPLE));
    assert_int_equal(send_packet(24400, 244), OTK_CONNECTION_LOST);
    assert_installs();
}

static void simple_answer_waits_until_there_is_room(void **state)
{
    (void)state;
    air.is_full = true;
    assert_int_equal(request(), OTK_SIMPLE_NOP);
    air_turn(&air, 100);
    air.is_full = false;
    air_turn(&air, 0);
    assert_int_equal(heard(), OTK_SIMPLE_REQUEST_ACK);
    assert_int_equal(air.frame_count, 1);
}

/* What is read changed with DONE, and was then notified in place of the answer. */
static void regression_done_while_an_answer_waits(void **state)
{
    (void)state;
    air.is_full = true;
    assert_int_equal(request(), OTK_SIMPLE_NOP);
    send_range(0, new_image.len, 244);
    assert_int_equal(air_write_byte(&air, CONTROL, OTK_SIMPLE_DONE), OTK_OK);
    assert_int_equal(otk_simple_value(&air.ble.simple), OTK_SIMPLE_DONE);
    air.is_full = false;
    air_turn(&air, 0);
    assert_int_equal(heard(), OTK_SIMPLE_REQUEST_ACK);
    air_settle(&air);
    assert_int_equal(heard(), OTK_SIMPLE_DONE_ACK);
    assert_int_equal(air.frame_count, 2);
}

static void simple_finishes_without_its_client(void **state)
{
    (void)state;
    assert_int_equal(request(), OTK_SIMPLE_REQUEST_ACK);
    send_range(0, new_image.len, 244);
    assert_int_equal(air_write_byte(&air, CONTROL, OTK_SIMPLE_DONE), OTK_OK);
    otk_ble_closed(&air.ble);
    air_forget(&air);
    air_settle(&air);
    assert_int_equal(air.frame_count, 0);
    assert_int_equal(air_reset(&air), 0);
}

static void simple_nonsense_is_refused(void **state)
{
    static const uint8_t two[2] = {OTK_SIMPLE_REQUEST, 0};
    uint32_t op;

    (void)state;
    assert_int_equal(air_write(&air, CONTROL, two, 2), OTK_BAD_FORMAT);
    assert_int_equal(air_write(&air, CONTROL, two, 0), OTK_BAD_FORMAT);
    assert_int_equal(air_write_byte(&air, CONTROL, OTK_SIMPLE_NOP), OTK_OK);
    for (op = 2; op < 256; op++) {
        const bool is_known = op == OTK_SIMPLE_DONE;

        assert_int_equal(air_write_byte(&air, CONTROL, (uint8_t)op),
                         is_known ? OTK_OK : OTK_BAD_FORMAT);
    }
    assert_int_equal(send_packet(0, 244), OTK_NOT_OPEN);
    assert_int_equal(air.updater.state, OTK_UPDATER_IDLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(simple_installs_an_image_with_any_packet_size, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(simple_writes_only_the_bytes_of_a_short_last_packet, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(simple_reports_a_write_that_fails, setup, teardown),
        cmocka_unit_test_setup_teardown(
            simple_refuses_an_image_for_another_chip_with_its_first_packets, setup, teardown),
        cmocka_unit_test_setup_teardown(simple_starts_over_after_the_client_went_away, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(simple_image_sent_again_is_not_written_again, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(simple_continues_after_a_power_cut, setup, teardown),
        cmocka_unit_test_setup_teardown(simple_request_while_another_transport_updates_is_refused,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(simple_request_begins_anew_on_the_same_link, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(simple_request_while_finishing_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(simple_done_is_answered_after_the_verification, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(simple_damaged_image_is_refused_by_done, setup, teardown),
        cmocka_unit_test_setup_teardown(simple_cut_image_is_refused_by_done, setup, teardown),
        cmocka_unit_test_setup_teardown(simple_done_before_the_continued_offset_keeps_what_is_there,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(simple_reports_that_somebody_else_cancelled, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(simple_silent_client_makes_room_for_others, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(simple_answer_waits_until_there_is_room, setup, teardown),
        cmocka_unit_test_setup_teardown(regression_done_while_an_answer_waits, setup, teardown),
        cmocka_unit_test_setup_teardown(simple_finishes_without_its_client, setup, teardown),
        cmocka_unit_test_setup_teardown(simple_nonsense_is_refused, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
