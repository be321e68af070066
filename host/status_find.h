// SPDX-License-Identifier: Apache-2.0
/*
 * Statuses by the names under which they travel in JSON and in texts.
 *
 *     otk_status_find("BAD_HASH") == OTK_BAD_HASH
 */
#ifndef OTAKIT_HOST_STATUS_FIND_H
#define OTAKIT_HOST_STATUS_FIND_H

#include "otakit/base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Returns the status with that name; OTK_OK for a name that nothing has, as for "OK". */
enum otk_status otk_status_find(const char *name);

#ifdef __cplusplus
}
#endif

#endif
