// SPDX-License-Identifier: Apache-2.0
/*
 * The secure version in eFuses, beside a simulated flash.
 */
#include "sim/fuse.h"

#include "sim/nor_internal.h"

static enum otk_status fuse_read(void *context, uint32_t *version)
{
    const struct otk_fuse *fuse = context;

    if (!fuse->nor->powered) {
        return OTK_POWER_LOST;
    }
    *version = fuse->version;
    return OTK_OK;
}

static enum otk_status fuse_raise(void *context, uint32_t version)
{
    struct otk_fuse *fuse = context;
    struct otk_nor *nor = fuse->nor;
    const struct otk_nor_op op = {
        .kind = OTK_NOR_BURN, .offset = version, .index = nor->counts.ops};

    if (!nor->powered) {
        return OTK_POWER_LOST;
    }
    if (version <= fuse->version) {
        return OTK_OK;
    }
    nor->counts.burns++;
    if (!otk_nor_begin_op(nor, &op)) {
        fuse->version = version;
        return OTK_OK;
    }
    if (nor->cut.fault == OTK_NOR_AFTER) {
        fuse->version = version;
    }
    otk_nor_fail_op(nor, &op);
    return OTK_POWER_LOST;
}

struct otk_secure_version otk_fuse_store(struct otk_fuse *fuse)
{
    return (struct otk_secure_version){.context = fuse, .read = fuse_read, .raise = fuse_raise};
}
