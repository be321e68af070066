// SPDX-License-Identifier: Apache-2.0
/*
 * A web server around the portal's engine that exists only as functions, and a clock that only tests
 * advance: what the engine meets, without sockets.
 *
 *     struct visitor visitor;
 *     visitor_open(&visitor, &config);
 *     struct visit visit;
 *     visit_begin(&visitor, &visit, "POST /update", "Content-Length: 3\n");
 *     visit_send(&visitor, &visit, data, 3);
 *     visit_end(&visitor, &visit);                       // polls the updater, too
 *     assert_int_equal(visit.answer.status, 200);
 *     visit_close(&visitor, &visit);
 */
#ifndef TEST_SUPPORT_VISITOR_H
#define TEST_SUPPORT_VISITOR_H

#include <stdbool.h>
#include <stdint.h>

#include "otakit/core/updater.h"
#include "otakit/transport/portal/portal.h"
#include "test/support/rig.h"

#define VISITOR_HOST  "Host: 192.168.4.1\n"
#define VISITOR_TOKEN "0011223344556677" /* of the portal */

/* A device with a portal: version 1.0.0 in factory, two OTA slots. */
struct visitor {
    struct rig rig;
    struct otk_updater updater;
    struct otk_portal portal;
    uint8_t buffer[OTK_SECTOR_SIZE];
    struct rig_image image; /* a good update, version 1.1.0 */
    uint32_t now_ms;
    uint8_t station; /* last number of the address that requests come from */
};

/* One request. */
struct visit {
    struct otk_portal_request request;
    struct otk_portal_exchange exchange;
    enum otk_portal_step step;
    struct otk_portal_answer answer;
    char buffer[OTK_PORTAL_ANSWER_SIZE];
    char text[OTK_PORTAL_ANSWER_SIZE + 1]; /* the answer's body, NUL-terminated */
};

/* The device and its portal. Zeros in `config` are the usual: name "lamp", no password, not captive. */
void visitor_open(struct visitor *visitor, const struct otk_portal_config *config);
void visitor_close(struct visitor *visitor);

/* Reset the device, as when its update is due. Returns the slot that runs then. */
int visitor_reset(struct visitor *visitor);

/* The head of a request: "POST /update", and lines "Name: value\n". Without a line Host: the usual
 * one. */
void visit_begin(struct visitor *visitor, struct visit *visit, const char *line,
                 const char *fields);

/* A piece of the body; in memory of its own. */
void visit_send(struct visitor *visitor, struct visit *visit, const void *data, uint32_t len);

/* The body's end; then everything that it takes to the answer, the updater's work included. */
void visit_end(struct visitor *visitor, struct visit *visit);

/* The answer as the exchange stands, without waiting. */
void visit_answer(struct visitor *visitor, struct visit *visit);

/* The connection ends. */
void visit_close(struct visitor *visitor, struct visit *visit);

/* A request without a body or with a small one, from head to close; the answer stays. */
void visit_all(struct visitor *visitor, struct visit *visit, const char *line, const char *fields,
               const char *body);

/* The value of a field of the answer; NULL where there is none. */
const char *visit_field(const struct visit *visit, const char *name);

#endif
