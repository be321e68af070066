// SPDX-License-Identifier: Apache-2.0
/* A web server that takes images. */
#include "host/push_web.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "host/status_find.h"

/* How often the device is asked during an upload. */
#define ASK_INTERVAL_MS 250u

/* How long a question may take that is asked beside an upload, or of a device that may be away. */
#define ASK_TIMEOUT_MS 2000u

/* How long the loop sleeps at most, so that a stop is noticed. */
#define TICK_MS 100u

static const struct otk_http_request info_request = {
    .method = OTK_HTTP_GET, .path = "/info", .timeout_ms = ASK_TIMEOUT_MS};

enum otk_status otk_web_ask(struct otk_web *web, const struct otk_http_request *request,
                            struct otk_http_exchange **exchange, struct otk_http_answer *answer)
{
    *exchange = otk_http_start(web->http, request);
    if (!*exchange) {
        return OTK_NO_MEMORY;
    }
    while (!otk_http_is_done(*exchange)) {
        if (otk_push_must_stop(web->push)) {
            return OTK_INTERRUPTED;
        }
        otk_http_wait(web->http, TICK_MS);
    }
    return otk_http_result(*exchange, answer);
}

/* The device's own account of the upload. */
static void tell_measured(struct otk_web *web)
{
    const struct otk_web_session *const session = &web->info.session;

    if (session->state == OTK_WEB_RECEIVING) {
        web->push->result.sent = session->written;
        otk_push_progress(web->push, OTK_PUSH_WRITING, session->written);
    } else if (session->state == OTK_WEB_FINISHING) {
        otk_push_progress(web->push, OTK_PUSH_VERIFYING, session->verified);
    }
}

static void take_info(struct otk_web *web)
{
    struct otk_http_answer answer;
    struct otk_web_info info;

    if (otk_http_result(web->asking, &answer) == OTK_OK && answer.code == 200 &&
        otk_web_info_read(answer.body, answer.len, &info) == OTK_OK) {
        web->info = info;
        tell_measured(web);
    }
    otk_http_release(web->asking);
    web->asking = NULL;
}

static void tell_progress(struct otk_web *web, const struct otk_http_exchange *upload)
{
    const uint64_t now_ms = otk_push_now_ms();

    if (!web->is_portal) {
        otk_push_progress(web->push, OTK_PUSH_SENDING, otk_http_sent(upload));
        return;
    }
    if (web->asking && otk_http_is_done(web->asking)) {
        take_info(web);
    }
    if (!web->asking && now_ms - web->asked_ms >= ASK_INTERVAL_MS) {
        web->asked_ms = now_ms;
        web->asking = otk_http_start(web->http, &info_request);
    }
}

enum otk_status otk_web_upload(struct otk_web *web, const struct otk_http_request *request,
                               struct otk_http_exchange **exchange, struct otk_http_answer *answer)
{
    enum otk_status status = OTK_OK;

    *exchange = otk_http_start(web->http, request);
    if (!*exchange) {
        return OTK_NO_MEMORY;
    }
    web->asked_ms = otk_push_now_ms();
    while (status == OTK_OK && !otk_http_is_done(*exchange)) {
        otk_http_wait(web->http, TICK_MS);
        tell_progress(web, *exchange);
        status = otk_push_must_stop(web->push) ? OTK_INTERRUPTED : OTK_OK;
    }
    otk_http_release(web->asking);
    web->asking = NULL;
    return status == OTK_OK ? otk_http_result(*exchange, answer) : status;
}

enum otk_status otk_web_look(struct otk_web *web, uint32_t timeout_ms)
{
    struct otk_http_request request = info_request;
    struct otk_http_exchange *exchange = NULL;
    struct otk_http_answer answer;
    enum otk_status status;

    request.timeout_ms = timeout_ms;
    status = otk_web_ask(web, &request, &exchange, &answer);
    if (status == OTK_OK) {
        status = answer.code == 200 ? otk_web_info_read(answer.body, answer.len, &web->info)
                                    : OTK_BAD_FORMAT;
    }
    web->is_portal = web->is_portal || status == OTK_OK;
    otk_http_release(exchange);
    return status;
}

enum otk_status otk_web_broken(struct otk_web *web, enum otk_status status)
{
    struct otk_push *const push = web->push;

    if (status == OTK_INTERRUPTED) {
        return otk_push_interrupted(push);
    }
    otk_push_fail(push, status, "%s", otk_status_text(status));
    switch (status) {
    case OTK_CONNECT_REFUSED:
        otk_push_fail(push, status, "nothing listens at %s", web->origin);
        otk_error_hint(&push->error, "check the address and the port, and that the device is in a "
                                     "mode in which it takes updates");
        break;
    case OTK_CONNECT_TIMEOUT:
        otk_push_fail(push, status, "%s does not answer", web->origin);
        otk_error_hint(&push->error,
                       "is this computer in the device's network, \"ESP32 OTA Update\" by default, "
                       "and the device switched on?");
        break;
    case OTK_STALLED:
    case OTK_CONNECTION_LOST:
        otk_error_hint(&push->error, web->is_portal ? "run the same command again: it goes on "
                                                      "where it stopped"
                                                    : "run the same command again");
        break;
    default:
        break;
    }
    return status;
}

void otk_web_line(const struct otk_http_answer *answer, char line[OTK_WEB_LINE_SIZE])
{
    const char *text = answer->body;
    size_t len;

    while (isspace((unsigned char)*text)) {
        text++;
    }
    len = *text == '<' || *text == '{' ? 0 : strcspn(text, "\r\n");
    snprintf(line, OTK_WEB_LINE_SIZE, "%.*s",
             (int)(len < OTK_WEB_LINE_SIZE ? len : OTK_WEB_LINE_SIZE - 1), text);
}

/* The status in "… (STATUS NAME)", as the text of a portal ends; or OTK_OK. Cuts it off. */
static enum otk_status take_status(char line[OTK_WEB_LINE_SIZE])
{
    char *const open = strrchr(line, '(');
    char *const close = open ? strrchr(open, ')') : NULL;
    enum otk_status status = OTK_OK;

    if (close && close[1] == '\0') {
        *close = '\0';
        status = otk_status_find(open + 1 + (strncmp(open + 1, "STATUS ", 7) == 0 ? 7 : 0));
        *close = ')';
        if (status != OTK_OK && open > line) {
            open[open[-1] == ' ' ? -1 : 0] = '\0';
        }
    }
    return status;
}

static enum otk_status status_of_code(uint32_t code)
{
    switch (code) {
    case 401:
        return OTK_PASSWORD_NEEDED;
    case 403:
        return OTK_HTTP_DENIED;
    case 404:
    case 405:
        return OTK_HTTP_NOT_FOUND;
    case 409:
        return OTK_BUSY;
    case 413:
        return OTK_TOO_BIG;
    default:
        break;
    }
    if (code >= 400 && code < 500) {
        return OTK_HTTP_CLIENT_ERROR;
    }
    return code >= 500 || (code >= 200 && code < 300) ? OTK_HTTP_SERVER_ERROR
                                                      : OTK_HTTP_BAD_RESPONSE;
}

static void hint_refusal(struct otk_web *web, enum otk_status status, uint32_t code)
{
    struct otk_error *const error = &web->push->error;

    if (code == 401) {
        otk_error_hint(error, web->push->options.password
                                  ? "the password is wrong"
                                  : "name the password in OTAKIT_PASSWORD, or with --password");
    } else if (status == OTK_HTTP_NOT_FOUND) {
        otk_error_hint(error, "name the path to which this server wants its images posted, as in "
                              "http://192.168.4.1/update");
    } else if (status == OTK_BUSY) {
        otk_error_hint(error, "wait until it has ended, or end it: curl -X POST %s/cancel",
                       web->origin);
    } else if (status == OTK_PENDING_VERIFY) {
        otk_error_hint(error,
                       "the running application is on trial: wait for its verdict, or give it: "
                       "curl -X POST %s/confirm",
                       web->origin);
    }
}

enum otk_status otk_web_refused(struct otk_web *web, const struct otk_http_answer *answer)
{
    char message[OTK_ERROR_MESSAGE_SIZE] = "";
    char line[OTK_WEB_LINE_SIZE];
    enum otk_status status;

    if (answer->location[0]) {
        return otk_push_fail(web->push, OTK_HTTP_BAD_RESPONSE,
                             "the server wants to send the image elsewhere, to %s",
                             answer->location);
    }
    if (otk_web_error_read(answer->body, answer->len, &status, message) != OTK_OK) {
        otk_web_line(answer, line);
        status = take_status(line);
        status = status != OTK_OK ? status : status_of_code(answer->code);
        if (line[0]) {
            snprintf(message, sizeof message, "the device says: %s", line);
        } else {
            snprintf(message, sizeof message, "%s (code %u)", otk_status_text(status),
                     answer->code);
        }
    }
    if (answer->code == 401) {
        snprintf(message, sizeof message, "the device wants a password");
        status = OTK_PASSWORD_NEEDED;
    }
    status = otk_status_of_device(status);
    otk_push_fail(web->push, status, "%s", message);
    hint_refusal(web, status, answer->code);
    return status;
}

static enum otk_status look(void *context, struct otk_push_device *device)
{
    struct otk_web *const web = context;
    const enum otk_status status = otk_web_look(web, ASK_TIMEOUT_MS);

    if (status == OTK_OK) {
        *device = web->info.device;
    }
    return status;
}

enum otk_status otk_web_await(struct otk_web *web)
{
    return otk_push_await(web->push, look, web);
}
