// SPDX-License-Identifier: Apache-2.0
/* Protocol C on the device: sessions that go well, are refused, are cancelled or are continued. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "otakit/base/bytes.h"
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

static struct otk_window_open manifest_of(const struct rig_image *image)
{
    struct otk_window_open open = {.chip_id = OTK_CHIP_ESP32, .image_size = image->len};

    memcpy(open.sha256, image->sha256, sizeof open.sha256);
    strcpy(open.version, (const char *)image->bytes + OTK_APP_DESC_OFFSET + 16);
    strcpy(open.project, "rig");
    return open;
}

static struct otk_window_opened send_open(const struct otk_window_open *open)
{
    uint8_t frame[OTK_WINDOW_OPEN_SIZE];
    struct otk_window_opened opened;
    const struct air_frame *answer;

    otk_window_open_encode(open, frame);
    assert_int_equal(air_write(&air, CONTROL, frame, sizeof frame), OTK_OK);
    answer = air_last(&air, CONTROL);
    assert_non_null(answer);
    assert_int_equal(otk_window_opened_decode(answer->bytes, answer->len, &opened), OTK_OK);
    return opened;
}

static struct otk_window_opened open_for(const struct rig_image *image)
{
    const struct otk_window_open open = manifest_of(image);

    return send_open(&open);
}

static void send_data(const struct rig_image *image, uint32_t offset, uint32_t len)
{
    uint8_t frame[2048];

    if (len > image->len - offset) {
        len = image->len - offset;
    }
    otk_store_le16(frame, (uint16_t)offset);
    memcpy(frame + 2, image->bytes + offset, len);
    assert_int_equal(air_write(&air, DATA, frame, len + 2), OTK_OK);
}

static void send_range(const struct rig_image *image, uint32_t offset, uint32_t end, uint32_t chunk)
{
    for (; offset < end; offset += chunk) {
        send_data(image, offset, end - offset < chunk ? end - offset : chunk);
        air_turn(&air, 0);
    }
}

static struct otk_window_state last_state(void)
{
    const struct air_frame *frame = air_last(&air, CONTROL);
    struct otk_window_state state;

    assert_non_null(frame);
    assert_int_equal(otk_window_state_decode(frame->bytes, frame->len, &state), OTK_OK);
    return state;
}

static struct otk_window_answer last_answer(void)
{
    const struct air_frame *frame = air_last(&air, CONTROL);
    struct otk_window_answer answer;

    assert_non_null(frame);
    assert_int_equal(otk_window_answer_decode(frame->bytes, frame->len, &answer), OTK_OK);
    return answer;
}

static struct otk_window_state ask(uint8_t op)
{
    air_forget(&air);
    assert_int_equal(air_write_byte(&air, CONTROL, op), OTK_OK);
    return last_state();
}

static void assert_installs_from(uint32_t offset)
{
    send_range(&new_image, offset, new_image.len, 495);
    assert_int_equal(ask(OTK_WINDOW_FINISH).phase, OTK_WINDOW_PHASE_FINISHING);
    air_settle(&air);
    assert_int_equal(last_state().phase, OTK_WINDOW_PHASE_SWITCHED);
    assert_int_equal(last_state().status, OTK_OK);
    assert_true(air.is_reset_due);
    assert_true(rig_slot_holds(&rig, 0, &new_image));
    assert_int_equal(air_reset(&air), 0);
}

static void window_installs_an_image_in_any_chunking(void **state)
{
    static const uint32_t chunks[] = {1, 20, 244, 495, 1022, 2000};
    size_t i;

    for (i = 0; i < sizeof chunks / sizeof chunks[0]; i++) {
        const struct otk_window_opened opened = open_for(&new_image);
        uint32_t offset;

        assert_int_equal(opened.status, OTK_OK);
        assert_int_equal(opened.offset, 0);
        assert_int_equal(opened.window, AIR_WINDOW);
        assert_int_equal(opened.psm, AIR_PSM);
        for (offset = 0; offset < new_image.len; offset += chunks[i]) {
            send_data(&new_image, offset, chunks[i]);
        }
        ask(OTK_WINDOW_FINISH);
        air_settle(&air);
        assert_true(rig_slot_holds(&rig, 0, &new_image));
        assert_int_equal(air_reset(&air), 0);
        teardown(state);
        setup(state);
    }
}

static void window_takes_data_from_the_l2cap_channel(void **state)
{
    uint8_t frame[1002];
    uint32_t offset;

    (void)state;
    open_for(&new_image);
    for (offset = 0; offset < new_image.len; offset += 1000) {
        const uint32_t rest = new_image.len - offset;
        const uint32_t len = rest < 1000 ? rest : 1000;

        otk_store_le16(frame, (uint16_t)offset);
        memcpy(frame + 2, new_image.bytes + offset, len);
        otk_ble_data(&air.ble, frame, len + 2, air.now_ms);
    }
    assert_installs_from(new_image.len);
}

static void window_judges_the_manifest_before_it_touches_flash(void **state)
{
    static const struct {
        uint16_t chip_id;
        uint32_t size;
        const char *version;
        const char *project;
        enum otk_status status;
    } grid[] = {
        {OTK_CHIP_ESP32C3, 60000, "1.1.0", "rig", OTK_WRONG_CHIP},
        {OTK_CHIP_ESP32, 60000, "1.1.0", "lamp", OTK_WRONG_PROJECT},
        {OTK_CHIP_ESP32, 60000, "1.0.0", "rig", OTK_SAME_VERSION},
        {OTK_CHIP_ESP32, 60000, "0.9.0", "rig", OTK_OLDER_VERSION},
        {OTK_CHIP_ESP32, RIG_SLOT_SIZE + 1, "1.1.0", "rig", OTK_TOO_BIG},
    };
    const uint64_t ops = air_flash_ops(&air);
    size_t i;

    (void)state;
    rig.device.policy = (struct otk_policy){true, true, true};
    for (i = 0; i < sizeof grid / sizeof grid[0]; i++) {
        struct otk_window_open open = manifest_of(&new_image);
        struct otk_window_opened opened;

        open.chip_id = grid[i].chip_id;
        open.image_size = grid[i].size;
        strcpy(open.version, grid[i].version);
        strcpy(open.project, grid[i].project);
        opened = send_open(&open);
        assert_int_equal(opened.status, grid[i].status);
        assert_int_equal(opened.window, 0);
        assert_int_equal(opened.psm, 0);
    }
    assert_int_equal(air_flash_ops(&air), ops);
    assert_false(air.is_fast);
}

static void window_judges_the_image_again(void **state)
{
    struct otk_window_open open = manifest_of(&new_image);

    (void)state;
    rig.device.policy.refuse_older_version = true;
    rig_make_image(&new_image, "0.1.0", 60000, 2);
    memcpy(open.sha256, new_image.sha256, sizeof open.sha256);
    assert_int_equal(send_open(&open).status, OTK_OK);
    send_data(&new_image, 0, 495);
    assert_int_equal(last_state().phase, OTK_WINDOW_PHASE_FAILED);
    assert_int_equal(last_state().status, OTK_OLDER_VERSION);
    assert_int_equal(ask(OTK_WINDOW_QUERY).status, OTK_OLDER_VERSION);
}

static void window_reports_an_image_that_is_not_the_one_announced(void **state)
{
    (void)state;
    open_for(&new_image);
    new_image.bytes[40000] ^= 1;
    send_range(&new_image, 0, new_image.len, 495);
    assert_int_equal(ask(OTK_WINDOW_FINISH).phase, OTK_WINDOW_PHASE_FINISHING);
    air_settle(&air);
    assert_int_equal(last_state().phase, OTK_WINDOW_PHASE_FAILED);
    assert_int_not_equal(last_state().status, OTK_OK);
    assert_int_equal(air_reset(&air), OTK_SLOT_FACTORY);
}

static void window_tells_the_progress_of_the_verification(void **state)
{
    uint32_t verified = 0;
    uint32_t at_ms = air.now_ms;
    uint32_t index;

    (void)state;
    rig_make_image(&new_image, "1.1.0", 180000, 2);
    open_for(&new_image);
    send_range(&new_image, 0, new_image.len, 495);
    ask(OTK_WINDOW_FINISH);
    while (air.updater.state == OTK_UPDATER_FINISHING) {
        air_turn(&air, 10);
    }
    air_turn(&air, 0);
    for (index = 1; index < air.frame_count; index++) {
        struct otk_window_state is;

        assert_int_equal(
            otk_window_state_decode(air.frames[index].bytes, air.frames[index].len, &is), OTK_OK);
        assert_true(is.verified >= verified);
        assert_true(is.phase == OTK_WINDOW_PHASE_SWITCHED ||
                    air.frames[index].at_ms - at_ms >= 100);
        verified = is.verified;
        at_ms = air.frames[index].at_ms;
    }
    assert_true(air.frame_count >= 4);
    assert_int_equal(verified, new_image.len);
    assert_int_equal(last_state().phase, OTK_WINDOW_PHASE_SWITCHED);
}

static void window_says_incomplete_when_finish_comes_too_early(void **state)
{
    (void)state;
    open_for(&new_image);
    send_range(&new_image, 0, 30000, 1000);
    assert_int_equal(ask(OTK_WINDOW_FINISH).status, OTK_INCOMPLETE);
    assert_int_equal(last_state().phase, OTK_WINDOW_PHASE_RECEIVING);
    assert_int_equal(last_state().next, 30000);
    assert_int_equal(ask(OTK_WINDOW_QUERY).status, OTK_OK);
    assert_installs_from(30000);
}

static void window_is_idle_before_open(void **state)
{
    (void)state;
    assert_int_equal(ask(OTK_WINDOW_QUERY).phase, OTK_WINDOW_PHASE_IDLE);
    assert_int_equal(last_state().status, OTK_OK);
    assert_int_equal(ask(OTK_WINDOW_FINISH).status, OTK_NOT_OPEN);
    send_data(&new_image, 0, 495);
    assert_int_equal(ask(OTK_WINDOW_QUERY).phase, OTK_WINDOW_PHASE_IDLE);
    assert_int_equal(otk_ble_poll(&air.ble, air.now_ms), OTK_OK);
}

static void window_refuses_while_somebody_else_updates(void **state)
{
    const struct otk_session_request request = {.image_size = new_image.len,
                                                .sha256 = new_image.sha256};

    (void)state;
    assert_int_equal(otk_updater_begin(&air.updater, OTK_OWNER_PORTAL, &request), OTK_OK);
    assert_int_equal(open_for(&new_image).status, OTK_BUSY);
    assert_int_equal(ask(OTK_WINDOW_QUERY).status, OTK_BUSY);
    send_data(&new_image, 0, 495);
    otk_ble_closed(&air.ble);
    assert_int_equal(otk_updater_offset(&air.updater), 0);
    assert_true(otk_updater_is_owned(&air.updater, OTK_OWNER_PORTAL));
}

static void window_refuses_while_the_application_is_on_trial(void **state)
{
    (void)state;
    open_for(&new_image);
    assert_installs_from(0);
    assert_int_equal(open_for(&old_image).status, OTK_PENDING_VERIFY);
    assert_int_equal(air_write_byte(&air, CONTROL, OTK_WINDOW_CONFIRM), OTK_OK);
    assert_int_equal(last_answer().status, OTK_OK);
    assert_int_equal(last_answer().request, OTK_WINDOW_CONFIRM);
    assert_int_equal(open_for(&old_image).status, OTK_OK);
}

static void window_reject_brings_the_old_application_back(void **state)
{
    (void)state;
    open_for(&new_image);
    assert_installs_from(0);
    assert_int_equal(air_write_byte(&air, CONTROL, OTK_WINDOW_REJECT), OTK_OK);
    assert_int_equal(last_answer().status, OTK_OK);
    assert_int_equal(last_answer().request, OTK_WINDOW_REJECT);
    air_turn(&air, 490);
    assert_false(air.is_reset_due);
    air_turn(&air, 10);
    assert_true(air.is_reset_due);
    assert_int_equal(air_reset(&air), OTK_SLOT_FACTORY);
}

static void window_cancel_forgets_the_update(void **state)
{
    (void)state;
    open_for(&new_image);
    send_range(&new_image, 0, 30000, 1000);
    air_forget(&air);
    assert_int_equal(air_write_byte(&air, CONTROL, OTK_WINDOW_CANCEL), OTK_OK);
    air_turn(&air, 1000);
    assert_int_equal(air.frame_count, 1);
    assert_int_equal(last_answer().status, OTK_OK);
    assert_false(air.is_fast);
    assert_int_equal(open_for(&new_image).offset, 0);
    assert_installs_from(0);
}

static void window_cancel_without_an_update_says_so(void **state)
{
    (void)state;
    assert_int_equal(air_write_byte(&air, CONTROL, OTK_WINDOW_CANCEL), OTK_OK);
    assert_int_equal(last_answer().status, OTK_NOT_OPEN);
    assert_int_equal(last_answer().request, OTK_WINDOW_CANCEL);
}

static void window_reports_that_somebody_else_cancelled(void **state)
{
    (void)state;
    open_for(&new_image);
    send_range(&new_image, 0, 30000, 1000);
    assert_int_equal(otk_updater_cancel(&air.updater, OTK_CANCELLED), OTK_OK);
    air_forget(&air);
    air_turn(&air, 0);
    assert_int_equal(last_state().phase, OTK_WINDOW_PHASE_FAILED);
    assert_int_equal(last_state().status, OTK_CANCELLED);
    assert_false(air.is_fast);
}

static void window_does_not_write_into_the_update_of_who_came_next(void **state)
{
    const struct otk_session_request request = {0};

    (void)state;
    open_for(&new_image);
    send_range(&new_image, 0, 30000, 1000);
    assert_int_equal(otk_updater_cancel(&air.updater, OTK_CANCELLED), OTK_OK);
    assert_int_equal(otk_updater_begin(&air.updater, OTK_OWNER_PORTAL, &request), OTK_OK);
    send_data(&new_image, 0, 200);
    assert_int_equal(otk_updater_offset(&air.updater), 0);
    assert_int_equal(last_state().phase, OTK_WINDOW_PHASE_FAILED);
    assert_int_equal(last_state().status, OTK_CANCELLED);
}

static void window_reports_a_flash_that_fails_under_it(void **state)
{
    (void)state;
    open_for(&new_image);
    air_cut_power(&air, 12);
    send_range(&new_image, 0, new_image.len, 495);
    assert_int_equal(last_state().phase, OTK_WINDOW_PHASE_FAILED);
    assert_int_equal(last_state().status, OTK_POWER_LOST);
}

static void window_continues_after_the_link_was_gone(void **state)
{
    struct otk_window_opened opened;

    (void)state;
    open_for(&new_image);
    send_range(&new_image, 0, 30000, 495);
    otk_ble_closed(&air.ble);
    assert_false(air.is_fast);
    assert_int_equal(otk_ble_poll(&air.ble, air.now_ms), OTK_OK);
    opened = open_for(&new_image);
    assert_in_range(opened.offset, 20000, 30000);
    assert_true(air.is_fast);
    assert_installs_from(opened.offset);
}

static void window_continues_after_a_power_cut(void **state)
{
    uint64_t after;

    for (after = 1; after < 40; after += 3) {
        uint32_t offset;

        open_for(&new_image);
        air_cut_power(&air, after);
        for (offset = 0; offset < new_image.len && air.updater.state == OTK_UPDATER_RECEIVING;
             offset += 495) {
            send_data(&new_image, offset, 495);
        }
        assert_int_equal(last_state().status, OTK_POWER_LOST);
        assert_int_equal(air_reset(&air), OTK_SLOT_FACTORY);
        assert_installs_from(open_for(&new_image).offset);
        teardown(state);
        setup(state);
    }
}

static void window_finishes_without_its_client(void **state)
{
    struct otk_window_opened opened;

    (void)state;
    rig_make_image(&new_image, "1.1.0", 180000, 2);
    open_for(&new_image);
    send_range(&new_image, 0, new_image.len, 495);
    ask(OTK_WINDOW_FINISH);
    otk_ble_closed(&air.ble);
    assert_false(air.is_fast);
    air_forget(&air);
    air_turn(&air, 150);
    assert_int_equal(air.frame_count, 0);

    opened = open_for(&new_image); /* back again, while it is verified */
    assert_int_equal(opened.status, OTK_OK);
    assert_int_equal(opened.offset, new_image.len);
    assert_int_equal(open_for(&old_image).status, OTK_BUSY);
    assert_int_equal(ask(OTK_WINDOW_FINISH).phase, OTK_WINDOW_PHASE_FINISHING);
    air_turn(&air, 300);
    assert_int_equal(open_for(&new_image).offset, new_image.len); /* and after the switch */
    assert_int_equal(open_for(&old_image).status, OTK_BUSY);
    assert_int_equal(ask(OTK_WINDOW_FINISH).phase, OTK_WINDOW_PHASE_SWITCHED);
    air_settle(&air);
    assert_int_equal(air_reset(&air), 0);
}

static void window_open_replaces_what_was_under_way_on_the_link(void **state)
{
    struct rig_image *other = malloc(sizeof *other);

    (void)state;
    rig_make_image(other, "1.2.0", 50000, 3);
    open_for(other);
    send_range(other, 0, 30000, 495);
    assert_int_equal(open_for(&new_image).status, OTK_OK);
    assert_installs_from(0);
    free(other);
}

static void window_offers_an_image_that_is_there_already(void **state)
{
    (void)state;
    open_for(&new_image);
    assert_installs_from(0);
    assert_int_equal(air_write_byte(&air, CONTROL, OTK_WINDOW_REJECT), OTK_OK);
    assert_int_equal(air_reset(&air), OTK_SLOT_FACTORY);
    assert_int_equal(open_for(&new_image).offset, new_image.len);
    assert_installs_from(new_image.len);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(window_installs_an_image_in_any_chunking, setup, teardown),
        cmocka_unit_test_setup_teardown(window_takes_data_from_the_l2cap_channel, setup, teardown),
        cmocka_unit_test_setup_teardown(window_judges_the_manifest_before_it_touches_flash, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(window_judges_the_image_again, setup, teardown),
        cmocka_unit_test_setup_teardown(window_reports_an_image_that_is_not_the_one_announced,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(window_tells_the_progress_of_the_verification, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(window_says_incomplete_when_finish_comes_too_early, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(window_is_idle_before_open, setup, teardown),
        cmocka_unit_test_setup_teardown(window_refuses_while_somebody_else_updates, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(window_refuses_while_the_application_is_on_trial, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(window_reject_brings_the_old_application_back, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(window_cancel_forgets_the_update, setup, teardown),
        cmocka_unit_test_setup_teardown(window_cancel_without_an_update_says_so, setup, teardown),
        cmocka_unit_test_setup_teardown(window_reports_that_somebody_else_cancelled, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(window_does_not_write_into_the_update_of_who_came_next,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(window_reports_a_flash_that_fails_under_it, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(window_continues_after_the_link_was_gone, setup, teardown),
        cmocka_unit_test_setup_teardown(window_continues_after_a_power_cut, setup, teardown),
        cmocka_unit_test_setup_teardown(window_finishes_without_its_client, setup, teardown),
        cmocka_unit_test_setup_teardown(window_open_replaces_what_was_under_way_on_the_link, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(window_offers_an_image_that_is_there_already, setup,
                                        teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
