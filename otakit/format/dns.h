// SPDX-License-Identifier: Apache-2.0
/*
 * The name server of an access point: whatever is asked for, it is here. RFC 1035, section 4.
 *
 *     status = otk_dns_answer(query, query_len, address, answer, sizeof answer, &answer_len);
 *     if (status == OTK_OK)
 *         send answer_len bytes back;
 *
 * A question for an IPv4 address is answered with the one given, and is not to be cached: off this
 * network the name belongs to somebody else. A question for anything else is answered "there is none",
 * so that nobody waits for it.
 */
#ifndef OTAKIT_FORMAT_DNS_H
#define OTAKIT_FORMAT_DNS_H

#include <stdint.h>

#include "otakit/base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of a datagram without extensions. Source: RFC 1035, section 2.3.4. */
#define OTK_DNS_SIZE 512u

/*
 * The answer to one datagram.
 *
 * query       `query_len` bytes; what stands behind the question (EDNS) is passed over
 * address     an IPv4 address as it is written: 192, 168, 4, 1
 * answer      must not overlap the query; OTK_DNS_SIZE bytes are always enough
 * answer_len  written on success only
 *
 * Returns  OTK_OK          send the answer; it may say that the question makes no sense
 *          OTK_TRUNCATED   shorter than a header
 *          OTK_BAD_FORMAT  itself an answer: say nothing, or two servers talk for ever
 *          OTK_NO_SPACE    the answer does not fit
 */
OTK_MUST_USE enum otk_status otk_dns_answer(const uint8_t *query, uint32_t query_len,
                                            const uint8_t address[4], uint8_t *answer,
                                            uint32_t answer_size, uint32_t *answer_len);

#ifdef __cplusplus
}
#endif

#endif
