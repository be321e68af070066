// SPDX-License-Identifier: Apache-2.0
/*
 * Who may ask for what. The dangers are web pages of other people, opened by somebody who is on the
 * device's network: one can send requests here (cross-site), and one can have its own name point here
 * and read the answers too (DNS rebinding).
 */
#include <stddef.h>

#include "otakit/format/base64.h"
#include "otakit/format/url.h"
#include "otakit/transport/portal/portal_parts.h"

#define CREDENTIAL_SIZE 192u /* bytes of "user:password" */

bool otk_portal_is_secret(struct otk_text text, const char *secret)
{
    const struct otk_text wanted = otk_portal_text(secret);
    uint8_t difference = text.len != wanted.len;
    uint32_t index;

    if (wanted.len == 0) {
        return text.len == 0;
    }
    for (index = 0; index < text.len; index++) {
        difference |= (uint8_t)(text.chars[index] ^ wanted.chars[index % wanted.len]);
    }
    return difference == 0;
}

bool otk_portal_is_credential(struct otk_text value, const char *password)
{
    static const char scheme[] = "Basic ";
    uint8_t bytes[CREDENTIAL_SIZE];
    struct otk_text credential;
    uint32_t len;
    uint32_t colon;

    if (!otk_text_starts(value, scheme) ||
        otk_base64_decode(otk_text_trim(otk_text_from(value, sizeof scheme - 1u)), bytes,
                          sizeof bytes, &len) != OTK_OK) {
        return false;
    }
    credential = otk_text((const char *)bytes, len);
    colon = otk_text_find(credential, ':');
    return colon < len && otk_portal_is_secret(otk_text_from(credential, colon + 1u), password);
}

/* Whether the host is a number of one to three digits, four times, with dots; or in brackets. No
 * name looks like that, and what is not quite an address does no harm: nobody can own it. */
static bool is_address(struct otk_text host)
{
    uint32_t dots = 0;
    uint32_t index;

    if (host.len > 0 && host.chars[0] == '[') {
        return true;
    }
    for (index = 0; index < host.len; index++) {
        const char c = host.chars[index];

        if (c == '.') {
            dots++;
        } else if (c < '0' || c > '9') {
            return false;
        }
    }
    return dots == 3;
}

/* Whether the host is the device's name, alone or in the network's own domain. */
static bool is_name(struct otk_text host, const char *name)
{
    const struct otk_text wanted = otk_portal_text(name);

    if (wanted.len == 0 || !otk_text_starts(host, name)) {
        return false;
    }
    return host.len == wanted.len || otk_text_is(otk_text_from(host, wanted.len), ".local");
}

bool otk_portal_is_own_host(const struct otk_portal_request *request)
{
    const struct otk_text own = otk_portal_text(request->own);
    struct otk_url url;

    /* A Host field with a path or a fragment in it would be cut off there. */
    if (otk_url_decode(own, &url) != OTK_OK || url.path.len != 0 || url.query.len != 0 ||
        otk_text_find(own, '#') != own.len) {
        return false;
    }
    return is_address(url.host) || otk_text_is(url.host, "localhost") ||
           is_name(url.host, request->portal->config.name);
}

/* Whether a field that names a page names one of ours. */
static bool is_own_page(const struct otk_portal_request *request, const char *page)
{
    return page[0] == '\0' ||
           otk_url_is_same_origin(otk_portal_text(page), otk_portal_text(request->own));
}

enum otk_status otk_portal_may_change(const struct otk_portal_request *request)
{
    if (request->is_cross_site || !is_own_page(request, request->origin) ||
        !is_own_page(request, request->referer)) {
        return OTK_FOREIGN_REQUEST;
    }
    if (request->is_from_page && !request->has_token) {
        return OTK_FOREIGN_REQUEST;
    }
    if (request->portal->config.password != NULL && !request->has_password) {
        return OTK_PASSWORD_NEEDED;
    }
    return OTK_OK;
}
