// SPDX-License-Identifier: Apache-2.0
/* What must not happen whatever table, image or caller a session meets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "otakit/base/bytes.h"
#include "otakit/crypto/digest.h"
#include "test/support/rig.h"

/* Where the rig's table names it. */
#define OTA_1 2u

static struct rig rig;
static struct rig_image old_image;
static struct rig_image new_image;

static int setup(void **state)
{
    (void)state;
    rig_open(&rig, RIG_TWO);
    rig_make_image(&old_image, "1.0.0", 90000, 1);
    rig_make_image(&new_image, "1.1.0", 100000, 2);
    rig_install(&rig, 0, &old_image);
    assert_int_equal(rig_reset(&rig), 0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    rig_close(&rig);
    return 0;
}

/* Give the table's record `index` another place and size, and the table its MD5. */
static void move_partition(uint32_t index, uint32_t offset, uint32_t size)
{
    uint8_t table[OTK_TABLE_SIZE];
    uint8_t digest[OTK_MD5_SIZE];

    memcpy(table, otk_nor_content(rig.nor) + OTK_TABLE_OFFSET, sizeof table);
    otk_store_le32(table + index * OTK_PARTITION_RECORD_SIZE + 4, offset);
    otk_store_le32(table + index * OTK_PARTITION_RECORD_SIZE + 8, size);
    assert_int_equal(otk_md5(table, 3 * OTK_PARTITION_RECORD_SIZE, digest), OTK_OK);
    otk_partition_encode_md5(digest, table + 3 * OTK_PARTITION_RECORD_SIZE);
    otk_nor_fill(rig.nor, OTK_TABLE_OFFSET, table, sizeof table);
}

/* An update of ota_1 at that place ends in `wanted`; the running application and the table stay. */
static void check_place(uint32_t offset, uint32_t size, enum otk_status wanted)
{
    move_partition(OTA_1, offset, size);
    assert_int_equal(rig_reset(&rig), 0);
    assert_int_equal(rig_send(&rig, &new_image, 4096), wanted);
    assert_true(rig_slot_holds(&rig, 0, &old_image));
    assert_int_equal(rig_reset(&rig), 0);
}

static void session_refuses_a_slot_that_is_not_its_own(void **state)
{
    static const struct otk_area places[] = {
        {0x10000, 0x30000},    /* the running application's */
        {0x20000, 0x30000},    /* its end */
        {0xD000, 0x30000},     /* otadata */
        {0x8000, 0x30000},     /* the table */
        {0, 0x30000},          /* the bootloader */
        {0x40000, 0xFFFD0000}, /* wraps around and ends on the chip */
        {0x40000, 0xFFFFFFFF},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof places / sizeof places[0]; i++)
        check_place(places[i].offset, places[i].size, OTK_BAD_TABLE);
}

static void session_refuses_otadata_that_lies_in_something_else(void **state)
{
    static const uint32_t offsets[] = {0x7000, 0x8000, 0x10000, 0x1F000, 0x40000};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof offsets / sizeof offsets[0]; i++) {
        rig.device.layout.otadata.offset = offsets[i];
        assert_int_equal(rig_send(&rig, &new_image, 4096), OTK_BAD_TABLE);
    }
    assert_true(rig_slot_holds(&rig, 0, &old_image));
}

static void session_leaves_a_sector_alone_that_is_the_slots_in_part(void **state)
{
    const uint32_t tail = 0x40000 + new_image.len / OTK_SECTOR_SIZE * OTK_SECTOR_SIZE;

    (void)state;
    otk_nor_fill(rig.nor, tail, old_image.bytes, OTK_SECTOR_SIZE);
    check_place(0x40000, new_image.len, OTK_TOO_BIG);
    check_place(0x40000, 0x100, OTK_TOO_BIG);
    assert_memory_equal(otk_nor_content(rig.nor) + tail, old_image.bytes, OTK_SECTOR_SIZE);
}

static void session_fills_a_slot_at_the_end_of_flash(void **state)
{
    (void)state;
    check_place(RIG_FLASH_SIZE - 0x20000, 0x20000, OTK_OK);
    assert_true(rig_slot_holds(&rig, 1, &new_image));
}

/* Else a stale handle would erase what the new session verified, and otadata would name it. */
static void session_that_failed_forgets_nothing_of_the_next(void **state)
{
    const struct otk_session_request request = {.image_size = new_image.len};
    static uint8_t buffer[OTK_SECTOR_SIZE];
    struct otk_session failed;

    (void)state;
    assert_int_equal(otk_session_open(&failed, &rig.device, &request, buffer), OTK_OK);
    assert_int_equal(otk_session_write(&failed, 0, new_image.bytes, 5000), OTK_OK);
    assert_int_equal(otk_session_write(&failed, 5000, new_image.bytes, new_image.len), OTK_TOO_BIG);
    assert_int_equal(rig_send(&rig, &new_image, 4096), OTK_OK);
    assert_int_equal(otk_session_abort(&failed, OTK_CANCELLED), OTK_OK);
    assert_int_equal(otk_session_switch(&rig.session), OTK_OK);
    assert_int_equal(rig_reset(&rig), 1);
}

static void session_refuses_a_description_outside_the_first_segment(void **state)
{
    (void)state;
    otk_store_le32(new_image.bytes + 28, OTK_APP_DESC_SIZE - 4);
    assert_int_equal(rig_send(&rig, &new_image, 4096), OTK_NO_APP_DESC);
    new_image.bytes[1] = 0;
    assert_int_equal(rig_send(&rig, &new_image, 4096), OTK_NO_APP_DESC);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(session_refuses_a_slot_that_is_not_its_own),
        TEST(session_refuses_otadata_that_lies_in_something_else),
        TEST(session_leaves_a_sector_alone_that_is_the_slots_in_part),
        TEST(session_fills_a_slot_at_the_end_of_flash),
        TEST(session_that_failed_forgets_nothing_of_the_next),
        TEST(session_refuses_a_description_outside_the_first_segment),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
