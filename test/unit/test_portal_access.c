// SPDX-License-Identifier: Apache-2.0
/* The portal: who may change something, and which names are its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "test/support/visitor.h"

#define TOKEN "X-Otakit-Token: " VISITOR_TOKEN "\n"

static struct visitor visitor;
static struct visit visit;

static int set_up(void **state)
{
    const struct otk_portal_config config = {0};

    visitor_open(&visitor, &config);
    *state = &visitor;
    return 0;
}

static int set_up_password(void **state)
{
    const struct otk_portal_config config = {.password = "open sesame"};

    visitor_open(&visitor, &config);
    *state = &visitor;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    visitor_close(&visitor);
    return 0;
}

struct attempt {
    const char *fields;
    uint16_t status; /* 409: it may, and there is nothing to cancel */
};

static void check_attempts(const struct attempt *attempts, size_t count)
{
    for (size_t index = 0; index < count; index++) {
        visit_all(&visitor, &visit, "POST /cancel", attempts[index].fields, "");
        if (visit.answer.status != attempts[index].status) {
            print_error("%s", attempts[index].fields);
        }
        assert_int_equal(visit.answer.status, attempts[index].status);
    }
}

static void portal_knows_its_own_names(void **state)
{
    static const struct {
        const char *host;
        uint16_t status;
    } cases[] = {
        {"Host: 192.168.4.1\n", 200},
        {"Host: 192.168.4.1:8080\n", 200},
        {"Host: 10.0.0.255\n", 200},
        {"Host: [fe80::1]:80\n", 200},
        {"Host: localhost:8080\n", 200},
        {"Host: LAMP\n", 200},
        {"Host: lamp.local:80\n", 200},
        {"Host: evil.example\n", 403},
        {"Host: lamp.evil.example\n", 403},
        {"Host: lampx\n", 403},
        {"Host: 192.168.4.1.evil.example\n", 403},
        {"Host: 1.2.3.4.5\n", 403},
        {"Host: 1234\n", 403},
        {"Host: localhost.evil\n", 403},
        {"Host: a@192.168.4.1\n", 403},
        {"Host: 192.168.4.1/x\n", 403},
        {"Host: 192.168.4.1#x\n", 403},
        {"Host: 192.168.4.1?x\n", 403},
        {"Host: 192.168.4.1:99999\n", 403},
        {"Host: \n", 403},
        {"Host: 192.168.4.1\nHost: 192.168.4.1\n", 403},
        {"Host: lamp\nHost: evil.example\nHost: lamp\n", 403},
        {"Host: 1234567890123456789012345678901234567890123456789012345678901234567890123456789012"
         "34567890123456789012345678901234567890.1.1.1\n",
         403},
    };

    (void)state;
    for (size_t index = 0; index < sizeof cases / sizeof cases[0]; index++) {
        visit_all(&visitor, &visit, "GET /info", cases[index].host, "");
        if (visit.answer.status != cases[index].status) {
            print_error("%s", cases[index].host);
        }
        assert_int_equal(visit.answer.status, cases[index].status);
    }
}

/* RFC 9112, 3.2.2: a server takes such a target, and its host in place of the field. */
static void portal_takes_a_target_in_absolute_form(void **state)
{
    static const struct {
        const char *line;
        const char *fields;
        uint16_t status;
    } cases[] = {
        {"GET http://192.168.4.1/info", "", 200},
        {"GET HTTP://lamp.local:80/info?x=http://y/", "", 200},
        {"GET http://192.168.4.1", "", 200},
        {"GET http://192.168.4.1?x", "", 200},
        {"GET http://192.168.4.1/info", "Host: evil.example\n", 200},
        {"GET http://192.168.4.1/nothing", "", 404},
        {"GET http://evil.example/info", "", 403},
        {"GET http://evil.example/info", "Host: 192.168.4.1\n", 403},
        {"GET http://a@192.168.4.1/info", "", 403},
        {"GET http:///info", "", 403},
        {"GET https://192.168.4.1/info", "", 404},
        {"POST http://192.168.4.1/cancel", TOKEN "Origin: http://192.168.4.1\n", 409},
        {"POST http://192.168.4.1/cancel", TOKEN "Origin: http://evil.example\n", 403},
    };

    (void)state;
    for (size_t index = 0; index < sizeof cases / sizeof cases[0]; index++) {
        visit_all(&visitor, &visit, cases[index].line, cases[index].fields, "");
        if (visit.answer.status != cases[index].status) {
            print_error("%s\n", cases[index].line);
        }
        assert_int_equal(visit.answer.status, cases[index].status);
    }
}

static void portal_takes_changes_from_its_own_page_and_from_scripts(void **state)
{
    static const struct attempt attempts[] = {
        {"", 409},
        {"User-Agent: curl/8.0\n", 409},
        {TOKEN "Origin: http://192.168.4.1\n", 409},
        {TOKEN "Origin: http://192.168.4.1:80\n", 409},
        {TOKEN "Origin: HTTP://192.168.4.1\nReferer: http://192.168.4.1/update?x#y\n", 409},
        {TOKEN "Sec-Fetch-Site: same-origin\nReferer: http://192.168.4.1\n", 409},
        {"Origin: http://lamp.local:81\nHost: LAMP.local:81\n" TOKEN, 409},
    };

    (void)state;
    check_attempts(attempts, sizeof attempts / sizeof attempts[0]);
}

static void portal_refuses_changes_from_pages_of_others(void **state)
{
    static const struct attempt attempts[] = {
        {"Origin: http://192.168.4.1\n", 403}, /* without the token */
        {"Origin: http://192.168.4.1\nX-Otakit-Token: 0011223344556678\n", 403},
        {"Origin: http://192.168.4.1\nX-Otakit-Token: 001122334455667\n", 403},
        {"Origin: http://192.168.4.1\nX-Otakit-Token:\n", 403},
        {"Sec-Fetch-Site: same-origin\n", 403},
        {"Referer: http://192.168.4.1/\n", 403},
        {TOKEN "Origin: http://evil.example\n", 403},
        {TOKEN "Origin: https://192.168.4.1\n", 403},
        {TOKEN "Origin: http://192.168.4.1:8080\n", 403},
        {TOKEN "Origin: http://192.168.4.1.evil.example\n", 403},
        {TOKEN "Origin: http://192.168.4.1@evil.example\n", 403},
        {TOKEN "Origin: null\n", 403},
        {TOKEN "Origin:\n", 403},
        {TOKEN "Origin: http://192.168.4.1\nOrigin: http://evil.example\n", 403},
        {TOKEN "Origin: http://192.168.4.1\nReferer: http://evil.example/\n", 403},
        {TOKEN "Referer: http://evil.example/http://192.168.4.1/\n", 403},
        {TOKEN "Referer: file:///tmp/x.html\n", 403},
        {TOKEN "Origin: http://192.168.4.1\nSec-Fetch-Site: cross-site\n", 403},
        {TOKEN "Origin: http://192.168.4.1\nSec-Fetch-Site: same-site\n", 403},
    };

    (void)state;
    check_attempts(attempts, sizeof attempts / sizeof attempts[0]);
    assert_non_null(
        strstr(visit.text, "{\"error\": {\"code\": \"FOREIGN_REQUEST\", \"number\": 72"));
}

static void portal_asks_for_the_password(void **state)
{
    static const struct attempt attempts[] = {
        {"", 401},
        {"X-Otakit-Password: open sesame\n", 409},
        {"X-Otakit-Password: open sesam\n", 401},
        {"X-Otakit-Password: open sesame!\n", 401},
        {"X-Otakit-Password: open sesameopen sesame\n", 401},
        {"X-Otakit-Password:\n", 401},
        {"Authorization: Basic YW55Ym9keTpvcGVuIHNlc2FtZQ==\n", 409}, /* anybody:open sesame */
        {"Authorization: basic Om9wZW4gc2VzYW1l\n", 409},             /* :open sesame */
        {"Authorization: Basic b3BlbiBzZXNhbWU=\n", 401},             /* open sesame */
        {"Authorization: Basic !\n", 401},
        {"Authorization: Basic\n", 401},
        {"Authorization: Bearer open sesame\n", 401},
        {"Origin: http://192.168.4.1\n" TOKEN, 401},
        {"Origin: http://192.168.4.1\nX-Otakit-Password: open sesame\n", 403},
        {"Origin: http://192.168.4.1\nX-Otakit-Password: open sesame\n" TOKEN, 409},
    };

    (void)state;
    check_attempts(attempts, sizeof attempts / sizeof attempts[0]);
    visit_all(&visitor, &visit, "GET /info", "", "");
    assert_int_equal(visit.answer.status, 200);
    assert_non_null(strstr(visit.text, "\"password\": true"));
    assert_null(strstr(visit.text, "sesame"));
}

static void portal_lets_no_dialog_pop_up_over_its_page(void **state)
{
    (void)state;
    visit_all(&visitor, &visit, "POST /cancel", "", "");
    assert_string_equal(visit_field(&visit, "WWW-Authenticate"), "Basic realm=\"device update\"");
    visit_all(&visitor, &visit, "POST /cancel", "Origin: http://192.168.4.1\n" TOKEN, "");
    assert_null(visit_field(&visit, "WWW-Authenticate"));
}

static void portal_judges_every_change(void **state)
{
    static const char *const lines[] = {"POST /update", "PUT /update", "POST /cancel",
                                        "POST /confirm", "POST /rollback"};

    (void)state;
    for (size_t index = 0; index < sizeof lines / sizeof lines[0]; index++) {
        visit_all(&visitor, &visit, lines[index], "Origin: http://evil.example\n", "");
        assert_int_equal(visit.answer.status, 403);
    }
    visit_all(&visitor, &visit, "POST /update", "Origin: http://evil.example\nContent-Length: 3\n",
              "abc");
    assert_int_equal(visit.answer.status, 403);
    assert_string_equal(visit_field(&visit, "Content-Type"), "text/plain");
    assert_int_equal(visitor.updater.update_count, 0);
}

static void portal_refuses_a_head_that_is_too_long(void **state)
{
    static char fields[OTK_PORTAL_HEAD_LIMIT + 8];

    (void)state;
    memset(fields, 'x', sizeof fields - 1);
    fields[1] = ':';
    fields[OTK_PORTAL_HEAD_LIMIT - 30] = '\0';
    visit_all(&visitor, &visit, "GET /info", fields, "");
    assert_int_equal(visit.answer.status, 200);
    fields[OTK_PORTAL_HEAD_LIMIT - 30] = 'x';
    visit_all(&visitor, &visit, "GET /info", fields, "");
    assert_int_equal(visit.answer.status, 431);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(portal_knows_its_own_names, set_up, tear_down),
        cmocka_unit_test_setup_teardown(portal_takes_a_target_in_absolute_form, set_up, tear_down),
        cmocka_unit_test_setup_teardown(portal_takes_changes_from_its_own_page_and_from_scripts,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(portal_refuses_changes_from_pages_of_others, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(portal_asks_for_the_password, set_up_password, tear_down),
        cmocka_unit_test_setup_teardown(portal_lets_no_dialog_pop_up_over_its_page, set_up_password,
                                        tear_down),
        cmocka_unit_test_setup_teardown(portal_judges_every_change, set_up, tear_down),
        cmocka_unit_test_setup_teardown(portal_refuses_a_head_that_is_too_long, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
