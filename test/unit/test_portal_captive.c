// SPDX-License-Identifier: Apache-2.0
/* The portal: phones that look for the Internet, and views that cannot pick files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "test/support/visitor.h"

#define ANDROID_VIEW                                                                          \
    "User-Agent: Mozilla/5.0 (Linux; Android 13; Pixel 6 Build/TQ3A; wv) AppleWebKit/537.36 " \
    "(KHTML, like Gecko) Version/4.0 Chrome/116.0 Mobile Safari/537.36\n"
#define ANDROID_BROWSER                                                                      \
    "User-Agent: Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) " \
    "Chrome/116.0 Mobile Safari/537.36\n"

static struct visitor visitor;
static struct visit visit;

struct probe {
    const char *line;
    const char *host;
    uint16_t status; /* of the answer that means "online" */
    const char *body;
};

static const struct probe probes[] = {
    {"GET /generate_204", "Host: connectivitycheck.gstatic.com\n", 204, ""},
    {"GET /generate_204", "Host: clients3.google.com\n", 204, ""},
    {"GET /gen_204", "Host: www.google.com\n", 204, ""},
    {"GET /hotspot-detect.html", "Host: captive.apple.com\n", 200, "Success"},
    {"GET /library/test/success.html", "Host: www.apple.com\n", 200, "Success"},
    {"GET /connecttest.txt", "Host: www.msftconnecttest.com\n", 200, "Microsoft Connect Test"},
    {"GET /ncsi.txt", "Host: www.msftncsi.com\n", 200, "Microsoft NCSI"},
    {"GET /success.txt?ipv4", "Host: detectportal.firefox.com\n", 200, "success\n"},
    {"GET /canonical.html", "Host: detectportal.firefox.com\n", 200, "captive-portal"},
    {"GET /check_network_status.txt", "Host: nmcheck.gnome.org\n", 200, "NetworkManager is online"},
};

#define PROBE_COUNT (sizeof probes / sizeof probes[0])

static int set_up(void **state)
{
    const struct otk_portal_config config = {.is_captive = true};

    visitor_open(&visitor, &config);
    *state = &visitor;
    return 0;
}

static int set_up_plain(void **state)
{
    const struct otk_portal_config config = {0};

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

static void ask(const struct probe *probe)
{
    visit_all(&visitor, &visit, probe->line, probe->host, "");
}

static void assert_redirected(void)
{
    assert_int_equal(visit.answer.status, 302);
    assert_string_equal(visit_field(&visit, "Location"), "http://192.168.4.1/");
    assert_true(visit.answer.body_len > 0);
}

static void captive_portal_opens_the_sign_in_view_until_the_page_was_seen(void **state)
{
    (void)state;
    for (size_t index = 0; index < PROBE_COUNT; index++) {
        ask(&probes[index]);
        assert_redirected();
    }
    visit_all(&visitor, &visit, "GET /", ANDROID_BROWSER, "");
    assert_string_equal(visit_field(&visit, "Content-Encoding"), "gzip");
    for (size_t index = 0; index < PROBE_COUNT; index++) {
        ask(&probes[index]);
        assert_int_equal(visit.answer.status, probes[index].status);
        assert_non_null(strstr(visit.text, probes[index].body));
    }
}

static void captive_portal_tells_stations_apart_and_forgets_the_oldest(void **state)
{
    (void)state;
    visit_all(&visitor, &visit, "GET /", "", "");
    visitor.station = 3;
    ask(&probes[0]);
    assert_redirected();
    for (visitor.station = 3; visitor.station < 3 + OTK_PORTAL_STATION_COUNT; visitor.station++) {
        visit_all(&visitor, &visit, "GET /", "", "");
        visit_all(&visitor, &visit, "GET /", "", "");
    }
    visitor.station = 3;
    ask(&probes[0]);
    assert_int_equal(visit.answer.status, 204);
    visitor.station = 2;
    ask(&probes[0]);
    assert_redirected();
}

static void captive_portal_redirects_every_other_name(void **state)
{
    (void)state;
    visit_all(&visitor, &visit, "GET /", "", "");
    visit_all(&visitor, &visit, "GET /", "Host: example.com\n", "");
    assert_redirected();
    visit_all(&visitor, &visit, "GET /redirect", "Host: www.msftconnecttest.com\n", "");
    assert_redirected();
    visit_all(&visitor, &visit, "GET /info", "Host: example.com\n", "");
    assert_redirected();
    visit_all(&visitor, &visit, "POST /confirm", "Host: example.com\n", "");
    assert_redirected();
    assert_int_equal(visitor.updater.verdict, OTK_VERDICT_NONE);
}

static void sign_in_views_are_told_where_to_open_the_page(void **state)
{
    static const char *const views[] = {ANDROID_VIEW, "User-Agent: CaptivePortalLogin\n",
                                        "User-Agent: CaptiveNetworkSupport-407.40.1 wispr\n"};

    (void)state;
    for (size_t index = 0; index < sizeof views / sizeof views[0]; index++) {
        visit_all(&visitor, &visit, "GET /", views[index], "");
        assert_int_equal(visit.answer.status, 200);
        assert_null(visit_field(&visit, "Content-Encoding"));
        assert_non_null(strstr(visit.text, "value=\"http://192.168.4.1/\""));
        assert_non_null(strstr(visit.text, "</html>"));
    }
    /* Told as online now, the view would close before anybody has read it. */
    ask(&probes[0]);
    assert_redirected();

    visit_all(&visitor, &visit, "GET /stay", ANDROID_VIEW, "");
    assert_int_equal(visit.answer.status, 200);
    assert_non_null(strstr(visit.text, "<b>http://192.168.4.1/</b>"));
    ask(&probes[0]);
    assert_int_equal(visit.answer.status, 204);
}

static void sign_in_views_may_see_the_page_all_the_same(void **state)
{
    (void)state;
    visit_all(&visitor, &visit, "GET /update", ANDROID_VIEW, "");
    assert_string_equal(visit_field(&visit, "Content-Encoding"), "gzip");
}

static void plain_portal_knows_no_detection_addresses(void **state)
{
    (void)state;
    visit_all(&visitor, &visit, "GET /", ANDROID_VIEW, "");
    assert_string_equal(visit_field(&visit, "Content-Encoding"), "gzip");
    for (size_t index = 0; index < PROBE_COUNT; index++) {
        ask(&probes[index]);
        assert_int_equal(visit.answer.status, 403);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            captive_portal_opens_the_sign_in_view_until_the_page_was_seen, set_up, tear_down),
        cmocka_unit_test_setup_teardown(captive_portal_tells_stations_apart_and_forgets_the_oldest,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(captive_portal_redirects_every_other_name, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(sign_in_views_are_told_where_to_open_the_page, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(sign_in_views_may_see_the_page_all_the_same, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(plain_portal_knows_no_detection_addresses, set_up_plain,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
