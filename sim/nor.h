// SPDX-License-Identifier: Apache-2.0
/*
 * A NOR flash chip in memory or in a file, that behaves like one and notices misuse.
 *
 * Programming only clears bits, by pages of 256 bytes; erasing sets whole sectors, by commands of
 * 4, 32 or 64 KB. Each page program and each erase command is one operation: it is counted, takes
 * virtual time, can be watched, and can be where the power is lost (sim/nor_fault.h).
 *
 *     struct otk_nor_config config = {.size = 4u << 20};
 *     struct otk_nor *nor;
 *     status = otk_nor_create(&config, &nor);
 *     board.flash = otk_nor_flash(nor);
 *     ...
 *     otk_nor_close(nor);
 */
#ifndef OTAKIT_SIM_NOR_H
#define OTAKIT_SIM_NOR_H

#include <stdbool.h>
#include <stdint.h>

#include "otakit/base/status.h"
#include "otakit/core/flash.h"
#include "sim/nor_timing.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Geometry of every NOR flash that ESP-IDF supports.
 * Source: Winbond W25Q32JV data sheet, instructions 02h, 20h, 52h, D8h. */
#define OTK_NOR_PAGE_SIZE       256u
#define OTK_NOR_HALF_BLOCK_SIZE 32768u
#define OTK_NOR_BLOCK_SIZE      65536u

/* Least and greatest size of a chip, bytes; sizes are powers of two. */
#define OTK_NOR_SIZE_MIN 0x10000u
#define OTK_NOR_SIZE_MAX 0x8000000u

struct otk_nor_config {
    uint32_t size;        /* bytes; 0: 4 MB. Ignored where a file is opened */
    uint32_t block_size;  /* bytes of the largest erase command: 4096, 32768, 65536; 0: 65536 */
    uint32_t write_align; /* bytes: 1, 4, 16 or 32; 0: 4 */
    bool may_rewrite;     /* a write over programmed bytes clears further bits, and is no misuse */
    uint64_t seed;        /* of everything random */
    const struct otk_nor_timing *timing; /* copied; NULL: otk_nor_timing_typical */
};

/* What a driver must not do to a flash. */
enum otk_nor_misuse {
    OTK_NOR_OUT_OF_RANGE, /* read, write or erase beyond the end of the chip */
    OTK_NOR_MISALIGNED,   /* a write against write_align, an erase against the sector size */
    OTK_NOR_NOT_ERASED,   /* a write over a byte that is not 0xFF, even by the same value */
    OTK_NOR_PROTECTED     /* a write or erase in a range that otk_nor_protect names */
};

enum otk_nor_op_kind {
    OTK_NOR_PROGRAM, /* one page program */
    OTK_NOR_ERASE,   /* one erase command */
    OTK_NOR_BURN     /* one burning of the secure version (sim/fuse.h); no place on flash */
};

/* One operation, as a watcher sees it before it happens. */
struct otk_nor_op {
    enum otk_nor_op_kind kind;
    uint32_t offset;     /* bytes from the start of the chip; BURN: the new version */
    uint32_t len;        /* bytes */
    uint64_t index;      /* operations before this one, since the chip was created or opened */
    const uint8_t *data; /* the bytes to program, borrowed for the call; NULL otherwise */
};

/* What has been done so far. */
struct otk_nor_counts {
    uint64_t ops;           /* all operations */
    uint64_t programs;      /* page programs */
    uint64_t sector_erases; /* 4 KB */
    uint64_t half_block_erases;
    uint64_t block_erases;
    uint64_t burns;
    uint64_t programmed; /* bytes */
    uint64_t reads;      /* calls */
    uint64_t bytes_read;
    uint64_t program_ns; /* virtual time by kind */
    uint64_t erase_ns;
    uint64_t read_ns;
};

struct otk_nor;

/*
 * Called on misuse. The built-in one says what happened on stderr and ends the program. Where it
 * returns, the call that was misuse has no effect and returns OTK_FLASH_IO.
 */
typedef void otk_nor_misuse_handler(void *context, enum otk_nor_misuse misuse, uint32_t offset,
                                    uint32_t len);

/* Called before each operation, also before the one that loses power. */
typedef void otk_nor_watcher(void *context, const struct otk_nor_op *op);

/*
 * Make a chip in memory, blank.
 *
 * config  borrowed for the call; NULL: all defaults
 * nor     written on success only; end it with otk_nor_close
 *
 * Returns  OTK_OK
 *          OTK_INVALID_ARGUMENT  a number of config is not allowed
 *          OTK_NO_MEMORY
 */
OTK_MUST_USE enum otk_status otk_nor_create(const struct otk_nor_config *config,
                                            struct otk_nor **nor);

/*
 * Make a file that is a blank chip, and open it. An existing file is replaced.
 *
 * Returns  as otk_nor_create and otk_nor_open_file
 */
OTK_MUST_USE enum otk_status otk_nor_create_file(const char *path,
                                                 const struct otk_nor_config *config,
                                                 struct otk_nor **nor);

/*
 * Open a file that is the content of a chip. Changes reach the file as they reach the chip: a
 * process killed at any moment leaves what flash would hold. The file is locked until it is closed.
 *
 * config  its size is ignored; NULL: all defaults
 *
 * Returns  OTK_OK
 *          OTK_NOT_FOUND         there is no such file
 *          OTK_BUSY              another process, or this one, has it open as a chip
 *          OTK_BAD_FORMAT        its size is no chip's: a power of two, 64 KB to 128 MB
 *          OTK_HOST_IO           it cannot be read and written
 *          OTK_INVALID_ARGUMENT, OTK_NO_MEMORY
 */
OTK_MUST_USE enum otk_status otk_nor_open_file(const char *path,
                                               const struct otk_nor_config *config,
                                               struct otk_nor **nor);

/* The chip as otakit sees it; valid until the chip is closed. */
const struct otk_flash *otk_nor_flash(struct otk_nor *nor);

/* Replace the misuse handler; NULL: the built-in one. */
void otk_nor_on_misuse(struct otk_nor *nor, otk_nor_misuse_handler *handler, void *context);

/* Watch every operation; NULL: nobody watches. */
void otk_nor_watch(struct otk_nor *nor, otk_nor_watcher *watcher, void *context);

/*
 * Make any write or erase that touches a range misuse.
 *
 * Returns  OTK_OK
 *          OTK_NO_SPACE  16 ranges are protected already
 */
OTK_MUST_USE enum otk_status otk_nor_protect(struct otk_nor *nor, uint32_t offset, uint32_t len);

/* Forget all protected ranges. */
void otk_nor_unprotect(struct otk_nor *nor);

/* Whether operations take their real time (sleep) or only count it. At first they only count. */
void otk_nor_set_real_time(struct otk_nor *nor, bool real_time);

/* The cells' content, all of the chip; neither counted nor disturbed by unstable sectors. */
const uint8_t *otk_nor_content(const struct otk_nor *nor);

/*
 * Set content as no driver could: over anything, in no time, not counted. Sectors that are
 * covered wholly become stable. The range lies inside the chip.
 */
void otk_nor_fill(struct otk_nor *nor, uint32_t offset, const void *data, uint32_t len);

/* What has been done since the chip was created or opened; written to `counts`. */
void otk_nor_get_counts(const struct otk_nor *nor, struct otk_nor_counts *counts);

/* Virtual nanoseconds spent by the chip so far. */
uint64_t otk_nor_time_ns(const struct otk_nor *nor);

/* How often the sector at `offset` was erased since the chip was created or opened. */
uint32_t otk_nor_wear(const struct otk_nor *nor, uint32_t offset);

/* End a chip; a file keeps the content and is unlocked. NULL is allowed. */
void otk_nor_close(struct otk_nor *nor);

#ifdef __cplusplus
}
#endif

#endif
