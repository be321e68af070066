// SPDX-License-Identifier: Apache-2.0
/* The client of protocol B against the device's engine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/sector_client.h"
#include "test/support/pusher.h"

static struct rig rig;
static struct air air;
static struct rig_image old_image;
static struct rig_image new_image;
static struct otk_sector_client sector;
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
    otk_sector_client_init(&sector, &image);
    pusher_open(&pusher, &air, &sector.client, OTK_OWNER_BLE_SECTOR);
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

static void sector_client_updates_a_device(void **state)
{
    (void)state;
    assert_updates();
    assert_int_equal(pusher.connect_count, 1);
    assert_int_equal(sector.window, 4); /* as test/support/air.c configures */
}

static void sector_client_updates_with_responses(void **state)
{
    (void)state;
    sector.needs_response = true;
    assert_updates();
}

static void sector_client_works_with_any_frame_size(void **state)
{
    static const uint32_t sizes[] = {1, 20, 23, 182, 495, 514, 2048, 70000};

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        pusher.frame_size = sizes[i];
        assert_updates();
        teardown(state);
        setup(state);
    }
}

/* Each packet of the first sectors, one after the other. */
static void sector_client_repairs_any_lost_packet(void **state)
{
    for (uint32_t i = 0; i < 60; i++) {
        pusher.lose_from = i;
        pusher.lose_count = 1;
        assert_updates();
        teardown(state);
        setup(state);
    }
}

static void sector_client_repairs_several_lost_packets(void **state)
{
    (void)state;
    pusher.lose_from = 40;
    pusher.lose_count = 50;
    assert_updates();
}

static void sector_client_skips_what_the_device_has(void **state)
{
    (void)state;
    pusher.lose_link_after = 150;
    assert_updates();
    assert_int_equal(pusher.connect_count, 2);
}

static void sector_client_goes_on_after_a_reset(void **state)
{
    (void)state;
    pusher.reset_device_after = 150;
    assert_updates();
}

static void sector_client_clears_what_another_client_left(void **state)
{
    const struct otk_sector_command start = {.id = OTK_SECTOR_START, .image_size = 5000};
    uint8_t frame[OTK_SECTOR_FRAME_COMMAND_SIZE];

    (void)state;
    pusher.stop_in = OTK_CLIENT_OPENING;
    assert_int_equal(pusher_run(&pusher), OTK_MORE);
    pusher.stop_in = 0;
    otk_sector_command_encode(&start, frame);
    assert_int_equal(air_write(&air, OTK_GATT_SECTOR_COMMAND, frame, sizeof frame), OTK_OK);
    air_forget(&air);
    assert_updates();
}

static void sector_client_tells_that_it_was_refused(void **state)
{
    const struct otk_session_request request = {.image_size = 5000};

    (void)state;
    assert_int_equal(otk_updater_begin(&air.updater, OTK_OWNER_PORTAL, &request), OTK_OK);
    assert_int_equal(pusher_run(&pusher), OTK_REFUSED);
}

static void sector_client_tells_that_the_image_is_broken(void **state)
{
    (void)state;
    new_image.bytes[30000] ^= 1;
    assert_int_equal(pusher_run(&pusher), OTK_REFUSED);
}

static void sector_client_gives_up_a_silent_device(void **state)
{
    (void)state;
    pusher.is_deaf = true;
    assert_int_equal(pusher_run(&pusher), OTK_TIMEOUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(sector_client_updates_a_device, setup, teardown),
        cmocka_unit_test_setup_teardown(sector_client_updates_with_responses, setup, teardown),
        cmocka_unit_test_setup_teardown(sector_client_works_with_any_frame_size, setup, teardown),
        cmocka_unit_test_setup_teardown(sector_client_repairs_any_lost_packet, setup, teardown),
        cmocka_unit_test_setup_teardown(sector_client_repairs_several_lost_packets, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(sector_client_skips_what_the_device_has, setup, teardown),
        cmocka_unit_test_setup_teardown(sector_client_goes_on_after_a_reset, setup, teardown),
        cmocka_unit_test_setup_teardown(sector_client_clears_what_another_client_left, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(sector_client_tells_that_it_was_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(sector_client_tells_that_the_image_is_broken, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(sector_client_gives_up_a_silent_device, setup, teardown),
    };

    return cmocka_run_group_tests_name("sector_client", tests, NULL, NULL);
}
