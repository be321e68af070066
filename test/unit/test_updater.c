// SPDX-License-Identifier: Apache-2.0
/* updater.c: one place for every transport that is pushed to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "otakit/core/last_update.h"
#include "otakit/core/updater.h"
#include "test/support/rig.h"

#define BOOT_ID 0xB007u

struct world {
    struct rig rig;
    struct otk_updater updater;
    uint8_t buffer[OTK_SECTOR_SIZE];
    struct rig_image old_image;
    struct rig_image image;
};

static struct world world;

static void start(struct world *w)
{
    rig_reset(&w->rig);
    otk_updater_init(&w->updater, &w->rig.device, w->buffer, BOOT_ID);
}

static int set_up(void **state)
{
    memset(&world, 0, sizeof world);
    rig_open(&world.rig, RIG_FACTORY_AND_TWO);
    rig_make_image(&world.old_image, "1.0.0", 5 * 4096, 1);
    rig_make_image(&world.image, "1.1.0", 9 * 4096 + 100, 2);
    rig_install(&world.rig, OTK_SLOT_FACTORY, &world.old_image);
    start(&world);
    *state = &world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;

    rig_close(&w->rig);
    return 0;
}

static enum otk_status begin(struct world *w, enum otk_owner owner)
{
    const struct otk_session_request request = {.image_size = w->image.len,
                                                .sha256 = w->image.sha256};

    return otk_updater_begin(&w->updater, owner, &request);
}

static void send(struct world *w, uint32_t from, uint32_t to)
{
    assert_int_equal(otk_updater_write(&w->updater, from, w->image.bytes + from, to - from),
                     OTK_OK);
}

/* Poll to the end; returns how often there was something to do. */
static uint32_t poll_all(struct world *w, uint32_t now_ms)
{
    uint32_t count = 0;

    while (otk_updater_poll(&w->updater, now_ms) == OTK_MORE) {
        count++;
        assert_in_range(count, 1, 1000);
    }
    return count;
}

static void an_image_is_verified_in_pieces_switched_and_reset(void **state)
{
    struct world *w = *state;

    assert_int_equal(begin(w, OTK_OWNER_PORTAL), OTK_OK);
    assert_true(otk_updater_is_owned(&w->updater, OTK_OWNER_PORTAL));
    send(w, 0, w->image.len);
    assert_int_equal(otk_updater_outcome(&w->updater), OTK_MORE);
    assert_int_equal(otk_updater_finish(&w->updater), OTK_MORE);
    assert_int_equal(otk_updater_finish(&w->updater), OTK_MORE);
    assert_in_range(poll_all(w, 1000), 9, 100);

    assert_int_equal(w->updater.state, OTK_UPDATER_SWITCHED);
    assert_int_equal(otk_updater_outcome(&w->updater), OTK_OK);
    assert_false(otk_updater_reset_is_due(&w->updater, 1499));
    assert_true(otk_updater_reset_is_due(&w->updater, 1500));
    assert_int_equal(rig_reset(&w->rig), 0);
}

static void the_clock_may_wrap_before_the_reset(void **state)
{
    struct world *w = *state;

    assert_int_equal(begin(w, OTK_OWNER_PORTAL), OTK_OK);
    send(w, 0, w->image.len);
    assert_int_equal(otk_updater_finish(&w->updater), OTK_MORE);
    poll_all(w, 0xFFFFFFF0u);
    assert_false(otk_updater_reset_is_due(&w->updater, 0xFFFFFFFFu));
    assert_true(otk_updater_reset_is_due(&w->updater, 500u));
}

static void a_second_owner_is_told_busy_until_the_reset(void **state)
{
    struct world *w = *state;

    assert_int_equal(begin(w, OTK_OWNER_PORTAL), OTK_OK);
    assert_int_equal(begin(w, OTK_OWNER_BLE_WINDOW), OTK_BUSY);
    send(w, 0, w->image.len);
    assert_int_equal(otk_updater_finish(&w->updater), OTK_MORE);
    assert_int_equal(begin(w, OTK_OWNER_BLE_WINDOW), OTK_BUSY);
    poll_all(w, 0);
    assert_int_equal(begin(w, OTK_OWNER_BLE_WINDOW), OTK_BUSY);
    assert_int_equal(w->updater.update_count, 1);
}

static void a_pull_in_progress_keeps_everybody_out(void **state)
{
    struct world *w = *state;
    const struct otk_session_request request = {.image_size = w->image.len};
    struct otk_progress progress;

    assert_int_equal(otk_session_open(&w->rig.session, &w->rig.device, &request, w->rig.buffer),
                     OTK_OK);
    assert_int_equal(begin(w, OTK_OWNER_PORTAL), OTK_BUSY);
    assert_int_equal(otk_updater_cancel(&w->updater, OTK_CANCELLED), OTK_BUSY);
    assert_int_equal(otk_updater_reject(&w->updater, 0), OTK_BUSY);
    otk_updater_progress(&w->updater, &progress);
    assert_int_equal(progress.image_size, w->image.len);
}

static void another_transport_finishes_what_one_began(void **state)
{
    struct world *w = *state;

    assert_int_equal(begin(w, OTK_OWNER_BLE_WINDOW), OTK_OK);
    send(w, 0, 5 * 4096 + 7);
    otk_updater_leave(&w->updater, OTK_OWNER_PORTAL); /* not the owner: nothing happens */
    assert_true(otk_updater_is_owned(&w->updater, OTK_OWNER_BLE_WINDOW));
    otk_updater_leave(&w->updater, OTK_OWNER_BLE_WINDOW);
    assert_int_equal(otk_updater_outcome(&w->updater), OTK_CONNECTION_LOST);
    assert_int_equal(otk_updater_offset(&w->updater), 0);

    assert_int_equal(begin(w, OTK_OWNER_PORTAL), OTK_OK);
    assert_int_equal(otk_updater_offset(&w->updater), 5 * 4096);
    send(w, 5 * 4096, w->image.len);
    assert_int_equal(otk_updater_finish(&w->updater), OTK_MORE);
    poll_all(w, 0);
    assert_int_equal(rig_reset(&w->rig), 0);
    assert_true(rig_slot_holds(&w->rig, 0, &w->image));
}

static void an_owner_that_leaves_while_it_is_verified_is_not_missed(void **state)
{
    struct world *w = *state;

    assert_int_equal(begin(w, OTK_OWNER_SERIAL), OTK_OK);
    send(w, 0, w->image.len);
    assert_int_equal(otk_updater_finish(&w->updater), OTK_MORE);
    otk_updater_leave(&w->updater, OTK_OWNER_SERIAL);
    poll_all(w, 0);
    assert_int_equal(w->updater.state, OTK_UPDATER_SWITCHED);
}

static void a_refused_image_is_forgotten_with_its_reason(void **state)
{
    struct world *w = *state;
    struct otk_last_update last;

    assert_int_equal(begin(w, OTK_OWNER_PORTAL), OTK_OK);
    w->image.bytes[6 * 4096] ^= 1;
    send(w, 0, w->image.len);
    assert_int_equal(otk_updater_finish(&w->updater), OTK_MORE);
    poll_all(w, 0);
    assert_int_equal(w->updater.state, OTK_UPDATER_FAILED);
    assert_int_not_equal(otk_updater_outcome(&w->updater), OTK_OK);
    assert_int_equal(otk_last_update(&w->rig.device, &last), OTK_OK);
    assert_int_equal(last.stage, OTK_STAGE_FAILED);
    assert_int_equal(last.status, otk_updater_outcome(&w->updater));

    assert_int_equal(begin(w, OTK_OWNER_PORTAL), OTK_OK);
    assert_int_equal(otk_updater_offset(&w->updater), 0);
}

static void missing_bytes_leave_the_update_open(void **state)
{
    struct world *w = *state;

    assert_int_equal(begin(w, OTK_OWNER_PORTAL), OTK_OK);
    send(w, 0, 4096);
    assert_int_equal(otk_updater_finish(&w->updater), OTK_INCOMPLETE);
    assert_int_equal(otk_updater_write(&w->updater, 8192, w->image.bytes, 1), OTK_GAP);
    send(w, 4096, w->image.len);
    assert_int_equal(otk_updater_finish(&w->updater), OTK_MORE);
}

static void a_cancelled_update_leaves_nothing_to_continue(void **state)
{
    struct world *w = *state;

    assert_int_equal(otk_updater_cancel(&w->updater, OTK_CANCELLED), OTK_NOT_OPEN);
    assert_int_equal(begin(w, OTK_OWNER_PORTAL), OTK_OK);
    send(w, 0, 3 * 4096);
    assert_int_equal(otk_updater_cancel(&w->updater, OTK_CANCELLED), OTK_OK);
    assert_int_equal(otk_updater_outcome(&w->updater), OTK_CANCELLED);
    assert_int_equal(otk_updater_write(&w->updater, 0, w->image.bytes, 1), OTK_NOT_OPEN);
    assert_int_equal(begin(w, OTK_OWNER_PORTAL), OTK_OK);
    assert_int_equal(otk_updater_offset(&w->updater), 0);
}

static void an_update_may_be_cancelled_while_it_is_verified(void **state)
{
    struct world *w = *state;

    assert_int_equal(begin(w, OTK_OWNER_PORTAL), OTK_OK);
    send(w, 0, w->image.len);
    assert_int_equal(otk_updater_finish(&w->updater), OTK_MORE);
    assert_int_equal(otk_updater_poll(&w->updater, 0), OTK_MORE);
    assert_int_equal(otk_updater_cancel(&w->updater, OTK_CANCELLED), OTK_OK);
    assert_int_equal(poll_all(w, 0), 0);
    assert_false(otk_updater_reset_is_due(&w->updater, 100000));
    assert_int_equal(rig_reset(&w->rig), OTK_SLOT_FACTORY);
}

static void a_client_confirms_and_rejects(void **state)
{
    struct world *w = *state;

    assert_int_equal(otk_updater_confirm(&w->updater), OTK_NOT_PENDING);
    assert_int_equal(w->updater.verdict, OTK_VERDICT_NONE);
    assert_int_equal(rig_update(&w->rig, &w->image), 0);
    otk_updater_init(&w->updater, &w->rig.device, w->buffer, BOOT_ID);
    assert_int_equal(begin(w, OTK_OWNER_PORTAL), OTK_PENDING_VERIFY);
    assert_int_equal(otk_updater_reject(&w->updater, 7), OTK_OK);
    assert_int_equal(w->updater.verdict, OTK_VERDICT_REJECTED);
    assert_true(otk_updater_reset_is_due(&w->updater, 507));
    assert_int_equal(rig_reset(&w->rig), OTK_SLOT_FACTORY);

    assert_int_equal(rig_update(&w->rig, &w->image), 0);
    otk_updater_init(&w->updater, &w->rig.device, w->buffer, BOOT_ID);
    assert_int_equal(otk_updater_confirm(&w->updater), OTK_OK);
    assert_int_equal(w->updater.verdict, OTK_VERDICT_CONFIRMED);
    assert_int_equal(rig_reset(&w->rig), 0);
}

static void an_image_that_is_there_already_is_only_switched_to(void **state)
{
    struct world *w = *state;

    rig_install(&w->rig, 0, &w->image);
    assert_int_equal(begin(w, OTK_OWNER_PORTAL), OTK_OK);
    assert_int_equal(otk_updater_offset(&w->updater), w->image.len);
    assert_int_equal(otk_updater_finish(&w->updater), OTK_MORE);
    poll_all(w, 0);
    assert_int_equal(w->updater.state, OTK_UPDATER_SWITCHED);
}

static void every_owner_has_a_name(void **state)
{
    (void)state;
    assert_string_equal(otk_owner_name(OTK_OWNER_PORTAL), "portal");
    assert_string_equal(otk_owner_name(OTK_OWNER_SERIAL), "serial");
    assert_string_equal(otk_owner_name((enum otk_owner)77), "none");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(an_image_is_verified_in_pieces_switched_and_reset),
        TEST(the_clock_may_wrap_before_the_reset),
        TEST(a_second_owner_is_told_busy_until_the_reset),
        TEST(a_pull_in_progress_keeps_everybody_out),
        TEST(another_transport_finishes_what_one_began),
        TEST(an_owner_that_leaves_while_it_is_verified_is_not_missed),
        TEST(a_refused_image_is_forgotten_with_its_reason),
        TEST(missing_bytes_leave_the_update_open),
        TEST(a_cancelled_update_leaves_nothing_to_continue),
        TEST(an_update_may_be_cancelled_while_it_is_verified),
        TEST(a_client_confirms_and_rejects),
        TEST(an_image_that_is_there_already_is_only_switched_to),
        TEST(every_owner_has_a_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
