// SPDX-License-Identifier: Apache-2.0
/*
 * A web server that takes images, whoever wrote it: requests that can be stopped, an upload during
 * which the device is asked how far it is, refusals in words. For host/push_*.c only.
 *
 *     status = otk_web_ask(web, &request, &exchange, &answer);
 *     if (status != OTK_OK)
 *         return otk_web_broken(web, status);
 *     if (answer.code != 200)
 *         status = otk_web_refused(web, &answer);
 *     otk_http_release(exchange);
 */
#ifndef OTAKIT_HOST_PUSH_WEB_H
#define OTAKIT_HOST_PUSH_WEB_H

#include "host/http_client.h"
#include "host/push_parts.h"
#include "host/web_info.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of "http://host:port" and of a path. */
#define OTK_WEB_ORIGIN_SIZE 512u
#define OTK_WEB_PATH_SIZE   512u

/* Bytes of a line that a server says to a person. */
#define OTK_WEB_LINE_SIZE 200u

struct otk_web {
    struct otk_push *push;
    struct otk_http *http;
    char origin[OTK_WEB_ORIGIN_SIZE];
    char path[OTK_WEB_PATH_SIZE]; /* where the image goes; "" where the target names none */

    bool is_portal;           /* it has answered /info */
    struct otk_web_info info; /* the newest, where is_portal is set */

    struct otk_http_exchange *asking; /* for /info during an upload, or NULL */
    uint64_t asked_ms;
};

/*
 * One request, to its end.
 *
 * exchange  to be released, in any case
 * answer    written on success only; lies in the exchange
 *
 * Returns  OTK_INTERRUPTED, or as otk_http_result
 */
OTK_MUST_USE enum otk_status otk_web_ask(struct otk_web *web,
                                         const struct otk_http_request *request,
                                         struct otk_http_exchange **exchange,
                                         struct otk_http_answer *answer);

/* As otk_web_ask, for the request that carries the image: progress is told, as
 * the device measures it where it does. Returns as otk_web_ask. */
OTK_MUST_USE enum otk_status otk_web_upload(struct otk_web *web,
                                            const struct otk_http_request *request,
                                            struct otk_http_exchange **exchange,
                                            struct otk_http_answer *answer);

/*
 * Ask for /info.
 *
 * timeout_ms  for the answer
 *
 * Returns  OTK_OK          is_portal and info are written
 *          OTK_BAD_FORMAT  something answers, but it is no portal
 *          others          as otk_web_ask
 */
OTK_MUST_USE enum otk_status otk_web_look(struct otk_web *web, uint32_t timeout_ms);

/* Note in push->error that there was no answer. Returns `status`. */
enum otk_status otk_web_broken(struct otk_web *web, enum otk_status status);

/* Note in push->error what a refusal says: JSON of a portal, a text, or only a code. Returns the
 * status that belongs to it, never OTK_OK. */
enum otk_status otk_web_refused(struct otk_web *web, const struct otk_http_answer *answer);

/* The first line of an answer that was meant for people; "" where it is a page or JSON. */
void otk_web_line(const struct otk_http_answer *answer, char line[OTK_WEB_LINE_SIZE]);

/* otk_push_await, by asking for /info. Returns as that. */
OTK_MUST_USE enum otk_status otk_web_await(struct otk_web *web);

/* Push by PUT to a portal: from where it stands, again and again. Returns as otk_push_run. */
OTK_MUST_USE enum otk_status otk_web_put(struct otk_web *web);

/* Push by one POST to any server, in the form that options.protocol or the server's manners say.
 * Returns as otk_push_run. */
OTK_MUST_USE enum otk_status otk_web_post(struct otk_web *web);

#ifdef __cplusplus
}
#endif

#endif
