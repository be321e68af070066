// SPDX-License-Identifier: Apache-2.0
/*
 * One POST, as servers want it that know nothing of parts and offsets. Which form they want is told
 * by their manners, since their pages differ from version to version:
 *
 *     GET /update is 405               the image as it is    esp32-softap-ota
 *     ... 200, /update/identity 200    a form                ElegantOTA 2
 *     ... 200, /ota/start 200          a form, /ota/upload   ElegantOTA 3
 *     ... anything else                a form                ESPHome, WLED
 */
#include "host/push_web.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <mbedtls/md5.h>

#define MD5_SIZE          16u
#define DEFAULT_PATH      "/update"
#define DETECT_TIMEOUT_MS 10000u

/* The code of the answer to GET. Returns as otk_web_ask. */
static enum otk_status probe(struct otk_web *web, const char *path, uint32_t *code)
{
    const struct otk_http_request request = {
        .method = OTK_HTTP_GET, .path = path, .timeout_ms = DETECT_TIMEOUT_MS};
    struct otk_http_exchange *exchange = NULL;
    struct otk_http_answer answer;
    const enum otk_status status = otk_web_ask(web, &request, &exchange, &answer);

    if (status == OTK_OK) {
        *code = answer.code;
    }
    otk_http_release(exchange);
    /* A page that is longer than we read is a page. */
    if (status == OTK_HTTP_BAD_RESPONSE) {
        *code = 200;
        return OTK_OK;
    }
    return status;
}

/* ElegantOTA 3 wants to be told before, and gets the image elsewhere. */
static enum otk_status start_elegant(struct otk_web *web)
{
    const struct otk_push_image *const image = &web->push->image;
    uint8_t digest[MD5_SIZE];
    char path[64] = "/ota/start?mode=fr&hash=";
    size_t len = strlen(path);
    uint32_t code;
    enum otk_status status;

    if (mbedtls_md5_ret(image->bytes, image->len, digest) != 0) {
        return OTK_CRYPTO;
    }
    for (size_t i = 0; i < MD5_SIZE; i++, len += 2) {
        snprintf(path + len, sizeof path - len, "%02x", digest[i]);
    }
    status = probe(web, path, &code);
    if (status == OTK_OK && code == 200) {
        snprintf(web->path, sizeof web->path, "/ota/upload");
    }
    return status;
}

/* Find out which form the server wants. */
static enum otk_status detect(struct otk_web *web, enum otk_push_protocol *protocol)
{
    const bool is_usual = strcmp(web->path, DEFAULT_PATH) == 0;
    uint32_t code = 0;
    uint32_t identity_code = 404;
    enum otk_status status = probe(web, web->path, &code);

    *protocol = status == OTK_OK && code == 405 ? OTK_PUSH_POST : OTK_PUSH_MULTIPART;
    if (status != OTK_OK || !is_usual || code != 200) {
        return status;
    }
    status = probe(web, DEFAULT_PATH "/identity", &identity_code);
    return status == OTK_OK && identity_code != 200 ? start_elegant(web) : status;
}

static bool has_word(const char *line, const char *word)
{
    return strcasestr(line, word) != NULL;
}

/* ESPHome answers "Update Failed!" with code 200, ElegantOTA 2 "FAIL". */
static bool is_success(const struct otk_http_answer *answer)
{
    char line[OTK_WEB_LINE_SIZE];

    otk_web_line(answer, line);
    return answer->code >= 200 && answer->code < 300 && !has_word(line, "fail") &&
           !has_word(line, "error");
}

static enum otk_status post(struct otk_web *web)
{
    struct otk_push *const push = web->push;
    const struct otk_http_request request = {
        .method = push->result.protocol == OTK_PUSH_POST ? OTK_HTTP_POST : OTK_HTTP_FORM,
        .path = web->path,
        .body = push->image.bytes,
        .body_len = push->image.len,
        .timeout_ms = push->options.timeout_ms,
    };
    struct otk_http_exchange *exchange = NULL;
    struct otk_http_answer answer;
    enum otk_status status;

    otk_push_begin(push, 0);
    status = otk_web_upload(web, &request, &exchange, &answer);
    if (status != OTK_OK) {
        status = otk_web_broken(web, status);
    } else if (!is_success(&answer)) {
        status = otk_web_refused(web, &answer);
    } else {
        otk_push_switched(push);
    }
    otk_http_release(exchange);
    return status;
}

enum otk_status otk_web_post(struct otk_web *web)
{
    struct otk_push *const push = web->push;
    enum otk_push_protocol protocol = push->options.protocol;
    enum otk_status status = OTK_OK;

    if (!web->path[0]) {
        snprintf(web->path, sizeof web->path, "%s", DEFAULT_PATH);
    }
    if (protocol == OTK_PUSH_AUTO) {
        status = detect(web, &protocol);
    }
    if (status != OTK_OK) {
        return otk_web_broken(web, status);
    }
    push->result.protocol = protocol;
    if (!web->is_portal) {
        otk_push_remark(push, "no otakit portal: sending by POST %s %s", web->path,
                        protocol == OTK_PUSH_POST ? "as it is" : "as a form");
    }
    return post(web);
}
