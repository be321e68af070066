// SPDX-License-Identifier: Apache-2.0
/*
 * The chip itself: cells, commands, misuse, counters.
 */
#include "sim/nor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "otakit/base/bytes.h"
#include "sim/nor_internal.h"

/* Sleeping for less than this is left until it has added up; a sleep costs about as much. */
#define SLEEP_MIN_NS 1000000u

static const char *const misuse_names[] = {
    [OTK_NOR_OUT_OF_RANGE] = "beyond the end of the chip",
    [OTK_NOR_MISALIGNED] = "not aligned",
    [OTK_NOR_NOT_ERASED] = "over bytes that are not erased",
    [OTK_NOR_PROTECTED] = "in a protected range",
};

static void abort_on_misuse(void *context, enum otk_nor_misuse misuse, uint32_t offset,
                            uint32_t len)
{
    (void)context;
    fprintf(stderr, "flash misuse: access of %u bytes at 0x%X is %s\n", (unsigned)len,
            (unsigned)offset, misuse_names[misuse]);
    abort();
}

static enum otk_status refuse(struct otk_nor *nor, enum otk_nor_misuse misuse, uint32_t offset,
                              uint32_t len)
{
    nor->misuse(nor->misuse_context, misuse, offset, len);
    return OTK_FLASH_IO;
}

void otk_nor_pass_time(struct otk_nor *nor, uint64_t *kind_ns, uint64_t ns)
{
    struct timespec pause;

    *kind_ns += ns;
    if (!nor->real_time) {
        return;
    }
    nor->sleep_debt_ns += ns;
    if (nor->sleep_debt_ns < SLEEP_MIN_NS) {
        return;
    }
    pause.tv_sec = (time_t)(nor->sleep_debt_ns / 1000000000u);
    pause.tv_nsec = (long)(nor->sleep_debt_ns % 1000000000u);
    nor->sleep_debt_ns = 0;
    while (nanosleep(&pause, &pause) != 0) {
        continue;
    }
}

static enum otk_status nor_read(void *context, uint32_t offset, void *data, uint32_t len)
{
    struct otk_nor *nor = context;

    if (!nor->powered) {
        return OTK_POWER_LOST;
    }
    if (!otk_range_fits(offset, len, nor->flash.size)) {
        return refuse(nor, OTK_NOR_OUT_OF_RANGE, offset, len);
    }
    memcpy(data, nor->cells + offset, len);
    if (nor->unstable_count > 0) {
        otk_nor_disturb(nor, offset, data, len);
    }
    nor->counts.reads++;
    nor->counts.bytes_read += len;
    otk_nor_pass_time(nor, &nor->counts.read_ns, otk_nor_read_ns(&nor->timing, len));
    return OTK_OK;
}

static bool is_protected(const struct otk_nor *nor, uint32_t offset, uint32_t len)
{
    for (uint32_t i = 0; i < nor->protected_count; i++) {
        const struct otk_nor_range *range = &nor->protected_ranges[i];

        if (offset < range->offset + range->len && range->offset < offset + len) {
            return true;
        }
    }
    return false;
}

/* A weak bit may have read as erased, so it does not count against the driver. */
static bool is_erased(const struct otk_nor *nor, uint32_t offset, uint32_t len)
{
    uint8_t mask[OTK_SECTOR_SIZE];
    uint32_t mask_sector = UINT32_MAX;

    for (uint32_t i = offset; i < offset + len; i++) {
        uint32_t sector = i / OTK_SECTOR_SIZE;

        if (nor->cells[i] == 0xFF) {
            continue;
        }
        if (nor->unstable[sector] == 0) {
            return false;
        }
        if (mask_sector != sector) {
            otk_nor_weak_mask(nor, sector, mask);
        }
        mask_sector = sector;
        if ((nor->cells[i] | mask[i % OTK_SECTOR_SIZE]) != 0xFF) {
            return false;
        }
    }
    return true;
}

static enum otk_status program_page(struct otk_nor *nor, uint32_t offset, const uint8_t *data,
                                    uint32_t len)
{
    const struct otk_nor_op op = {.kind = OTK_NOR_PROGRAM,
                                  .offset = offset,
                                  .len = len,
                                  .index = nor->counts.ops,
                                  .data = data};

    otk_nor_save(nor, offset, len);
    nor->counts.programs++;
    nor->counts.programmed += len;
    if (otk_nor_begin_op(nor, &op)) {
        otk_nor_fail_op(nor, &op);
        return OTK_POWER_LOST;
    }
    for (uint32_t i = 0; i < len; i++) {
        nor->cells[offset + i] &= data[i];
    }
    otk_nor_pass_time(nor, &nor->counts.program_ns, otk_nor_program_ns(&nor->timing, len));
    return OTK_OK;
}

static enum otk_status nor_write(void *context, uint32_t offset, const void *data, uint32_t len)
{
    struct otk_nor *nor = context;
    const uint8_t *bytes = data;

    if (!nor->powered) {
        return OTK_POWER_LOST;
    }
    if (!otk_range_fits(offset, len, nor->flash.size)) {
        return refuse(nor, OTK_NOR_OUT_OF_RANGE, offset, len);
    }
    if (offset % nor->flash.write_align != 0 || len % nor->flash.write_align != 0) {
        return refuse(nor, OTK_NOR_MISALIGNED, offset, len);
    }
    if (is_protected(nor, offset, len)) {
        return refuse(nor, OTK_NOR_PROTECTED, offset, len);
    }
    if (!nor->may_rewrite && !is_erased(nor, offset, len)) {
        return refuse(nor, OTK_NOR_NOT_ERASED, offset, len);
    }
    while (len > 0) {
        uint32_t piece = OTK_NOR_PAGE_SIZE - offset % OTK_NOR_PAGE_SIZE;
        enum otk_status status;

        if (piece > len) {
            piece = len;
        }
        status = program_page(nor, offset, bytes, piece);
        if (status != OTK_OK) {
            return status;
        }
        offset += piece;
        bytes += piece;
        len -= piece;
    }
    return OTK_OK;
}

/* The largest erase command that starts at `offset` and stays inside `len` bytes. */
static uint32_t erase_command(const struct otk_nor *nor, uint32_t offset, uint32_t len)
{
    static const uint32_t commands[] = {OTK_NOR_BLOCK_SIZE, OTK_NOR_HALF_BLOCK_SIZE};

    for (uint32_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        uint32_t size = commands[i];

        if (size <= nor->flash.block_size && offset % size == 0 && len >= size) {
            return size;
        }
    }
    return OTK_SECTOR_SIZE;
}

static void count_erase(struct otk_nor *nor, uint32_t offset, uint32_t len)
{
    if (len == OTK_NOR_BLOCK_SIZE) {
        nor->counts.block_erases++;
    } else if (len == OTK_NOR_HALF_BLOCK_SIZE) {
        nor->counts.half_block_erases++;
    } else {
        nor->counts.sector_erases++;
    }
    for (uint32_t i = offset; i < offset + len; i += OTK_SECTOR_SIZE) {
        nor->wear[i / OTK_SECTOR_SIZE]++;
    }
}

static enum otk_status erase_once(struct otk_nor *nor, uint32_t offset, uint32_t len)
{
    const struct otk_nor_op op = {
        .kind = OTK_NOR_ERASE, .offset = offset, .len = len, .index = nor->counts.ops};

    otk_nor_save(nor, offset, len);
    count_erase(nor, offset, len);
    if (otk_nor_begin_op(nor, &op)) {
        otk_nor_fail_op(nor, &op);
        return OTK_POWER_LOST;
    }
    memset(nor->cells + offset, 0xFF, len);
    for (uint32_t i = offset; i < offset + len; i += OTK_SECTOR_SIZE) {
        otk_nor_set_unstable(nor, i / OTK_SECTOR_SIZE, 0);
    }
    otk_nor_pass_time(nor, &nor->counts.erase_ns, otk_nor_erase_ns(&nor->timing, len));
    return OTK_OK;
}

static enum otk_status nor_erase(void *context, uint32_t offset, uint32_t len)
{
    struct otk_nor *nor = context;

    if (!nor->powered) {
        return OTK_POWER_LOST;
    }
    if (!otk_range_fits(offset, len, nor->flash.size)) {
        return refuse(nor, OTK_NOR_OUT_OF_RANGE, offset, len);
    }
    if (offset % OTK_SECTOR_SIZE != 0 || len % OTK_SECTOR_SIZE != 0) {
        return refuse(nor, OTK_NOR_MISALIGNED, offset, len);
    }
    if (is_protected(nor, offset, len)) {
        return refuse(nor, OTK_NOR_PROTECTED, offset, len);
    }
    while (len > 0) {
        uint32_t piece = erase_command(nor, offset, len);
        enum otk_status status = erase_once(nor, offset, piece);

        if (status != OTK_OK) {
            return status;
        }
        offset += piece;
        len -= piece;
    }
    return OTK_OK;
}

static bool config_is_good(const struct otk_nor_config *config, uint32_t size)
{
    uint32_t block = config->block_size;
    uint32_t align = config->write_align;

    return size >= OTK_NOR_SIZE_MIN && size <= OTK_NOR_SIZE_MAX && (size & (size - 1)) == 0 &&
           (block == 0 || block == OTK_SECTOR_SIZE || block == OTK_NOR_HALF_BLOCK_SIZE ||
            block == OTK_NOR_BLOCK_SIZE) &&
           (align == 0 || align == 1 || align == 4 || align == 16 || align == 32);
}

enum otk_status otk_nor_build(const struct otk_nor_config *config, uint32_t size, uint8_t *cells,
                              int file, struct otk_nor **nor_out)
{
    static const struct otk_nor_config defaults = {0};
    uint32_t sectors = size / OTK_SECTOR_SIZE;
    struct otk_nor *nor;

    if (!config) {
        config = &defaults;
    }
    if (!config_is_good(config, size)) {
        return OTK_INVALID_ARGUMENT;
    }
    nor = calloc(1, sizeof *nor);
    if (!nor) {
        return OTK_NO_MEMORY;
    }
    nor->unstable = calloc(sectors, sizeof *nor->unstable);
    nor->wear = calloc(sectors, sizeof *nor->wear);
    if (!nor->unstable || !nor->wear) {
        free(nor->unstable);
        free(nor->wear);
        free(nor);
        return OTK_NO_MEMORY;
    }
    nor->flash = (struct otk_flash){
        .context = nor,
        .size = size,
        .block_size = config->block_size ? config->block_size : OTK_NOR_BLOCK_SIZE,
        .write_align = config->write_align ? config->write_align : 4,
        .read = nor_read,
        .write = nor_write,
        .erase = nor_erase,
    };
    nor->timing = config->timing ? *config->timing : *otk_nor_timing_typical();
    nor->cells = cells;
    nor->file = file;
    nor->may_rewrite = config->may_rewrite;
    nor->powered = true;
    nor->random = config->seed;
    nor->misuse = abort_on_misuse;
    *nor_out = nor;
    return OTK_OK;
}

enum otk_status otk_nor_create(const struct otk_nor_config *config, struct otk_nor **nor)
{
    uint32_t size = config && config->size ? config->size : 4u << 20;
    uint8_t *cells = malloc(size);
    enum otk_status status;

    if (!cells) {
        return OTK_NO_MEMORY;
    }
    memset(cells, 0xFF, size);
    status = otk_nor_build(config, size, cells, -1, nor);
    if (status != OTK_OK) {
        free(cells);
    }
    return status;
}

const struct otk_flash *otk_nor_flash(struct otk_nor *nor)
{
    return &nor->flash;
}

void otk_nor_on_misuse(struct otk_nor *nor, otk_nor_misuse_handler *handler, void *context)
{
    nor->misuse = handler ? handler : abort_on_misuse;
    nor->misuse_context = context;
}

void otk_nor_watch(struct otk_nor *nor, otk_nor_watcher *watcher, void *context)
{
    nor->watcher = watcher;
    nor->watcher_context = context;
}

enum otk_status otk_nor_protect(struct otk_nor *nor, uint32_t offset, uint32_t len)
{
    if (nor->protected_count == OTK_NOR_PROTECTED_COUNT) {
        return OTK_NO_SPACE;
    }
    nor->protected_ranges[nor->protected_count++] = (struct otk_nor_range){.offset = offset,
                                                                           .len = len};
    return OTK_OK;
}

void otk_nor_unprotect(struct otk_nor *nor)
{
    nor->protected_count = 0;
}

void otk_nor_set_real_time(struct otk_nor *nor, bool real_time)
{
    nor->real_time = real_time;
    nor->sleep_debt_ns = 0;
}

const uint8_t *otk_nor_content(const struct otk_nor *nor)
{
    return nor->cells;
}

void otk_nor_fill(struct otk_nor *nor, uint32_t offset, const void *data, uint32_t len)
{
    uint32_t first = (offset + OTK_SECTOR_SIZE - 1) / OTK_SECTOR_SIZE;

    otk_nor_save(nor, offset, len);
    memcpy(nor->cells + offset, data, len);
    for (uint32_t i = first; (i + 1) * OTK_SECTOR_SIZE <= offset + len; i++) {
        otk_nor_set_unstable(nor, i, 0);
    }
}

void otk_nor_get_counts(const struct otk_nor *nor, struct otk_nor_counts *counts)
{
    *counts = nor->counts;
}

uint64_t otk_nor_time_ns(const struct otk_nor *nor)
{
    return nor->counts.program_ns + nor->counts.erase_ns + nor->counts.read_ns;
}

uint32_t otk_nor_wear(const struct otk_nor *nor, uint32_t offset)
{
    return nor->wear[offset / OTK_SECTOR_SIZE];
}

void otk_nor_close(struct otk_nor *nor)
{
    if (!nor) {
        return;
    }
    while (nor->moment_count > 0) {
        otk_nor_pop(nor);
    }
    if (nor->file >= 0) {
        otk_nor_release_file(nor);
    } else {
        free(nor->cells);
    }
    free(nor->unstable);
    free(nor->wear);
    free(nor);
}
