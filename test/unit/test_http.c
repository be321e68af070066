// SPDX-License-Identifier: Apache-2.0
/* Response heads: fields that matter, dates, ranges, what a status means. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "otakit/format/http.h"

static struct otk_text text(const char *chars)
{
    return otk_text(chars, (uint32_t)strlen(chars));
}

static struct otk_http_head head;

static void field(const char *name, const char *value)
{
    otk_http_head_field(&head, text(name), text(value));
}

static int setup(void **state)
{
    (void)state;
    otk_http_head_init(&head, 200);
    return 0;
}

static void http_range_decode_reads_all_three_forms(void **state)
{
    struct otk_http_range range;

    (void)state;
    assert_int_equal(otk_http_range_decode(text("bytes 0-99/500"), &range), OTK_OK);
    assert_true(range.has_bytes && range.has_total);
    assert_int_equal(range.last, 99);
    assert_int_equal(range.total, 500);
    assert_int_equal(otk_http_range_decode(text("Bytes 7-7/*"), &range), OTK_OK);
    assert_true(range.has_bytes && !range.has_total);
    assert_int_equal(range.first, 7);
    assert_int_equal(otk_http_range_decode(text("bytes */500"), &range), OTK_OK);
    assert_true(!range.has_bytes && range.has_total);
}

static void http_range_decode_refuses_everything_else(void **state)
{
    static const struct {
        const char *value;
        enum otk_status status;
    } cases[] = {
        {"", OTK_BAD_FORMAT},
        {"bytes", OTK_BAD_FORMAT},
        {"bytes ", OTK_BAD_FORMAT},
        {"items 0-1/2", OTK_BAD_FORMAT},
        {"bytes 0-1", OTK_BAD_FORMAT},
        {"bytes 0-1/", OTK_BAD_FORMAT},
        {"bytes 1-0/2", OTK_BAD_FORMAT},
        {"bytes 0-2/2", OTK_BAD_FORMAT},
        {"bytes -1/2", OTK_BAD_FORMAT},
        {"bytes 0-/2", OTK_BAD_FORMAT},
        {"bytes */*", OTK_BAD_FORMAT},
        {"bytes 0-1/2x", OTK_BAD_FORMAT},
        {"bytes 0-1/*x", OTK_BAD_FORMAT},
        {"bytes 0 -1/2", OTK_BAD_FORMAT},
        {"bytes 0-1/4294967296", OTK_OUT_OF_RANGE},
        {"bytes 4294967296-4294967297/*", OTK_OUT_OF_RANGE},
    };

    (void)state;
    for (size_t index = 0; index < sizeof cases / sizeof cases[0]; index++) {
        struct otk_http_range range;

        assert_int_equal(otk_http_range_decode(text(cases[index].value), &range),
                         cases[index].status);
    }
}

static void http_date_decode_counts_seconds_of_this_century(void **state)
{
    static const struct {
        const char *value;
        uint32_t seconds; /* by Python's datetime, less 946684800 */
    } cases[] = {
        {"Sat, 01 Jan 2000 00:00:00 GMT", 1},
        {"Sat, 01 Jan 2000 00:00:02 GMT", 2},
        {"Tue, 29 Feb 2000 23:59:59 GMT", 5183999},
        {"Wed, 01 Mar 2000 00:00:00 GMT", 5184000},
        {"Mon, 01 Jan 2001 00:00:00 GMT", 31622400},
        {"Thu, 29 Feb 2024 12:34:56 GMT", 762525296},
        {"Sat, 21 Nov 2026 01:59:37 GMT", 848541577},
        {"Thu, 31 Dec 2099 23:59:59 GMT", 3155759999u},
        {"Sun, 06 Nov 1994 08:49:37 GMT", 1},
    };

    (void)state;
    for (size_t index = 0; index < sizeof cases / sizeof cases[0]; index++) {
        uint32_t seconds = 0;

        assert_int_equal(otk_http_date_decode(text(cases[index].value), &seconds), OTK_OK);
        assert_int_equal(seconds, cases[index].seconds);
    }
}

static void http_date_decode_refuses_other_forms(void **state)
{
    static const char *const values[] = {
        "",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        "Sun, 06 Nov 2024 08:49:37 UTC",
        "Sun, 06 Foo 2024 08:49:37 GMT",
        "Sun, 00 Nov 2024 08:49:37 GMT",
        "Sun, 32 Nov 2024 08:49:37 GMT",
        "Sun, 06 Nov 2024 24:49:37 GMT",
        "Sun, 06 Nov 2024 08:60:37 GMT",
        "Sun, 06 Nov 2100 08:49:37 GMT",
        "Sun, 0x Nov 2024 08:49:37 GMT",
        "Sun, 06 Nov 2024 08:49:37 GMT ",
    };

    (void)state;
    for (size_t index = 0; index < sizeof values / sizeof values[0]; index++) {
        uint32_t seconds;

        assert_int_equal(otk_http_date_decode(text(values[index]), &seconds), OTK_BAD_FORMAT);
    }
}

static void head_keeps_length_and_range(void **state)
{
    (void)state;
    field("content-LENGTH", " 400 ");
    field("Content-Range", "bytes 100-499/500");
    assert_true(head.has_length && head.has_range && !head.is_malformed);
    assert_int_equal(head.length, 400);
    assert_int_equal(head.range.first, 100);
}

static void head_notices_lengths_that_contradict_each_other(void **state)
{
    (void)state;
    field("Content-Length", "400");
    field("Content-Length", "400");
    assert_false(head.is_malformed);
    field("Content-Length", "401");
    assert_true(head.is_malformed);
}

static void head_notices_a_length_beyond_32_bits(void **state)
{
    (void)state;
    field("Content-Length", "4294967296");
    assert_true(head.is_too_long && !head.has_length);
}

static void head_notices_bodies_that_are_not_the_file(void **state)
{
    static const struct {
        const char *name;
        const char *value;
        bool is_encoded;
    } cases[] = {
        {"Content-Encoding", "identity", false},
        {"Content-Encoding", "", false},
        {"Content-Encoding", "gzip", true},
        {"Content-Encoding", "identity, br", true},
        {"Transfer-Encoding", "chunked", false},
        {"Transfer-Encoding", "gzip, chunked", true},
        {"Content-Type", "application/octet-stream", false},
        {"Content-Type", "multipart/byteranges; boundary=x", true},
    };

    (void)state;
    for (size_t index = 0; index < sizeof cases / sizeof cases[0]; index++) {
        otk_http_head_init(&head, 200);
        field(cases[index].name, cases[index].value);
        assert_int_equal(head.is_encoded, cases[index].is_encoded);
    }
}

static void head_validator_is_the_strong_etag(void **state)
{
    (void)state;
    field("Last-Modified", "Thu, 29 Feb 2024 12:34:56 GMT");
    field("Date", "Sat, 21 Nov 2026 01:59:37 GMT");
    field("ETag", "\"abc\"");
    assert_string_equal(otk_http_head_validator(&head), "\"abc\"");
}

static void head_validator_falls_back_to_an_old_last_modified(void **state)
{
    (void)state;
    field("ETag", "W/\"abc\"");
    field("Last-Modified", "Thu, 29 Feb 2024 12:34:56 GMT");
    assert_string_equal(otk_http_head_validator(&head), "");
    field("Date", "Thu, 29 Feb 2024 12:34:56 GMT");
    assert_string_equal(otk_http_head_validator(&head), "");
    field("Date", "Thu, 29 Feb 2024 12:34:57 GMT");
    assert_string_equal(otk_http_head_validator(&head), "Thu, 29 Feb 2024 12:34:56 GMT");
}

static void head_validator_is_empty_without_a_usable_etag(void **state)
{
    char long_tag[OTK_HTTP_ETAG_SIZE + 2];

    (void)state;
    field("ETag", "abc");
    assert_string_equal(otk_http_head_validator(&head), "");
    field("ETag", "\"a\"b\"");
    assert_string_equal(otk_http_head_validator(&head), "");
    memset(long_tag, 'a', sizeof long_tag);
    long_tag[0] = '"';
    long_tag[OTK_HTTP_ETAG_SIZE - 1] = '"';
    long_tag[OTK_HTTP_ETAG_SIZE] = '\0';
    field("ETag", long_tag);
    assert_string_equal(otk_http_head_validator(&head), "");
    long_tag[OTK_HTTP_ETAG_SIZE - 2] = '"';
    long_tag[OTK_HTTP_ETAG_SIZE - 1] = '\0';
    field("ETag", long_tag);
    assert_string_equal(otk_http_head_validator(&head), long_tag);
}

static void head_matches_unless_the_same_field_says_otherwise(void **state)
{
    (void)state;
    assert_true(otk_http_head_matches(&head, "\"abc\""));
    field("ETag", "\"abc\"");
    field("Last-Modified", "Thu, 29 Feb 2024 12:34:56 GMT");
    assert_true(otk_http_head_matches(&head, ""));
    assert_true(otk_http_head_matches(&head, "\"abc\""));
    assert_false(otk_http_head_matches(&head, "\"abcd\""));
    assert_false(otk_http_head_matches(&head, "\"ab\""));
    assert_true(otk_http_head_matches(&head, "Thu, 29 Feb 2024 12:34:56 GMT"));
    assert_false(otk_http_head_matches(&head, "Thu, 29 Feb 2024 12:34:57 GMT"));
}

static void head_retry_after_is_seconds_or_a_date(void **state)
{
    (void)state;
    assert_int_equal(otk_http_head_retry_after_s(&head), 0);
    field("Retry-After", "120");
    assert_int_equal(otk_http_head_retry_after_s(&head), 120);
    field("Retry-After", "Sat, 21 Nov 2026 02:00:37 GMT");
    assert_int_equal(otk_http_head_retry_after_s(&head), 0);
    field("Date", "Sat, 21 Nov 2026 01:59:37 GMT");
    assert_int_equal(otk_http_head_retry_after_s(&head), 60);
    field("Retry-After", "Fri, 20 Nov 2026 02:00:37 GMT");
    assert_int_equal(otk_http_head_retry_after_s(&head), 0);
    field("Retry-After", "soon");
    assert_int_equal(otk_http_head_retry_after_s(&head), 0);
}

static void status_codes_fall_into_classes(void **state)
{
    (void)state;
    assert_int_equal(otk_http_refusal(404), OTK_HTTP_NOT_FOUND);
    assert_int_equal(otk_http_refusal(410), OTK_HTTP_NOT_FOUND);
    assert_int_equal(otk_http_refusal(401), OTK_HTTP_DENIED);
    assert_int_equal(otk_http_refusal(403), OTK_HTTP_DENIED);
    assert_int_equal(otk_http_refusal(429), OTK_HTTP_CLIENT_ERROR);
    assert_int_equal(otk_http_refusal(500), OTK_HTTP_SERVER_ERROR);
    assert_int_equal(otk_http_refusal(204), OTK_HTTP_BAD_RESPONSE);
    assert_int_equal(otk_http_refusal(600), OTK_HTTP_BAD_RESPONSE);
    assert_true(otk_http_is_transient(429) && otk_http_is_transient(503));
    assert_false(otk_http_is_transient(404) || otk_http_is_transient(501));
    assert_true(otk_http_is_redirect(301) && otk_http_is_redirect(308));
    assert_false(otk_http_is_redirect(300) || otk_http_is_redirect(304) ||
                 otk_http_is_redirect(305));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(http_range_decode_reads_all_three_forms),
        cmocka_unit_test(http_range_decode_refuses_everything_else),
        cmocka_unit_test(http_date_decode_counts_seconds_of_this_century),
        cmocka_unit_test(http_date_decode_refuses_other_forms),
        cmocka_unit_test_setup(head_keeps_length_and_range, setup),
        cmocka_unit_test_setup(head_notices_lengths_that_contradict_each_other, setup),
        cmocka_unit_test_setup(head_notices_a_length_beyond_32_bits, setup),
        cmocka_unit_test_setup(head_notices_bodies_that_are_not_the_file, setup),
        cmocka_unit_test_setup(head_validator_is_the_strong_etag, setup),
        cmocka_unit_test_setup(head_validator_falls_back_to_an_old_last_modified, setup),
        cmocka_unit_test_setup(head_validator_is_empty_without_a_usable_etag, setup),
        cmocka_unit_test_setup(head_matches_unless_the_same_field_says_otherwise, setup),
        cmocka_unit_test_setup(head_retry_after_is_seconds_or_a_date, setup),
        cmocka_unit_test(status_codes_fall_into_classes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
