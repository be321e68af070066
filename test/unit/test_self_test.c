// SPDX-License-Identifier: Apache-2.0
/* The self-test of a virtual application: its verdicts, and the watchdog over commands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "port/linux/self_test.h"

static const struct otk_self_test_subject subject = {.slot = "ota_1",
                                                     .project = "lamp",
                                                     .version = "2.0.0",
                                                     .device = "hall",
                                                     .flash = "/tmp/hall.flash"};

static enum otk_status run(const char *test, uint32_t timeout_ms)
{
    struct otk_device_clock clock;

    otk_device_clock_init(&clock, false);
    return otk_self_test_run(test, &subject, timeout_ms, &clock, STDERR_FILENO);
}

static void each_way_to_end_has_its_verdict(void **state)
{
    static const struct {
        const char *test;
        enum otk_status verdict;
    } cases[] = {
        {"pass", OTK_OK},
        {"fail", OTK_SELF_TEST_FAILED},
        {"hang", OTK_SELF_TEST_TIMEOUT},
        {"exit 0", OTK_OK},
        {"exit 1", OTK_SELF_TEST_FAILED},
        {"kill -SEGV $$", OTK_SELF_TEST_FAILED},
        {"otakit-no-such-program 2>/dev/null", OTK_SELF_TEST_FAILED},
        {"exec sleep 60", OTK_SELF_TEST_TIMEOUT},
    };
    size_t index;

    (void)state;
    for (index = 0; index < sizeof cases / sizeof cases[0]; index++) {
        assert_int_equal(run(cases[index].test, 1000), cases[index].verdict);
    }
}

static void a_hang_takes_the_time_of_the_device_not_of_the_host(void **state)
{
    struct otk_device_clock clock;

    (void)state;
    otk_device_clock_init(&clock, false);
    assert_int_equal(otk_self_test_run("hang", &subject, 3600000, &clock, STDERR_FILENO),
                     OTK_SELF_TEST_TIMEOUT);
    assert_in_range(otk_device_clock_ms(&clock), 3600000, 3610000);
}

static void a_command_learns_what_it_tests(void **state)
{
    (void)state;
    assert_int_equal(run("test \"$OTAKIT_SLOT $OTAKIT_PROJECT $OTAKIT_VERSION $OTAKIT_DEVICE "
                         "$OTAKIT_FLASH\" = 'ota_1 lamp 2.0.0 hall /tmp/hall.flash'",
                         5000),
                     OTK_OK);
}

static void the_watchdog_kills_what_the_command_started(void **state)
{
    char path[] = "/tmp/otakit-self-test-XXXXXX";
    char command[128];
    const int file = mkstemp(path);

    (void)state;
    assert_true(file >= 0);
    close(file);
    snprintf(command, sizeof command, "(sleep 1; rm %s) & sleep 60", path);
    assert_int_equal(run(command, 100), OTK_SELF_TEST_TIMEOUT);
    sleep(2);
    assert_int_equal(unlink(path), 0);
}

static void the_output_goes_where_it_is_sent(void **state)
{
    struct otk_device_clock clock;
    char text[8] = "";
    int ends[2];

    (void)state;
    otk_device_clock_init(&clock, false);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(otk_self_test_run("printf heard", &subject, 5000, &clock, ends[1]), OTK_OK);
    assert_int_equal(read(ends[0], text, sizeof text - 1u), 5);
    assert_string_equal(text, "heard");
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_way_to_end_has_its_verdict),
        cmocka_unit_test(a_hang_takes_the_time_of_the_device_not_of_the_host),
        cmocka_unit_test(a_command_learns_what_it_tests),
        cmocka_unit_test(the_watchdog_kills_what_the_command_started),
        cmocka_unit_test(the_output_goes_where_it_is_sent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
