// SPDX-License-Identifier: Apache-2.0
/*
 * What the files of the portal share; nobody else includes it.
 */
#ifndef OTAKIT_TRANSPORT_PORTAL_PORTAL_PARTS_H
#define OTAKIT_TRANSPORT_PORTAL_PORTAL_PARTS_H

#include "otakit/format/json.h"
#include "otakit/transport/portal/portal.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The text of a constant string, at most OTK_PORTAL_ANSWER_SIZE characters. */
static inline struct otk_text otk_portal_text(const char *chars)
{
    return otk_text(chars, otk_text_length(chars, OTK_PORTAL_ANSWER_SIZE));
}

/* portal_access.c: who may */

/* Whether two texts are equal. The time it takes tells nothing but their lengths. */
bool otk_portal_is_secret(struct otk_text text, const char *secret);

/* Whether an Authorization field carries the password. */
bool otk_portal_is_credential(struct otk_text value, const char *password);

/* Whether the request was made to this device, not to a name that somebody points at it. */
bool otk_portal_is_own_host(const struct otk_portal_request *request);

/* Returns OTK_OK, OTK_FOREIGN_REQUEST or OTK_PASSWORD_NEEDED: whether it may change something. */
OTK_MUST_USE enum otk_status otk_portal_may_change(const struct otk_portal_request *request);

/* portal_captive.c: phones that look for the Internet */

/* Which detection address a path belongs to; -1: none. */
int otk_portal_find_probe(struct otk_text path);

/* The answer to a detection address that means "online". */
void otk_portal_answer_probe(int probe, struct otk_portal_answer *answer);

/* Whether the station has been shown the page. */
bool otk_portal_is_known(const struct otk_portal *portal, const struct otk_portal_station *station);

/* The station has been shown the page. */
void otk_portal_remember(struct otk_portal *portal, const struct otk_portal_station *station);

/* Whether a User-Agent is a view that opens by itself and cannot pick files. */
bool otk_portal_is_sign_in(struct otk_text user_agent);

/* The page that says where to open the page. */
void otk_portal_answer_sign_in(const struct otk_portal *portal, char *buffer,
                               struct otk_portal_answer *answer);

/* The page that says that the view can be closed. */
void otk_portal_answer_stay(const struct otk_portal *portal, char *buffer,
                            struct otk_portal_answer *answer);

/* portal_info.c: the state as JSON */

/* The whole of /info, an object. */
void otk_portal_write_info(const struct otk_portal *portal, struct otk_json *json, uint32_t now_ms);

/* The member "session". */
void otk_portal_write_session(const struct otk_portal *portal, struct otk_json *json);

/* portal_upload.c: POST and PUT of /update */

/* The head of an upload that may be made. */
void otk_portal_begin_upload(struct otk_portal_exchange *exchange,
                             const struct otk_portal_request *request);

/* Bytes of the body of an upload whose answer is not known yet. */
void otk_portal_take(struct otk_portal_exchange *exchange, const uint8_t *data, uint32_t len);

/* The body of an upload whose answer is not known yet is complete. */
void otk_portal_complete(struct otk_portal_exchange *exchange);

/* portal.c */

/* The answer is known: this status. detail may be NULL. */
void otk_portal_decide(struct otk_portal_exchange *exchange, enum otk_status outcome,
                       const char *detail);

#ifdef __cplusplus
}
#endif

#endif
