// SPDX-License-Identifier: Apache-2.0
/* The fixed-size parts of an application image. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "otakit/base/bytes.h"
#include "otakit/format/image.h"

static const uint8_t header_bytes[OTK_IMAGE_HEADER_SIZE] = {
    0xE9, 0x04, 0x02, 0x2F, 0x00, 0x00, 0x08, 0x40, 0xEE, 0x00, 0x00, 0x00,
    0x05, 0x00, 0x03, 0x2C, 0x01, 0x8F, 0x01, 0x00, 0x00, 0x00, 0x00, 0x01,
};

static void header_decode_reads_every_field(void **state)
{
    struct otk_image_header header;

    (void)state;
    otk_image_header_decode(header_bytes, &header);
    assert_int_equal(header.magic, OTK_IMAGE_MAGIC);
    assert_int_equal(header.segment_count, 4);
    assert_int_equal(header.spi_mode, 2);
    assert_int_equal(header.spi_speed, 0xF);
    assert_int_equal(header.flash_size, 2);
    assert_int_equal(header.entry_address, 0x40080000);
    assert_int_equal(header.wp_pin, 0xEE);
    assert_int_equal(header.chip_id, OTK_CHIP_ESP32C3);
    assert_int_equal(header.min_revision_legacy, 3);
    assert_int_equal(header.min_revision, 300);
    assert_int_equal(header.max_revision, 399);
    assert_int_equal(header.hash_appended, 1);
}

static void header_encode_writes_what_decode_read(void **state)
{
    struct otk_image_header header;
    uint8_t bytes[OTK_IMAGE_HEADER_SIZE];

    (void)state;
    otk_image_header_decode(header_bytes, &header);
    memset(bytes, 0x5A, sizeof(bytes));
    otk_image_header_encode(&header, bytes);
    assert_memory_equal(bytes, header_bytes, sizeof(bytes));
}

static void segment_header_decode_reads_both_fields(void **state)
{
    const uint8_t bytes[OTK_SEGMENT_HEADER_SIZE] = {0x20, 0x00, 0x40, 0x3F, 0x00, 0x04, 0x00, 0x80};
    struct otk_segment_header segment;

    (void)state;
    otk_segment_header_decode(bytes, &segment);
    assert_true(segment.address == 0x3F400020u);
    assert_true(segment.size == 0x80000400u);
}

static void app_desc_decode_terminates_texts_that_fill_their_field(void **state)
{
    uint8_t bytes[OTK_APP_DESC_SIZE];
    struct otk_app_desc desc;

    (void)state;
    memset(bytes, 'x', sizeof(bytes));
    otk_store_le32(bytes, OTK_APP_DESC_MAGIC);
    otk_store_le32(bytes + 4, 12);
    memcpy(bytes + 80, "12:00:00", 9);
    assert_int_equal(otk_app_desc_decode(bytes, &desc), OTK_OK);
    assert_int_equal(desc.secure_version, 12);
    assert_int_equal(strlen(desc.version), 32);
    assert_int_equal(strlen(desc.project), 32);
    assert_int_equal(strlen(desc.date), 16);
    assert_int_equal(strlen(desc.idf_version), 32);
    assert_string_equal(desc.time, "12:00:00");
    assert_int_equal(desc.elf_sha256[31], 'x');
}

static void app_desc_without_magic_is_refused_and_not_written(void **state)
{
    const uint8_t bytes[OTK_APP_DESC_SIZE] = {0x32, 0x54, 0xCD, 0xAC};
    struct otk_app_desc desc = {.secure_version = 77};

    (void)state;
    assert_int_equal(otk_app_desc_decode(bytes, &desc), OTK_NO_APP_DESC);
    assert_int_equal(desc.secure_version, 77);
}

static void header_fits_chips_of_its_revisions_only(void **state)
{
    struct otk_image_header header;

    (void)state;
    otk_image_header_decode(header_bytes, &header);
    assert_int_equal(otk_image_header_fits_chip(&header, 5, 300), OTK_OK);
    assert_int_equal(otk_image_header_fits_chip(&header, 5, 399), OTK_OK);
    assert_int_equal(otk_image_header_fits_chip(&header, 5, 299), OTK_CHIP_REVISION);
    assert_int_equal(otk_image_header_fits_chip(&header, 5, 400), OTK_CHIP_REVISION);
    assert_int_equal(otk_image_header_fits_chip(&header, 0, 300), OTK_WRONG_CHIP);
}

static void greatest_revision_0_and_65535_are_no_limit(void **state)
{
    struct otk_image_header header = {.chip_id = 5};

    (void)state;
    assert_int_equal(otk_image_header_fits_chip(&header, 5, 9999), OTK_OK);
    header.max_revision = 65535;
    assert_int_equal(otk_image_header_fits_chip(&header, 5, 9999), OTK_OK);
    header.max_revision = 65534;
    assert_int_equal(otk_image_header_fits_chip(&header, 5, 65535), OTK_CHIP_REVISION);
}

static void mapped_addresses_end_where_the_chip_s_windows_end(void **state)
{
    (void)state;
    assert_true(otk_segment_is_mapped(OTK_CHIP_ESP32, 0x3F400000));
    assert_true(otk_segment_is_mapped(OTK_CHIP_ESP32, 0x3F7FFFFF));
    assert_false(otk_segment_is_mapped(OTK_CHIP_ESP32, 0x3F3FFFFF));
    assert_false(otk_segment_is_mapped(OTK_CHIP_ESP32, 0x3F800000));
    assert_true(otk_segment_is_mapped(OTK_CHIP_ESP32, 0x400D0000));
    assert_false(otk_segment_is_mapped(OTK_CHIP_ESP32, 0x400CFFFF));
    assert_false(otk_segment_is_mapped(OTK_CHIP_ESP32, 0x40400000));
    assert_true(otk_segment_is_mapped(OTK_CHIP_ESP32C3, 0x42000020));
    assert_false(otk_segment_is_mapped(OTK_CHIP_ESP32, 0x42000020));
    assert_false(otk_segment_is_mapped(OTK_CHIP_INVALID, 0x42000020));
}

static void every_chip_has_a_name_and_a_mapped_window(void **state)
{
    (void)state;
#define CHECK_CHIP(name, id, text)                                                                \
    assert_string_equal(otk_chip_name(OTK_CHIP_##name), text);                                    \
    assert_true(otk_segment_is_mapped(id, 0x3C000000) || otk_segment_is_mapped(id, 0x3F400000) || \
                otk_segment_is_mapped(id, 0x40000000) || otk_segment_is_mapped(id, 0x42000000));
    OTK_CHIP_LIST(CHECK_CHIP)
#undef CHECK_CHIP
    assert_null(otk_chip_name(OTK_CHIP_INVALID));
    assert_null(otk_chip_name(1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(header_decode_reads_every_field),
        cmocka_unit_test(header_encode_writes_what_decode_read),
        cmocka_unit_test(segment_header_decode_reads_both_fields),
        cmocka_unit_test(app_desc_decode_terminates_texts_that_fill_their_field),
        cmocka_unit_test(app_desc_without_magic_is_refused_and_not_written),
        cmocka_unit_test(header_fits_chips_of_its_revisions_only),
        cmocka_unit_test(greatest_revision_0_and_65535_are_no_limit),
        cmocka_unit_test(mapped_addresses_end_where_the_chip_s_windows_end),
        cmocka_unit_test(every_chip_has_a_name_and_a_mapped_window),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
