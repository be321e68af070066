// SPDX-License-Identifier: Apache-2.0
/*
 * One request between esp_http_server and the portal's engine.
 *
 *     server's task: otk_portal_visit_begin --no body, or a short one--> otk_portal_visit_finish
 *                        \--an upload--> otk_portal_detach --task of its own--> otk_portal_visit_finish
 *
 * The server has one task for all connections: an upload on it would keep everybody waiting.
 */
#ifndef PORT_ESPIDF_PORTAL_PARTS_H
#define PORT_ESPIDF_PORTAL_PARTS_H

#include <stdbool.h>
#include <stdint.h>

#include <esp_http_server.h>

#include "otakit/transport/portal/portal.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A request, on the heap as long as it is served. */
struct otk_portal_visit {
    httpd_req_t *request; /* the server's, or a copy that can be served by another task */
    struct otk_portal_exchange exchange;
    bool must_close;                     /* the connection is of no use any more */
    char buffer[OTK_PORTAL_ANSWER_SIZE]; /* a field's value, a piece of the body, the answer */
};

/* Read the head of a request. buffer: room for any field's value. Sends nothing. */
void otk_portal_read_head(httpd_req_t *request, const struct otk_portal *portal, bool is_known,
                          char buffer[OTK_PORTAL_ANSWER_SIZE], struct otk_portal_request *head);

/* Who asks. */
struct otk_portal_station otk_portal_station_of(httpd_req_t *request);

/*
 * Serve a request.
 *
 * is_known  false: its method is one that the server has no handler for
 *
 * Returns  ESP_OK    answered, or handed to another task
 *          ESP_FAIL  the server shall close the connection
 */
esp_err_t otk_portal_serve(struct otk_portal *portal, httpd_req_t *request, bool is_known);

/* Take the body, wait for the verdict, answer. Blocks; visit->must_close afterwards says what becomes of
 * the connection. */
void otk_portal_visit_finish(struct otk_portal_visit *visit);

/* Have a task of its own finish the visit, and release it. Returns false where that cannot be: nothing
 * has happened then. Blocks for nothing. */
bool otk_portal_detach(struct otk_portal_visit *visit);

/* The visit is over, whoever finished it. */
void otk_portal_visit_close(struct otk_portal_visit *visit);

#ifdef __cplusplus
}
#endif

#endif
