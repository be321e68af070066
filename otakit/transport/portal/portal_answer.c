// SPDX-License-Identifier: Apache-2.0
/* What is sent: the status code, the fields, and the body for people and scripts. */
#include <stddef.h>

#include "otakit/base/memory.h"
#include "otakit/transport/portal/portal_parts.h"

/* What esp32-softap-ota says; scripts look for it. */
static const char text_done[] = "Firmware update complete, rebooting now!\n";
static const char text_protocol[] = "Protocol Error";
static const char text_flash[] = "Flash Error";
static const char text_image[] = "Validation / Activation Error";

/* A text being put together in the caller's buffer; what does not fit is cut off. */
struct writer {
    char *chars;
    uint32_t len;
};

static void put(struct writer *writer, const char *chars)
{
    const struct otk_text text = otk_portal_text(chars);
    const uint32_t room = OTK_PORTAL_ANSWER_SIZE - writer->len;
    const uint32_t len = text.len < room ? text.len : room;

    memcpy(writer->chars + writer->len, text.chars, len);
    writer->len += len;
}

static void add_header(struct otk_portal_answer *answer, const char *name, const char *value)
{
    if (answer->header_count < OTK_PORTAL_HEADER_COUNT) {
        answer->headers[answer->header_count++] = (struct otk_portal_header){name, value};
    }
}

/* Whether the flash has failed, or what is around it, and not the image. */
static bool is_flash_failure(enum otk_status status)
{
    return status == OTK_FLASH_IO || status == OTK_FLASH_VERIFY || status == OTK_POWER_LOST ||
           status == OTK_CRYPTO;
}

/* Whether the device has no place for any image. */
static bool is_device_failure(enum otk_status status)
{
    return is_flash_failure(status) || status == OTK_NO_SLOT || status == OTK_NO_OTADATA ||
           status == OTK_BAD_TABLE || status == OTK_MISALIGNED || status == OTK_OUT_OF_RANGE;
}

/* Whether the device is in no state for the request, which may succeed another time. */
static bool is_conflict(enum otk_status status)
{
    return status == OTK_BUSY || status == OTK_PENDING_VERIFY;
}

/* Statuses that mean the same whatever was asked for; 0 for all others. */
static uint16_t common_code(const struct otk_portal_exchange *exchange)
{
    switch (exchange->outcome) {
    case OTK_OK:
        return 200;
    case OTK_PASSWORD_NEEDED:
        return 401;
    case OTK_FOREIGN_REQUEST:
        return 403;
    case OTK_NOT_FOUND:
        return exchange->is_upload ? 0 : 404;
    default:
        return is_conflict(exchange->outcome) ? 409 : 0;
    }
}

static uint16_t put_code(const struct otk_portal_exchange *exchange)
{
    switch (exchange->outcome) {
    case OTK_GAP:
        return 416;
    case OTK_CANCELLED:
    case OTK_CONNECTION_LOST:
        return 409;
    default:
        if (exchange->detail != NULL) {
            return 400;
        }
        return is_device_failure(exchange->outcome) ? 500 : 422;
    }
}

static uint16_t code_of(const struct otk_portal_exchange *exchange)
{
    const uint16_t code = exchange->code != 0 ? exchange->code : common_code(exchange);

    if (code != 0) {
        return code;
    }
    if (!exchange->is_upload) {
        return is_flash_failure(exchange->outcome) ? 500 : 409;
    }
    return exchange->method == OTK_PORTAL_PUT ? put_code(exchange) : 500;
}

static const char *sentence_of(const struct otk_portal_exchange *exchange)
{
    return exchange->detail != NULL ? exchange->detail : otk_status_text(exchange->outcome);
}

/* Which of the three errors of esp32-softap-ota it is. */
static const char *upload_error(const struct otk_portal_exchange *exchange)
{
    if (exchange->detail != NULL || exchange->outcome == OTK_CANCELLED) {
        return text_protocol;
    }
    return is_device_failure(exchange->outcome) ? text_flash : text_image;
}

static void answer_text(const struct otk_portal_exchange *exchange, char *buffer,
                        struct otk_portal_answer *answer)
{
    struct writer writer = {buffer, 0};

    answer->status = code_of(exchange);
    if (answer->status == 200) {
        put(&writer, text_done);
    } else {
        if (answer->status == 500) {
            put(&writer, upload_error(exchange));
            put(&writer, ": ");
        }
        put(&writer, sentence_of(exchange));
        put(&writer, " (");
        put(&writer, otk_status_name(exchange->outcome));
        put(&writer, ")\n");
    }
    add_header(answer, "Content-Type", "text/plain");
    answer->body = (const uint8_t *)buffer;
    answer->body_len = writer.len;
}

static void write_error(const struct otk_portal_exchange *exchange, struct otk_json *json)
{
    otk_json_open(json, "error", '{');
    otk_json_text(json, "code", otk_status_name(exchange->outcome));
    otk_json_number(json, "number", (uint32_t)exchange->outcome);
    otk_json_text(json, "message", sentence_of(exchange));
    otk_json_close(json, '}');
}

/* Only a device with an absurdly long name comes here: what else may grow, the slots, gives way. */
static void answer_no_space(struct otk_portal_answer *answer)
{
    static const uint8_t text[] = "the answer does not fit the space given (NO_SPACE)\n";

    answer->status = 500;
    add_header(answer, "Content-Type", "text/plain");
    answer->body = text;
    answer->body_len = sizeof text - 1u;
}

static void answer_json(const struct otk_portal_exchange *exchange, char *buffer, uint32_t now_ms,
                        struct otk_portal_answer *answer)
{
    struct otk_json json;

    otk_json_init(&json, buffer, OTK_PORTAL_ANSWER_SIZE - 1u); /* and a line end, for terminals */
    answer->status = code_of(exchange);
    if (exchange->reply == OTK_PORTAL_REPLY_INFO) {
        otk_portal_write_info(exchange->portal, &json, now_ms);
    } else {
        otk_json_open(&json, NULL, '{');
        if (exchange->outcome != OTK_OK) {
            write_error(exchange, &json);
        }
        otk_portal_write_session(exchange->portal, &json);
        otk_json_close(&json, '}');
    }
    if (json.is_full) {
        answer_no_space(answer);
        return;
    }
    buffer[json.len] = '\n';
    add_header(answer, "Content-Type", "application/json");
    answer->body = (const uint8_t *)buffer;
    answer->body_len = json.len + 1u;
}

static void answer_page(const struct otk_portal *portal, struct otk_portal_answer *answer)
{
    answer->status = 200;
    add_header(answer, "Content-Type", "text/html; charset=utf-8");
    add_header(answer, "Content-Encoding", "gzip");
    answer->body = portal->config.page;
    answer->body_len = portal->config.page_len;
}

/* iOS wants a body, or it does not take the redirect for a sign-in page. */
static void answer_redirect(const struct otk_portal *portal, char *buffer,
                            struct otk_portal_answer *answer)
{
    struct writer writer = {buffer, 0};

    answer->status = 302;
    put(&writer, "Open ");
    put(&writer, portal->config.url);
    put(&writer, "\n");
    add_header(answer, "Location", portal->config.url);
    add_header(answer, "Content-Type", "text/plain");
    answer->body = (const uint8_t *)buffer;
    answer->body_len = writer.len;
}

void otk_portal_answer(const struct otk_portal_exchange *exchange,
                       char buffer[OTK_PORTAL_ANSWER_SIZE], uint32_t now_ms,
                       struct otk_portal_answer *answer)
{
    memset(answer, 0, sizeof *answer);
    add_header(answer, "Cache-Control", "no-store");
    add_header(answer, "X-Content-Type-Options", "nosniff");
    add_header(answer, "X-Frame-Options", "DENY");
    if (exchange->allow != NULL) {
        add_header(answer, "Allow", exchange->allow);
    }
    if (exchange->asks_password) {
        add_header(answer, "WWW-Authenticate", "Basic realm=\"device update\"");
    }
    switch (exchange->reply) {
    case OTK_PORTAL_REPLY_TEXT:
        answer_text(exchange, buffer, answer);
        return;
    case OTK_PORTAL_REPLY_JSON:
    case OTK_PORTAL_REPLY_INFO:
        answer_json(exchange, buffer, now_ms, answer);
        return;
    case OTK_PORTAL_REPLY_PAGE:
        answer_page(exchange->portal, answer);
        return;
    case OTK_PORTAL_REPLY_SIGN_IN:
        otk_portal_answer_sign_in(exchange->portal, buffer, answer);
        return;
    case OTK_PORTAL_REPLY_STAY:
        otk_portal_answer_stay(exchange->portal, buffer, answer);
        return;
    case OTK_PORTAL_REPLY_REDIRECT:
        answer_redirect(exchange->portal, buffer, answer);
        return;
    case OTK_PORTAL_REPLY_ONLINE:
        otk_portal_answer_probe(exchange->probe, answer);
        return;
    }
}
