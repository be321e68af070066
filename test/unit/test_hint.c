// SPDX-License-Identifier: Apache-2.0
/* Hints: one line each, in the manner of the other texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "host/hint.h"

static void status_hint_is_one_line_without_a_full_stop(void **state)
{
    static const enum otk_status statuses[] = {
#define STATUS(name, number, text) OTK_##name,
        OTK_STATUS_LIST(STATUS)
#undef STATUS
    };
    size_t count = 0;

    (void)state;
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        const char *const hint = otk_status_hint(statuses[i]);

        if (!hint) {
            continue;
        }
        count++;
        assert_null(strchr(hint, '\n'));
        assert_true(strlen(hint) > 8);
        assert_int_not_equal(hint[strlen(hint) - 1], '.');
    }
    assert_true(count > 50);
}

static void status_hint_says_nothing_of_success(void **state)
{
    (void)state;
    assert_null(otk_status_hint(OTK_OK));
}

static void status_hint_helps_against_the_usual_mistakes(void **state)
{
    (void)state;
    assert_non_null(strstr(otk_status_hint(OTK_WRONG_CHIP), "set-target"));
    assert_non_null(strstr(otk_status_hint(OTK_NO_OTADATA), "otadata, data, ota"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(status_hint_is_one_line_without_a_full_stop),
        cmocka_unit_test(status_hint_says_nothing_of_success),
        cmocka_unit_test(status_hint_helps_against_the_usual_mistakes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
