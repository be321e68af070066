// SPDX-License-Identifier: Apache-2.0
/* Names of an update's stages; alone, so that only programs that show them link them. */
#include "otakit/core/last_update.h"

const char *otk_update_stage_name(enum otk_update_stage stage)
{
    switch (stage) {
    case OTK_STAGE_WRITING:
        return "writing";
    case OTK_STAGE_FAILED:
        return "failed";
    case OTK_STAGE_SWITCHED:
        return "switched";
    case OTK_STAGE_TRIAL:
        return "trial";
    case OTK_STAGE_CONFIRMED:
        return "confirmed";
    case OTK_STAGE_REJECTED:
        return "rejected";
    case OTK_STAGE_ROLLED_BACK:
        return "rolled_back";
    case OTK_STAGE_NONE:
        break;
    }
    return "none";
}
