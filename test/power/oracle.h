// SPDX-License-Identifier: Apache-2.0
/*
 * What a device must be whatever happened to its power.
 */
#ifndef TEST_POWER_ORACLE_H
#define TEST_POWER_ORACLE_H

#include <stddef.h>

#include "test/power/world.h"

enum moment {
    MOMENT_BOOTED, /* the bootloader has decided */
    MOMENT_ENDED   /* all steps of the scenario are done, and the device was reset once more */
};

enum verdict {
    VERDICT_GOOD,
    VERDICT_BRICK, /* nothing boots, or what was asked for is never reached */
    VERDICT_WRONG  /* something boots that must not, or something was changed that must not */
};

/*
 * The one judge. At every boot:
 *   - an application boots;
 *   - it is the one confirmed last, or the one that the current step brings, complete to the byte,
 *     and no cell of it is unstable;
 *   - nothing was written but otadata and OTA slots that do not run, and the flash was not misused;
 *   - an application that failed its test does not run for good, and no good image was refused;
 *   - no OTA slot starts like an application and is only a part of one (esp_ota functions leave
 *     such slots, so there it is not asked).
 * At the end also:
 *   - what was asked for runs, is confirmed, and otadata is stable where it says so;
 *   - all flash but otadata and OTA slots is as it was at the start.
 *
 * why  a sentence for everything but VERDICT_GOOD
 */
enum verdict oracle_judge(const struct world *world, enum moment moment, char *why, size_t size);

#endif
