// SPDX-License-Identifier: Apache-2.0
/* DNS: what phones ask an access point, and what nobody should. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "otakit/format/dns.h"

#define HEADER_SIZE 12u

static const uint8_t address[4] = {192, 168, 4, 1};

/* A query for "a.bc" as dig sends it: id 0x1234, recursion desired. */
static const uint8_t query_a[] = {0x12, 0x34, 0x01, 0, 0,   1,   0, 0, 0, 0, 0,
                                  0,    1,    'a',  2, 'b', 'c', 0, 0, 1, 0, 1};

static enum otk_status answer_to(const uint8_t *query, uint32_t query_len, uint8_t *answer,
                                 uint32_t *len)
{
    return otk_dns_answer(query, query_len, address, answer, OTK_DNS_SIZE, len);
}

static void dns_answers_a_question_for_an_address(void **state)
{
    static const uint8_t record[] = {0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 192, 168, 4, 1};
    static const uint8_t head[] = {0x12, 0x34, 0x85, 0, 0, 1, 0, 1, 0, 0, 0, 0};
    uint8_t answer[OTK_DNS_SIZE];
    uint32_t len;

    (void)state;
    assert_int_equal(answer_to(query_a, sizeof query_a, answer, &len), OTK_OK);
    assert_int_equal(len, sizeof query_a + sizeof record);
    assert_memory_equal(answer, head, sizeof head);
    assert_memory_equal(answer + HEADER_SIZE, query_a + HEADER_SIZE, sizeof query_a - HEADER_SIZE);
    assert_memory_equal(answer + sizeof query_a, record, sizeof record);
}

static void dns_has_no_other_record(void **state)
{
    uint8_t query[sizeof query_a];
    uint8_t answer[OTK_DNS_SIZE];
    uint32_t len;

    (void)state;
    memcpy(query, query_a, sizeof query);
    query[sizeof query - 3] = 28; /* AAAA */
    assert_int_equal(answer_to(query, sizeof query, answer, &len), OTK_OK);
    assert_int_equal(len, sizeof query);
    assert_int_equal(answer[3], 0); /* no error: the name exists */
    assert_int_equal(answer[7], 0);
}

static void dns_passes_over_what_follows_the_question(void **state)
{
    static const uint8_t edns[] = {0, 0, 41, 4, 0xD0, 0, 0, 0, 0, 0, 0};
    uint8_t query[sizeof query_a + sizeof edns];
    uint8_t answer[OTK_DNS_SIZE];
    uint32_t len;

    (void)state;
    memcpy(query, query_a, sizeof query_a);
    memcpy(query + sizeof query_a, edns, sizeof edns);
    query[11] = 1;
    assert_int_equal(answer_to(query, sizeof query, answer, &len), OTK_OK);
    assert_int_equal(len, sizeof query_a + 16);
    assert_int_equal(answer[11], 0);
}

static void dns_says_nothing_to_an_answer(void **state)
{
    uint8_t query[sizeof query_a];
    uint8_t answer[OTK_DNS_SIZE];
    uint32_t len = 77;

    (void)state;
    memcpy(query, query_a, sizeof query);
    query[2] |= 0x80;
    assert_int_equal(answer_to(query, sizeof query, answer, &len), OTK_BAD_FORMAT);
    assert_int_equal(answer_to(query_a, 11, answer, &len), OTK_TRUNCATED);
    assert_int_equal(len, 77);
}

static void dns_refuses_other_operations(void **state)
{
    uint8_t query[sizeof query_a];
    uint8_t answer[OTK_DNS_SIZE];
    uint32_t len;

    (void)state;
    memcpy(query, query_a, sizeof query);
    query[2] = 0x28; /* UPDATE */
    assert_int_equal(answer_to(query, sizeof query, answer, &len), OTK_OK);
    assert_int_equal(len, HEADER_SIZE);
    assert_int_equal(answer[2], 0xAC);
    assert_int_equal(answer[3], 4);
}

static void expect_format_error(const uint8_t *query, uint32_t query_len)
{
    uint8_t answer[OTK_DNS_SIZE];
    uint32_t len;

    assert_int_equal(answer_to(query, query_len, answer, &len), OTK_OK);
    assert_int_equal(len, HEADER_SIZE);
    assert_int_equal(answer[3], 1);
    assert_int_equal(answer[5], 0);
}

static void dns_refuses_a_question_cut_anywhere(void **state)
{
    (void)state;
    for (uint32_t len = HEADER_SIZE; len < sizeof query_a; len++) {
        expect_format_error(query_a, len);
    }
}

static void dns_refuses_pointers_and_long_names(void **state)
{
    uint8_t query[600];
    uint32_t offset = HEADER_SIZE;

    (void)state;
    memcpy(query, query_a, sizeof query_a);
    query[HEADER_SIZE] = 0xC0;
    expect_format_error(query, sizeof query_a);
    memset(query, 'x', sizeof query);
    memcpy(query, query_a, HEADER_SIZE);
    while (offset + 64 < sizeof query) {
        query[offset] = 63;
        offset += 64;
    }
    query[offset] = 0;
    expect_format_error(query, sizeof query);
    query[5] = 2; /* questions */
    expect_format_error(query, sizeof query);
}

static void dns_takes_the_longest_name(void **state)
{
    uint8_t query[HEADER_SIZE + 255 + 4] = {0};
    uint8_t answer[OTK_DNS_SIZE];
    uint32_t offset;
    uint32_t len = 77;

    (void)state;
    memcpy(query, query_a, HEADER_SIZE);
    for (offset = HEADER_SIZE; offset < HEADER_SIZE + 254; offset += 2) {
        query[offset] = 1;
    }
    query[sizeof query - 3] = 1;
    query[sizeof query - 1] = 1;
    assert_int_equal(answer_to(query, sizeof query, answer, &len), OTK_OK);
    assert_int_equal(len, sizeof query + 16);
    assert_int_equal(otk_dns_answer(query, sizeof query, address, answer, sizeof query + 15, &len),
                     OTK_NO_SPACE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dns_answers_a_question_for_an_address),
        cmocka_unit_test(dns_has_no_other_record),
        cmocka_unit_test(dns_passes_over_what_follows_the_question),
        cmocka_unit_test(dns_says_nothing_to_an_answer),
        cmocka_unit_test(dns_refuses_other_operations),
        cmocka_unit_test(dns_refuses_a_question_cut_anywhere),
        cmocka_unit_test(dns_refuses_pointers_and_long_names),
        cmocka_unit_test(dns_takes_the_longest_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
