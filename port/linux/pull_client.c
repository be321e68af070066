// SPDX-License-Identifier: Apache-2.0
/* The loop between engine, network thread and flash. */
#include "port/linux/pull_client.h"

#include <stdlib.h>
#include <sys/random.h>

#include "port/linux/fetch_curl.h"
#include "port/linux/uptime.h"

/* How long to wait for the network before looking at the clock and at is_cancelled, which may serve
 * others: it is how long they wait for an answer. */
#define LOOK_MS 10u

struct client {
    struct otk_pull pull;
    struct otk_fetch *fetch;
    const struct otk_pull_hooks *hooks;
    struct otk_fetch_piece piece;
    uint32_t told_offset; /* of the last progress event */
    struct otk_session *session;
};

static uint32_t random_number(void)
{
    uint32_t number = otk_uptime_ms();

    (void)getrandom(&number, sizeof number, GRND_NONBLOCK); /* else the clock has to do */
    return number;
}

static bool is_cancelled(const struct client *client)
{
    const struct otk_pull_hooks *const hooks = client->hooks;

    return hooks && hooks->is_cancelled && hooks->is_cancelled(hooks->context);
}

static void tell(const struct client *client, const struct otk_pull_event_info *info)
{
    if (client->hooks && client->hooks->event) {
        client->hooks->event(client->hooks->context, info);
    }
}

static void tell_progress(struct client *client)
{
    const struct otk_pull_event_info info = {.event = OTK_PULL_EVENT_PROGRESS};
    struct otk_progress progress;
    uint32_t offset;

    otk_session_progress(client->session, &progress);
    offset = progress.written + progress.verified;
    if (offset >= client->told_offset && offset - client->told_offset < OTK_SECTOR_SIZE &&
        progress.state != OTK_SESSION_VERIFIED) {
        return;
    }
    client->told_offset = offset;
    tell(client, &info);
}

/* "HTTP/1.1 206 Partial Content", as a number; 0 where it is no status line. */
static uint16_t status_of(struct otk_text line)
{
    const uint32_t blank = otk_text_find(line, ' ');
    uint32_t status;

    if (!otk_text_starts(line, "HTTP/") || line.len - blank < 4 ||
        otk_text_decimal(otk_text(line.chars + blank + 1, 3), &status) != OTK_OK) {
        return 0;
    }
    return (uint16_t)status;
}

/* A line of the head. libcurl brings the heads of interim responses (1xx), too, and trailers. */
static enum otk_status take_line(struct client *client, struct otk_text line, uint16_t *status)
{
    struct otk_pull *const pull = &client->pull;
    const bool is_over = *status == UINT16_MAX;
    const uint16_t begun = status_of(line);
    uint32_t colon;

    line = otk_text_trim(line);
    if (begun != 0 && !is_over) {
        *status = begun;
        otk_pull_status(pull, otk_uptime_ms(), begun);
        return OTK_OK;
    }
    if (is_over || *status < 200) {
        return OTK_OK;
    }
    if (line.len == 0) {
        *status = UINT16_MAX;
        return otk_pull_head_end(pull, otk_uptime_ms());
    }
    colon = otk_text_find(line, ':');
    if (colon < line.len) {
        otk_pull_field(pull, otk_text(line.chars, colon), otk_text_from(line, colon + 1));
    }
    return OTK_OK;
}

static enum otk_status take_piece(struct client *client, uint16_t *status)
{
    const struct otk_fetch_piece *const piece = &client->piece;
    enum otk_status verdict;

    if (piece->kind == OTK_FETCH_LINE) {
        return take_line(client, otk_text((const char *)piece->bytes, piece->len), status);
    }
    verdict = otk_pull_body(&client->pull, otk_uptime_ms(), piece->bytes, piece->len);
    tell_progress(client);
    return verdict;
}

/* The user may end the pull at any time. Returns OTK_OK or OTK_CANCELLED. */
static enum otk_status obey(struct client *client)
{
    if (!is_cancelled(client)) {
        return OTK_OK;
    }
    otk_pull_stop(&client->pull, OTK_CANCELLED);
    return OTK_CANCELLED;
}

/* The network is quiet: look at the clock, and let the flash get ahead. */
static enum otk_status use_idle_time(struct client *client, bool *is_busy)
{
    enum otk_status status = otk_pull_tick(&client->pull, otk_uptime_ms());

    if (status == OTK_OK) {
        status = otk_pull_idle(&client->pull);
    }
    *is_busy = status == OTK_MORE;
    return *is_busy ? OTK_OK : status;
}

/* One transfer, from the request to otk_pull_end. */
static void transfer(struct client *client, const struct otk_pull_request *request)
{
    enum otk_status status = OTK_OK;
    uint16_t http_status = 0;
    bool is_busy = true;

    otk_fetch_start(client->fetch, request);
    for (;;) {
        const bool is_there = otk_fetch_take(client->fetch, is_busy ? 0 : LOOK_MS, &client->piece);

        if (is_there && client->piece.kind == OTK_FETCH_END) {
            break;
        }
        if (status != OTK_OK) {
            continue; /* the end is on its way */
        }
        if (is_there) {
            status = take_piece(client, &http_status);
            is_busy = true; /* when nothing more is there, erase ahead before waiting */
        } else {
            status = use_idle_time(client, &is_busy);
        }
        if (status == OTK_OK) {
            status = obey(client);
        }
        if (status != OTK_OK) {
            otk_fetch_cancel(client->fetch);
            is_busy = false;
        }
    }
    otk_pull_end(&client->pull, otk_uptime_ms(),
                 status == OTK_OK ? client->piece.status : OTK_CANCELLED);
}

static void sleep_ms(uint32_t duration_ms)
{
    const struct timespec duration = {
        .tv_sec = (time_t)(duration_ms / 1000),
        .tv_nsec = (long)(duration_ms % 1000) * 1000000,
    };

    nanosleep(&duration, NULL);
}

/* Wait until the request may go out. Returns OTK_OK, or OTK_CANCELLED. */
static enum otk_status await_start(struct client *client, const struct otk_pull_request *request)
{
    const uint32_t wait_ms = request->start_ms - otk_uptime_ms();
    enum otk_status status = OTK_OK;
    bool is_busy;

    if (request->last_failure != OTK_OK) {
        const struct otk_pull_event_info info = {
            .event = OTK_PULL_EVENT_WAIT,
            .request = request,
            .status = request->last_failure,
            .wait_ms = wait_ms < 0x80000000u ? wait_ms : 0,
        };
        tell(client, &info);
    }
    while (status == OTK_OK) {
        const uint32_t rest_ms = request->start_ms - otk_uptime_ms();

        if (rest_ms == 0 || rest_ms >= 0x80000000u) {
            break;
        }
        status = obey(client);
        if (status == OTK_OK) {
            status = use_idle_time(client, &is_busy);
        }
        if (status == OTK_OK && !is_busy) {
            sleep_ms(rest_ms < LOOK_MS ? rest_ms : LOOK_MS);
        }
    }
    return status;
}

static void fetch(struct client *client, const struct otk_pull_request *request)
{
    const struct otk_pull_event_info info = {.event = OTK_PULL_EVENT_REQUEST, .request = request};

    if (await_start(client, request) != OTK_OK) {
        otk_pull_end(&client->pull, otk_uptime_ms(), OTK_CANCELLED);
        return;
    }
    tell(client, &info);
    transfer(client, request);
}

static enum otk_status run(struct client *client)
{
    struct otk_pull_request request;

    for (;;) {
        switch (otk_pull_next(&client->pull, otk_uptime_ms(), random_number(), &request)) {
        case OTK_PULL_FETCH:
            fetch(client, &request);
            break;
        case OTK_PULL_VERIFY:
            tell_progress(client);
            (void)obey(client); /* otk_pull_next says the same */
            break;
        case OTK_PULL_DONE:
        case OTK_PULL_FAILED:
            return otk_pull_outcome(&client->pull);
        }
    }
}

enum otk_status otk_pull_run(struct otk_device *device, struct otk_session *session,
                             const struct otk_pull_options *options,
                             uint8_t buffer[OTK_SECTOR_SIZE], const struct otk_pull_hooks *hooks)
{
    struct otk_pull_config config = options->pull;
    struct client *client = calloc(1, sizeof *client);
    enum otk_status status;

    if (!client) {
        return OTK_NO_MEMORY;
    }
    config.has_credentials = options->authorization != NULL;
    client->hooks = hooks;
    client->session = session;
    status = otk_pull_init(&client->pull, &config, device, session, buffer, otk_uptime_ms());
    if (status == OTK_OK) {
        status = otk_fetch_open(options, &client->fetch);
    }
    if (status == OTK_OK) {
        status = run(client);
    }
    otk_fetch_close(client->fetch);
    free(client);
    return status;
}
