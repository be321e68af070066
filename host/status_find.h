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

/*
 * The reason that a device gives for a failure, as far as a device can have it. It must not steer
 * whoever asked: "more" is no end, and being interrupted or used wrongly is this computer's to say.
 *
 * Returns  `said`; OTK_REFUSED where it is none of a device's
 */
enum otk_status otk_status_of_device(enum otk_status said);

#ifdef __cplusplus
}
#endif

#endif
