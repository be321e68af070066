// SPDX-License-Identifier: Apache-2.0
/* One entry of otadata. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "otakit/format/otadata.h"

static void crc_is_the_one_that_esp_idf_writes(void **state)
{
    (void)state;
    assert_true(otk_otadata_crc(1) == 0x4743989Au);
    assert_true(otk_otadata_crc(2) == 0x55F63774u);
    assert_true(otk_otadata_crc(3) == 0xED4A5011u);
    assert_true(otk_otadata_crc(0) == 0xFFFFFFFFu);
    assert_true(otk_otadata_crc(0xFFFFFFFFu) == 0x2144DF1Cu);
}

static void made_entry_has_the_bytes_that_esp_idf_writes(void **state)
{
    uint8_t expected[OTK_OTADATA_SIZE];
    uint8_t bytes[OTK_OTADATA_SIZE];
    struct otk_otadata entry;

    (void)state;
    memset(expected, 0xFF, sizeof(expected));
    memcpy(expected, "\x01\x00\x00\x00", 4);
    memcpy(expected + 24, "\x02\x00\x00\x00\x9A\x98\x43\x47", 8);
    otk_otadata_make(1, OTK_STATE_VALID, &entry);
    otk_otadata_encode(&entry, bytes);
    assert_memory_equal(bytes, expected, sizeof(bytes));
    assert_true(otk_otadata_is_valid(&entry));
}

static void encode_writes_what_decode_read_label_and_wrong_crc_included(void **state)
{
    struct otk_otadata entry;
    uint8_t bytes[OTK_OTADATA_SIZE];
    uint8_t again[OTK_OTADATA_SIZE];

    (void)state;
    for (uint8_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (uint8_t)(i * 7 + 1);
    }
    otk_otadata_decode(bytes, &entry);
    assert_false(otk_otadata_has_good_crc(&entry));
    otk_otadata_encode(&entry, again);
    assert_memory_equal(again, bytes, sizeof(bytes));
}

static void blank_entry_is_unusable_even_with_its_right_crc(void **state)
{
    struct otk_otadata entry;

    (void)state;
    otk_otadata_make(OTK_OTADATA_SEQ_BLANK, OTK_STATE_VALID, &entry);
    assert_true(otk_otadata_has_good_crc(&entry));
    assert_true(otk_otadata_is_unusable(&entry));
    assert_false(otk_otadata_is_valid(&entry));
}

static void only_invalid_and_aborted_make_an_entry_unusable(void **state)
{
    static const uint32_t usable[] = {OTK_STATE_NEW,       OTK_STATE_PENDING_VERIFY,
                                      OTK_STATE_VALID,     5,
                                      OTK_STATE_UNDEFINED, 0x80000000u};
    struct otk_otadata entry;

    (void)state;
    for (size_t i = 0; i < sizeof(usable) / sizeof(usable[0]); i++) {
        otk_otadata_make(7, usable[i], &entry);
        assert_true(otk_otadata_is_valid(&entry));
    }
    otk_otadata_make(7, OTK_STATE_INVALID, &entry);
    assert_true(otk_otadata_is_unusable(&entry));
    otk_otadata_make(7, OTK_STATE_ABORTED, &entry);
    assert_true(otk_otadata_is_unusable(&entry));
}

static void wrong_crc_makes_an_entry_invalid_but_not_unusable(void **state)
{
    struct otk_otadata entry;

    (void)state;
    otk_otadata_make(7, OTK_STATE_VALID, &entry);
    entry.crc ^= 1;
    assert_false(otk_otadata_is_unusable(&entry));
    assert_false(otk_otadata_is_valid(&entry));
}

static void states_have_names(void **state)
{
    (void)state;
    assert_string_equal(otk_otadata_state_name(OTK_STATE_NEW), "NEW");
    assert_string_equal(otk_otadata_state_name(OTK_STATE_PENDING_VERIFY), "PENDING_VERIFY");
    assert_string_equal(otk_otadata_state_name(OTK_STATE_VALID), "VALID");
    assert_string_equal(otk_otadata_state_name(OTK_STATE_INVALID), "INVALID");
    assert_string_equal(otk_otadata_state_name(OTK_STATE_ABORTED), "ABORTED");
    assert_string_equal(otk_otadata_state_name(OTK_STATE_UNDEFINED), "UNDEFINED");
    assert_string_equal(otk_otadata_state_name(12345), "UNDEFINED");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crc_is_the_one_that_esp_idf_writes),
        cmocka_unit_test(made_entry_has_the_bytes_that_esp_idf_writes),
        cmocka_unit_test(encode_writes_what_decode_read_label_and_wrong_crc_included),
        cmocka_unit_test(blank_entry_is_unusable_even_with_its_right_crc),
        cmocka_unit_test(only_invalid_and_aborted_make_an_entry_unusable),
        cmocka_unit_test(wrong_crc_makes_an_entry_invalid_but_not_unusable),
        cmocka_unit_test(states_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
