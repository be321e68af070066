// SPDX-License-Identifier: Apache-2.0
/* The secure version of a virtual device, kept in a file. */
#include "port/linux/fuse_file.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

static enum otk_status store_version(const char *path, uint32_t version)
{
    char temporary[PATH_MAX];
    FILE *out;
    bool written;

    if (snprintf(temporary, sizeof temporary, "%s.new", path) >= (int)sizeof temporary) {
        return OTK_HOST_IO;
    }
    out = fopen(temporary, "we");
    if (!out) {
        return OTK_HOST_IO;
    }
    written = fprintf(out, "%" PRIu32 "\n", version) > 0 && fflush(out) == 0 &&
              fsync(fileno(out)) == 0;
    if (fclose(out) != 0 || !written || rename(temporary, path) != 0) {
        unlink(temporary);
        return OTK_HOST_IO;
    }
    return OTK_OK;
}

static enum otk_status read_fuse(void *context, uint32_t *version)
{
    struct otk_fuse_file *file = context;

    return file->burn.read(file->burn.context, version);
}

static enum otk_status raise_fuse(void *context, uint32_t version)
{
    struct otk_fuse_file *file = context;
    const uint32_t before = file->fuse.version;
    enum otk_status status;

    status = file->burn.raise(file->burn.context, version);
    if (file->fuse.version == before) {
        return status;
    }
    return store_version(file->path, file->fuse.version) == OTK_OK ? status : OTK_FLASH_IO;
}

enum otk_status otk_fuse_file_open(struct otk_fuse_file *file, const char *path,
                                   struct otk_nor *nor)
{
    FILE *in;
    uint32_t version = 0;
    char rest;
    int items;

    file->fuse = (struct otk_fuse){.nor = nor};
    file->burn = otk_fuse_store(&file->fuse);
    file->store = (struct otk_secure_version){
        .context = file, .read = read_fuse, .raise = raise_fuse};
    file->path = path;
    in = fopen(path, "re");
    if (!in) {
        return errno == ENOENT ? OTK_OK : OTK_HOST_IO;
    }
    items = fscanf(in, "%" SCNu32 " %c", &version, &rest);
    fclose(in);
    if (items != 1) {
        return OTK_BAD_FORMAT;
    }
    file->fuse.version = version;
    return OTK_OK;
}
