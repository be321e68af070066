// SPDX-License-Identifier: Apache-2.0
/* Made images: accepted by the bootloader's rules, of the size asked for, and reproducible. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/image_build.h"
#include "host/image_inspect.h"

static const uint16_t chips[] = {
#define CHIP(name, id, text) id,
    OTK_CHIP_LIST(CHIP)
#undef CHIP
};

static uint8_t *image;
static uint32_t len;

static int teardown(void **state)
{
    (void)state;
    free(image);
    image = NULL;
    return 0;
}

static struct otk_image_spec lamp(void)
{
    return (struct otk_image_spec){
        .chip_id = OTK_CHIP_ESP32C3, .project = "lamp", .version = "1.2.0", .seed = 7};
}

static enum otk_status build(const struct otk_image_spec *spec)
{
    free(image);
    image = NULL;
    return otk_image_build(spec, &image, &len);
}

static void image_build_makes_a_good_image_for_every_chip(void **state)
{
    static const char *const kinds[] = {"DROM", "DRAM", "IRAM", "IROM"};

    (void)state;
    for (size_t i = 0; i < sizeof chips / sizeof chips[0]; i++) {
        struct otk_image_spec spec = lamp();
        struct otk_image_report report;

        spec.chip_id = chips[i];
        assert_int_equal(build(&spec), OTK_OK);
        otk_image_inspect(image, len, NULL, &report);
        assert_int_equal(report.status, OTK_OK);
        assert_int_equal(report.len, len);
        assert_int_equal(report.header.chip_id, chips[i]);
        assert_int_equal(report.segment_count, 4);
        for (uint32_t j = 0; j < 4; j++) {
            assert_string_equal(report.segments[j].kind, kinds[j]);
        }
    }
}

static void image_build_has_exactly_the_size_asked_for(void **state)
{
    static const uint32_t sizes[] = {1024, 1040, 4096, 65536, 100000, 1448064, 3 << 20};

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct otk_image_spec spec = lamp();
        struct otk_image_report report;

        spec.size = sizes[i];
        assert_int_equal(build(&spec), OTK_OK);
        assert_int_equal(len, sizes[i]);
        otk_image_inspect(image, len, NULL, &report);
        assert_int_equal(report.status, OTK_OK);
        assert_int_equal(report.len, len);
    }
}

static void image_build_rounds_sizes_up_to_16(void **state)
{
    struct otk_image_spec spec = lamp();

    (void)state;
    spec.size = 1025;
    assert_int_equal(build(&spec), OTK_OK);
    assert_int_equal(len, 1040);
}

static void image_build_describes_the_application(void **state)
{
    struct otk_image_spec spec = lamp();
    struct otk_image_report report;

    (void)state;
    spec.secure_version = 5;
    spec.version = "1234567890123456789012345678901";
    assert_int_equal(build(&spec), OTK_OK);
    otk_image_inspect(image, len, NULL, &report);
    assert_true(report.has_app);
    assert_string_equal(report.app.project, "lamp");
    assert_string_equal(report.app.version, spec.version);
    assert_int_equal(report.app.secure_version, 5);
}

static void image_build_repeats_itself_and_follows_the_seed(void **state)
{
    struct otk_image_spec spec = lamp();
    uint8_t *first;
    uint32_t first_len;

    (void)state;
    assert_int_equal(otk_image_build(&spec, &first, &first_len), OTK_OK);
    assert_int_equal(build(&spec), OTK_OK);
    assert_int_equal(len, first_len);
    assert_memory_equal(image, first, len);
    spec.seed++;
    assert_int_equal(build(&spec), OTK_OK);
    assert_memory_not_equal(image, first, len);
    free(first);
}

static void image_build_carries_a_payload(void **state)
{
    static uint8_t payload[70001];
    struct otk_image_spec spec = lamp();
    struct otk_image_report report;

    (void)state;
    memset(payload, 0x77, sizeof payload);
    spec.payload = payload;
    spec.payload_len = sizeof payload;
    for (uint32_t size = 0; size <= 100000; size += 100000) {
        spec.size = size;
        assert_int_equal(build(&spec), OTK_OK);
        otk_image_inspect(image, len, NULL, &report);
        assert_int_equal(report.status, OTK_OK);
        assert_memory_equal(image + OTK_APP_DESC_OFFSET + OTK_APP_DESC_SIZE, payload,
                            sizeof payload);
    }
    spec.size = 70000;
    assert_int_equal(build(&spec), OTK_NO_SPACE);
}

static void image_build_carries_an_empty_payload(void **state)
{
    static const uint8_t payload[1];
    struct otk_image_spec spec = lamp();

    (void)state;
    spec.payload = payload;
    assert_int_equal(build(&spec), OTK_OK);
    assert_int_equal(len, OTK_IMAGE_LEAST_SIZE);
}

static void image_build_refuses_what_no_image_can_be(void **state)
{
    struct otk_image_spec spec = lamp();

    (void)state;
    spec.size = OTK_IMAGE_LEAST_SIZE - 16;
    assert_int_equal(build(&spec), OTK_NO_SPACE);
    spec.size = OTK_IMAGE_SIZE_LIMIT + 1;
    assert_int_equal(build(&spec), OTK_TOO_BIG);
    spec.size = OTK_IMAGE_SIZE_LIMIT; /* more code than the chip can map */
    assert_int_equal(build(&spec), OTK_TOO_BIG);
    spec = lamp();
    spec.chip_id = 0x1234;
    assert_int_equal(build(&spec), OTK_INVALID_ARGUMENT);
    spec = lamp();
    spec.project = "12345678901234567890123456789012";
    assert_int_equal(build(&spec), OTK_INVALID_ARGUMENT);
    spec.project = NULL;
    assert_int_equal(build(&spec), OTK_INVALID_ARGUMENT);
}

static void chip_find_knows_every_chip_in_both_spellings(void **state)
{
    uint16_t chip_id;

    (void)state;
    for (size_t i = 0; i < sizeof chips / sizeof chips[0]; i++) {
        assert_int_equal(otk_chip_find(otk_chip_name(chips[i]), &chip_id), OTK_OK);
        assert_int_equal(chip_id, chips[i]);
    }
    assert_int_equal(otk_chip_find("ESP32-C6", &chip_id), OTK_OK);
    assert_int_equal(chip_id, OTK_CHIP_ESP32C6);
    assert_int_equal(otk_chip_find("esp32c66", &chip_id), OTK_NOT_FOUND);
    assert_int_equal(otk_chip_find("esp3", &chip_id), OTK_NOT_FOUND);
    assert_int_equal(otk_chip_find("", &chip_id), OTK_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(image_build_makes_a_good_image_for_every_chip, teardown),
        cmocka_unit_test_teardown(image_build_has_exactly_the_size_asked_for, teardown),
        cmocka_unit_test_teardown(image_build_rounds_sizes_up_to_16, teardown),
        cmocka_unit_test_teardown(image_build_describes_the_application, teardown),
        cmocka_unit_test_teardown(image_build_repeats_itself_and_follows_the_seed, teardown),
        cmocka_unit_test_teardown(image_build_carries_a_payload, teardown),
        cmocka_unit_test_teardown(image_build_carries_an_empty_payload, teardown),
        cmocka_unit_test_teardown(image_build_refuses_what_no_image_can_be, teardown),
        cmocka_unit_test(chip_find_knows_every_chip_in_both_spellings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
