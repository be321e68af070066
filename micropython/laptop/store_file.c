// SPDX-License-Identifier: Apache-2.0
/* The store as a file, for the shared library: what is written is in the file even when the process
 * is killed right afterwards. */
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "micropython/laptop/abi.h"
#include "micropython/laptop/store.h"
#include "otakit/base/status.h"

/* As a shell would know them apart from a script's own: see README.md, "Exit status". */
#define EXIT_POWER_LOST 101

static int file = -1;
static uint32_t file_size;

static enum otk_status open_file(const char *path, int *opened)
{
    *opened = open(path, O_RDWR | O_CLOEXEC);
    if (*opened < 0) {
        return errno == ENOENT ? OTK_NOT_FOUND : OTK_HOST_IO;
    }
    if (flock(*opened, LOCK_EX | LOCK_NB) != 0) {
        const enum otk_status status = errno == EWOULDBLOCK ? OTK_BUSY : OTK_HOST_IO;

        close(*opened);
        return status;
    }
    return OTK_OK;
}

int32_t otk_mpy_open(const char *path)
{
    struct stat info;
    int opened;
    enum otk_status status;

    if (file >= 0) {
        return OTK_OK; /* one process, one device: a module that is imported again finds it open */
    }
    status = open_file(path, &opened);
    if (status != OTK_OK) {
        return (int32_t)status;
    }
    /* A size that is no chip's is refused at boot; one that does not fit 32 bits is none. */
    if (fstat(opened, &info) != 0) {
        close(opened);
        return OTK_HOST_IO;
    }
    file = opened;
    file_size = info.st_size > INT32_MAX ? 0 : (uint32_t)info.st_size;
    return OTK_OK;
}

uint32_t otk_mpy_size(void)
{
    return file_size;
}

void otk_mpy_exit(int32_t status)
{
    _exit(status);
}

bool otk_store_read(uint32_t offset, void *data, uint32_t len)
{
    return pread(file, data, len, (off_t)offset) == (ssize_t)len;
}

bool otk_store_write(uint32_t offset, const void *data, uint32_t len)
{
    return pwrite(file, data, len, (off_t)offset) == (ssize_t)len;
}

void otk_store_power_lost(void)
{
    static const char message[] = "\notakit: the power was cut\n";
    const ssize_t written = write(STDERR_FILENO, message, sizeof message - 1);

    (void)written; /* a device without power cannot complain either */
    _exit(EXIT_POWER_LOST);
}
