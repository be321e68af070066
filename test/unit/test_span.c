// SPDX-License-Identifier: Apache-2.0
/* Python's idea of integers, lines, blanks and variables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/span.h"

static uint32_t *points; /* of the text at hand */

static struct otk_span text_of(const char *utf8)
{
    struct otk_span text;

    free(points);
    points = NULL;
    assert_int_equal(otk_unicode_decode(utf8, &points, &text.len), OTK_OK);
    text.points = points;
    return text;
}

static int teardown(void **state)
{
    (void)state;
    free(points);
    points = NULL;
    return 0;
}

static void span_int_reads_what_python_reads(void **state)
{
    static const struct {
        const char *text;
        int64_t value;
    } cases[] = {
        {"0", 0},
        {"42", 42},
        {"+7", 7},
        {"-0x10", -16},
        {"0X1f", 31},
        {"0o17", 15},
        {"0B101", 5},
        {"1_000", 1000},
        {"0x_ff", 255},
        {"00", 0},
        {"0_0", 0},
        {" 12\t", 12},
        {"\u00a012", 12},
        {"\u0661\u0662", 12},
        {"\uff10x10", 16},
        {"99999999999999999999999999", OTK_SPAN_INT_LIMIT},
        {"-99999999999999999999999999", -OTK_SPAN_INT_LIMIT},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t value = -1;

        assert_true(otk_span_int(text_of(cases[i].text), 0, &value));
        assert_int_equal(value, cases[i].value);
    }
}

static void span_int_refuses_what_python_refuses(void **state)
{
    static const char *const texts[] = {"",     "-",      "+",   "010", "0_10",   "1__0", "1_",
                                        "_1",   "0x",     "0x_", "0b2", "0o8",    "1 2",  "- 1",
                                        "0x1g", "12\x1f", "1.0", "--1", "\u2167", "\x7f"};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        int64_t value;

        assert_false(otk_span_int(text_of(texts[i]), 0, &value));
    }
}

static void span_int_of_base_16_needs_no_prefix(void **state)
{
    int64_t value;

    (void)state;
    assert_true(otk_span_int(text_of("A0"), 16, &value));
    assert_int_equal(value, 0xA0);
    assert_true(otk_span_int(text_of("0xA0"), 16, &value));
    assert_int_equal(value, 0xA0);
    assert_true(otk_span_int(text_of("0b1"), 16, &value));
    assert_int_equal(value, 0xB1);
    assert_true(otk_span_int(text_of("010"), 16, &value));
    assert_int_equal(value, 16);
    assert_false(otk_span_int(text_of("0o7"), 16, &value));
}

static void span_next_line_ends_lines_as_splitlines_does(void **state)
{
    struct otk_span rest = text_of("a\nb\r\nc\rd\x0b"
                                   "e\x0c"
                                   "f\x1cg\x1dh\x1ei\xC2\x85j\u2028k\u2029l\n\nm");
    const char *const expected[] = {"a", "b", "c", "d", "e", "f", "g",
                                    "h", "i", "j", "k", "l", "",  "m"};
    struct otk_span line;

    (void)state;
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        assert_true(otk_span_next_line(&rest, &line));
        assert_true(otk_span_equals(line, expected[i]));
    }
    assert_false(otk_span_next_line(&rest, &line));
}

static void span_next_part_finds_one_part_more_than_separators(void **state)
{
    struct otk_span rest = text_of(",a,,");
    const char *const expected[] = {"", "a", "", ""};
    struct otk_span part;
    bool more = true;

    (void)state;
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        assert_true(otk_span_next_part(&rest, &more, ',', &part));
        assert_true(otk_span_equals(part, expected[i]));
    }
    assert_false(otk_span_next_part(&rest, &more, ',', &part));
}

static void span_strip_drops_blanks_of_all_kinds(void **state)
{
    (void)state;
    assert_true(otk_span_equals(otk_span_strip(text_of("\u3000\t a b\u2009\x1f ")), "a b"));
    assert_int_equal(otk_span_strip(text_of(" \u00a0 ")).len, 0);
    assert_int_equal(otk_span_strip(text_of("\u200b")).len, 1);
}

static void span_expand_replaces_variables(void **state)
{
    static const struct {
        const char *text;
        const char *expected;
    } cases[] = {
        {"a,$OTK_TEST,b", "a,0x5000,b"}, {"${OTK_TEST}k", "0x5000k"},
        {"$OTK_TESTk", "$OTK_TESTk"},    {"$OTK_TEST$OTK_TEST", "0x50000x5000"},
        {"${OTK_TEST", "${OTK_TEST"},    {"${}$", "${}$"},
        {"$$OTK_TEST", "$0x5000"},       {"$OTK_DOLLAR", "$OTK_TEST"},
        {"${OTK=TEST}", "${OTK=TEST}"},
    };

    (void)state;
    assert_int_equal(setenv("OTK_TEST", "0x5000", 1), 0);
    assert_int_equal(setenv("OTK_DOLLAR", "$OTK_TEST", 1), 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint32_t *expanded;
        size_t count;

        assert_int_equal(otk_span_expand(text_of(cases[i].text), &expanded, &count), OTK_OK);
        assert_true(otk_span_equals((struct otk_span){expanded, count}, cases[i].expected));
        free(expanded);
    }
}

static void unicode_decode_refuses_malformed_utf8(void **state)
{
    static const char *const texts[] = {"\x80",
                                        "\xC3",
                                        "\xC0\x80",
                                        "\xE0\x80\x80",
                                        "\xED\xA0\x80",
                                        "\xF4\x90\x80\x80",
                                        "\xF8\x88\x80\x80\x80",
                                        "a\xFFz",
                                        "\xE2\x28\xA1"};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        uint32_t *decoded;
        size_t count;

        assert_int_equal(otk_unicode_decode(texts[i], &decoded, &count), OTK_BAD_FORMAT);
    }
}

static void unicode_encode_gives_back_every_length(void **state)
{
    const char *const utf8 = "a\u00e9\u20ac\U0001F600";
    char *encoded;
    size_t len;

    (void)state;
    assert_int_equal(otk_unicode_encode(text_of(utf8), &encoded, &len), OTK_OK);
    assert_int_equal(len, strlen(utf8));
    assert_string_equal(encoded, utf8);
    free(encoded);
}

static void unicode_decode_file_knows_byte_order_marks(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
        enum otk_status status;
        size_t count;
    } cases[] = {
        {"a\xC3\xA9", 3, OTK_OK, 2},
        {"\xEF\xBB\xBF"
         "a",
         4, OTK_OK, 1},
        {"\xFF\xFE"
         "a\0\x3D\xD8\x00\xDE",
         8, OTK_OK, 2},
        {"\xFE\xFF\0a", 4, OTK_OK, 1},
        {"\0\0\xFE\xFF\0\0\0a", 8, OTK_OK, 1},
        {"\xFF\xFE"
         "a",
         3, OTK_BAD_FORMAT, 0},
        {"\xFF\xFE\x3D\xD8", 4, OTK_BAD_FORMAT, 0},
        {"\xFF\xFE\x3D\xD8"
         "a\0",
         6, OTK_BAD_FORMAT, 0},
        {"\xFF\xFE\x00\xDC", 4, OTK_BAD_FORMAT, 0},
        {"\0\0\xFE\xFF\0\0\0", 7, OTK_BAD_FORMAT, 0},
        {"\0\0\xFE\xFF\0\0\xD8\0", 8, OTK_BAD_FORMAT, 0},
        {"", 0, OTK_OK, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint32_t *decoded = NULL;
        size_t count = 0;

        assert_int_equal(otk_unicode_decode_file(cases[i].bytes, cases[i].len, &decoded, &count),
                         cases[i].status);
        assert_int_equal(count, cases[i].count);
        free(decoded);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(span_int_reads_what_python_reads, teardown),
        cmocka_unit_test_teardown(span_int_refuses_what_python_refuses, teardown),
        cmocka_unit_test_teardown(span_int_of_base_16_needs_no_prefix, teardown),
        cmocka_unit_test_teardown(span_next_line_ends_lines_as_splitlines_does, teardown),
        cmocka_unit_test_teardown(span_next_part_finds_one_part_more_than_separators, teardown),
        cmocka_unit_test_teardown(span_strip_drops_blanks_of_all_kinds, teardown),
        cmocka_unit_test_teardown(span_expand_replaces_variables, teardown),
        cmocka_unit_test(unicode_decode_refuses_malformed_utf8),
        cmocka_unit_test_teardown(unicode_encode_gives_back_every_length, teardown),
        cmocka_unit_test(unicode_decode_file_knows_byte_order_marks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
