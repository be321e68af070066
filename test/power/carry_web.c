// SPDX-License-Identifier: Apache-2.0
/* By HTTP: PUT requests to the portal, and a pull from a server. */
#include <stdio.h>
#include <string.h>

#include "sim/nor_fault.h"
#include "test/power/carry.h"

/* What arrives of a body at once. */
#define PIECE 1436u

/* Requests of a client to the portal at most, broken ones included. */
#define ATTEMPT_MAX 60u

#define URL "https://updates.example/app.bin"

static struct otk_text text_of(const char *chars)
{
    return otk_text(chars, (uint32_t)strlen(chars));
}

static bool has_power(const struct app *app)
{
    return otk_nor_is_powered(app->world->nor);
}

static void add_field(struct otk_portal_request *request, const char *name, const char *value)
{
    otk_portal_request_field(request, text_of(name), text_of(value));
}

/* The head of PUT /update for bytes from `first` to the end. */
static enum otk_portal_step begin_put(struct app *app, struct otk_portal_exchange *exchange,
                                      const struct parcel *parcel, uint32_t first)
{
    const struct otk_portal_station station = {{192, 168, 4, 2}};
    const uint32_t len = parcel->image->len;
    struct otk_portal_request request;
    char text[80];

    otk_portal_request_init(&request, &app->portal, OTK_PORTAL_PUT, text_of("/update"));
    add_field(&request, "Host", "192.168.4.1");
    for (int i = 0; i < 32; i++) {
        snprintf(text + 2 * i, 3, "%02x", parcel->sha256[i]);
    }
    add_field(&request, "X-Otakit-Sha256", text);
    snprintf(text, sizeof text, "bytes %u-%u/%u", (unsigned)first, (unsigned)len - 1,
             (unsigned)len);
    add_field(&request, "Content-Range", text);
    snprintf(text, sizeof text, "%u", (unsigned)(len - first));
    add_field(&request, "Content-Length", text);
    return otk_portal_begin(exchange, &app->portal, &request, &station, app->now_ms);
}

/* The body, as far as the connection holds: `offset` is where it got to. Returns whether the server
 * waits for its end. */
static bool send_body(struct app *app, struct otk_portal_exchange *exchange,
                      const struct parcel *parcel, uint32_t *offset_in_image)
{
    const struct image *const image = parcel->image;
    enum otk_portal_step step = OTK_PORTAL_BODY;
    uint32_t offset = *offset_in_image;

    while (step == OTK_PORTAL_BODY && offset < image->len && has_power(app)) {
        const uint32_t rest = image->len - offset;
        const uint32_t len = rest < PIECE ? rest : PIECE;
        const enum mishap mishap = parcel_mishap(parcel);

        *offset_in_image = offset;
        if (mishap == MISHAP_BROKEN || mishap == MISHAP_LOST || offset >= parcel->limit) {
            return false;
        }
        app_turn(app, mishap == MISHAP_LATE ? parcel_delay_ms(parcel) : 1);
        step = otk_portal_body(exchange, image->bytes + offset, len, app->now_ms);
        offset += len;
    }
    return step == OTK_PORTAL_BODY && has_power(app);
}

/* One request. Returns OTK_OK: switched; OTK_MORE: it broke, ask again; OTK_CONNECTION_LOST: it broke
 * at the limit; others: refused. */
static enum otk_status put(struct app *app, const struct parcel *parcel, uint32_t first)
{
    struct otk_portal_exchange exchange;
    enum otk_portal_step step = begin_put(app, &exchange, parcel, first);
    enum otk_status status = OTK_MORE;
    uint32_t offset = first;

    if (step == OTK_PORTAL_BODY && send_body(app, &exchange, parcel, &offset)) {
        step = otk_portal_end(&exchange, app->now_ms);
    }
    while (step == OTK_PORTAL_WAIT && has_power(app)) {
        app_turn(app, 1);
        step = otk_portal_poll(&exchange);
    }
    if (step == OTK_PORTAL_RESPOND) {
        status = exchange.outcome;
    } else if (offset >= parcel->limit) {
        status = OTK_CONNECTION_LOST;
    }
    otk_portal_close(&exchange, app->now_ms);
    return status;
}

enum otk_status carry_by_portal(struct app *app, const struct parcel *parcel)
{
    uint32_t first = 0;

    for (uint32_t i = 0; i < ATTEMPT_MAX && has_power(app); i++) {
        const enum otk_status status = put(app, parcel, first);

        if (status == OTK_OK || (status != OTK_MORE && status != OTK_GAP)) {
            return status;
        }
        first = otk_updater_offset(app->updater); /* as a client that asks is told */
        if (parcel_mishap(parcel) == MISHAP_TWICE) {
            first = first / 2; /* bytes that the device has */
        }
        app_turn(app, 500);
    }
    return OTK_CONNECTION_LOST;
}

/* The head of an answer, as a server of one file gives it. */
static enum otk_status answer_head(struct otk_pull *pull, const struct parcel *parcel,
                                   uint32_t offset, uint32_t now_ms)
{
    const uint32_t len = parcel->image->len;
    char text[80];

    otk_pull_status(pull, now_ms, offset > 0 ? 206 : 200);
    if (offset > 0) {
        snprintf(text, sizeof text, "bytes %u-%u/%u", (unsigned)offset, (unsigned)len - 1,
                 (unsigned)len);
        otk_pull_field(pull, text_of("Content-Range"), text_of(text));
    }
    snprintf(text, sizeof text, "%u", (unsigned)(len - offset));
    otk_pull_field(pull, text_of("Content-Length"), text_of(text));
    otk_pull_field(pull, text_of("ETag"), text_of("\"1\""));
    return otk_pull_head_end(pull, now_ms);
}

static enum otk_status answer_body(struct app *app, struct otk_pull *pull,
                                   const struct parcel *parcel, uint32_t offset)
{
    const struct image *const image = parcel->image;
    enum otk_status status = OTK_OK;

    while (status == OTK_OK && offset < image->len) {
        const uint32_t rest = image->len - offset;
        const uint32_t len = rest < PIECE ? rest : PIECE;
        const enum mishap mishap = parcel_mishap(parcel);

        if (mishap == MISHAP_BROKEN || mishap == MISHAP_LOST || offset >= parcel->limit) {
            return OTK_CONNECTION_LOST;
        }
        app->now_ms += mishap == MISHAP_LATE ? parcel_delay_ms(parcel) : 1;
        status = otk_pull_tick(pull, app->now_ms);
        if (status == OTK_OK) {
            status = otk_pull_body(pull, app->now_ms, image->bytes + offset, len);
            offset += len;
        }
    }
    return status;
}

static void serve(struct app *app, struct otk_pull *pull, const struct otk_pull_request *request,
                  const struct parcel *parcel)
{
    const uint32_t offset = request->offset < parcel->image->len ? request->offset : 0;
    enum otk_status status = OTK_CONNECT_REFUSED;

    app->now_ms = request->start_ms;
    if (parcel_mishap(parcel) != MISHAP_BROKEN && offset < parcel->limit) {
        status = answer_head(pull, parcel, offset, app->now_ms);
        if (status == OTK_OK) {
            status = answer_body(app, pull, parcel, offset);
        }
    }
    otk_pull_end(pull, app->now_ms, status);
}

static enum otk_status switch_to(struct world *world)
{
    const enum otk_status status = otk_session_switch(&world->session);

    otk_session_close(&world->session);
    return status;
}

enum otk_status carry_by_pull(struct app *app, const struct parcel *parcel)
{
    struct world *const world = app->world;
    const struct otk_pull_config config = {
        .url = URL, .kind = OTK_PULL_IMAGE, .sha256 = parcel->sha256, .attempt_limit = 3};
    struct otk_pull_request request;
    struct otk_pull pull;
    enum otk_pull_step step = OTK_PULL_VERIFY;
    enum otk_status status = otk_pull_init(&pull, &config, &world->device, &world->session,
                                           world->scratch, app->now_ms);

    while (status == OTK_OK && has_power(app) &&
           (step == OTK_PULL_FETCH || step == OTK_PULL_VERIFY)) {
        step = otk_pull_next(&pull, app->now_ms, app->now_ms, &request);
        if (step == OTK_PULL_FETCH) {
            serve(app, &pull, &request, parcel);
        }
    }
    if (step == OTK_PULL_DONE) {
        return switch_to(world);
    }
    otk_pull_stop(&pull, OTK_CANCELLED);
    otk_session_close(&world->session);
    if (status != OTK_OK) {
        return status;
    }
    status = otk_pull_outcome(&pull);
    return status == OTK_CONNECT_REFUSED ? OTK_CONNECTION_LOST : status;
}
