// SPDX-License-Identifier: Apache-2.0
/* The oracle's words for why an image was refused, and ours. */
#ifndef TEST_VECTORS_REASON_H
#define TEST_VECTORS_REASON_H

#include <stdbool.h>

#include "otakit/base/status.h"

/*
 * Whether a verdict agrees with the oracle's reason.
 *
 * reason  "ok" or NULL for an accepted image
 *
 * otakit sees from the segment headers that an image passes its partition, where the oracle first
 * reads all of it: OTK_TOO_BIG agrees with every reason found in the body.
 */
bool reason_agrees(const char *reason, enum otk_status status);

#endif
