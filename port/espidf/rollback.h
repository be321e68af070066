// SPDX-License-Identifier: Apache-2.0
/*
 * Whether the bootloader on the chip goes back from an application that is not confirmed.
 *
 * An update over the air does not replace the bootloader, so that what this application was built with
 * is a hope. The entry in otadata of an application that runs for the first time is evidence: a
 * bootloader with rollback turned its NEW into PENDING_VERIFY, one without left it as it was.
 */
#ifndef PORT_ESPIDF_ROLLBACK_H
#define PORT_ESPIDF_ROLLBACK_H

#include "port/espidf/include/otakit_espidf.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What is known of the bootloader. */
enum otk_espidf_rollback otk_espidf_rollback(void);

/* The same as a sentence for the log. */
const char *otk_espidf_rollback_text(enum otk_espidf_rollback rollback);

#ifdef __cplusplus
}
#endif

#endif
