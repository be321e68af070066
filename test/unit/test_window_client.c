// SPDX-License-Identifier: Apache-2.0
/* The client of protocol C against the device's engine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/window_client.h"
#include "test/support/pusher.h"

static struct rig rig;
static struct air air;
static struct rig_image old_image;
static struct rig_image new_image;
static struct otk_window_client window;
static struct pusher pusher;

static int setup(void **state)
{
    struct otk_client_image image;

    (void)state;
    rig_open(&rig, RIG_FACTORY_AND_TWO);
    rig_make_image(&old_image, "1.0.0", 20000, 1);
    rig_make_image(&new_image, "1.1.0", 60000, 2);
    rig_install(&rig, OTK_SLOT_FACTORY, &old_image);
    assert_int_equal(rig_reset(&rig), OTK_SLOT_FACTORY);
    air_open(&air, &rig);
    image = pusher_image(&new_image, "1.1.0");
    otk_window_client_init(&window, &image);
    pusher_open(&pusher, &air, &window.client, OTK_OWNER_BLE_WINDOW);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    otk_session_close(&air.updater.session);
    rig_close(&rig);
    return 0;
}

static void assert_updates(void)
{
    assert_int_equal(pusher_run(&pusher), OTK_OK);
    assert_true(rig_slot_holds(&rig, 0, &new_image));
    assert_int_equal(air_reset(&air), 0);
}

static void window_client_updates_a_device(void **state)
{
    struct otk_client_progress progress;

    (void)state;
    assert_updates();
    otk_client_get_progress(&window.client, &progress);
    assert_int_equal(progress.phase, OTK_CLIENT_ENDED);
    assert_int_equal(progress.written, new_image.len);
    assert_int_equal(progress.verified, new_image.len);
    assert_int_equal(pusher.connect_count, 1);
    assert_int_equal(pusher.data_count, (new_image.len + 241) / 242);
}

static void window_client_updates_over_a_line(void **state)
{
    (void)state;
    pusher_open(&pusher, &air, &window.client, OTK_OWNER_SERIAL);
    assert_updates();
}

static void window_client_works_with_any_frame_size(void **state)
{
    static const uint32_t sizes[] = {1, 20, 23, 182, 495, 514, 2048, 70000};

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        pusher.frame_size = sizes[i];
        assert_updates();
        teardown(state);
        setup(state);
    }
}

static void window_client_repairs_lost_frames(void **state)
{
    (void)state;
    pusher.lose_from = 20;
    pusher.lose_count = 3;
    assert_updates();
}

static void window_client_repairs_a_lost_last_frame(void **state)
{
    (void)state;
    pusher.lose_from = (new_image.len + 241) / 242 - 1;
    pusher.lose_count = 1;
    assert_updates();
}

static void window_client_repairs_a_whole_window(void **state)
{
    (void)state;
    pusher.lose_from = 10;
    pusher.lose_count = 80;
    assert_updates();
}

static void window_client_continues_after_a_lost_link(void **state)
{
    struct otk_client_progress progress;

    (void)state;
    pusher.lose_link_after = 100;
    assert_updates();
    otk_client_get_progress(&window.client, &progress);
    assert_int_equal(pusher.connect_count, 2);
    assert_int_equal(progress.loss_count, 1);
    assert_true(progress.resumed_at >= 16384);
}

static void window_client_continues_after_a_reset(void **state)
{
    (void)state;
    pusher.reset_device_after = 100;
    assert_updates();
    assert_true(window.client.resumed_at >= 16384);
}

static void window_client_continues_after_a_reset_that_a_line_does_not_show(void **state)
{
    (void)state;
    pusher_open(&pusher, &air, &window.client, OTK_OWNER_SERIAL);
    pusher.reset_device_after = 100;
    assert_updates();
    assert_true(window.client.resumed_at >= 16384);
    assert_int_equal(pusher.connect_count, 1);
}

/* The link is lost behind FINISH, and the device switches alone. */
static void window_client_recognises_the_image_that_came_back(void **state)
{
    uint8_t frame[OTK_CLIENT_FRAME_SIZE];
    struct otk_client_action action;
    uint32_t data_count;

    (void)state;
    pusher.stop_in = OTK_CLIENT_FINISHING;
    assert_int_equal(pusher_run(&pusher), OTK_MORE);
    otk_client_next(&window.client, air.now_ms, frame, &action);
    assert_int_equal(frame[0], OTK_WINDOW_FINISH);
    assert_int_equal(air_write_byte(&air, OTK_GATT_WINDOW_CONTROL, frame[0]), OTK_OK);
    otk_ble_closed(&air.ble);
    otk_client_lost(&window.client, air.now_ms);
    air_settle(&air);
    assert_int_equal(air_reset(&air), 0);
    data_count = pusher.data_count;
    pusher.stop_in = 0;
    assert_int_equal(pusher_run(&pusher), OTK_OK);
    assert_int_equal(pusher.data_count, data_count);
}

static void window_client_tells_why_it_was_refused(void **state)
{
    struct otk_client_image image = pusher_image(&new_image, "1.1.0");

    (void)state;
    image.chip_id = 5;
    otk_window_client_init(&window, &image);
    assert_int_equal(pusher_run(&pusher), OTK_WRONG_CHIP);
    assert_int_equal(pusher.data_count, 0);
}

static void window_client_tells_that_the_image_is_broken(void **state)
{
    struct otk_client_image image = pusher_image(&new_image, "1.1.0");

    (void)state;
    image.sha256[0] ^= 1;
    otk_window_client_init(&window, &image);
    assert_int_equal(pusher_run(&pusher), OTK_BAD_HASH);
}

static void window_client_gives_up_where_another_update_runs(void **state)
{
    const struct otk_session_request request = {.image_size = 5000};

    (void)state;
    assert_int_equal(otk_updater_begin(&air.updater, OTK_OWNER_PORTAL, &request), OTK_OK);
    assert_int_equal(pusher_run(&pusher), OTK_BUSY);
}

static void window_client_gives_up_a_silent_device(void **state)
{
    (void)state;
    pusher.is_deaf = true;
    assert_int_equal(pusher_run(&pusher), OTK_CONNECTION_LOST);
    assert_true(pusher.frame_count < 100);
}

static void window_client_gives_up_a_link_that_never_comes(void **state)
{
    uint8_t frame[OTK_CLIENT_FRAME_SIZE];
    struct otk_client_action action;
    uint32_t now_ms = 77;

    (void)state;
    for (uint32_t i = 0; i <= OTK_CLIENT_LOSS_MAX; i++) {
        otk_client_next(&window.client, now_ms, frame, &action);
        assert_int_equal(action.step, OTK_CLIENT_CONNECT);
        now_ms = action.until_ms;
        otk_client_lost(&window.client, now_ms);
    }
    otk_client_next(&window.client, now_ms, frame, &action);
    assert_int_equal(action.step, OTK_CLIENT_FAILED);
    assert_int_equal(action.status, OTK_CONNECTION_LOST);
}

static void window_client_cancels(void **state)
{
    (void)state;
    pusher.stop_after = 40;
    assert_int_equal(pusher_run(&pusher), OTK_MORE);
    pusher.stop_after = 0;
    otk_client_cancel(&window.client);
    assert_int_equal(pusher_run(&pusher), OTK_CANCELLED);
    assert_int_equal(otk_updater_outcome(&air.updater), OTK_CANCELLED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(window_client_updates_a_device, setup, teardown),
        cmocka_unit_test_setup_teardown(window_client_updates_over_a_line, setup, teardown),
        cmocka_unit_test_setup_teardown(window_client_works_with_any_frame_size, setup, teardown),
        cmocka_unit_test_setup_teardown(window_client_repairs_lost_frames, setup, teardown),
        cmocka_unit_test_setup_teardown(window_client_repairs_a_lost_last_frame, setup, teardown),
        cmocka_unit_test_setup_teardown(window_client_repairs_a_whole_window, setup, teardown),
        cmocka_unit_test_setup_teardown(window_client_continues_after_a_lost_link, setup, teardown),
        cmocka_unit_test_setup_teardown(window_client_continues_after_a_reset, setup, teardown),
        cmocka_unit_test_setup_teardown(
            window_client_continues_after_a_reset_that_a_line_does_not_show, setup, teardown),
        cmocka_unit_test_setup_teardown(window_client_recognises_the_image_that_came_back, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(window_client_tells_why_it_was_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(window_client_tells_that_the_image_is_broken, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(window_client_gives_up_where_another_update_runs, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(window_client_gives_up_a_silent_device, setup, teardown),
        cmocka_unit_test_setup_teardown(window_client_gives_up_a_link_that_never_comes, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(window_client_cancels, setup, teardown),
    };

    return cmocka_run_group_tests_name("window_client", tests, NULL, NULL);
}
