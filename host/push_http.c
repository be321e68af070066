// SPDX-License-Identifier: Apache-2.0
/* Pushing over HTTP: who answers, and in which way it takes images. */
#include "host/push_web.h"

#include <stdio.h>
#include <string.h>

#include <curl/curl.h>

static enum otk_status fail_url(struct otk_push *push, const char *why)
{
    const enum otk_status status = otk_push_fail(push, OTK_USAGE, "%s", why);

    otk_error_hint(&push->error, "write http://192.168.4.1 or http://[fe80::1%%25wlan0]:8080");
    return status;
}

/* Copy a part of the URL; an absent one is "". Returns whether it fits. */
static bool take_part(CURLU *parts, CURLUPart which, char *to, size_t to_size)
{
    char *text = NULL;
    int len = 0;

    if (curl_url_get(parts, which, &text, 0) == CURLUE_OK) {
        len = snprintf(to, to_size, "%s", text);
    } else {
        to[0] = '\0';
    }
    curl_free(text);
    return len >= 0 && (size_t)len < to_size;
}

static bool has_part(CURLU *parts, CURLUPart which)
{
    char part[2];

    (void)take_part(parts, which, part, sizeof part);
    return part[0] != '\0';
}

/* Keep the path, then reduce the URL to its origin. */
static bool take_apart(struct otk_web *web, CURLU *parts)
{
    char query[OTK_WEB_PATH_SIZE];
    bool good = take_part(parts, CURLUPART_PATH, web->path, sizeof web->path) &&
                take_part(parts, CURLUPART_QUERY, query, sizeof query);

    if (query[0]) {
        const size_t len = strlen(web->path);
        good = good && (size_t)snprintf(web->path + len, sizeof web->path - len, "?%s", query) <
                           sizeof web->path - len;
    } else if (strcmp(web->path, "/") == 0) {
        web->path[0] = '\0';
    }
    good = good && curl_url_set(parts, CURLUPART_PATH, NULL, 0) == CURLUE_OK &&
           curl_url_set(parts, CURLUPART_QUERY, NULL, 0) == CURLUE_OK &&
           curl_url_set(parts, CURLUPART_FRAGMENT, NULL, 0) == CURLUE_OK &&
           take_part(parts, CURLUPART_URL, web->origin, sizeof web->origin);
    if (good && web->origin[0] && web->origin[strlen(web->origin) - 1] == '/') {
        web->origin[strlen(web->origin) - 1] = '\0';
    }
    return good;
}

static enum otk_status read_url(struct otk_web *web, const char *url)
{
    CURLU *const parts = curl_url();
    const char *why = NULL;

    if (!parts) {
        return otk_push_fail(web->push, OTK_NO_MEMORY, "%s", otk_status_text(OTK_NO_MEMORY));
    }
    if (curl_url_set(parts, CURLUPART_URL, url, 0) != CURLUE_OK) {
        why = "the URL is malformed";
    } else if (has_part(parts, CURLUPART_USER) || has_part(parts, CURLUPART_PASSWORD)) {
        why = "the password does not belong into the URL; use --password or OTAKIT_PASSWORD";
    } else if (!take_apart(web, parts)) {
        why = "the URL is too long";
    }
    curl_url_cleanup(parts);
    return why ? fail_url(web->push, why) : OTK_OK;
}

/* What the device's policy refuses anyway is not worth the way. */
static enum otk_status judge_policy(struct otk_web *web)
{
    struct otk_push *const push = web->push;
    const struct otk_image_report *const report = push->image.report;
    const struct otk_push_device *const device = &web->info.device;

    if (push->options.force || !report->has_app || !device->version[0]) {
        return OTK_OK;
    }
    if (web->info.refuses_other_project && strcmp(report->app.project, device->project) != 0) {
        return otk_push_fail(push, OTK_WRONG_PROJECT,
                             "the device takes only images of its own project");
    }
    if (web->info.refuses_same_version && strcmp(report->app.version, device->version) == 0) {
        return otk_push_fail(push, OTK_SAME_VERSION, "the device runs that version already");
    }
    return OTK_OK;
}

/* Who is there. What answers and is no portal is some other server. */
static enum otk_status meet(struct otk_web *web)
{
    enum otk_status status = otk_web_look(web, web->push->options.timeout_ms);

    if (status == OTK_BAD_FORMAT || status == OTK_HTTP_BAD_RESPONSE) {
        if (web->push->options.protocol == OTK_PUSH_PUT) {
            return otk_push_fail(web->push, OTK_UNSUPPORTED,
                                 "the server is no otakit portal, so it takes no parts");
        }
        return OTK_OK;
    }
    if (status != OTK_OK) {
        return otk_web_broken(web, status);
    }
    otk_push_meet(web->push, &web->info.device);
    otk_push_note_boot(web->push, &web->info.device);
    status = otk_push_judge(web->push, &web->info.device);
    return status == OTK_OK ? judge_policy(web) : status;
}

static enum otk_status push_to(struct otk_web *web)
{
    const enum otk_push_protocol protocol = web->push->options.protocol;
    enum otk_status status = meet(web);

    if (status != OTK_OK) {
        return status;
    }
    status = protocol == OTK_PUSH_PUT || (protocol == OTK_PUSH_AUTO && web->is_portal)
                 ? otk_web_put(web)
                 : otk_web_post(web);
    return status == OTK_OK && web->push->options.must_wait ? otk_web_await(web) : status;
}

enum otk_status otk_push_http(struct otk_push *push, const char *url)
{
    struct otk_web web = {.push = push};
    const struct otk_http_config config = {
        .origin = web.origin,
        .user = push->options.user ? push->options.user : "admin",
        .password = push->options.password,
    };
    enum otk_status status = read_url(&web, url);

    if (status != OTK_OK) {
        return status;
    }
    status = otk_http_open(&config, &web.http);
    if (status != OTK_OK) {
        return otk_push_fail(push, status, "%s", otk_status_text(status));
    }
    status = push_to(&web);
    otk_http_close(web.http);
    return status;
}
