// SPDX-License-Identifier: Apache-2.0
/* From the head of a request to its answer: which path, who may, and the steps of the body. */
#include "otakit/transport/portal/portal.h"

#include <stddef.h>

#include "otakit/base/memory.h"
#include "otakit/transport/portal/portal_parts.h"

void otk_portal_init(struct otk_portal *portal, struct otk_updater *updater,
                     const struct otk_portal_config *config, uint32_t now_ms)
{
    static const char digits[] = "0123456789abcdef";
    uint32_t index;

    memset(portal, 0, sizeof *portal);
    portal->config = *config;
    portal->updater = updater;
    portal->started_ms = now_ms;
    for (index = 0; index < sizeof config->random; index++) {
        portal->token[2u * index] = digits[config->random[index] >> 4];
        portal->token[2u * index + 1u] = digits[config->random[index] & 15u];
    }
}

void otk_portal_tick(struct otk_portal *portal, uint32_t now_ms)
{
    const bool is_ours = portal->update == portal->updater->update_count;

    if (is_ours && portal->writer == NULL && now_ms - portal->idle_ms >= OTK_PORTAL_IDLE_MS) {
        otk_portal_leave(portal);
    }
}

void otk_portal_leave(struct otk_portal *portal)
{
    portal->writer = NULL;
    otk_updater_leave(portal->updater, OTK_OWNER_PORTAL);
}

void otk_portal_decide(struct otk_portal_exchange *exchange, enum otk_status outcome,
                       const char *detail)
{
    exchange->outcome = outcome;
    exchange->detail = detail;
}

static void reply(struct otk_portal_exchange *exchange, enum otk_portal_reply kind)
{
    exchange->reply = kind;
    exchange->outcome = OTK_OK;
}

/* The page itself; from now on the station is told that it is online. */
static void show(struct otk_portal_exchange *exchange, const struct otk_portal_station *station,
                 enum otk_portal_reply kind)
{
    otk_portal_remember(exchange->portal, station);
    reply(exchange, kind);
}

/* A name that is not ours: a phone that looks for the Internet, or somebody else's page. */
static void answer_foreign(struct otk_portal_exchange *exchange,
                           const struct otk_portal_request *request,
                           const struct otk_portal_station *station)
{
    if (!exchange->portal->config.is_captive) {
        otk_portal_decide(exchange, OTK_FOREIGN_REQUEST, NULL);
    } else if (request->probe >= 0 && otk_portal_is_known(exchange->portal, station)) {
        reply(exchange, OTK_PORTAL_REPLY_ONLINE);
    } else {
        reply(exchange, OTK_PORTAL_REPLY_REDIRECT);
    }
}

static void answer_get(struct otk_portal_exchange *exchange,
                       const struct otk_portal_request *request,
                       const struct otk_portal_station *station)
{
    switch (request->path) {
    case OTK_PORTAL_PATH_ROOT:
        if (request->is_sign_in && exchange->portal->config.is_captive) {
            reply(exchange, OTK_PORTAL_REPLY_SIGN_IN);
            return;
        }
        show(exchange, station, OTK_PORTAL_REPLY_PAGE);
        return;
    case OTK_PORTAL_PATH_UPDATE:
        show(exchange, station, OTK_PORTAL_REPLY_PAGE);
        return;
    case OTK_PORTAL_PATH_STAY:
        show(exchange, station, OTK_PORTAL_REPLY_STAY);
        return;
    default:
        reply(exchange, OTK_PORTAL_REPLY_INFO);
    }
}

/* A request that changes something, and may. */
static void change(struct otk_portal_exchange *exchange, const struct otk_portal_request *request)
{
    struct otk_updater *const updater = exchange->portal->updater;

    switch (request->path) {
    case OTK_PORTAL_PATH_CANCEL:
        otk_portal_decide(exchange, otk_updater_cancel(updater, OTK_CANCELLED), NULL);
        return;
    case OTK_PORTAL_PATH_CONFIRM:
        otk_portal_decide(exchange, otk_updater_confirm(updater), NULL);
        return;
    case OTK_PORTAL_PATH_ROLLBACK:
        otk_portal_decide(exchange, otk_updater_reject(updater, exchange->now_ms), NULL);
        return;
    default:
        otk_portal_begin_upload(exchange, request);
    }
}

/* The methods that a path knows. */
static const char *methods_of(enum otk_portal_path path)
{
    switch (path) {
    case OTK_PORTAL_PATH_ROOT:
    case OTK_PORTAL_PATH_INFO:
    case OTK_PORTAL_PATH_STAY:
        return "GET, HEAD";
    case OTK_PORTAL_PATH_UPDATE:
        return "GET, HEAD, POST, PUT";
    default:
        return "POST";
    }
}

static bool is_allowed(enum otk_portal_path path, enum otk_portal_method method)
{
    const bool is_change = path >= OTK_PORTAL_PATH_CANCEL && path <= OTK_PORTAL_PATH_ROLLBACK;

    switch (method) {
    case OTK_PORTAL_GET:
        return !is_change;
    case OTK_PORTAL_POST:
        return is_change || path == OTK_PORTAL_PATH_UPDATE;
    case OTK_PORTAL_PUT:
        return path == OTK_PORTAL_PATH_UPDATE;
    default:
        return false;
    }
}

/* Refuse a request for what it is, whatever it asks. */
static void refuse(struct otk_portal_exchange *exchange, uint16_t code, const char *detail)
{
    exchange->code = code;
    otk_portal_decide(exchange, OTK_INVALID_ARGUMENT, detail);
}

static void route(struct otk_portal_exchange *exchange, const struct otk_portal_request *request,
                  const struct otk_portal_station *station)
{
    enum otk_status status;

    if (request->head_len > OTK_PORTAL_HEAD_LIMIT) {
        refuse(exchange, 431, "the head of the request is too long");
        return;
    }
    if (!otk_portal_is_own_host(request)) {
        answer_foreign(exchange, request, station);
        return;
    }
    if (request->path == OTK_PORTAL_PATH_UNKNOWN) {
        otk_portal_decide(exchange, OTK_NOT_FOUND,
                          "nothing is at this path; the page is at /, the state at /info");
        return;
    }
    if (!is_allowed(request->path, request->method)) {
        exchange->allow = methods_of(request->path);
        refuse(exchange, 405, "this method is not for this path");
        return;
    }
    if (request->method == OTK_PORTAL_GET) {
        answer_get(exchange, request, station);
        return;
    }

    exchange->is_upload = request->path == OTK_PORTAL_PATH_UPDATE;
    if (!exchange->is_upload || request->method == OTK_PORTAL_PUT) {
        exchange->reply = OTK_PORTAL_REPLY_JSON;
    }
    status = otk_portal_may_change(request);
    if (status != OTK_OK) {
        exchange->asks_password = status == OTK_PASSWORD_NEEDED && !request->is_from_page;
        otk_portal_decide(exchange, status, NULL);
        return;
    }
    change(exchange, request);
}

enum otk_portal_step otk_portal_begin(struct otk_portal_exchange *exchange,
                                      struct otk_portal *portal,
                                      const struct otk_portal_request *request,
                                      const struct otk_portal_station *station, uint32_t now_ms)
{
    const bool has_body = request->is_chunked || request->length > 0;

    memset(exchange, 0, sizeof *exchange);
    exchange->portal = portal;
    exchange->reply = OTK_PORTAL_REPLY_TEXT;
    exchange->outcome = OTK_MORE;
    exchange->method = request->method;
    exchange->probe = request->probe;
    exchange->now_ms = now_ms;
    route(exchange, request, station);
    if (exchange->outcome == OTK_MORE) {
        return OTK_PORTAL_BODY;
    }
    return has_body && !request->waits && request->length <= OTK_PORTAL_BODY_LIMIT
               ? OTK_PORTAL_BODY
               : OTK_PORTAL_RESPOND;
}

enum otk_portal_step otk_portal_body(struct otk_portal_exchange *exchange, const uint8_t *data,
                                     uint32_t len, uint32_t now_ms)
{
    if (len > OTK_PORTAL_BODY_LIMIT - exchange->received) {
        return OTK_PORTAL_RESPOND;
    }
    exchange->received += len;
    exchange->now_ms = now_ms;
    if (exchange->outcome == OTK_MORE && !exchange->is_waiting) {
        otk_portal_take(exchange, data, len);
    }
    return OTK_PORTAL_BODY;
}

enum otk_portal_step otk_portal_end(struct otk_portal_exchange *exchange, uint32_t now_ms)
{
    exchange->now_ms = now_ms;
    if (exchange->outcome == OTK_MORE && !exchange->is_waiting) {
        otk_portal_complete(exchange);
    }
    return otk_portal_poll(exchange);
}

enum otk_portal_step otk_portal_poll(struct otk_portal_exchange *exchange)
{
    const struct otk_updater *const updater = exchange->portal->updater;

    if (exchange->outcome != OTK_MORE) {
        return OTK_PORTAL_RESPOND;
    }
    if (exchange->update != updater->update_count) {
        otk_portal_decide(exchange, OTK_CANCELLED, NULL);
        return OTK_PORTAL_RESPOND;
    }
    otk_portal_decide(exchange, otk_updater_outcome(updater), NULL);
    return exchange->outcome == OTK_MORE ? OTK_PORTAL_WAIT : OTK_PORTAL_RESPOND;
}

void otk_portal_close(struct otk_portal_exchange *exchange, uint32_t now_ms)
{
    struct otk_portal *const portal = exchange->portal;

    if (portal->writer == exchange) {
        portal->idle_ms = now_ms;
        otk_portal_leave(portal);
    }
}
