// SPDX-License-Identifier: Apache-2.0
/*
 * URLs. A reference is resolved in place: whatever it is, the outcome is a beginning of the old
 * URL with the reference behind it, so that one buffer is enough and nothing is copied twice.
 */
#include "otakit/format/url.h"

#include "otakit/base/memory.h"

static bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool is_one_of(char c, const char *set)
{
    for (; *set != '\0'; set++) {
        if (c == *set) {
            return true;
        }
    }
    return false;
}

static bool is_control(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7F;
}

/* Bytes that RFC 3986 allows nowhere, and that are sent percent-encoded. */
static bool is_foreign(char c)
{
    return (unsigned char)c <= 0x20 || (unsigned char)c >= 0x7F || is_one_of(c, "\"<>\\^`{|}");
}

/* Characters of the scheme before its ':', or 0 where the text does not begin with a scheme. */
static uint32_t scheme_length(struct otk_text text)
{
    const uint32_t len = otk_text_find(text, ':');

    if (len == text.len || len == 0 || is_one_of(text.chars[0], "+-.0123456789")) {
        return 0;
    }
    for (uint32_t index = 0; index < len; index++) {
        if (!is_letter_or_digit(text.chars[index]) && !is_one_of(text.chars[index], "+-.")) {
            return 0;
        }
    }
    return len;
}

/* Where the first of the characters stands, or text.len. */
static uint32_t find_any(struct otk_text text, const char *set)
{
    uint32_t index = 0;

    while (index < text.len && !is_one_of(text.chars[index], set)) {
        index++;
    }
    return index;
}

static bool is_host(struct otk_text host)
{
    const bool is_address = host.len > 2 && host.chars[0] == '[' && host.chars[host.len - 1] == ']';

    if (is_address) {
        host = otk_text(host.chars + 1, host.len - 2);
    }
    for (uint32_t index = 0; index < host.len; index++) {
        const char c = host.chars[index];

        if (is_address ? otk_text_hex_digit(c) < 0 && !is_one_of(c, ":.")
                       : !is_letter_or_digit(c) && !is_one_of(c, "-._~")) {
            return false;
        }
    }
    return host.len > 0;
}

/* Take "host", "host:port" or "[address]:port" apart. User information fails as part of the host. */
static enum otk_status decode_authority(struct otk_text authority, struct otk_url *url)
{
    const bool is_address = authority.len > 0 && authority.chars[0] == '[';
    const uint32_t start = is_address ? otk_text_find(authority, ']') : 0;
    const uint32_t host_len = start + otk_text_find(otk_text_from(authority, start), ':');
    uint32_t port;

    url->host = otk_text(authority.chars, host_len);
    if (!is_host(url->host)) {
        return OTK_BAD_URL;
    }
    url->port = url->is_secure ? 443 : 80;
    if (authority.len - host_len <= 1) {
        return OTK_OK;
    }
    if (otk_text_decimal(otk_text_from(authority, host_len + 1), &port) != OTK_OK || port == 0 ||
        port > UINT16_MAX) {
        return OTK_BAD_URL;
    }
    url->port = (uint16_t)port;
    return OTK_OK;
}

/* Scheme and authority; `end` is where the path begins. */
static enum otk_status decode_origin(struct otk_text text, struct otk_url *url, uint32_t *end)
{
    const uint32_t scheme_len = scheme_length(text);
    const struct otk_text scheme = otk_text(text.chars, scheme_len);
    uint32_t authority_len;

    if (!otk_text_is(scheme, "http") && !otk_text_is(scheme, "https")) {
        return OTK_BAD_URL;
    }
    url->is_secure = otk_text_is(scheme, "https");
    text = otk_text_from(text, scheme_len);
    if (!otk_text_starts(text, "://")) {
        return OTK_BAD_URL;
    }
    text = otk_text_from(text, 3);
    authority_len = find_any(text, "/?#");
    *end = scheme_len + 3 + authority_len;
    return decode_authority(otk_text(text.chars, authority_len), url);
}

enum otk_status otk_url_decode(struct otk_text text, struct otk_url *url)
{
    struct otk_url parts;
    uint32_t path_offset;
    uint32_t path_len;

    if (text.len >= OTK_URL_SIZE || decode_origin(text, &parts, &path_offset) != OTK_OK) {
        return OTK_BAD_URL;
    }
    for (uint32_t index = path_offset; index < text.len; index++) {
        if (is_foreign(text.chars[index])) {
            return OTK_BAD_URL;
        }
    }
    text = otk_text(text.chars, otk_text_find(text, '#'));
    path_len = otk_text_find(otk_text_from(text, path_offset), '?');
    parts.path = otk_text(text.chars + path_offset, path_len);
    parts.query = otk_text_from(text, path_offset + path_len);
    *url = parts;
    return OTK_OK;
}

/* Drop "." and ".." from the path that begins at `start`, RFC 3986, 5.2.4, and close the gap. */
static void remove_dot_segments(char *url, uint32_t start, uint32_t len)
{
    const struct otk_text whole = otk_text(url, len);
    const uint32_t end = start + otk_text_find(otk_text_from(whole, start), '?');
    uint32_t out = start;
    uint32_t in = start;

    while (in < end) {
        const uint32_t name = in + 1; /* behind the segment's '/' */
        const uint32_t next = name + otk_text_find(otk_text(url + name, end - name), '/');
        const struct otk_text segment = otk_text(url + name, next - name);
        const bool is_up = otk_text_is(segment, "..");

        while (is_up && out > start && url[--out] != '/') {
        }
        if (!is_up && !otk_text_is(segment, ".")) {
            memmove(url + out, url + in, next - in);
            out += next - in;
        } else if (next == end) {
            url[out++] = '/';
        }
        in = next;
    }
    memmove(url + out, url + end, len - end + 1);
}

/* How much of the base a reference keeps. An absolute one keeps nothing, and has to be good itself. */
static enum otk_status kept_length(const char *base, const struct otk_url *url,
                                   struct otk_text reference, uint32_t *keep)
{
    const uint32_t path_offset = (uint32_t)(url->path.chars - base);
    struct otk_url parts = *url;
    uint32_t unused;

    if (scheme_length(reference) > 0) {
        *keep = 0;
        return decode_origin(reference, &parts, &unused);
    }
    if (otk_text_starts(reference, "//")) {
        const struct otk_text rest = otk_text_from(reference, 2);

        *keep = url->is_secure ? 6 : 5; /* "https:", "http:" */
        return decode_authority(otk_text(rest.chars, find_any(rest, "/?")), &parts);
    }
    *keep = path_offset;
    if (reference.len == 0) {
        *keep += url->path.len + url->query.len;
    } else if (reference.chars[0] == '?') {
        *keep += url->path.len;
    } else if (reference.chars[0] != '/') {
        *keep += url->path.len;
        while (*keep > path_offset && base[*keep - 1] != '/') {
            --*keep;
        }
    }
    return OTK_OK;
}

static uint32_t encoded_length(struct otk_text text)
{
    uint32_t len = 0;

    for (uint32_t index = 0; index < text.len; index++) {
        len += is_foreign(text.chars[index]) ? 3u : 1u;
    }
    return len;
}

/* Append with percent-encoding where it is needed; the caller has checked that it fits. */
static void append_encoded(char *to, struct otk_text text)
{
    static const char digits[] = "0123456789ABCDEF";

    for (uint32_t index = 0; index < text.len; index++) {
        const char c = text.chars[index];

        if (is_foreign(c)) {
            *to++ = '%';
            *to++ = digits[(unsigned char)c >> 4];
            *to++ = digits[(unsigned char)c & 15];
        } else {
            *to++ = c;
        }
    }
    *to = '\0';
}

enum otk_status otk_url_resolve(char url[OTK_URL_SIZE], struct otk_text reference)
{
    struct otk_url parts;
    uint32_t keep;
    uint32_t added;

    reference = otk_text_trim(reference);
    reference = otk_text(reference.chars, otk_text_find(reference, '#'));
    for (uint32_t index = 0; index < reference.len; index++) {
        if (is_control(reference.chars[index])) {
            return OTK_BAD_URL;
        }
    }
    /* A reference this long fits nowhere; checked first so that no sum below can wrap. */
    if (reference.len >= OTK_URL_SIZE ||
        otk_url_decode(otk_text(url, otk_text_length(url, OTK_URL_SIZE)), &parts) != OTK_OK ||
        kept_length(url, &parts, reference, &keep) != OTK_OK) {
        return OTK_BAD_URL;
    }
    /* "https://host" and "a" are "https://host/a". */
    const bool needs_slash = parts.path.len == 0 && keep == (uint32_t)(parts.path.chars - url) &&
                             reference.len > 0 && !is_one_of(reference.chars[0], "/?");

    added = encoded_length(reference) + (needs_slash ? 1 : 0);
    if (added >= OTK_URL_SIZE - keep) {
        return OTK_BAD_URL;
    }
    if (needs_slash) {
        url[keep] = '/';
    }
    append_encoded(url + keep + (needs_slash ? 1 : 0), reference);
    if (decode_origin(otk_text(url, keep + added), &parts, &keep) == OTK_OK) {
        remove_dot_segments(url, keep, otk_text_length(url, OTK_URL_SIZE));
    }
    return OTK_OK;
}

bool otk_url_is_same_origin(struct otk_text a, struct otk_text b)
{
    struct otk_url left;
    struct otk_url right;

    return otk_url_decode(a, &left) == OTK_OK && otk_url_decode(b, &right) == OTK_OK &&
           left.is_secure == right.is_secure && left.port == right.port &&
           otk_text_equals(left.host, right.host);
}
