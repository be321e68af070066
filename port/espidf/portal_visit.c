// SPDX-License-Identifier: Apache-2.0
/* One request, from its head to its answer. The lock is held for each call of the engine, never while
 * waiting for the client. */
#include <stdlib.h>
#include <string.h>

#include <freertos/FreeRTOS.h>
#include <freertos/task.h>

#include "port/espidf/portal_head.h"
#include "port/espidf/portal_parts.h"
#include "port/espidf/transport.h"
#include "port/espidf/uptime.h"

/* A client that sends nothing for so long is gone. SPEC.md, "The portal over HTTP", limits. One wait of
 * the server's is half of that, see portal.c. */
#define SILENCE_MS 20000u

/* How often an answer that has to wait for the verification looks for its end. */
#define LOOK_MS 20u

static bool send_all(struct otk_portal_visit *visit, const char *bytes, uint32_t len)
{
    while (len > 0) {
        const int sent = httpd_send(visit->request, bytes, len);

        if (sent <= 0) {
            visit->must_close = true;
            return false;
        }
        bytes += sent;
        len -= (uint32_t)sent;
    }
    return true;
}

static void send_answer(struct otk_portal_visit *visit, const struct otk_portal_answer *answer)
{
    char head[OTK_PORTAL_HEAD_SIZE];
    const uint32_t head_len = otk_portal_head(answer, visit->must_close, head);

    if (head_len == 0) {
        visit->must_close = true;
        return;
    }
    if (send_all(visit, head, head_len) && visit->request->method != HTTP_HEAD) {
        (void)send_all(visit, (const char *)answer->body, answer->body_len);
    }
}

static void respond(struct otk_portal_visit *visit)
{
    struct otk_portal_answer answer;

    otk_espidf_lock();
    otk_portal_answer(&visit->exchange, visit->buffer, otk_uptime_ms(), &answer);
    otk_espidf_unlock();
    send_answer(visit, &answer);
}

/* Wait for a piece of the body. Returns its length; 0: the client is gone. */
static uint32_t receive(struct otk_portal_visit *visit, uint32_t len)
{
    const uint32_t began_ms = otk_uptime_ms();
    int received;

    do {
        received = httpd_req_recv(visit->request, visit->buffer, len);
    } while (received == HTTPD_SOCK_ERR_TIMEOUT && otk_uptime_ms() - began_ms < SILENCE_MS);
    return received > 0 ? (uint32_t)received : 0;
}

/* Returns whether the whole body has come, and the engine wants to answer it. */
static bool take_body(struct otk_portal_visit *visit)
{
    uint32_t rest = (uint32_t)visit->request->content_len;

    while (rest > 0) {
        const uint32_t room = sizeof visit->buffer;
        const uint32_t len = receive(visit, rest < room ? rest : room);
        enum otk_portal_step step;

        if (len == 0) {
            return false;
        }
        otk_espidf_lock();
        step = otk_portal_body(&visit->exchange, (const uint8_t *)visit->buffer, len,
                               otk_uptime_ms());
        otk_espidf_unlock();
        if (step != OTK_PORTAL_BODY) {
            return false;
        }
        rest -= len;
    }
    return true;
}

static void await_verdict(struct otk_portal_visit *visit)
{
    enum otk_portal_step step;

    otk_espidf_lock();
    step = otk_portal_end(&visit->exchange, otk_uptime_ms());
    otk_espidf_unlock();
    while (step == OTK_PORTAL_WAIT) {
        otk_espidf_wake(); /* who verifies */
        vTaskDelay(pdMS_TO_TICKS(LOOK_MS));
        otk_espidf_lock();
        step = otk_portal_poll(&visit->exchange);
        otk_espidf_unlock();
    }
}

void otk_portal_visit_finish(struct otk_portal_visit *visit)
{
    if (!take_body(visit)) {
        visit->must_close = true;
        return;
    }
    await_verdict(visit);
    respond(visit);
}

void otk_portal_visit_close(struct otk_portal_visit *visit)
{
    otk_espidf_lock();
    otk_portal_close(&visit->exchange, otk_uptime_ms());
    otk_espidf_unlock();
    otk_espidf_wake(); /* it may have begun or ended an update */
    free(visit);
}

/* esp_http_server takes no chunked body: it would read the first chunk as the next request. */
static void refuse_chunks(struct otk_portal_visit *visit)
{
    static const char text[] = "Protocol Error: send a Content-Length\n";
    const struct otk_portal_answer answer = {.status = 411,
                                             .header_count = 1,
                                             .headers = {{"Content-Type", "text/plain"}},
                                             .body = (const uint8_t *)text,
                                             .body_len = sizeof text - 1u};

    visit->must_close = true;
    send_answer(visit, &answer);
}

/* Returns what the server shall do with the connection. */
static esp_err_t close_visit(struct otk_portal_visit *visit)
{
    const esp_err_t result = visit->must_close ? ESP_FAIL : ESP_OK;

    otk_portal_visit_close(visit);
    return result;
}

/* The head is judged. */
static esp_err_t go_on(struct otk_portal_visit *visit, enum otk_portal_step step, bool waits)
{
    if (step == OTK_PORTAL_RESPOND) {
        visit->must_close = visit->request->content_len > 0; /* it is not read any more */
        respond(visit);
        return close_visit(visit);
    }
    if (waits) {
        static const char go[] = "HTTP/1.1 100 Continue\r\n\r\n";

        (void)send_all(visit, go, sizeof go - 1u);
    }
    if (visit->exchange.is_upload && otk_portal_detach(visit)) {
        return ESP_OK;
    }
    otk_portal_visit_finish(visit);
    return close_visit(visit);
}

esp_err_t otk_portal_serve(struct otk_portal *portal, httpd_req_t *request, bool is_known)
{
    const struct otk_portal_station station = otk_portal_station_of(request);
    struct otk_portal_visit *const visit = calloc(1, sizeof *visit);
    struct otk_portal_request *const head = calloc(1, sizeof *head);
    enum otk_portal_step step;
    bool waits;

    if (!visit || !head) {
        free(visit);
        free(head);
        return ESP_FAIL;
    }
    visit->request = request;
    otk_portal_read_head(request, portal, is_known, visit->buffer, head);
    if (head->is_chunked) {
        free(head);
        refuse_chunks(visit);
        free(visit);
        return ESP_FAIL;
    }
    otk_espidf_lock();
    step = otk_portal_begin(&visit->exchange, portal, head, &station, otk_uptime_ms());
    otk_espidf_unlock();
    waits = head->waits;
    free(head);
    return go_on(visit, step, waits);
}
