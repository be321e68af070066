// SPDX-License-Identifier: Apache-2.0
/*
 * A web server and a network that exist only as a function, and a clock that only tests advance:
 * what the pull engine meets, without sockets.
 *
 *     struct web web;
 *     web_open(&web, &rig, image.bytes, image.len);
 *     web.answer = my_answer;                      // misbehaves; NULL: serves the file properly
 *     status = web_pull(&web, &config);            // the whole pull, in virtual time
 *     assert_int_equal(web.request_count, 2);
 */
#ifndef TEST_SUPPORT_WEB_H
#define TEST_SUPPORT_WEB_H

#include <stdbool.h>
#include <stdint.h>

#include "otakit/transport/pull/pull.h"
#include "test/support/rig.h"

#define WEB_REQUEST_LIMIT 400u /* a pull that asks more often does not end */
#define WEB_NEVER_CUT     UINT32_MAX

/* What comes back for one request. */
struct web_reply {
    enum otk_status failure; /* not OTK_OK: no response at all */
    uint16_t status;
    char fields[4096]; /* lines that end with \n */
    const uint8_t *body;
    uint32_t body_len;
    uint32_t cut_at;       /* the connection breaks behind so many bytes of the body */
    uint32_t piece;        /* bytes that arrive at once; 0: all */
    uint32_t ms_per_piece; /* time between them */
    uint32_t ms_before_head;
};

/* A request as it was made. */
struct web_request {
    char url[OTK_URL_SIZE];
    uint32_t offset;
    char if_range[OTK_HTTP_ETAG_SIZE];
    bool has_credentials;
    uint32_t start_ms;
};

struct web {
    struct rig *rig;
    struct otk_pull pull;
    uint32_t now_ms;
    uint32_t random;     /* given to the engine */
    const uint8_t *file; /* served for any URL that does not end with ".json" */
    uint32_t len;
    const char *etag;     /* NULL: none */
    const char *manifest; /* served for the others */
    bool ignores_ranges;
    bool is_chunked; /* no Content-Length */
    void (*answer)(struct web *web, const struct web_request *request, struct web_reply *reply);
    void *context;                         /* of `answer` */
    uint32_t (*on_piece)(struct web *web); /* called before each piece; not 0: stop the pull */
    struct web_request requests[WEB_REQUEST_LIMIT];
    uint32_t request_count;
    uint32_t sent; /* body bytes that reached the engine */
};

/* A server of one file, a network without faults, time 1000. */
void web_open(struct web *web, struct rig *rig, const uint8_t *file, uint32_t len);

/* What a good server answers; `answer` may call it and spoil the result. */
void web_serve(const struct web *web, const struct web_request *request, struct web_reply *reply);

/* Add a field line to a reply. */
void web_add_field(struct web_reply *reply, const char *line);

/* Pull to the end. Returns the outcome; the session is left as the engine leaves it. */
enum otk_status web_pull(struct web *web, const struct otk_pull_config *config);

#endif
