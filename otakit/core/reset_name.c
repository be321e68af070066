// SPDX-License-Identifier: Apache-2.0
/* Names of reset reasons; alone, so that only programs that show them link them. */
#include "otakit/core/device.h"

const char *otk_reset_reason_name(enum otk_reset_reason reason)
{
    switch (reason) {
    case OTK_RESET_POWER_ON:
        return "power on";
    case OTK_RESET_EXTERNAL:
        return "external";
    case OTK_RESET_SOFTWARE:
        return "software";
    case OTK_RESET_PANIC:
        return "panic";
    case OTK_RESET_WATCHDOG:
        return "watchdog";
    case OTK_RESET_BROWNOUT:
        return "brownout";
    case OTK_RESET_UNKNOWN:
        break;
    }
    return "unknown";
}
