// SPDX-License-Identifier: Apache-2.0
/*
 * Going back to an earlier moment of a chip, cheaply: only changed sectors are kept.
 *
 * Moments are stacked. What comes back is content, unstable sectors, power, the armed cut and the
 * random numbers; counters and time are measurements and stay.
 *
 *     status = otk_nor_push(nor);        // remember this moment
 *     for (each cut) {
 *         run(...);
 *         otk_nor_restore(nor);          // back to it, as often as wanted
 *     }
 *     otk_nor_pop(nor);                  // forget it; the chip stays as it is now
 */
#ifndef OTAKIT_SIM_NOR_SNAPSHOT_H
#define OTAKIT_SIM_NOR_SNAPSHOT_H

#include "otakit/base/status.h"
#include "sim/nor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Most moments that can be remembered at once. */
#define OTK_NOR_MOMENT_COUNT 4u

/*
 * Remember this moment.
 *
 * Returns  OTK_OK
 *          OTK_NO_SPACE   OTK_NOR_MOMENT_COUNT moments are remembered already
 *          OTK_NO_MEMORY
 */
OTK_MUST_USE enum otk_status otk_nor_push(struct otk_nor *nor);

/* Go back to the moment remembered last; it stays remembered. At least one has to be. */
void otk_nor_restore(struct otk_nor *nor);

/* Forget the moment remembered last. At least one has to be. */
void otk_nor_pop(struct otk_nor *nor);

#ifdef __cplusplus
}
#endif

#endif
