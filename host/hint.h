// SPDX-License-Identifier: Apache-2.0
/*
 * How to mend what a status reports, one line each, for people at a terminal.
 *
 *     const char *hint = otk_status_hint(status);
 *     if (hint)
 *         fprintf(stderr, "hint: %s\n", hint);
 */
#ifndef OTAKIT_HOST_HINT_H
#define OTAKIT_HOST_HINT_H

#include "otakit/base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A constant line, or NULL where there is nothing practical to say. */
const char *otk_status_hint(enum otk_status status);

#ifdef __cplusplus
}
#endif

#endif
