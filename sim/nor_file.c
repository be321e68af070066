// SPDX-License-Identifier: Apache-2.0
/*
 * A chip whose cells are a file, mapped into memory: the kernel keeps what was programmed even
 * when the process is killed.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/nor_internal.h"

static enum otk_status lock_file(int file)
{
    if (flock(file, LOCK_EX | LOCK_NB) == 0) {
        return OTK_OK;
    }
    return errno == EWOULDBLOCK ? OTK_BUSY : OTK_HOST_IO;
}

/* Map a locked file and build the chip around it. The file is the chip's afterwards. */
static enum otk_status map_chip(int file, const struct otk_nor_config *config, struct otk_nor **nor)
{
    struct stat info;
    void *cells;
    enum otk_status status;

    if (fstat(file, &info) != 0) {
        return OTK_HOST_IO;
    }
    if (info.st_size < (off_t)OTK_NOR_SIZE_MIN || info.st_size > (off_t)OTK_NOR_SIZE_MAX ||
        (info.st_size & (info.st_size - 1)) != 0) {
        return OTK_BAD_FORMAT;
    }
    cells = mmap(NULL, (size_t)info.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (cells == MAP_FAILED) {
        return OTK_HOST_IO;
    }
    status = otk_nor_build(config, (uint32_t)info.st_size, cells, file, nor);
    if (status != OTK_OK) {
        munmap(cells, (size_t)info.st_size);
    }
    return status;
}

/* Make the file as long as the chip, all bytes erased. */
static enum otk_status blank_file(int file, uint32_t size)
{
    uint8_t sector[OTK_SECTOR_SIZE];

    memset(sector, 0xFF, sizeof sector);
    if (ftruncate(file, 0) != 0 || lseek(file, 0, SEEK_SET) != 0) {
        return OTK_HOST_IO;
    }
    for (uint32_t i = 0; i < size; i += OTK_SECTOR_SIZE) {
        if (write(file, sector, sizeof sector) != (ssize_t)sizeof sector) {
            return OTK_HOST_IO;
        }
    }
    return OTK_OK;
}

enum otk_status otk_nor_create_file(const char *path, const struct otk_nor_config *config,
                                    struct otk_nor **nor)
{
    uint32_t size = config && config->size ? config->size : 4u << 20;
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    enum otk_status status;

    if (file < 0) {
        return OTK_HOST_IO;
    }
    /* Locked before it is emptied: another process may be running on it. */
    status = lock_file(file);
    if (status == OTK_OK) {
        status = blank_file(file, size);
    }
    if (status == OTK_OK) {
        status = map_chip(file, config, nor);
    }
    if (status != OTK_OK) {
        close(file);
    }
    return status;
}

enum otk_status otk_nor_open_file(const char *path, const struct otk_nor_config *config,
                                  struct otk_nor **nor)
{
    int file = open(path, O_RDWR | O_CLOEXEC);
    enum otk_status status;

    if (file < 0) {
        return errno == ENOENT ? OTK_NOT_FOUND : OTK_HOST_IO;
    }
    status = lock_file(file);
    if (status == OTK_OK) {
        status = map_chip(file, config, nor);
    }
    if (status != OTK_OK) {
        close(file);
    }
    return status;
}

void otk_nor_release_file(struct otk_nor *nor)
{
    munmap(nor->cells, nor->flash.size);
    close(nor->file);
}
