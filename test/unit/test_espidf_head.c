// SPDX-License-Identifier: Apache-2.0
/* The heads that the ESP-IDF component sends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "port/espidf/portal_head.h"

static void expect_head(const struct otk_portal_answer *answer, bool must_close,
                        const char *expected)
{
    char head[OTK_PORTAL_HEAD_SIZE];
    const uint32_t len = otk_portal_head(answer, must_close, head);

    assert_int_equal(len, strlen(expected));
    assert_memory_equal(head, expected, len);
}

static void head_names_fields_and_length(void **state)
{
    const struct otk_portal_answer answer = {
        .status = 302,
        .header_count = 2,
        .headers = {{"Location", "http://192.168.4.1/"}, {"Cache-Control", "no-store"}},
        .body_len = 12,
    };

    (void)state;
    expect_head(&answer, false,
                "HTTP/1.1 302 Found\r\nLocation: http://192.168.4.1/\r\n"
                "Cache-Control: no-store\r\nContent-Length: 12\r\n\r\n");
}

static void head_says_that_the_connection_ends(void **state)
{
    const struct otk_portal_answer answer = {.status = 411};

    (void)state;
    expect_head(&answer, true,
                "HTTP/1.1 411 Length Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

static void head_without_content_has_no_length(void **state)
{
    const struct otk_portal_answer answer = {.status = 204};

    (void)state;
    expect_head(&answer, false, "HTTP/1.1 204 No Content\r\n\r\n");
}

static void head_that_does_not_fit_is_none(void **state)
{
    static char value[OTK_PORTAL_HEAD_SIZE];
    struct otk_portal_answer answer = {
        .status = 200, .header_count = 1, .headers = {{"Location", value}}};
    char head[OTK_PORTAL_HEAD_SIZE];
    const size_t around = strlen("HTTP/1.1 200 OK\r\nLocation: \r\nContent-Length: 0\r\n\r\n");

    (void)state;
    memset(value, 'x', sizeof value - 1 - around);
    assert_int_equal(otk_portal_head(&answer, false, head), OTK_PORTAL_HEAD_SIZE - 1);
    value[strlen(value)] = 'x';
    assert_int_equal(otk_portal_head(&answer, false, head), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(head_names_fields_and_length),
        cmocka_unit_test(head_says_that_the_connection_ends),
        cmocka_unit_test(head_without_content_has_no_length),
        cmocka_unit_test(head_that_does_not_fit_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
