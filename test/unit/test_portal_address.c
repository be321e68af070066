// SPDX-License-Identifier: Apache-2.0
/* Where the page listens: addresses as people write them, and the URL that comes of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "port/linux/portal_address.h"

/* Longer than any name. */
#define LONG_NAME "0123456789012345678901234567890123456789012345678901234567890123456789"

static struct otk_portal_place place;
static struct otk_portal_trouble trouble;

/* Whether this computer speaks IPv6; containers often do not. */
static bool has_ipv6(void)
{
    struct otk_portal_place probe;

    if (otk_portal_listen("[::1]:0", 0, &probe, &trouble) != OTK_OK) {
        return false;
    }
    close(probe.socket);
    return true;
}

/* Listen on a free port and close again. */
static void check_url(const char *text, const char *begin)
{
    char wanted[OTK_PORTAL_URL_SIZE];

    if (text[0] == '[' && !has_ipv6()) {
        return;
    }
    assert_int_equal(otk_portal_listen(text, 0, &place, &trouble), OTK_OK);
    close(place.socket);
    assert_true(place.port != 0);
    snprintf(wanted, sizeof wanted, "%s:%u/", begin, (unsigned)place.port);
    assert_string_equal(place.url, wanted);
}

static void address_becomes_a_url_that_opens(void **state)
{
    (void)state;
    check_url("127.0.0.1:0", "http://127.0.0.1");
    check_url("localhost:0", "http://127.0.0.1");
    check_url(":0", "http://127.0.0.1");
    check_url("0", "http://127.0.0.1");
    check_url("0.0.0.0:0", "http://127.0.0.1");
    check_url("[::1]:0", "http://[::1]");
    check_url("[::]:0", "http://[::1]");
}

static void port_0_is_the_one_that_was_found_before(void **state)
{
    uint16_t port;

    (void)state;
    assert_int_equal(otk_portal_listen("127.0.0.1:0", 0, &place, &trouble), OTK_OK);
    close(place.socket);
    port = place.port;
    assert_int_equal(otk_portal_listen("127.0.0.1:0", port, &place, &trouble), OTK_OK);
    assert_int_equal(place.port, port);
    close(place.socket);
}

static void regression_a_port_alone_was_taken_for_an_address(void **state)
{
    char text[8];

    (void)state;
    assert_int_equal(otk_portal_listen("127.0.0.1:0", 0, &place, &trouble), OTK_OK);
    close(place.socket);
    snprintf(text, sizeof text, "%u", (unsigned)place.port);
    check_url(text, "http://127.0.0.1");
}

static void address_in_use_is_explained(void **state)
{
    char text[32];
    struct otk_portal_place other;

    (void)state;
    assert_int_equal(otk_portal_listen("127.0.0.1:0", 0, &place, &trouble), OTK_OK);
    snprintf(text, sizeof text, "127.0.0.1:%u", (unsigned)place.port);
    assert_int_equal(otk_portal_listen(text, 0, &other, &trouble), OTK_BUSY);
    assert_string_equal(trouble.why, "another program listens on this address");
    assert_non_null(trouble.hint);
    close(place.socket);
}

static void address_of_another_computer_is_explained(void **state)
{
    (void)state;
    assert_int_equal(otk_portal_listen("192.0.2.1:8080", 0, &place, &trouble), OTK_HOST_IO);
    assert_string_equal(trouble.why, "this computer does not have that address");
}

static void what_is_no_address_is_refused(void **state)
{
    static const char *const wrong[] = {
        "127.0.0.1:",         "127.0.0.1:port",  "[::1",         "[::1]x", "::1",      "1:2:3",
        "127.0.0.1:99999999", "127.0.0.1:65536", "127.0.0.1:-1", "65536",  "99999999", "",
        "no such host:80",    LONG_NAME};

    (void)state;
    for (size_t index = 0; index < sizeof wrong / sizeof wrong[0]; index++) {
        assert_int_equal(otk_portal_listen(wrong[index], 0, &place, &trouble), OTK_USAGE);
        assert_non_null(trouble.why);
        assert_non_null(trouble.hint);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(address_becomes_a_url_that_opens),
        cmocka_unit_test(port_0_is_the_one_that_was_found_before),
        cmocka_unit_test(regression_a_port_alone_was_taken_for_an_address),
        cmocka_unit_test(address_in_use_is_explained),
        cmocka_unit_test(address_of_another_computer_is_explained),
        cmocka_unit_test(what_is_no_address_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
