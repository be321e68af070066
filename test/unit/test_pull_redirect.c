// SPDX-License-Identifier: Apache-2.0
/* The pull engine and redirects: where they lead, and who sees the credentials. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "test/support/web.h"

static struct rig rig;
static struct web web;
static struct rig_image image;
static struct otk_pull_config config;

/* One row per request: where it is sent on to. NULL: the file is served. */
static const char *const *locations;

static int setup(void **state)
{
    (void)state;
    rig_open(&rig, RIG_FACTORY_AND_TWO);
    rig_make_image(&image, "1.1.0", 60000, 2);
    rig_install(&rig, OTK_SLOT_FACTORY, &image);
    assert_int_equal(rig_reset(&rig), OTK_SLOT_FACTORY);
    web_open(&web, &rig, image.bytes, image.len);
    config = (struct otk_pull_config){.url = "https://host/a/app.bin", .has_credentials = true};
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    rig_close(&rig);
    return 0;
}

static void send_on(struct web *server, const struct web_request *request, struct web_reply *reply)
{
    const char *const location = locations[server->request_count - 1];
    char line[OTK_URL_SIZE + 100];

    web_serve(server, request, reply);
    if (location) {
        reply->status = 302;
        reply->body_len = 3;
        snprintf(line, sizeof line, "Content-Length: 3\n%s", location);
        reply->fields[0] = '\0';
        web_add_field(reply, line);
    }
}

static enum otk_status pull_along(const char *const *hops)
{
    locations = hops;
    web.answer = send_on;
    return web_pull(&web, &config);
}

static void redirect_is_followed_relative_to_the_last_url(void **state)
{
    static const char *const hops[] = {"Location: ../b/", "Location: c?d", NULL};

    (void)state;
    assert_int_equal(pull_along(hops), OTK_OK);
    assert_string_equal(web.requests[1].url, "https://host/b/");
    assert_string_equal(web.requests[2].url, "https://host/b/c?d");
    assert_true(web.requests[2].has_credentials);
    assert_int_equal(web.requests[2].start_ms, web.requests[0].start_ms);
}

static void redirect_to_another_server_leaves_the_credentials_behind(void **state)
{
    static const char *const targets[] = {
        "Location: https://other/x",
        "Location: //other/x",
        "Location: https://host:8443/x",
        "Location: https://sub.host/x",
    };

    (void)state;
    for (size_t index = 0; index < sizeof targets / sizeof targets[0]; index++) {
        const char *const hops[] = {targets[index], NULL};

        teardown(NULL);
        setup(NULL);
        assert_int_equal(pull_along(hops), OTK_OK);
        assert_true(web.requests[0].has_credentials);
        assert_false(web.requests[1].has_credentials);
    }
}

static void redirect_back_does_not_bring_the_credentials_back(void **state)
{
    static const char *const hops[] = {"Location: https://other/", "Location: https://host/x",
                                       NULL};

    (void)state;
    assert_int_equal(pull_along(hops), OTK_OK);
    assert_false(web.requests[2].has_credentials);
}

static void cut_behind_redirect(struct web *server, const struct web_request *request,
                                struct web_reply *reply)
{
    send_on(server, request, reply);
    if (server->request_count == 2) {
        reply->cut_at = 20000;
    }
}

static void retry_begins_at_the_first_url_with_credentials(void **state)
{
    static const char *const hops[] = {"Location: https://cdn/1", NULL, "Location: https://cdn/2",
                                       NULL};

    (void)state;
    locations = hops;
    web.answer = cut_behind_redirect;
    assert_int_equal(web_pull(&web, &config), OTK_OK);
    assert_string_equal(web.requests[2].url, "https://host/a/app.bin");
    assert_true(web.requests[2].has_credentials);
    assert_string_equal(web.requests[3].url, "https://cdn/2");
    assert_int_equal(web.requests[3].offset, 20000);
    assert_false(web.requests[3].has_credentials);
}

static void manifest_of_another_server_does_not_get_the_credentials(void **state)
{
    (void)state;
    web.manifest = "{\"firmware\":\"https://cdn/app.bin\"}";
    config.url = "https://host/a.json";
    assert_int_equal(web_pull(&web, &config), OTK_OK);
    assert_true(web.requests[0].has_credentials);
    assert_string_equal(web.requests[1].url, "https://cdn/app.bin");
    assert_false(web.requests[1].has_credentials);
}

/* Else it could have a secret file of ours fetched with our credentials. */
static void manifest_of_another_server_does_not_bring_the_credentials_back(void **state)
{
    static const char *const hops[] = {"Location: https://other/a.json", NULL, NULL};

    (void)state;
    web.manifest = "{\"firmware\":\"https://host/app.bin\"}";
    config.url = "https://host/a.json";
    assert_int_equal(pull_along(hops), OTK_OK);
    assert_string_equal(web.requests[2].url, "https://host/app.bin");
    assert_true(web.requests[0].has_credentials);
    assert_false(web.requests[2].has_credentials);
}

static void redirect_to_plain_http_is_refused_unless_allowed(void **state)
{
    static const char *const hops[] = {"Location: http://host/x", NULL};

    (void)state;
    assert_int_equal(pull_along(hops), OTK_INSECURE_URL);
    assert_int_equal(web.request_count, 1);
    config.allow_http = true;
    assert_int_equal(pull_along(hops), OTK_OK);
    assert_false(web.requests[1].has_credentials);
}

static void plain_http_is_refused_unless_allowed(void **state)
{
    static const char *const hops[] = {NULL};

    (void)state;
    config.url = "http://host/a";
    assert_int_equal(pull_along(hops), OTK_INSECURE_URL);
    assert_int_equal(web.request_count, 0);
    config.allow_http = true;
    assert_int_equal(pull_along(hops), OTK_OK);
}

static void redirects_in_circles_end(void **state)
{
    static const char *const hops[] = {
        "Location: a", "Location: b", "Location: a", "Location: b", "Location: a", "Location: b",
        "Location: a", "Location: b", "Location: a", "Location: b", "Location: a", "Location: b",
    };

    (void)state;
    assert_int_equal(pull_along(hops), OTK_HTTP_TOO_MANY_REDIRECTS);
    assert_int_equal(web.request_count, OTK_PULL_REDIRECT_LIMIT + 1);
    config.redirect_limit = 2;
    assert_int_equal(pull_along(hops), OTK_HTTP_TOO_MANY_REDIRECTS);
    assert_int_equal(web.request_count, 3);
}

static void redirects_to_nowhere_are_refused(void **state)
{
    static const struct {
        const char *field;
        enum otk_status outcome;
    } cases[] = {
        {"X: y", OTK_HTTP_BAD_RESPONSE},
        {"Location: ftp://host/", OTK_BAD_URL},
        {"Location: https://user@host/", OTK_BAD_URL},
        {"Location: a\nLocation: b", OTK_BAD_URL},
    };

    (void)state;
    for (size_t index = 0; index < sizeof cases / sizeof cases[0]; index++) {
        const char *const hops[] = {cases[index].field};

        assert_int_equal(pull_along(hops), cases[index].outcome);
        assert_int_equal(web.request_count, 1);
    }
}

static void redirect_urls_may_be_as_long_as_the_buffer(void **state)
{
    static char location[OTK_URL_SIZE + 20] = "Location: https://host/";
    const char *const hops[] = {location, NULL};
    const size_t start = strlen("Location: ");

    (void)state;
    memset(location + strlen(location), 'x', OTK_URL_SIZE - 1 - (strlen(location) - start));
    assert_int_equal(strlen(location + start), OTK_URL_SIZE - 1);
    assert_int_equal(pull_along(hops), OTK_OK);
    assert_string_equal(web.requests[1].url, location + start);
    location[start + OTK_URL_SIZE - 1] = 'x';
    otk_session_close(&rig.session);
    assert_int_equal(pull_along(hops), OTK_BAD_URL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        TEST(redirect_is_followed_relative_to_the_last_url),
        TEST(redirect_to_another_server_leaves_the_credentials_behind),
        TEST(redirect_back_does_not_bring_the_credentials_back),
        TEST(retry_begins_at_the_first_url_with_credentials),
        TEST(manifest_of_another_server_does_not_get_the_credentials),
        TEST(manifest_of_another_server_does_not_bring_the_credentials_back),
        TEST(redirect_to_plain_http_is_refused_unless_allowed),
        TEST(plain_http_is_refused_unless_allowed),
        TEST(redirects_in_circles_end),
        TEST(redirects_to_nowhere_are_refused),
        TEST(redirect_urls_may_be_as_long_as_the_buffer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
