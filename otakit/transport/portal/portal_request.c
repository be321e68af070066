// SPDX-License-Identifier: Apache-2.0
/* The head of a request: fields that matter are judged or copied as they come, all others passed over. */
#include <stddef.h>

#include "otakit/base/memory.h"
#include "otakit/transport/portal/portal_parts.h"

static const char scheme[] = "http://";

/* A field that may stand there once. */
typedef void (*take_field)(struct otk_portal_request *request, struct otk_text value);

struct field {
    const char *name;
    take_field take;
};

/* Copy an origin, or the beginning of a URL. Returns false where `size` is not enough. */
static bool copy(char *to, struct otk_text from)
{
    const uint32_t room = OTK_PORTAL_ORIGIN_SIZE - 1u;
    const uint32_t len = from.len < room ? from.len : room;

    memcpy(to, from.chars, len);
    to[len] = '\0';
    return len == from.len;
}

static void set_host(struct otk_portal_request *request, struct otk_text value)
{
    const uint32_t scheme_len = sizeof scheme - 1u;

    /* Two of them, or one that is longer than any of ours: not us. */
    if (request->has_host || value.len >= OTK_PORTAL_ORIGIN_SIZE - scheme_len) {
        request->own[0] = '\0';
        request->has_host = true;
        return;
    }
    request->has_host = true;
    memcpy(request->own, scheme, scheme_len);
    memcpy(request->own + scheme_len, value.chars, value.len);
    request->own[scheme_len + value.len] = '\0';
}

/* The host of a target in absolute form stands above the field. */
static void take_host(struct otk_portal_request *request, struct otk_text value)
{
    if (!request->is_absolute) {
        set_host(request, value);
    }
}

static void take_origin(struct otk_portal_request *request, struct otk_text value)
{
    request->is_from_page = true;
    if (request->origin[0] != '\0' || value.len == 0 || !copy(request->origin, value)) {
        request->is_cross_site = true;
    }
}

static void take_referer(struct otk_portal_request *request, struct otk_text value)
{
    request->is_from_page = true;
    if (request->referer[0] != '\0') {
        request->is_cross_site = true;
    }
    (void)copy(request->referer, value); /* what is cut off is path, or no origin of ours */
}

static void take_fetch_site(struct otk_portal_request *request, struct otk_text value)
{
    request->is_from_page = true;
    if (!otk_text_is(value, "same-origin")) {
        request->is_cross_site = true;
    }
}

static void take_token(struct otk_portal_request *request, struct otk_text value)
{
    request->has_token = otk_portal_is_secret(value, request->portal->token);
}

static void take_password(struct otk_portal_request *request, struct otk_text value)
{
    const char *const password = request->portal->config.password;

    if (password != NULL && otk_portal_is_secret(value, password)) {
        request->has_password = true;
    }
}

static void take_authorization(struct otk_portal_request *request, struct otk_text value)
{
    const char *const password = request->portal->config.password;

    if (password != NULL && otk_portal_is_credential(value, password)) {
        request->has_password = true;
    }
}

static void take_length(struct otk_portal_request *request, struct otk_text value)
{
    const enum otk_status status = otk_text_decimal(value, &request->length);

    if (status == OTK_OUT_OF_RANGE) {
        request->length = UINT32_MAX;
    } else if (status != OTK_OK || request->has_length) {
        request->is_malformed = true;
    }
    request->has_length = true;
}

static void take_transfer_encoding(struct otk_portal_request *request, struct otk_text value)
{
    request->is_chunked = true;
    if (!otk_text_is(value, "chunked")) {
        request->is_malformed = true;
    }
}

static void take_expect(struct otk_portal_request *request, struct otk_text value)
{
    request->waits = otk_text_is(value, "100-continue");
}

static void take_content_type(struct otk_portal_request *request, struct otk_text value)
{
    request->is_form = otk_multipart_is_form(value);
    if (request->is_form && otk_multipart_open(&request->form, value) != OTK_OK) {
        request->is_malformed = true;
    }
}

static void take_range(struct otk_portal_request *request, struct otk_text value)
{
    if (request->has_range || otk_http_range_decode(value, &request->range) != OTK_OK) {
        request->is_malformed = true;
    }
    request->has_range = true;
}

static void take_sha256(struct otk_portal_request *request, struct otk_text value)
{
    if (request->has_sha256 ||
        otk_text_hex(value, request->sha256, sizeof request->sha256) != OTK_OK) {
        request->is_malformed = true;
    }
    request->has_sha256 = true;
}

static void take_user_agent(struct otk_portal_request *request, struct otk_text value)
{
    request->is_sign_in = otk_portal_is_sign_in(value);
}

static const struct field fields[] = {
    {"Host", take_host},
    {"Origin", take_origin},
    {"Referer", take_referer},
    {"Sec-Fetch-Site", take_fetch_site},
    {"X-Otakit-Token", take_token},
    {"X-Otakit-Password", take_password},
    {"Authorization", take_authorization},
    {"Content-Length", take_length},
    {"Transfer-Encoding", take_transfer_encoding},
    {"Expect", take_expect},
    {"Content-Type", take_content_type},
    {"Content-Range", take_range},
    {"X-Otakit-Sha256", take_sha256},
    {"User-Agent", take_user_agent},
};

#define FIELD_COUNT (sizeof fields / sizeof fields[0])

static enum otk_portal_path find_path(struct otk_text path)
{
    static const struct {
        const char *text;
        enum otk_portal_path path;
    } paths[] = {
        {"/", OTK_PORTAL_PATH_ROOT},           {"/update", OTK_PORTAL_PATH_UPDATE},
        {"/info", OTK_PORTAL_PATH_INFO},       {"/cancel", OTK_PORTAL_PATH_CANCEL},
        {"/confirm", OTK_PORTAL_PATH_CONFIRM}, {"/rollback", OTK_PORTAL_PATH_ROLLBACK},
        {"/stay", OTK_PORTAL_PATH_STAY},
    };
    uint32_t index;

    for (index = 0; index < sizeof paths / sizeof paths[0]; index++) {
        if (otk_text_is(path, paths[index].text)) {
            return paths[index].path;
        }
    }
    return OTK_PORTAL_PATH_UNKNOWN;
}

enum otk_portal_method otk_portal_method(struct otk_text name)
{
    if (otk_text_is(name, "GET") || otk_text_is(name, "HEAD")) {
        return OTK_PORTAL_GET;
    }
    if (otk_text_is(name, "POST")) {
        return OTK_PORTAL_POST;
    }
    return otk_text_is(name, "PUT") ? OTK_PORTAL_PUT : OTK_PORTAL_OTHER;
}

const char *otk_portal_field_name(uint32_t index)
{
    return index < FIELD_COUNT ? fields[index].name : NULL;
}

/* The path of a target. Absolute form, as proxies send it ("http://192.168.4.1/info"), has the host in
 * front. Source: RFC 9112, 3.2.2. */
static struct otk_text take_target(struct otk_portal_request *request, struct otk_text target)
{
    uint32_t slash;

    target.len = otk_text_find(target, '?');
    if (!otk_text_starts(target, scheme)) {
        return target;
    }
    target = otk_text_from(target, sizeof scheme - 1u);
    slash = otk_text_find(target, '/');
    set_host(request, otk_text(target.chars, slash));
    request->is_absolute = true;
    return slash < target.len ? otk_text_from(target, slash) : otk_text("/", 1);
}

void otk_portal_request_init(struct otk_portal_request *request, const struct otk_portal *portal,
                             enum otk_portal_method method, struct otk_text target)
{
    struct otk_text path;

    memset(request, 0, sizeof *request);
    request->portal = portal;
    request->method = method;
    path = take_target(request, target);
    request->path = find_path(path);
    request->probe = otk_portal_find_probe(path);
}

void otk_portal_request_field(struct otk_portal_request *request, struct otk_text name,
                              struct otk_text value)
{
    uint32_t index;

    request->head_len += name.len + value.len + 4u; /* colon, blank, line end */
    for (index = 0; index < FIELD_COUNT; index++) {
        if (otk_text_is(name, fields[index].name)) {
            fields[index].take(request, otk_text_trim(value));
            return;
        }
    }
}
