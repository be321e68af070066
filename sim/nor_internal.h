// SPDX-License-Identifier: Apache-2.0
/*
 * Inside of the simulated chip, shared by the nor*.c files and fuse.c. Nobody else includes this.
 */
#ifndef OTAKIT_SIM_NOR_INTERNAL_H
#define OTAKIT_SIM_NOR_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/nor.h"
#include "sim/nor_fault.h"
#include "sim/nor_snapshot.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OTK_NOR_PROTECTED_COUNT 16u

struct otk_nor_range {
    uint32_t offset;
    uint32_t len;
};

/* A sector as it was when its moment was remembered. */
struct otk_nor_saved_sector {
    uint32_t sector;
    uint64_t unstable;
    uint8_t cells[OTK_SECTOR_SIZE];
};

/* A remembered moment: everything that has changed since. */
struct otk_nor_moment {
    struct otk_nor_saved_sector *saved;
    uint32_t saved_count;
    uint32_t saved_capacity;
    uint8_t *is_saved; /* one byte a sector */
    bool powered;
    bool cut_armed;
    struct otk_nor_cut cut;
    uint64_t random;
};

struct otk_nor {
    struct otk_flash flash;
    struct otk_nor_timing timing;
    uint8_t *cells;
    uint64_t *unstable; /* a sector's weak bits come from this seed; 0: stable */
    uint32_t unstable_count;
    uint32_t *wear;
    int file; /* -1: in memory */
    bool may_rewrite;
    bool powered;
    bool cut_armed;
    struct otk_nor_cut cut;
    uint64_t random;
    struct otk_nor_counts counts;
    bool real_time;
    uint64_t sleep_debt_ns;
    otk_nor_misuse_handler *misuse;
    void *misuse_context;
    otk_nor_watcher *watcher;
    void *watcher_context;
    struct otk_nor_range protected_ranges[OTK_NOR_PROTECTED_COUNT];
    uint32_t protected_count;
    struct otk_nor_moment moments[OTK_NOR_MOMENT_COUNT];
    uint32_t moment_count;
};

/* nor.c: what creating in memory and opening a file share. */

/* Fill the chip around cells of `size` bytes. Returns OTK_OK, INVALID_ARGUMENT, NO_MEMORY. */
OTK_MUST_USE enum otk_status otk_nor_build(const struct otk_nor_config *config, uint32_t size,
                                           uint8_t *cells, int file, struct otk_nor **nor);

/* nor_file.c */

/* Unmap and close the file behind a chip. */
void otk_nor_release_file(struct otk_nor *nor);

/* nor_fault.c */

/* Begin an operation: count it and show it to the watcher. Whether it is the one to be cut. */
bool otk_nor_begin_op(struct otk_nor *nor, const struct otk_nor_op *op);

/* Do as much of the operation as the armed cut lets happen, and lose power. */
void otk_nor_fail_op(struct otk_nor *nor, const struct otk_nor_op *op);

/* Mark a sector stable or, with a seed that is not 0, unstable. */
void otk_nor_set_unstable(struct otk_nor *nor, uint32_t sector, uint64_t seed);

/* Disturb what was read from unstable sectors. */
void otk_nor_disturb(struct otk_nor *nor, uint32_t offset, uint8_t *data, uint32_t len);

/* The bits of a sector that are weak: 1 in `mask`. All 0 where it is stable. */
void otk_nor_weak_mask(const struct otk_nor *nor, uint32_t sector, uint8_t mask[OTK_SECTOR_SIZE]);

/* nor_snapshot.c */

/* Keep the sectors of a range for the moment remembered last, before they change. */
void otk_nor_save(struct otk_nor *nor, uint32_t offset, uint32_t len);

/* nor.c */

/* Let virtual time pass, and real time where it is wanted. */
void otk_nor_pass_time(struct otk_nor *nor, uint64_t *kind_ns, uint64_t ns);

#ifdef __cplusplus
}
#endif

#endif
