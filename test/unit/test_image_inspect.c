// SPDX-License-Identifier: Apache-2.0
/* Reports on images, whole and broken in every way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/image_build.h"
#include "host/image_inspect.h"
#include "otakit/base/bytes.h"

#define SIZE 2048u

static uint8_t *image;
static struct otk_image_report report;

static int setup(void **state)
{
    const struct otk_image_spec spec = {
        .chip_id = OTK_CHIP_ESP32, .project = "lamp", .version = "1.2.0", .size = SIZE};
    uint32_t len;

    (void)state;
    assert_int_equal(otk_image_build(&spec, &image, &len), OTK_OK);
    assert_int_equal(len, SIZE);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    free(image);
    image = NULL;
    return 0;
}

static void inspect(uint32_t len)
{
    otk_image_inspect(image, len, NULL, &report);
}

static void image_inspect_tells_everything_of_a_good_image(void **state)
{
    (void)state;
    inspect(SIZE);
    assert_int_equal(report.status, OTK_OK);
    assert_true(report.has_header);
    assert_int_equal(report.checksum, OTK_CHECK_OK);
    assert_int_equal(report.hash, OTK_CHECK_OK);
    assert_int_equal(report.len, SIZE);
    assert_int_equal(report.signature_count, 0);
    assert_int_equal(report.segments[0].address, 0x3F400020);
    assert_int_equal(report.segments[0].offset, 32);
    assert_int_equal(report.header.entry_address, report.segments[2].address);
}

static void image_inspect_ignores_what_stands_behind_the_image(void **state)
{
    uint8_t *const flash = malloc(2 * SIZE);

    (void)state;
    memset(flash, 0xFF, 2 * SIZE);
    memcpy(flash, image, SIZE);
    otk_image_inspect(flash, 2 * SIZE, NULL, &report);
    assert_int_equal(report.status, OTK_OK);
    assert_int_equal(report.len, SIZE);
    free(flash);
}

static void image_inspect_sees_a_bad_checksum_and_a_bad_hash(void **state)
{
    (void)state;
    image[400] ^= 1;
    inspect(SIZE);
    assert_int_equal(report.status, OTK_BAD_CHECKSUM);
    assert_int_equal(report.checksum, OTK_CHECK_BAD);
    assert_int_equal(report.hash, OTK_CHECK_BAD);
    image[401] ^= 1;
    inspect(SIZE);
    assert_int_equal(report.status, OTK_BAD_HASH);
    assert_int_equal(report.checksum, OTK_CHECK_OK);
    assert_int_equal(report.hash, OTK_CHECK_BAD);
}

static void image_inspect_accepts_an_image_without_a_hash(void **state)
{
    (void)state;
    image[23] = 0;
    inspect(SIZE - 32);
    assert_int_equal(report.status, OTK_OK);
    assert_int_equal(report.hash, OTK_CHECK_ABSENT);
    assert_int_equal(report.len, SIZE - 32);
}

static void image_inspect_reports_on_images_cut_anywhere(void **state)
{
    (void)state;
    for (uint32_t len = 0; len < SIZE; len++) {
        /* A block of its own, so that a sanitizer sees a read past the end. */
        uint8_t *const cut = malloc(len + !len);

        memcpy(cut, image, len);
        otk_image_inspect(cut, len, NULL, &report);
        assert_int_equal(report.status, OTK_INCOMPLETE);
        assert_int_equal(report.len, 0);
        assert_int_equal(report.has_header, len >= OTK_IMAGE_HEADER_SIZE);
        free(cut);
    }
}

static void image_inspect_survives_any_byte_changed(void **state)
{
    static const uint8_t values[] = {0x00, 0x01, 0x7F, 0x80, 0xFF};

    (void)state;
    for (uint32_t i = 0; i < OTK_APP_DESC_OFFSET + OTK_APP_DESC_SIZE; i++) {
        const uint8_t kept = image[i];

        for (size_t j = 0; j < sizeof values; j++) {
            /* Only an image that denies its hash is not caught by it. */
            const bool accepted = values[j] == kept || (i == 23 && values[j] == 0);

            image[i] = values[j];
            inspect(SIZE);
            assert_int_equal(report.status == OTK_OK, accepted);
        }
        image[i] = kept;
    }
}

static void image_inspect_refuses_what_is_no_image(void **state)
{
    (void)state;
    memset(image, 0xFF, SIZE);
    inspect(SIZE);
    assert_false(report.has_header);
    assert_int_equal(report.status, OTK_BAD_MAGIC);
    assert_int_equal(report.checksum, OTK_CHECK_BAD);
}

static void image_inspect_refuses_an_unknown_chip(void **state)
{
    (void)state;
    otk_store_le16(image + 12, 0x1234);
    inspect(SIZE);
    assert_true(report.has_header);
    assert_int_equal(report.status, OTK_WRONG_CHIP);
    assert_string_equal(report.segments[0].kind, "UNKNOWN");
}

static void image_inspect_judges_against_the_target(void **state)
{
    struct otk_image_target target = {.area = {.offset = 0x110000, .size = SIZE},
                                      .chip_id = OTK_CHIP_ESP32};

    (void)state;
    otk_image_inspect(image, SIZE, &target, &report);
    assert_int_equal(report.status, OTK_OK);
    target.area.size = SIZE - 1;
    otk_image_inspect(image, SIZE, &target, &report);
    assert_int_equal(report.status, OTK_TOO_BIG);
    target.area = (struct otk_area){.offset = 0x111000, .size = SIZE};
    otk_image_inspect(image, SIZE, &target, &report);
    assert_int_equal(report.status, OTK_BAD_ADDRESS);
    target.area.offset = 0x110000;
    target.chip_id = OTK_CHIP_ESP32C3;
    otk_image_inspect(image, SIZE, &target, &report);
    assert_int_equal(report.status, OTK_WRONG_CHIP);
}

static void image_inspect_takes_the_least_revision_for_the_chips(void **state)
{
    (void)state;
    otk_store_le16(image + 15, 301);
    image[23] = 0; /* the hash would no longer match */
    inspect(SIZE);
    assert_int_equal(report.status, OTK_OK);
}

static void image_inspect_names_memories(void **state)
{
    static const struct {
        uint16_t chip_id;
        uint32_t address;
        const char *kind;
    } cases[] = {
        {OTK_CHIP_ESP32, 0x3F400020, "DROM"},     {OTK_CHIP_ESP32, 0x3FFB0000, "DRAM"},
        {OTK_CHIP_ESP32, 0x40080000, "IRAM"},     {OTK_CHIP_ESP32, 0x400D0020, "IROM"},
        {OTK_CHIP_ESP32, 0x400C0000, "RTC_IRAM"}, {OTK_CHIP_ESP32, 0x3FF80000, "RTC_DRAM"},
        {OTK_CHIP_ESP32, 0x50000000, "RTC"},      {OTK_CHIP_ESP32, 0x00000000, "PADDING"},
        {OTK_CHIP_ESP32, 0x60000000, "UNKNOWN"},  {OTK_CHIP_ESP32C3, 0x3C0F0020, "DROM"},
        {OTK_CHIP_ESP32C6, 0x42100020, "DROM"},   {OTK_CHIP_ESP32C6, 0x40810000, "DRAM"},
        {OTK_CHIP_ESP32P4, 0x4FF10000, "DRAM"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        otk_store_le16(image + 12, cases[i].chip_id);
        otk_store_le32(image + 4, 0);
        otk_store_le32(image + 24, cases[i].address);
        inspect(SIZE);
        assert_string_equal(report.segments[0].kind, cases[i].kind);
    }
}

static void image_inspect_tells_code_from_data_where_memory_is_shared(void **state)
{
    static const char *const kinds[] = {"DROM", "DRAM", "IRAM", "IROM"};
    static const uint32_t addresses[] = {0x42100020, 0x40810000, 0x40800000, 0x42000000};
    uint32_t offset = 24;

    (void)state;
    otk_store_le16(image + 12, OTK_CHIP_ESP32C6);
    otk_store_le32(image + 4, 0x40800010);
    for (size_t i = 0; i < 4; i++) {
        otk_store_le32(image + offset, addresses[i]);
        offset += 8 + otk_load_le32(image + offset + 4);
    }
    inspect(SIZE);
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(report.segments[i].kind, kinds[i]);
    }
}

static void image_inspect_notes_at_most_16_segments(void **state)
{
    static uint8_t many[24 + 255 * 8 + 16] = {OTK_IMAGE_MAGIC, 255};

    (void)state;
    otk_image_inspect(many, sizeof many, NULL, &report);
    assert_int_equal(report.status, OTK_TOO_MANY_SEGMENTS);
    assert_int_equal(report.segment_count, OTK_IMAGE_SEGMENT_COUNT);
    assert_int_equal(report.len, 0);
}

static void image_inspect_knows_an_image_of_an_esp8266(void **state)
{
    static const uint8_t begin[] = {0xE9, 3, 0, 0, 0xD0, 4, 0x10, 0x40, 0, 0, 0x10, 0x40};
    uint8_t bytes[64] = {0};

    (void)state;
    memcpy(bytes, begin, sizeof begin);
    otk_image_inspect(bytes, sizeof bytes, NULL, &report);
    assert_true(report.is_esp8266);
    assert_int_equal(report.status, OTK_WRONG_CHIP);
    bytes[11] = 0;
    otk_image_inspect(bytes, sizeof bytes, NULL, &report);
    assert_false(report.is_esp8266);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(image_inspect_tells_everything_of_a_good_image),
        TEST(image_inspect_ignores_what_stands_behind_the_image),
        TEST(image_inspect_sees_a_bad_checksum_and_a_bad_hash),
        TEST(image_inspect_accepts_an_image_without_a_hash),
        TEST(image_inspect_reports_on_images_cut_anywhere),
        TEST(image_inspect_survives_any_byte_changed),
        TEST(image_inspect_refuses_what_is_no_image),
        TEST(image_inspect_refuses_an_unknown_chip),
        TEST(image_inspect_judges_against_the_target),
        TEST(image_inspect_takes_the_least_revision_for_the_chips),
        TEST(image_inspect_names_memories),
        TEST(image_inspect_tells_code_from_data_where_memory_is_shared),
        TEST(image_inspect_notes_at_most_16_segments),
        TEST(image_inspect_knows_an_image_of_an_esp8266),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
