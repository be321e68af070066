// SPDX-License-Identifier: Apache-2.0
/* URLs: what is taken apart, what is refused, what a reference means. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "otakit/format/url.h"

static struct otk_text text(const char *chars)
{
    return otk_text(chars, (uint32_t)strlen(chars));
}

static void assert_text(struct otk_text found, const char *wanted)
{
    assert_int_equal(found.len, strlen(wanted));
    assert_memory_equal(found.chars, wanted, found.len);
}

static void url_decode_finds_the_parts(void **state)
{
    static const struct {
        const char *url;
        bool is_secure;
        uint16_t port;
        const char *host;
        const char *path;
        const char *query;
    } cases[] = {
        {"https://host/a/b.bin?x=1&y=/#f", true, 443, "host", "/a/b.bin", "?x=1&y=/"},
        {"http://host", false, 80, "host", "", ""},
        {"HTTPS://Host.Example:8443", true, 8443, "Host.Example", "", ""},
        {"https://host:/", true, 443, "host", "/", ""},
        {"https://[2001:db8::1]:444/a", true, 444, "[2001:db8::1]", "/a", ""},
        {"https://10.0.0.1?q", true, 443, "10.0.0.1", "", "?q"},
        {"https://host#a?b/c", true, 443, "host", "", ""},
        {"https://host/a@b:c", true, 443, "host", "/a@b:c", ""},
    };

    (void)state;
    for (size_t index = 0; index < sizeof cases / sizeof cases[0]; index++) {
        struct otk_url url;

        assert_int_equal(otk_url_decode(text(cases[index].url), &url), OTK_OK);
        assert_int_equal(url.is_secure, cases[index].is_secure);
        assert_int_equal(url.port, cases[index].port);
        assert_text(url.host, cases[index].host);
        assert_text(url.path, cases[index].path);
        assert_text(url.query, cases[index].query);
    }
}

static void url_decode_refuses_what_is_no_http_url(void **state)
{
    static const char *const urls[] = {
        "",
        "host",
        "/path",
        "//host/",
        "ftp://host/",
        "file:///etc/passwd",
        "https:host",
        "https:/host",
        "https://",
        "https:///path",
        "https://:443/",
        "https://host:0/",
        "https://host:65536/",
        "https://host:4x/",
        "https://host:-1/",
        "https://user@host/",
        "https://user:password@host/",
        "https://ho st/",
        "https://host/a b",
        "https://host/a\nb",
        "https://host/\x7f",
        "https://host/\xc3\xa4",
        "https://h\xc3\xa4t/",
        "https://host\\@b/",
        "https://[::1/",
        "https://[]/",
        "https://[::1]x/",
        "https://[::g]/",
        "https://host/<a>",
        " https://host/",
        "https ://host/",
        "://host/",
        "1https://host/",
    };

    (void)state;
    for (size_t index = 0; index < sizeof urls / sizeof urls[0]; index++) {
        struct otk_url url;

        if (otk_url_decode(text(urls[index]), &url) != OTK_BAD_URL) {
            fail_msg("accepted: %s", urls[index]);
        }
    }
}

static void url_decode_takes_one_character_less_than_the_size(void **state)
{
    char chars[OTK_URL_SIZE];
    struct otk_url url;

    (void)state;
    memset(chars, 'a', sizeof chars);
    memcpy(chars, "https://host/", 13);
    assert_int_equal(otk_url_decode(otk_text(chars, OTK_URL_SIZE - 1), &url), OTK_OK);
    assert_int_equal(otk_url_decode(otk_text(chars, OTK_URL_SIZE), &url), OTK_BAD_URL);
}

struct resolution {
    const char *base;
    const char *reference;
    const char *result; /* NULL: refused */
};

static void assert_resolutions(const struct resolution *cases, size_t count)
{
    for (size_t index = 0; index < count; index++) {
        const struct resolution *const one = &cases[index];
        char *const url = malloc(OTK_URL_SIZE);
        /* A copy without NUL behind it, so that a sanitizer sees a read too far. */
        const size_t len = strlen(one->reference);
        char *const reference = malloc(len + 1);
        enum otk_status status;

        strcpy(url, one->base);
        memcpy(reference, one->reference, len);
        status = otk_url_resolve(url, otk_text(reference, (uint32_t)len));
        if (status != (one->result ? OTK_OK : OTK_BAD_URL) ||
            strcmp(url, one->result ? one->result : one->base) != 0) {
            fail_msg("%s + %s: %s, %s", one->base, one->reference, otk_status_name(status), url);
        }
        free(reference);
        free(url);
    }
}

/* The examples of RFC 3986, 5.4, with http in place of its base, and without the references that
 * only another scheme can have. */
static void url_resolve_follows_the_examples_of_the_rfc(void **state)
{
#define RFC_BASE "http://a/b/c/d;p?q"
    static const struct resolution cases[] = {
        {RFC_BASE, "g", "http://a/b/c/g"},
        {RFC_BASE, "./g", "http://a/b/c/g"},
        {RFC_BASE, "g/", "http://a/b/c/g/"},
        {RFC_BASE, "/g", "http://a/g"},
        {RFC_BASE, "//g", "http://g"},
        {RFC_BASE, "?y", "http://a/b/c/d;p?y"},
        {RFC_BASE, "g?y", "http://a/b/c/g?y"},
        {RFC_BASE, "#s", "http://a/b/c/d;p?q"},
        {RFC_BASE, "g#s", "http://a/b/c/g"},
        {RFC_BASE, "g?y#s", "http://a/b/c/g?y"},
        {RFC_BASE, ";x", "http://a/b/c/;x"},
        {RFC_BASE, "g;x?y#s", "http://a/b/c/g;x?y"},
        {RFC_BASE, "", "http://a/b/c/d;p?q"},
        {RFC_BASE, ".", "http://a/b/c/"},
        {RFC_BASE, "./", "http://a/b/c/"},
        {RFC_BASE, "..", "http://a/b/"},
        {RFC_BASE, "../", "http://a/b/"},
        {RFC_BASE, "../g", "http://a/b/g"},
        {RFC_BASE, "../..", "http://a/"},
        {RFC_BASE, "../../", "http://a/"},
        {RFC_BASE, "../../g", "http://a/g"},
        {RFC_BASE, "../../../g", "http://a/g"},
        {RFC_BASE, "../../../../g", "http://a/g"},
        {RFC_BASE, "/./g", "http://a/g"},
        {RFC_BASE, "/../g", "http://a/g"},
        {RFC_BASE, "g.", "http://a/b/c/g."},
        {RFC_BASE, ".g", "http://a/b/c/.g"},
        {RFC_BASE, "g..", "http://a/b/c/g.."},
        {RFC_BASE, "..g", "http://a/b/c/..g"},
        {RFC_BASE, "./../g", "http://a/b/g"},
        {RFC_BASE, "./g/.", "http://a/b/c/g/"},
        {RFC_BASE, "g/./h", "http://a/b/c/g/h"},
        {RFC_BASE, "g/../h", "http://a/b/c/h"},
        {RFC_BASE, "g;x=1/./y", "http://a/b/c/g;x=1/y"},
        {RFC_BASE, "g;x=1/../y", "http://a/b/c/y"},
        {RFC_BASE, "g?y/./x", "http://a/b/c/g?y/./x"},
        {RFC_BASE, "g?y/../x", "http://a/b/c/g?y/../x"},
    };

    (void)state;
    assert_resolutions(cases, sizeof cases / sizeof cases[0]);
}

static void url_resolve_handles_what_servers_send(void **state)
{
    static const struct resolution cases[] = {
        {"https://host", "a", "https://host/a"},
        {"https://h", "a/../b", "https://h/b"},
        {"https://host?q", "a", "https://host/a"},
        {"https://host?q", "?r", "https://host?r"},
        {"https://host#f", "a", "https://host/a"},
        {"https://host/a#f", "", "https://host/a"},
        {"https://host:8443/a", "//other:444/b", "https://other:444/b"},
        {"https://host/a", "http://other", "http://other"},
        {"https://host/a", "HTTPS://other/../b", "HTTPS://other/b"},
        {"https://host/a", " b\r\n", "https://host/b"},
        {"https://host/a", "my app.bin", "https://host/my%20app.bin"},
        {"https://host/a", "\xc3\xa4|.bin", "https://host/%C3%A4%7C.bin"},
        {"https://host/a", "/\\evil", "https://host/%5Cevil"},
        {"https://host/a", "%2e%2e/b", "https://host/%2e%2e/b"},
        {"https://host/a", "//other?q", "https://other?q"},
        {"https://host/a", "b:c", NULL},
        {"https://host/a", "ftp://other/", NULL},
        {"https://host/a", "https:b", NULL},
        {"https://host/a", "https://user@other/", NULL},
        {"https://host/a", "//user@other/", NULL},
        {"https://host/a", "//", NULL},
        {"https://host/a", "///b", NULL},
        {"https://host/a", "//ot her/", NULL},
        {"https://host/a", "b\r\nc", NULL},
        {"https://host/a", "b\x01", NULL},
        {"not a url", "b", NULL},
    };

    (void)state;
    assert_resolutions(cases, sizeof cases / sizeof cases[0]);
}

static void url_resolve_fills_the_buffer_and_not_more(void **state)
{
    static const uint32_t base_len = 13; /* "https://host/" */
    char url[OTK_URL_SIZE] = "https://host/a";
    char reference[OTK_URL_SIZE];

    (void)state;
    memset(reference, 'b', sizeof reference);
    assert_int_equal(otk_url_resolve(url, otk_text(reference, OTK_URL_SIZE - base_len)),
                     OTK_BAD_URL);
    assert_string_equal(url, "https://host/a");
    assert_int_equal(otk_url_resolve(url, otk_text(reference, OTK_URL_SIZE - base_len - 1)),
                     OTK_OK);
    assert_int_equal(strlen(url), OTK_URL_SIZE - 1);
}

static void url_resolve_counts_what_encoding_adds(void **state)
{
    char url[OTK_URL_SIZE] = "https://host/";
    char reference[OTK_URL_SIZE / 3];

    (void)state;
    memset(reference, '|', sizeof reference);
    assert_int_equal(otk_url_resolve(url, otk_text(reference, sizeof reference)), OTK_BAD_URL);
    assert_string_equal(url, "https://host/");
    assert_int_equal(otk_url_resolve(url, otk_text(reference, sizeof reference - 5)), OTK_OK);
}

static void url_origins_are_equal_with_scheme_host_and_port(void **state)
{
    static const struct {
        const char *a;
        const char *b;
        bool same;
    } cases[] = {
        {"https://host/a", "https://HOST:443/b?c", true},
        {"https://host/", "http://host/", false},
        {"https://host/", "https://host:444/", false},
        {"https://host/", "https://host.example/", false},
        {"https://host/", "https://ost/", false},
        {"http://host:443/", "https://host/", false},
        {"https://host/", "host", false},
        {"nonsense", "nonsense", false},
    };

    (void)state;
    for (size_t index = 0; index < sizeof cases / sizeof cases[0]; index++) {
        assert_int_equal(otk_url_is_same_origin(text(cases[index].a), text(cases[index].b)),
                         cases[index].same);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(url_decode_finds_the_parts),
        cmocka_unit_test(url_decode_refuses_what_is_no_http_url),
        cmocka_unit_test(url_decode_takes_one_character_less_than_the_size),
        cmocka_unit_test(url_resolve_follows_the_examples_of_the_rfc),
        cmocka_unit_test(url_resolve_handles_what_servers_send),
        cmocka_unit_test(url_resolve_fills_the_buffer_and_not_more),
        cmocka_unit_test(url_resolve_counts_what_encoding_adds),
        cmocka_unit_test(url_origins_are_equal_with_scheme_host_and_port),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
