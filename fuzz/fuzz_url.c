// SPDX-License-Identifier: Apache-2.0
/*
 * URLs and references: otakit/format/url.h. What is taken for the host here is what libcurl connects
 * to, or credentials would go elsewhere than intended.
 *
 * Input: a URL, a line end, a reference.
 */
#include <curl/curl.h>
#include <strings.h>

#include "fuzz/expect.h"
#include "fuzz/input.h"
#include "otakit/format/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool lies_in(struct otk_text part, struct otk_text whole)
{
    return part.len == 0 || (part.chars >= whole.chars && part.len <= whole.len &&
                             (uint32_t)(part.chars - whole.chars) <= whole.len - part.len);
}

static bool has_control(struct otk_text text)
{
    for (uint32_t i = 0; i < text.len; i++)
        if ((uint8_t)text.chars[i] <= ' ' || (uint8_t)text.chars[i] >= 0x7F)
            return true;
    return false;
}

/* An address of IPv4 in any of its spellings; libcurl makes one of them all. */
static bool is_number(struct otk_text host)
{
    for (uint32_t i = 0; i < host.len; i++)
        if (!strchr("0123456789abcdefABCDEFxX.", host.chars[i]))
            return false;
    return true;
}

static void compare_with_curl(const char *text, const struct otk_url *url)
{
    CURLU *const handle = curl_url();
    char *host = NULL;
    char *port = NULL;
    char *scheme = NULL;

    EXPECT(handle != NULL);
    if (curl_url_set(handle, CURLUPART_URL, text, 0) == CURLUE_OK) {
        EXPECT(curl_url_get(handle, CURLUPART_HOST, &host, 0) == CURLUE_OK);
        EXPECT(curl_url_get(handle, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK);
        EXPECT(curl_url_get(handle, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK);
        EXPECT(strcmp(scheme, url->is_secure ? "https" : "http") == 0);
        EXPECT(strtoul(port, NULL, 10) == url->port);
        if (!is_number(url->host) && url->host.chars[0] != '[')
            EXPECT(strlen(host) == url->host.len &&
                   strncasecmp(host, url->host.chars, url->host.len) == 0);
    }
    curl_free(host);
    curl_free(port);
    curl_free(scheme);
    curl_url_cleanup(handle);
}

static void check_url(const char *chars)
{
    const struct otk_text text = otk_text(chars, (uint32_t)strlen(chars));
    struct otk_url url;

    if (otk_url_decode(text, &url) != OTK_OK) {
        EXPECT(!otk_url_is_same_origin(text, text));
        return;
    }
    EXPECT(url.host.len > 0 && lies_in(url.host, text));
    EXPECT(lies_in(url.path, text) && lies_in(url.query, text));
    EXPECT(!has_control(url.host) && otk_text_find(url.host, '@') == url.host.len);
    EXPECT(url.path.len == 0 || url.path.chars[0] == '/');
    EXPECT(url.query.len == 0 || url.query.chars[0] == '?');
    EXPECT(otk_url_is_same_origin(text, text));
    compare_with_curl(chars, &url);
}

static void check_resolve(const char *base, struct otk_text reference)
{
    char url[OTK_URL_SIZE];
    char again[OTK_URL_SIZE];
    struct otk_url parts;

    memset(url, 0x55, sizeof url);
    memcpy(url, base, strlen(base) + 1);
    memcpy(again, url, sizeof again);
    if (otk_url_resolve(url, reference) != OTK_OK) {
        EXPECT(strcmp(url, again) == 0);
        return;
    }
    const struct otk_text text = otk_text(url, (uint32_t)strlen(url));

    EXPECT(otk_url_decode(text, &parts) == OTK_OK);
    EXPECT(!has_control(text) && otk_text_find(text, '#') == text.len);
    check_url(url);
    /* A URL resolved against itself stays what it is. */
    memcpy(again, url, sizeof again);
    EXPECT(otk_url_resolve(again, text) == OTK_OK && strcmp(again, url) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    const uint8_t *end = size ? memchr(data, '\n', size) : NULL;
    const uint32_t len = end ? (uint32_t)(end - data) : (uint32_t)size;
    char base[OTK_URL_SIZE] = {0};
    char *reference;

    if (len >= sizeof base)
        return 0;
    (void)input_copy(&input, base, len);
    (void)input_u8(&input);
    reference = malloc(input.size + 1);
    EXPECT(reference != NULL);
    const uint32_t reference_len = input_copy(&input, reference, (uint32_t)input.size);

    check_url(base);
    check_resolve(base, otk_text(reference, reference_len));
    free(reference);
    return 0;
}
