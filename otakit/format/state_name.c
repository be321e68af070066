// SPDX-License-Identifier: Apache-2.0
/* The names of otadata states; a file of its own, so that a device that shows none carries none. */
#include "otakit/format/otadata.h"

const char *otk_otadata_state_name(uint32_t state)
{
    switch (state) {
    case OTK_STATE_NEW:
        return "NEW";
    case OTK_STATE_PENDING_VERIFY:
        return "PENDING_VERIFY";
    case OTK_STATE_VALID:
        return "VALID";
    case OTK_STATE_INVALID:
        return "INVALID";
    case OTK_STATE_ABORTED:
        return "ABORTED";
    default:
        return "UNDEFINED";
    }
}
