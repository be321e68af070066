// SPDX-License-Identifier: Apache-2.0
/*
 * Base64 (RFC 4648, section 4), as HTTP's Basic credentials are written.
 *
 *     uint8_t bytes[96];
 *     uint32_t len;
 *     if (otk_base64_decode(text, bytes, sizeof bytes, &len) == OTK_OK) ...
 */
#ifndef OTAKIT_FORMAT_BASE64_H
#define OTAKIT_FORMAT_BASE64_H

#include <stdint.h>

#include "otakit/base/status.h"
#include "otakit/format/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Decode a whole text. The padding may be left out.
 *
 * bytes  `size` bytes; of worth on OTK_OK only
 * len    bytes in use; written on success only
 *
 * Returns  OTK_OK          decoded
 *          OTK_NO_SPACE    there are more than `size` bytes
 *          OTK_BAD_FORMAT  a character that does not belong there, a length that is impossible, or
 *                          bits behind the last byte
 */
OTK_MUST_USE enum otk_status otk_base64_decode(struct otk_text text, uint8_t *bytes, uint32_t size,
                                               uint32_t *len);

#ifdef __cplusplus
}
#endif

#endif
