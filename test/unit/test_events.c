// SPDX-License-Identifier: Apache-2.0
/* The device's JSON lines: complete, escaped, and nothing at all where nobody listens. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "port/linux/events.h"

#define LINE_SIZE 512u

struct fixture {
    struct otk_device_clock clock;
    struct otk_events events;
    char path[64];
    char line[LINE_SIZE];
};

static int open_events(void **state)
{
    static struct fixture fixture;
    int file;

    memset(&fixture, 0, sizeof fixture);
    strcpy(fixture.path, "/tmp/otakit-events-XXXXXX");
    file = mkstemp(fixture.path);
    if (file < 0 || close(file) != 0) {
        return -1;
    }
    otk_device_clock_init(&fixture.clock, false);
    *state = &fixture;
    return otk_events_open(&fixture.events, fixture.path, "lamp", &fixture.clock) == OTK_OK ? 0
                                                                                            : -1;
}

static int close_events(void **state)
{
    struct fixture *fixture = *state;

    otk_events_close(&fixture->events);
    return unlink(fixture->path);
}

/* What a reader of the file sees, from its beginning. */
static const char *read_back(struct fixture *fixture)
{
    FILE *in = fopen(fixture->path, "r");
    size_t len;

    assert_non_null(in);
    len = fread(fixture->line, 1, LINE_SIZE - 1u, in);
    fixture->line[len] = '\0';
    fclose(in);
    return fixture->line;
}

static void an_event_is_one_line_with_its_keys_in_order(void **state)
{
    struct fixture *fixture = *state;

    otk_event_begin(&fixture->events, "refused");
    otk_event_status(&fixture->events, OTK_BAD_MAGIC);
    otk_event_number(&fixture->events, "offset", UINT64_MAX);
    otk_event_flag(&fixture->events, "passed", false);
    otk_event_text(&fixture->events, "version", NULL);
    otk_event_end(&fixture->events);
    assert_string_equal(strchr(read_back(fixture), ','),
                        ", \"device\": \"lamp\", \"event\": \"refused\", "
                        "\"status\": \"BAD_MAGIC\", "
                        "\"message\": \"the structure does not start with its magic\", "
                        "\"offset\": 18446744073709551615, \"passed\": false, "
                        "\"version\": null}\n");
    assert_memory_equal(fixture->line, "{\"t_ms\": ", 9);
}

static void an_event_can_be_read_before_the_file_is_closed(void **state)
{
    struct fixture *fixture = *state;

    otk_event_begin(&fixture->events, "boot");
    assert_string_equal(read_back(fixture), "");
    otk_event_end(&fixture->events);
    assert_non_null(strchr(read_back(fixture), '\n'));
}

static void bytes_that_json_forbids_are_escaped(void **state)
{
    struct fixture *fixture = *state;

    otk_event_begin(&fixture->events, "a\"b\\c\n\x7F\xE9");
    otk_event_end(&fixture->events);
    assert_non_null(strstr(read_back(fixture), "\"a\\\"b\\\\c\\u000a\\u007f\\u00e9\"}"));
}

static void without_a_listener_nothing_happens(void **state)
{
    struct otk_events events = {.out = NULL};

    (void)state;
    otk_event_begin(&events, "boot");
    otk_event_text(&events, "slot", "ota_0");
    otk_event_number(&events, "offset", 1);
    otk_event_flag(&events, "passed", true);
    otk_event_status(&events, OTK_OK);
    otk_event_end(&events);
    otk_events_close(&events);
    assert_null(events.out);
}

static void a_file_that_cannot_be_made_is_refused(void **state)
{
    struct otk_events events = {.out = NULL};

    (void)state;
    assert_int_equal(otk_events_open(&events, "/nonexistent/events", "lamp", NULL), OTK_HOST_IO);
    assert_null(events.out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_event_is_one_line_with_its_keys_in_order, open_events,
                                        close_events),
        cmocka_unit_test_setup_teardown(an_event_can_be_read_before_the_file_is_closed, open_events,
                                        close_events),
        cmocka_unit_test_setup_teardown(bytes_that_json_forbids_are_escaped, open_events,
                                        close_events),
        cmocka_unit_test(without_a_listener_nothing_happens),
        cmocka_unit_test(a_file_that_cannot_be_made_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
