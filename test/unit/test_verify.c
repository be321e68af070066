// SPDX-License-Identifier: Apache-2.0
/* Verification of images: verdicts, and that the way the bytes arrive changes none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "otakit/base/bytes.h"
#include "otakit/core/verify.h"
#include "test/support/ram_flash.h"
#include "test/support/sample_image.h"

#define FLASH_SIZE  0x100000u
#define SLOT_OFFSET 0x20000u
#define SLOT_SIZE   0x10000u
#define ROOM        8192u

/* An image in memory, and what it is judged against. */
struct subject {
    uint8_t bytes[ROOM];
    uint32_t len;
    struct otk_image_target target;
};

static struct subject make(const struct sample_image *image)
{
    struct subject subject = {.target = {.area = {SLOT_OFFSET, SLOT_SIZE}}};

    assert_true(sample_image_size(image) <= ROOM);
    subject.len = sample_image_build(image, subject.bytes);
    return subject;
}

static struct sample_image small_image(void)
{
    return sample_image_standard(7, (const uint32_t[4]){0x100, 0x20, 0x14, 0x40});
}

static struct subject make_small(void)
{
    const struct sample_image image = small_image();

    return make(&image);
}

/* Hand the bytes over in two pieces. */
static enum otk_status judge_split(const struct subject *subject, uint32_t split,
                                   struct otk_image_info *info)
{
    struct otk_verifier verifier;
    enum otk_status status;

    otk_verifier_init(&verifier, &subject->target);
    status = otk_verifier_update(&verifier, subject->bytes, split);
    if (status == OTK_OK) {
        status = otk_verifier_update(&verifier, subject->bytes + split, subject->len - split);
    }
    if (status != OTK_OK) {
        assert_int_equal(otk_verifier_finish(&verifier, info), status);
        return status;
    }
    return otk_verifier_finish(&verifier, info);
}

static enum otk_status judge(const struct subject *subject)
{
    return judge_split(subject, subject->len, NULL);
}

static enum otk_status judge_on_flash(const struct subject *subject, uint32_t scratch_len,
                                      struct otk_image_info *info)
{
    static uint8_t scratch[ROOM];
    struct ram_flash ram = {0};
    struct otk_flash flash;
    enum otk_status status;

    ram_flash_reset(&ram, FLASH_SIZE);
    if (subject->target.area.offset < FLASH_SIZE - ROOM) {
        memcpy(ram.bytes + subject->target.area.offset, subject->bytes, subject->len);
    }
    flash = ram_flash_seam(&ram);
    status = otk_image_verify(&flash, &subject->target, scratch, scratch_len, info);
    ram_flash_free(&ram);
    return status;
}

static void good_image_is_accepted_at_every_split(void **state)
{
    const struct subject subject = make_small();

    (void)state;
    for (uint32_t split = 0; split <= subject.len; split++) {
        struct otk_image_info info = {0};

        assert_int_equal(judge_split(&subject, split, &info), OTK_OK);
        assert_int_equal(info.len, subject.len);
        assert_true(info.has_hash);
        assert_int_equal(info.entry_address, 0x40080000);
        assert_memory_equal(info.sha256, subject.bytes + subject.len - 32, 32);
    }
}

static void good_image_is_accepted_byte_by_byte(void **state)
{
    const struct subject subject = make_small();
    struct otk_verifier verifier;

    (void)state;
    otk_verifier_init(&verifier, &subject.target);
    for (uint32_t i = 0; i < subject.len; i++) {
        assert_false(otk_verifier_is_done(&verifier));
        assert_int_equal(otk_verifier_update(&verifier, subject.bytes + i, 1), OTK_OK);
    }
    assert_true(otk_verifier_is_done(&verifier));
    assert_int_equal(otk_verifier_finish(&verifier, NULL), OTK_OK);
}

static void flipped_bit_gets_the_same_verdict_at_every_split(void **state)
{
    struct subject subject = make_small();

    (void)state;
    for (uint32_t i = 0; i < subject.len; i += 5) {
        enum otk_status verdict;

        subject.bytes[i] ^= 0x04;
        verdict = judge(&subject);
        assert_int_not_equal(verdict, OTK_OK);
        for (uint32_t split = 1; split < subject.len; split += 11) {
            assert_int_equal(judge_split(&subject, split, NULL), verdict);
        }
        assert_int_equal(judge_on_flash(&subject, 64, NULL),
                         verdict == OTK_INCOMPLETE ? OTK_BAD_CHECKSUM : verdict);
        subject.bytes[i] ^= 0x04;
    }
}

static void image_that_ends_early_is_incomplete(void **state)
{
    struct subject subject = make_small();
    const uint32_t whole = subject.len;

    (void)state;
    for (subject.len = 0; subject.len < whole; subject.len++) {
        assert_int_equal(judge(&subject), OTK_INCOMPLETE);
    }
}

static void bytes_behind_the_image_are_ignored(void **state)
{
    struct subject subject = make_small();
    struct otk_image_info info;
    const uint32_t len = subject.len;

    (void)state;
    subject.len += 100;
    assert_int_equal(judge_split(&subject, 10, &info), OTK_OK);
    assert_int_equal(info.len, len);
}

static void verdict_stays_after_it_was_given(void **state)
{
    struct subject subject = make_small();
    struct otk_verifier verifier;

    (void)state;
    subject.bytes[0] = 0xE8;
    otk_verifier_init(&verifier, &subject.target);
    assert_int_equal(otk_verifier_update(&verifier, subject.bytes, 24), OTK_BAD_MAGIC);
    subject.bytes[0] = OTK_IMAGE_MAGIC;
    assert_int_equal(otk_verifier_update(&verifier, subject.bytes, subject.len), OTK_BAD_MAGIC);
    assert_int_equal(otk_verifier_finish(&verifier, NULL), OTK_BAD_MAGIC);
}

static void image_without_hash_is_accepted_on_its_checksum(void **state)
{
    struct sample_image image = small_image();
    struct otk_image_info info;
    struct subject subject;

    (void)state;
    image.has_hash = false;
    subject = make(&image);
    assert_int_equal(judge_split(&subject, 1, &info), OTK_OK);
    assert_false(info.has_hash);
    assert_int_equal(info.sha256[0] | info.sha256[31], 0);
    subject.bytes[40] ^= 1;
    assert_int_equal(judge(&subject), OTK_BAD_CHECKSUM);
}

static void any_hash_flag_but_zero_means_a_hash(void **state)
{
    struct subject subject = make_small();

    (void)state;
    subject.bytes[23] = 0x80;
    assert_int_equal(judge(&subject), OTK_BAD_HASH);
}

static void image_without_segments_is_accepted(void **state)
{
    struct sample_image image = {.has_hash = true};
    const struct subject subject = make(&image);

    (void)state;
    assert_int_equal(subject.len, 64);
    for (uint32_t split = 0; split <= subject.len; split++) {
        assert_int_equal(judge_split(&subject, split, NULL), OTK_OK);
    }
}

static void segments_without_data_are_accepted(void **state)
{
    struct sample_image image = small_image();
    struct subject subject;

    (void)state;
    image.segments[1].size = 0;
    image.segments[2].size = 0;
    image.segment_count = 3;
    subject = make(&image);
    for (uint32_t split = 0; split <= subject.len; split++) {
        assert_int_equal(judge_split(&subject, split, NULL), OTK_OK);
    }
}

static void sixteen_segments_are_accepted_and_seventeen_refused(void **state)
{
    struct sample_image image = {.segment_count = 16};
    struct subject subject;

    (void)state;
    for (int i = 0; i < 16; i++) {
        image.segments[i] = (struct otk_segment_header){0x3FFB0000, 4};
    }
    subject = make(&image);
    assert_int_equal(judge(&subject), OTK_OK);
    subject.bytes[1] = 17;
    assert_int_equal(judge(&subject), OTK_TOO_MANY_SEGMENTS);
}

static void impossible_segment_lengths_are_refused(void **state)
{
    static const uint32_t lens[] = {0x21, 0x22, 0x1000000, 0xFFFFFFFC};
    struct subject subject = make_small();

    (void)state;
    for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
        otk_store_le32(subject.bytes + 28, lens[i]);
        assert_int_equal(judge(&subject), OTK_BAD_SEGMENT);
    }
}

static void image_fits_a_slot_of_its_own_length_and_no_shorter_one(void **state)
{
    struct subject subject = make_small();

    (void)state;
    subject.target.area.size = subject.len;
    assert_int_equal(judge(&subject), OTK_OK);
    for (uint32_t size = 0; size < subject.len; size++) {
        subject.target.area.size = size;
        assert_int_equal(judge(&subject), OTK_TOO_BIG);
    }
}

static void area_above_16_mb_and_odd_offsets_are_refused(void **state)
{
    struct subject subject = make_small();

    (void)state;
    subject.target.area.size = OTK_IMAGE_SIZE_LIMIT;
    assert_int_equal(judge(&subject), OTK_OK);
    subject.target.area.size++;
    assert_int_equal(judge(&subject), OTK_INVALID_ARGUMENT);
    subject.target.area = (struct otk_area){SLOT_OFFSET + 2, SLOT_SIZE};
    assert_int_equal(judge(&subject), OTK_MISALIGNED);
}

static void mapped_segment_fits_places_a_page_apart_only(void **state)
{
    struct subject subject = make_small();

    (void)state;
    subject.target.area.offset = SLOT_OFFSET + 0x10000;
    assert_int_equal(judge(&subject), OTK_OK);
    subject.target.area.offset = SLOT_OFFSET + 0x8000;
    assert_int_equal(judge(&subject), OTK_BAD_ADDRESS);
}

static void wrong_chip_is_found_before_the_segments(void **state)
{
    struct sample_image image = small_image();
    struct subject subject;

    (void)state;
    image.chip_id = OTK_CHIP_ESP32S3;
    subject = make(&image);
    subject.bytes[1] = 17;
    assert_int_equal(judge(&subject), OTK_WRONG_CHIP);
}

static void greatest_revision_can_be_ignored_and_least_cannot(void **state)
{
    struct sample_image image = small_image();
    struct subject subject;

    (void)state;
    image.min_revision = 100;
    subject = make(&image);
    subject.target.revision = 400;
    assert_int_equal(judge(&subject), OTK_CHIP_REVISION);
    subject.target.ignore_max_revision = true;
    assert_int_equal(judge(&subject), OTK_OK);
    subject.target.revision = 99;
    assert_int_equal(judge(&subject), OTK_CHIP_REVISION);
}

static void ignored_hash_is_taken_unread(void **state)
{
    struct subject subject = make_small();
    struct otk_image_info info;

    (void)state;
    subject.bytes[subject.len - 1] ^= 1;
    assert_int_equal(judge(&subject), OTK_BAD_HASH);
    subject.target.ignore_hash = true;
    assert_int_equal(judge_split(&subject, 7, &info), OTK_OK);
    assert_true(info.has_hash);
    assert_int_equal(info.len, subject.len);
    assert_int_equal(info.sha256[31], subject.bytes[subject.len - 1]);
}

static void hash_covers_what_the_checksum_does_not(void **state)
{
    struct subject subject = make_small();

    (void)state;
    subject.bytes[subject.len - 34] ^= 0x55; /* padding */
    assert_int_equal(judge(&subject), OTK_BAD_HASH);
}

static void image_on_flash_is_judged_through_any_scratch(void **state)
{
    const struct subject subject = make_small();

    (void)state;
    for (uint32_t scratch_len = 32; scratch_len <= 4096;
         scratch_len += 4 + scratch_len / 3 / 4 * 4) {
        struct otk_image_info info;

        assert_int_equal(judge_on_flash(&subject, scratch_len, &info), OTK_OK);
        assert_int_equal(info.len, subject.len);
    }
}

static void image_that_ends_with_the_chip_is_read_no_further(void **state)
{
    const struct subject subject = make_small();
    struct ram_flash ram = {0};
    struct otk_image_target target = subject.target;
    uint8_t scratch[256];
    struct otk_flash flash;

    (void)state;
    /* A chip that ends with the image, in a slot that claims more. */
    ram_flash_reset(&ram, SLOT_OFFSET + subject.len);
    memcpy(ram.bytes + SLOT_OFFSET, subject.bytes, subject.len);
    flash = ram_flash_seam(&ram);
    assert_int_equal(otk_image_verify(&flash, &target, scratch, sizeof(scratch), NULL), OTK_OK);
    flash.size -= 4;
    ram.size -= 4;
    assert_int_equal(otk_image_verify(&flash, &target, scratch, sizeof(scratch), NULL),
                     OTK_FLASH_IO);
    ram_flash_free(&ram);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_image_is_accepted_at_every_split),
        cmocka_unit_test(good_image_is_accepted_byte_by_byte),
        cmocka_unit_test(flipped_bit_gets_the_same_verdict_at_every_split),
        cmocka_unit_test(image_that_ends_early_is_incomplete),
        cmocka_unit_test(bytes_behind_the_image_are_ignored),
        cmocka_unit_test(verdict_stays_after_it_was_given),
        cmocka_unit_test(image_without_hash_is_accepted_on_its_checksum),
        cmocka_unit_test(any_hash_flag_but_zero_means_a_hash),
        cmocka_unit_test(image_without_segments_is_accepted),
        cmocka_unit_test(segments_without_data_are_accepted),
        cmocka_unit_test(sixteen_segments_are_accepted_and_seventeen_refused),
        cmocka_unit_test(impossible_segment_lengths_are_refused),
        cmocka_unit_test(image_fits_a_slot_of_its_own_length_and_no_shorter_one),
        cmocka_unit_test(area_above_16_mb_and_odd_offsets_are_refused),
        cmocka_unit_test(mapped_segment_fits_places_a_page_apart_only),
        cmocka_unit_test(wrong_chip_is_found_before_the_segments),
        cmocka_unit_test(greatest_revision_can_be_ignored_and_least_cannot),
        cmocka_unit_test(ignored_hash_is_taken_unread),
        cmocka_unit_test(hash_covers_what_the_checksum_does_not),
        cmocka_unit_test(image_on_flash_is_judged_through_any_scratch),
        cmocka_unit_test(image_that_ends_with_the_chip_is_read_no_further),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
