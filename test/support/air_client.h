// SPDX-License-Identifier: Apache-2.0
/*
 * The least client of each protocol, for whole updates of a device on the air. It trusts the link; what
 * clients do when that fails is tested with the real ones, host/window_client.h and its like.
 */
#ifndef TEST_SUPPORT_AIR_CLIENT_H
#define TEST_SUPPORT_AIR_CLIENT_H

#include <stdbool.h>

#include "test/support/air.h"

enum air_protocol {
    AIR_BY_A,
    AIR_BY_B,
    AIR_BY_C,
    AIR_BY_LINE /* C on the serial line */
};

/* Push an image until the device asks for its reset, refuses, or loses power. Returns whether it asks
 * for the reset. */
bool air_push(struct air *air, enum air_protocol protocol, const struct rig_image *image);

#endif
