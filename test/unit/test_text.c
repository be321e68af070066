// SPDX-License-Identifier: Apache-2.0
/* Bounded text: comparison without case, numbers, hexadecimal digits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "otakit/format/text.h"

static struct otk_text text(const char *chars)
{
    return otk_text(chars, (uint32_t)strlen(chars));
}

static void text_is_compares_whole_words_without_case(void **state)
{
    (void)state;
    assert_true(otk_text_is(text("ETag"), "etag"));
    assert_false(otk_text_is(text("ETag"), "eta"));
    assert_false(otk_text_is(text("ETag"), "etags"));
    assert_true(otk_text_is(text(""), ""));
    assert_false(otk_text_is(otk_text("a\0b", 3), "a"));
}

static void text_starts_needs_the_whole_word(void **state)
{
    (void)state;
    assert_true(otk_text_starts(text("Bytes 0-1"), "bytes "));
    assert_false(otk_text_starts(text("byte"), "bytes "));
}

static void text_trim_removes_blanks_at_both_ends_only(void **state)
{
    const struct otk_text trimmed = otk_text_trim(text(" \t a b \r\n"));

    (void)state;
    assert_int_equal(trimmed.len, 3);
    assert_memory_equal(trimmed.chars, "a b", 3);
    assert_int_equal(otk_text_trim(text(" \r\n")).len, 0);
}

static void text_decimal_takes_digits_that_fit_32_bits(void **state)
{
    static const struct {
        const char *chars;
        enum otk_status status;
        uint32_t value;
    } cases[] = {
        {"0", OTK_OK, 0},
        {"007", OTK_OK, 7},
        {"4294967295", OTK_OK, 4294967295u},
        {"4294967296", OTK_OUT_OF_RANGE, 0},
        {"99999999999999999999999", OTK_OUT_OF_RANGE, 0},
        {"99999999999999999999999x", OTK_BAD_FORMAT, 0},
        {"", OTK_BAD_FORMAT, 0},
        {"-1", OTK_BAD_FORMAT, 0},
        {"1 ", OTK_BAD_FORMAT, 0},
        {"0x1", OTK_BAD_FORMAT, 0},
    };

    (void)state;
    for (size_t index = 0; index < sizeof cases / sizeof cases[0]; index++) {
        uint32_t value = 12345;

        assert_int_equal(otk_text_decimal(text(cases[index].chars), &value), cases[index].status);
        assert_int_equal(value, cases[index].status == OTK_OK ? cases[index].value : 12345);
    }
}

static void text_hex_needs_exactly_the_digits_of_all_bytes(void **state)
{
    uint8_t bytes[2] = {0x11, 0x22};

    (void)state;
    assert_int_equal(otk_text_hex(text("a0F"), bytes, 2), OTK_BAD_FORMAT);
    assert_int_equal(otk_text_hex(text("a0Fg"), bytes, 2), OTK_BAD_FORMAT);
    assert_int_equal(otk_text_hex(text("a0Fff"), bytes, 2), OTK_BAD_FORMAT);
    assert_memory_equal(bytes, "\x11\x22", 2);
    assert_int_equal(otk_text_hex(text("a0Ff"), bytes, 2), OTK_OK);
    assert_memory_equal(bytes, "\xA0\xFF", 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_compares_whole_words_without_case),
        cmocka_unit_test(text_starts_needs_the_whole_word),
        cmocka_unit_test(text_trim_removes_blanks_at_both_ends_only),
        cmocka_unit_test(text_decimal_takes_digits_that_fit_32_bits),
        cmocka_unit_test(text_hex_needs_exactly_the_digits_of_all_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
