// SPDX-License-Identifier: Apache-2.0
/* The update session: what it refuses, what it writes, how it continues. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/nor_fault.h"
#include "test/support/rig.h"

static struct rig rig;
static struct rig_image old_image;
static struct rig_image new_image;

static int setup(void **state)
{
    (void)state;
    rig_open(&rig, RIG_FACTORY_AND_TWO);
    rig_make_image(&old_image, "1.0.0", 90000, 1);
    rig_make_image(&new_image, "1.1.0", 100000, 2);
    rig_install(&rig, OTK_SLOT_FACTORY, &old_image);
    assert_int_equal(rig_reset(&rig), OTK_SLOT_FACTORY);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    rig_close(&rig);
    return 0;
}

static uint64_t ops(void)
{
    struct otk_nor_counts counts;

    otk_nor_get_counts(rig.nor, &counts);
    return counts.ops;
}

static void open_for(const struct rig_image *image)
{
    const struct otk_session_request request = {.image_size = image->len, .sha256 = image->sha256};

    assert_int_equal(otk_session_open(&rig.session, &rig.device, &request, rig.buffer), OTK_OK);
}

/* Cut the power in the middle of sending `image`, then reset. */
static void interrupt(const struct rig_image *image, uint64_t after_ops)
{
    const struct otk_nor_cut cut = {.after_ops = after_ops, .fault = OTK_NOR_BEFORE, .seed = 1};

    otk_nor_arm_cut(rig.nor, &cut);
    assert_int_equal(rig_send(&rig, image, 512), OTK_POWER_LOST);
    rig_reset(&rig);
}

static void session_installs_an_image_in_any_chunking(void **state)
{
    static const uint32_t chunks[] = {1, 31, 288, 4095, 4096, 4097, 100000};
    size_t i;

    for (i = 0; i < sizeof chunks / sizeof chunks[0]; i++) {
        assert_int_equal(rig_send(&rig, &new_image, chunks[i]), OTK_OK);
        assert_true(rig_slot_holds(&rig, 0, &new_image));
        teardown(state);
        setup(state);
    }
}

static void session_update_boots_on_trial_and_stays_when_confirmed(void **state)
{
    (void)state;
    assert_int_equal(rig_update(&rig, &new_image), 0);
    assert_true(otk_trial_is_pending(&rig.device));
    assert_int_equal(otk_trial_confirm(&rig.device), OTK_OK);
    assert_int_equal(rig_reset(&rig), 0);
    assert_false(otk_trial_is_pending(&rig.device));
}

static void session_update_rolls_back_when_not_confirmed(void **state)
{
    struct otk_last_update last;

    (void)state;
    assert_int_equal(rig_update(&rig, &new_image), 0);
    assert_int_equal(rig_reset(&rig), OTK_SLOT_FACTORY);
    assert_int_equal(rig_state(&rig, 0), OTK_STATE_ABORTED);
    assert_int_equal(otk_last_update(&rig.device, &last), OTK_OK);
    assert_int_equal(last.stage, OTK_STAGE_ROLLED_BACK);
    assert_int_equal(last.status, OTK_UNCONFIRMED);
    assert_int_equal(last.from_slot, OTK_SLOT_FACTORY);
    assert_int_equal(last.to_slot, 0);
}

static void session_alternates_between_the_slots(void **state)
{
    (void)state;
    assert_int_equal(rig_update(&rig, &new_image), 0);
    assert_int_equal(otk_trial_confirm(&rig.device), OTK_OK);
    rig_make_image(&old_image, "1.2.0", 70000, 3);
    assert_int_equal(rig_update(&rig, &old_image), 1);
    assert_int_equal(otk_trial_confirm(&rig.device), OTK_OK);
    rig_make_image(&new_image, "1.3.0", 120000, 4);
    assert_int_equal(rig_update(&rig, &new_image), 0);
    assert_true(rig_slot_holds(&rig, 0, &new_image));
}

static void session_refuses_a_second_one(void **state)
{
    const struct otk_session_request request = {0};
    struct otk_session second;

    (void)state;
    open_for(&new_image);
    assert_int_equal(otk_session_open(&second, &rig.device, &request, rig.scratch), OTK_BUSY);
    assert_int_equal(otk_session_write(&rig.session, 0, new_image.bytes, 100), OTK_OK);
}

static void session_refuses_while_the_running_app_is_on_trial(void **state)
{
    const struct otk_session_request request = {0};

    (void)state;
    rig_update(&rig, &new_image);
    assert_int_equal(otk_session_open(&rig.session, &rig.device, &request, rig.buffer),
                     OTK_PENDING_VERIFY);
}

static void session_refuses_on_the_head_before_anything_is_erased(void **state)
{
    static const struct {
        uint32_t offset;
        uint8_t value;
        enum otk_status status;
    } grid[] = {
        {0, 0xE8, OTK_BAD_MAGIC}, {12, 5, OTK_WRONG_CHIP},        {15, 200, OTK_CHIP_REVISION},
        {32, 0, OTK_NO_APP_DESC}, {1, 17, OTK_TOO_MANY_SEGMENTS},
    };
    const uint64_t before = ops();
    size_t i;

    (void)state;
    for (i = 0; i < sizeof grid / sizeof grid[0]; i++) {
        struct rig_image image = new_image;

        image.bytes[grid[i].offset] = grid[i].value;
        assert_int_equal(rig_send(&rig, &image, 100), grid[i].status);
        assert_int_equal(ops(), before);
    }
}

static void session_obeys_the_version_policy(void **state)
{
    (void)state;
    rig.device.policy.refuse_same_version = true;
    rig.device.policy.refuse_older_version = true;
    rig_make_image(&new_image, "1.0.0", 50000, 2);
    assert_int_equal(rig_send(&rig, &new_image, 4096), OTK_SAME_VERSION);
    rig_make_image(&new_image, "0.9.12", 50000, 2);
    assert_int_equal(rig_send(&rig, &new_image, 4096), OTK_OLDER_VERSION);
    rig_make_image(&new_image, "1.0.1", 50000, 2);
    assert_int_equal(rig_send(&rig, &new_image, 4096), OTK_OK);
}

static void session_refuses_a_size_beyond_the_slot(void **state)
{
    const struct otk_session_request request = {.image_size = RIG_SLOT_SIZE + 1};

    (void)state;
    assert_int_equal(otk_session_open(&rig.session, &rig.device, &request, rig.buffer),
                     OTK_TOO_BIG);
}

static void session_write_refuses_a_byte_past_the_announced_size(void **state)
{
    (void)state;
    open_for(&new_image);
    assert_int_equal(otk_session_write(&rig.session, 0, new_image.bytes, new_image.len), OTK_OK);
    assert_int_equal(otk_session_write(&rig.session, new_image.len, new_image.bytes, 1),
                     OTK_TOO_BIG);
}

static void session_write_reports_a_gap_and_ignores_what_it_has(void **state)
{
    (void)state;
    open_for(&new_image);
    assert_int_equal(otk_session_write(&rig.session, 0, new_image.bytes, 5000), OTK_OK);
    assert_int_equal(otk_session_write(&rig.session, 5001, new_image.bytes + 5001, 10), OTK_GAP);
    assert_int_equal(otk_session_offset(&rig.session), 5000);
    assert_int_equal(otk_session_write(&rig.session, 0, old_image.bytes, 4000), OTK_OK);
    assert_int_equal(otk_session_write(&rig.session, 4000, new_image.bytes + 4000, 2000), OTK_OK);
    assert_int_equal(otk_session_offset(&rig.session), 6000);
}

static void session_refuses_a_corrupt_image_before_the_switch(void **state)
{
    (void)state;
    new_image.bytes[50000] ^= 1;
    assert_int_equal(rig_send(&rig, &new_image, 4096), OTK_BAD_CHECKSUM);
    assert_int_equal(otk_session_switch(&rig.session), OTK_NOT_OPEN);
    assert_int_equal(rig_reset(&rig), OTK_SLOT_FACTORY);
}

static void session_refuses_another_file_than_was_announced(void **state)
{
    struct otk_last_update last;

    (void)state;
    memset(new_image.sha256, 0x55, sizeof new_image.sha256);
    assert_int_equal(rig_send(&rig, &new_image, 4096), OTK_BAD_HASH);
    assert_int_equal(otk_last_update(&rig.device, &last), OTK_OK);
    assert_int_equal(last.stage, OTK_STAGE_FAILED);
    assert_int_equal(last.status, OTK_BAD_HASH);
    open_for(&new_image);
    assert_int_equal(otk_session_offset(&rig.session), 0);
}

static void session_finish_wants_all_bytes(void **state)
{
    (void)state;
    open_for(&new_image);
    assert_int_equal(otk_session_write(&rig.session, 0, new_image.bytes, 5000), OTK_OK);
    assert_int_equal(otk_session_finish(&rig.session), OTK_INCOMPLETE);
    assert_int_equal(otk_session_write(&rig.session, 5000, new_image.bytes + 5000, 100), OTK_OK);
}

static void session_half_written_never_looks_bootable(void **state)
{
    (void)state;
    open_for(&new_image);
    assert_int_equal(otk_session_write(&rig.session, 0, new_image.bytes, new_image.len), OTK_OK);
    assert_int_equal(otk_nor_content(rig.nor)[rig_slot_offset(&rig, 0)], 0xFF);
}

static void session_resumes_at_the_last_sector_after_a_power_cut(void **state)
{
    (void)state;
    interrupt(&new_image, 200);
    open_for(&new_image);
    assert_in_range(otk_session_offset(&rig.session), 40000, 60000);
    assert_int_equal(otk_session_offset(&rig.session) % OTK_SECTOR_SIZE, 0);
    otk_session_close(&rig.session);
    assert_int_equal(rig_update(&rig, &new_image), 0);
}

static void session_resumes_without_a_hash_by_size_and_head(void **state)
{
    const struct otk_session_request request = {.image_size = new_image.len};

    (void)state;
    assert_int_equal(otk_session_open(&rig.session, &rig.device, &request, rig.buffer), OTK_OK);
    assert_int_equal(otk_session_write(&rig.session, 0, new_image.bytes, 50000), OTK_OK);
    rig_reset(&rig);
    assert_int_equal(otk_session_open(&rig.session, &rig.device, &request, rig.buffer), OTK_OK);
    assert_int_equal(otk_session_offset(&rig.session), 0);
    assert_int_equal(otk_session_write(&rig.session, 0, new_image.bytes, 288), OTK_OK);
    assert_int_equal(otk_session_offset(&rig.session), 49152);
}

/* By the SHA-256 alone it is the same update: one transport knows the size, another does not. */
static void session_resumes_where_only_one_attempt_knew_the_size(void **state)
{
    const struct otk_session_request with_size = {.image_size = new_image.len,
                                                  .sha256 = new_image.sha256};
    const struct otk_session_request without = {.sha256 = new_image.sha256};

    for (int knew = 0; knew < 2; knew++) {
        assert_int_equal(
            otk_session_open(&rig.session, &rig.device, knew ? &with_size : &without, rig.buffer),
            OTK_OK);
        assert_int_equal(otk_session_write(&rig.session, 0, new_image.bytes, 50000), OTK_OK);
        rig_reset(&rig);
        assert_int_equal(
            otk_session_open(&rig.session, &rig.device, knew ? &without : &with_size, rig.buffer),
            OTK_OK);
        assert_int_equal(otk_session_offset(&rig.session), 49152);
        assert_int_equal(
            otk_session_write(&rig.session, 49152, new_image.bytes + 49152, new_image.len - 49152),
            OTK_OK);
        while (otk_session_finish(&rig.session) == OTK_MORE) {
        }
        assert_int_equal(otk_session_switch(&rig.session), OTK_OK);
        assert_true(rig_slot_holds(&rig, 0, &new_image));
        teardown(state);
        setup(state);
    }
}

/* A size that somebody claimed earlier is no fact: without one of its own, an update of the same hash
 * goes on, and ends where its image ends. */
static void session_does_not_believe_a_size_that_only_flash_remembers(void **state)
{
    static const int wrong_by[] = {1, 5000, 90000, -1, -5000, -45000};

    for (unsigned i = 0; i < sizeof wrong_by / sizeof wrong_by[0]; i++) {
        const struct otk_session_request lie = {
            .image_size = (uint32_t)((int)new_image.len + wrong_by[i]), .sha256 = new_image.sha256};
        const struct otk_session_request honest = {.sha256 = new_image.sha256};
        uint32_t offset;

        assert_int_equal(otk_session_open(&rig.session, &rig.device, &lie, rig.buffer), OTK_OK);
        assert_int_equal(otk_session_write(&rig.session, 0, new_image.bytes, 50000), OTK_OK);
        rig_reset(&rig);
        assert_int_equal(otk_session_open(&rig.session, &rig.device, &honest, rig.buffer), OTK_OK);
        offset = otk_session_offset(&rig.session);
        assert_int_equal(offset, 49152);
        assert_int_equal(otk_session_write(&rig.session, offset, new_image.bytes + offset,
                                           new_image.len - offset),
                         OTK_OK);
        while (otk_session_finish(&rig.session) == OTK_MORE) {
        }
        assert_int_equal(otk_session_switch(&rig.session), OTK_OK);
        assert_true(rig_slot_holds(&rig, 0, &new_image));
        teardown(state);
        setup(state);
    }
}

static void session_of_another_image_does_not_inherit_the_journal(void **state)
{
    (void)state;
    interrupt(&new_image, 200);
    rig_make_image(&old_image, "1.4.0", 100000, 9);
    open_for(&old_image);
    assert_int_equal(otk_session_offset(&rig.session), 0);
    otk_session_close(&rig.session);
    assert_int_equal(rig_update(&rig, &old_image), 0);
    assert_true(rig_slot_holds(&rig, 0, &old_image));
}

static void session_notices_a_slot_changed_behind_its_journal(void **state)
{
    const uint8_t other[4] = {1, 2, 3, 4};

    (void)state;
    interrupt(&new_image, 200);
    otk_nor_fill(rig.nor, rig_slot_offset(&rig, 0) + 9000, other, sizeof other);
    open_for(&new_image);
    assert_int_equal(otk_session_offset(&rig.session), 8192);
}

static void session_takes_an_image_that_is_there_already_as_it_is(void **state)
{
    uint64_t before;

    (void)state;
    rig_install(&rig, 0, &new_image);
    before = ops();
    open_for(&new_image);
    assert_int_equal(otk_session_offset(&rig.session), new_image.len);
    assert_int_equal(otk_session_finish(&rig.session), OTK_OK);
    assert_int_equal(ops(), before);
    assert_int_equal(otk_session_switch(&rig.session), OTK_OK);
    assert_int_equal(rig_reset(&rig), 0);
}

static void session_leaves_sectors_alone_that_are_right(void **state)
{
    struct otk_progress progress;

    (void)state;
    rig_install(&rig, 0, &new_image);
    new_image.bytes[60000] ^= 0xFF;
    rig_seal_image(&new_image);
    assert_int_equal(rig_send(&rig, &new_image, 4096), OTK_OK);
    assert_true(rig_slot_holds(&rig, 0, &new_image));
    otk_session_progress(&rig.session, &progress);
    assert_in_range(progress.skipped, 70000, 100000);
    assert_int_equal(otk_nor_wear(rig.nor, rig_slot_offset(&rig, 0) + 8192), 0);
}

static void session_writes_only_the_passive_slot_and_otadata(void **state)
{
    (void)state;
    assert_int_equal(otk_nor_protect(rig.nor, 0, RIG_OTADATA), OTK_OK);
    assert_int_equal(otk_nor_protect(rig.nor, 0xF000, 0x10000 + RIG_SLOT_SIZE - 0xF000), OTK_OK);
    assert_int_equal(otk_nor_protect(rig.nor, rig_slot_offset(&rig, 1), RIG_SLOT_SIZE), OTK_OK);
    assert_int_equal(rig_update(&rig, &new_image), 0);
}

static void session_abort_leaves_nothing_to_resume_or_boot(void **state)
{
    struct otk_last_update last;

    (void)state;
    open_for(&new_image);
    assert_int_equal(otk_session_write(&rig.session, 0, new_image.bytes, 60000), OTK_OK);
    assert_int_equal(otk_session_abort(&rig.session, OTK_CANCELLED), OTK_OK);
    assert_int_equal(otk_last_update(&rig.device, &last), OTK_OK);
    assert_int_equal(last.status, OTK_CANCELLED);
    open_for(&new_image);
    assert_int_equal(otk_session_offset(&rig.session), 0);
}

static void session_poll_erases_ahead_one_block_at_most(void **state)
{
    const uint64_t before = ops();
    int calls = 0;

    (void)state;
    open_for(&new_image);
    assert_int_equal(otk_session_poll(&rig.session), OTK_OK);
    assert_int_equal(ops(), before);
    assert_int_equal(otk_session_write(&rig.session, 0, new_image.bytes, 4096), OTK_OK);
    while (otk_session_poll(&rig.session) == OTK_MORE) {
        calls++;
    }
    assert_in_range(calls, 1, 2);
    assert_int_equal(
        otk_session_write(&rig.session, 4096, new_image.bytes + 4096, new_image.len - 4096),
        OTK_OK);
}

static void session_settles_otadata_after_a_fallback(void **state)
{
    (void)state;
    rig_update(&rig, &new_image);
    assert_int_equal(otk_trial_confirm(&rig.device), OTK_OK);
    rig_make_image(&old_image, "1.2.0", 70000, 3);
    assert_int_equal(rig_update(&rig, &old_image), 1);
    assert_int_equal(otk_trial_confirm(&rig.device), OTK_OK);
    otk_nor_fill(rig.nor, rig_slot_offset(&rig, 1), "bad!", 4);
    assert_int_equal(rig_reset(&rig), 0);
    rig_make_image(&old_image, "1.3.0", 80000, 5);
    assert_int_equal(rig_update(&rig, &old_image), 1);
    /* Not confirmed: the next reset has to go back to what ran, whatever otadata said before. */
    assert_int_equal(rig_reset(&rig), 0);
    assert_int_equal(rig_reset(&rig), 0);
}

static void session_works_with_large_write_units(void **state)
{
    static const uint32_t aligns[] = {1, 4, 16, 32};
    size_t i;

    for (i = 0; i < sizeof aligns / sizeof aligns[0]; i++) {
        const struct otk_nor_config config = {.size = RIG_FLASH_SIZE, .write_align = aligns[i]};

        teardown(state);
        rig_open_with(&rig, RIG_FACTORY_AND_TWO, &config);
        rig_install(&rig, OTK_SLOT_FACTORY, &old_image);
        rig_reset(&rig);
        interrupt(&new_image, 250);
        open_for(&new_image);
        assert_in_range(otk_session_offset(&rig.session), 20000, 80000);
        otk_session_close(&rig.session);
        assert_int_equal(rig_update(&rig, &new_image), 0);
        assert_true(rig_slot_holds(&rig, 0, &new_image));
    }
}

/* A table that no build makes: its entries are put together here. */
static void use_layout(struct otk_area otadata, struct otk_area slot)
{
    rig.device.layout.otadata = otadata;
    rig.device.layout.ota[0] = slot;
}

static void session_refuses_a_table_that_would_make_it_hit_something_else(void **state)
{
    const struct otk_area otadata = {RIG_OTADATA, 0x2000};
    const struct otk_area slot = rig.device.layout.ota[0];
    const struct otk_area factory = rig.device.layout.factory;
    const struct {
        struct otk_area otadata;
        struct otk_area slot;
        enum otk_status status;
    } grid[] = {
        {otadata, {slot.offset + 16, slot.size - 16}, OTK_MISALIGNED},
        {{RIG_OTADATA + 32, 0x2000}, slot, OTK_MISALIGNED},
        {otadata, {factory.offset + 0x10000, slot.size}, OTK_BAD_TABLE},
        {otadata, {RIG_OTADATA + 0x1000, slot.size}, OTK_BAD_TABLE},
        {{factory.offset, 0x2000}, slot, OTK_BAD_TABLE},
        {otadata, {RIG_FLASH_SIZE - 0x1000, slot.size}, OTK_BAD_TABLE},
    };
    const struct otk_session_request request = {.image_size = 50000};
    const uint64_t before = ops();
    size_t i;

    (void)state;
    for (i = 0; i < sizeof grid / sizeof grid[0]; i++) {
        use_layout(grid[i].otadata, grid[i].slot);
        assert_int_equal(otk_session_open(&rig.session, &rig.device, &request, rig.buffer),
                         grid[i].status);
        assert_int_equal(ops(), before);
    }
}

static void session_uses_whole_sectors_of_a_slot_only(void **state)
{
    struct otk_session_request request = {.image_size = 0x8001};

    (void)state;
    rig.device.layout.ota[0].size = 0x8FFF;
    assert_int_equal(otk_session_open(&rig.session, &rig.device, &request, rig.buffer),
                     OTK_TOO_BIG);
    request.image_size = 0x8000;
    assert_int_equal(otk_session_open(&rig.session, &rig.device, &request, rig.buffer), OTK_OK);
}

static void session_refuses_when_the_sequence_numbers_are_used_up(void **state)
{
    const struct otk_session_request request = {.image_size = 50000};
    struct otk_otadata entry;
    uint8_t bytes[OTK_OTADATA_SIZE];

    (void)state;
    rig_install(&rig, 0, &old_image);
    otk_otadata_make(0xFFFFFFFDu, OTK_STATE_VALID, &entry);
    otk_otadata_encode(&entry, bytes);
    otk_nor_fill(rig.nor, RIG_OTADATA, bytes, sizeof bytes);
    assert_int_equal(rig_reset(&rig), 0);
    assert_int_equal(otk_session_open(&rig.session, &rig.device, &request, rig.buffer), OTK_OK);
    otk_session_close(&rig.session);

    otk_otadata_make(0xFFFFFFFEu, OTK_STATE_VALID, &entry);
    otk_otadata_encode(&entry, bytes);
    otk_nor_fill(rig.nor, RIG_OTADATA, bytes, sizeof bytes);
    rig_install(&rig, 1, &old_image);
    assert_int_equal(rig_reset(&rig), 1);
    assert_int_equal(otk_session_open(&rig.session, &rig.device, &request, rig.buffer),
                     OTK_OUT_OF_RANGE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(session_installs_an_image_in_any_chunking),
        TEST(session_update_boots_on_trial_and_stays_when_confirmed),
        TEST(session_update_rolls_back_when_not_confirmed),
        TEST(session_alternates_between_the_slots),
        TEST(session_refuses_a_second_one),
        TEST(session_refuses_while_the_running_app_is_on_trial),
        TEST(session_refuses_on_the_head_before_anything_is_erased),
        TEST(session_obeys_the_version_policy),
        TEST(session_refuses_a_size_beyond_the_slot),
        TEST(session_write_refuses_a_byte_past_the_announced_size),
        TEST(session_write_reports_a_gap_and_ignores_what_it_has),
        TEST(session_refuses_a_corrupt_image_before_the_switch),
        TEST(session_refuses_another_file_than_was_announced),
        TEST(session_finish_wants_all_bytes),
        TEST(session_half_written_never_looks_bootable),
        TEST(session_resumes_at_the_last_sector_after_a_power_cut),
        TEST(session_resumes_without_a_hash_by_size_and_head),
        TEST(session_resumes_where_only_one_attempt_knew_the_size),
        TEST(session_does_not_believe_a_size_that_only_flash_remembers),
        TEST(session_of_another_image_does_not_inherit_the_journal),
        TEST(session_notices_a_slot_changed_behind_its_journal),
        TEST(session_takes_an_image_that_is_there_already_as_it_is),
        TEST(session_leaves_sectors_alone_that_are_right),
        TEST(session_writes_only_the_passive_slot_and_otadata),
        TEST(session_abort_leaves_nothing_to_resume_or_boot),
        TEST(session_poll_erases_ahead_one_block_at_most),
        TEST(session_settles_otadata_after_a_fallback),
        TEST(session_works_with_large_write_units),
        TEST(session_refuses_a_table_that_would_make_it_hit_something_else),
        TEST(session_uses_whole_sectors_of_a_slot_only),
        TEST(session_refuses_when_the_sequence_numbers_are_used_up),
    };

    return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
