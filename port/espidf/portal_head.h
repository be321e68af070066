// SPDX-License-Identifier: Apache-2.0
/*
 * The head of an HTTP answer as bytes. esp_http_server writes heads itself, but with a body behind each,
 * which an answer to HEAD must not have. No ESP-IDF in here, so that a computer can test it.
 *
 *     len = otk_portal_head(&answer, must_close, head);
 *     send head, len; then answer.body, but not for HEAD
 */
#ifndef PORT_ESPIDF_PORTAL_HEAD_H
#define PORT_ESPIDF_PORTAL_HEAD_H

#include <stdbool.h>
#include <stdint.h>

#include "otakit/transport/portal/portal.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes for a head: eight fields of ours. */
#define OTK_PORTAL_HEAD_SIZE 1024u

/*
 * Write a head.
 *
 * must_close  the connection ends with this answer
 *
 * Returns  bytes; 0 where it does not fit
 */
uint32_t otk_portal_head(const struct otk_portal_answer *answer, bool must_close,
                         char head[OTK_PORTAL_HEAD_SIZE]);

#ifdef __cplusplus
}
#endif

#endif
