// SPDX-License-Identifier: Apache-2.0
/*
 * The portal's page as it is sent: one HTML file, gzip. The build makes it from web/.
 *
 *     const struct otk_portal_config config = {.page = otk_portal_page, .page_len = otk_portal_page_len};
 */
#ifndef OTAKIT_TRANSPORT_PORTAL_PAGE_H
#define OTAKIT_TRANSPORT_PORTAL_PAGE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

extern const uint8_t otk_portal_page[];    /* otk_portal_page_len bytes, gzip */
extern const uint32_t otk_portal_page_len; /* bytes */

#ifdef __cplusplus
}
#endif

#endif
