// SPDX-License-Identifier: Apache-2.0
/*
 * The secure version of a virtual device, kept in a text file beside the flash file.
 *
 * The file holds one decimal number. It is replaced as a whole, so a kill leaves the old number or
 * the new one.
 *
 *     status = otk_fuse_file_open(&fuse, "device.secure", nor);
 *     board.secure_version = &fuse.store;
 */
#ifndef PORT_LINUX_FUSE_FILE_H
#define PORT_LINUX_FUSE_FILE_H

#include "otakit/core/boot.h"
#include "sim/fuse.h"

#ifdef __cplusplus
extern "C" {
#endif

struct otk_fuse_file {
    struct otk_secure_version store; /* hand this to the board */
    struct otk_fuse fuse;            /* counts a burning as an operation of the flash */
    struct otk_secure_version burn;  /* of `fuse` */
    const char *path;
};

/*
 * Read the file; a missing one stands for version 0. The struct must not be moved afterwards.
 *
 * path  borrowed as long as the fuses are used
 * nor   shares its power; borrowed likewise
 *
 * Returns  OTK_OK
 *          OTK_BAD_FORMAT  the file holds something else than one number
 *          OTK_HOST_IO     it cannot be read
 */
OTK_MUST_USE enum otk_status otk_fuse_file_open(struct otk_fuse_file *file, const char *path,
                                                struct otk_nor *nor);

#ifdef __cplusplus
}
#endif

#endif
