// SPDX-License-Identifier: Apache-2.0
/*
 * The secure version in eFuses: a number that only grows. Burning it counts as one operation of
 * the flash beside it, so that a power cut can hit it as well.
 *
 *     struct otk_fuse fuse = {.nor = nor};
 *     const struct otk_secure_version store = otk_fuse_store(&fuse);
 *     board.secure_version = &store;
 */
#ifndef OTAKIT_SIM_FUSE_H
#define OTAKIT_SIM_FUSE_H

#include <stdint.h>

#include "otakit/core/boot.h"
#include "sim/nor.h"

#ifdef __cplusplus
extern "C" {
#endif

struct otk_fuse {
    struct otk_nor
        *nor;         /* borrowed as long as the fuse; shares its power and its operation count */
    uint32_t version; /* burned so far; a harness may set and restore it */
};

/* The fuse as otakit sees it; `fuse` is borrowed as long as the store is used. */
struct otk_secure_version otk_fuse_store(struct otk_fuse *fuse);

#ifdef __cplusplus
}
#endif

#endif
