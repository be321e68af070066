// SPDX-License-Identifier: Apache-2.0
/* The client of protocol A against the device's engine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/simple_client.h"
#include "test/support/pusher.h"

static struct rig rig;
static struct air air;
static struct rig_image old_image;
static struct rig_image new_image;
static struct otk_simple_client simple;
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
    otk_simple_client_init(&simple, &image);
    pusher_open(&pusher, &air, &simple.client, OTK_OWNER_BLE_SIMPLE);
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

static void simple_client_updates_a_device(void **state)
{
    (void)state;
    assert_updates();
    assert_int_equal(pusher.data_count, 1 + (new_image.len + 243) / 244);
    assert_int_equal(pusher.connect_count, 1);
}

static void simple_client_works_with_any_frame_size(void **state)
{
    static const uint32_t sizes[] = {1, 20, 23, 182, 495, 514, 2048, 70000};

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        pusher.frame_size = sizes[i];
        assert_updates();
        teardown(state);
        setup(state);
    }
}

static void simple_client_starts_over_after_a_lost_link(void **state)
{
    (void)state;
    pusher.lose_link_after = 100;
    assert_updates();
    assert_int_equal(pusher.connect_count, 2);
}

static void simple_client_starts_over_after_a_reset(void **state)
{
    (void)state;
    pusher.reset_device_after = 100;
    assert_updates();
}

static void simple_client_does_not_know_what_became_of_done(void **state)
{
    (void)state;
    pusher.stop_in = OTK_CLIENT_FINISHING;
    assert_int_equal(pusher_run(&pusher), OTK_MORE);
    otk_client_lost(&simple.client, air.now_ms);
    assert_int_equal(pusher_run(&pusher), OTK_CONNECTION_LOST);
}

static void simple_client_tells_that_it_was_refused(void **state)
{
    const struct otk_session_request request = {.image_size = 5000};

    (void)state;
    assert_int_equal(otk_updater_begin(&air.updater, OTK_OWNER_PORTAL, &request), OTK_OK);
    assert_int_equal(pusher_run(&pusher), OTK_REFUSED);
}

static void simple_client_tells_that_the_image_is_refused(void **state)
{
    (void)state;
    new_image.bytes[12] = 5; /* another chip */
    assert_int_equal(pusher_run(&pusher), OTK_REFUSED);
}

static void simple_client_tells_that_the_image_is_broken(void **state)
{
    (void)state;
    new_image.bytes[30000] ^= 1;
    assert_int_equal(pusher_run(&pusher), OTK_REFUSED);
}

static void simple_client_gives_up_a_silent_device(void **state)
{
    (void)state;
    pusher.is_deaf = true;
    assert_int_equal(pusher_run(&pusher), OTK_TIMEOUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(simple_client_updates_a_device, setup, teardown),
        cmocka_unit_test_setup_teardown(simple_client_works_with_any_frame_size, setup, teardown),
        cmocka_unit_test_setup_teardown(simple_client_starts_over_after_a_lost_link, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(simple_client_starts_over_after_a_reset, setup, teardown),
        cmocka_unit_test_setup_teardown(simple_client_does_not_know_what_became_of_done, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(simple_client_tells_that_it_was_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(simple_client_tells_that_the_image_is_refused, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(simple_client_tells_that_the_image_is_broken, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(simple_client_gives_up_a_silent_device, setup, teardown),
    };

    return cmocka_run_group_tests_name("simple_client", tests, NULL, NULL);
}
