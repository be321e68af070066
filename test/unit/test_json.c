// SPDX-License-Identifier: Apache-2.0
/* The JSON writer: its punctuation, its escapes, and the end of its room. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "otakit/format/json.h"

/* One of everything. */
static void write(struct otk_json *json)
{
    static const uint8_t bytes[] = {0x00, 0xA5};

    otk_json_open(json, NULL, '{');
    otk_json_text(json, "text", "a\"b\\c\n\xE9\x7F");
    otk_json_text(json, "nothing", NULL);
    otk_json_open(json, "list", '[');
    otk_json_number(json, NULL, 0);
    otk_json_number(json, NULL, UINT32_MAX);
    otk_json_open(json, NULL, '{');
    otk_json_close(json, '}');
    otk_json_close(json, ']');
    otk_json_hex(json, "hex", bytes, sizeof bytes);
    otk_json_flag(json, "yes", true);
    otk_json_flag(json, "no", false);
    otk_json_close(json, '}');
}

static const char wanted[] = "{\"text\": \"a\\\"b\\\\c\\u000a\\u00e9\\u007f\", \"nothing\": null, "
                             "\"list\": [0, 4294967295, {}], \"hex\": \"00a5\", \"yes\": true, "
                             "\"no\": false}";

static void json_separates_and_escapes(void **state)
{
    char chars[256];
    struct otk_json json;

    (void)state;
    otk_json_init(&json, chars, sizeof chars);
    write(&json);
    assert_false(json.is_full);
    assert_int_equal(json.len, sizeof wanted - 1);
    assert_memory_equal(chars, wanted, json.len);
}

static void json_stays_within_any_room_and_says_so(void **state)
{
    char chars[sizeof wanted + 1];
    struct otk_json json;

    (void)state;
    for (uint32_t size = 0; size < sizeof wanted + 1; size++) {
        memset(chars, '#', sizeof chars);
        otk_json_init(&json, chars, size);
        write(&json);
        assert_int_equal(json.is_full, size < sizeof wanted - 1);
        assert_true(json.len <= size);
        assert_int_equal(chars[size], '#');
    }
}

static void json_stays_within_a_room_that_was_made_smaller(void **state)
{
    char chars[8];
    struct otk_json json;

    (void)state;
    memset(chars, '#', sizeof chars);
    otk_json_init(&json, chars, 7);
    otk_json_text(&json, NULL, "12345");
    json.size -= 2;
    otk_json_flag(&json, NULL, true);
    assert_true(json.is_full);
    assert_memory_equal(chars, "\"12345\"#", 8);
}

static void json_takes_a_member_out_again(void **state)
{
    char chars[32];
    struct otk_json json;
    struct otk_json before;

    (void)state;
    otk_json_init(&json, chars, sizeof chars);
    otk_json_open(&json, NULL, '{');
    before = json;
    otk_json_text(&json, "long", "a text that does not fit into this room");
    assert_true(json.is_full);
    json = before;
    otk_json_number(&json, "n", 1);
    otk_json_close(&json, '}');
    assert_false(json.is_full);
    assert_int_equal(json.len, 8);
    assert_memory_equal(chars, "{\"n\": 1}", 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_separates_and_escapes),
        cmocka_unit_test(json_stays_within_any_room_and_says_so),
        cmocka_unit_test(json_stays_within_a_room_that_was_made_smaller),
        cmocka_unit_test(json_takes_a_member_out_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
