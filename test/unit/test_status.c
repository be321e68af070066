// SPDX-License-Identifier: Apache-2.0
/* Names, texts and numbers of statuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "otakit/base/status.h"

struct listed {
    int number;
    const char *name;
    const char *text;
};

static const struct listed list[] = {
#define LISTED(name, number, text) {number, #name, text},
    OTK_STATUS_LIST(LISTED)
#undef LISTED
};

#define LIST_COUNT (sizeof(list) / sizeof(list[0]))

static void status_numbers_are_unique_and_ascend(void **state)
{
    (void)state;
    for (size_t i = 1; i < LIST_COUNT; i++) {
        assert_true(list[i - 1].number < list[i].number);
    }
}

static void status_numbers_that_travel_stay_what_they_are(void **state)
{
    (void)state;
    assert_int_equal(OTK_OK, 0);
    assert_int_equal(OTK_BAD_HASH, 6);
    assert_int_equal(OTK_WRONG_CHIP, 24);
    assert_int_equal(OTK_PENDING_VERIFY, 47);
    assert_int_equal(OTK_INCOMPLETE, 64);
    assert_int_equal(OTK_POWER_LOST, 69);
}

static void every_status_has_its_name_and_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < LIST_COUNT; i++) {
        const enum otk_status status = (enum otk_status)list[i].number;

        assert_string_equal(otk_status_name(status), list[i].name);
        assert_string_equal(otk_status_text(status), list[i].text);
    }
}

static void status_texts_are_sentences_without_full_stop(void **state)
{
    (void)state;
    for (size_t i = 0; i < LIST_COUNT; i++) {
        const size_t len = strlen(list[i].text);

        assert_true(len > 0);
        assert_int_not_equal(list[i].text[len - 1], '.');
    }
}

static void number_outside_the_list_has_a_name_too(void **state)
{
    (void)state;
    assert_string_equal(otk_status_name((enum otk_status)11), "UNKNOWN");
    assert_string_equal(otk_status_text((enum otk_status)11), "unknown status");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(status_numbers_are_unique_and_ascend),
        cmocka_unit_test(status_numbers_that_travel_stay_what_they_are),
        cmocka_unit_test(every_status_has_its_name_and_text),
        cmocka_unit_test(status_texts_are_sentences_without_full_stop),
        cmocka_unit_test(number_outside_the_list_has_a_name_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
