// SPDX-License-Identifier: Apache-2.0
/*
 * Partition CSV to binary table and back, equal to ESP-IDF's gen_esp32part.py 1.5 (ESP-IDF 6.0.1)
 * in what it accepts, refuses and produces.
 *
 *     struct otk_csv_options options;
 *     otk_csv_options_init(&options);
 *     options.flash_size = 4 << 20;
 *     status = otk_csv_build(csv, len, &options, table, &error);
 */
#ifndef OTAKIT_HOST_CSV_H
#define OTAKIT_HOST_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/error.h"
#include "otakit/base/status.h"
#include "otakit/format/partition.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A bootloader offset that is not given; rows that need it are refused. */
#define OTK_CSV_NO_OFFSET INT64_MIN

/* What app partitions must be fit for. */
enum otk_csv_secure {
    OTK_CSV_SECURE_NONE,
    OTK_CSV_SECURE_V1, /* app sizes are multiples of 64 KiB */
    OTK_CSV_SECURE_V2  /* app sizes are multiples of 4 KiB, as without Secure Boot */
};

struct otk_csv_options {
    int64_t table_offset;               /* bytes from the start of flash */
    int64_t primary_bootloader_offset;  /* bytes, below table_offset; OTK_CSV_NO_OFFSET: none */
    int64_t recovery_bootloader_offset; /* bytes; OTK_CSV_NO_OFFSET: none */
    uint64_t flash_size;                /* bytes the table must fit; 0: not checked */
    enum otk_csv_secure secure;
    bool no_md5;    /* write no MD5 record; take one in a binary for a broken entry */
    bool no_verify; /* skip the rules on alignment, overlap, names, otadata and NVS */
    bool strict;    /* refuse what gen_esp32part.py accepts although it cannot work as meant */
    const char *const *extra_subtypes; /* borrowed; each "type,name,hexadecimal value" */
    size_t extra_subtype_count;
    void (*warn)(void *context, const char *message); /* told of oddities; may be NULL */
    void *warn_context;
};

/* The defaults of gen_esp32part.py: table at 0x8000, MD5, verified, not strict. */
void otk_csv_options_init(struct otk_csv_options *options);

/* Whether a file is a binary table (starts with AA 50); anything else is read as CSV. */
bool otk_csv_is_binary(const void *data, size_t len);

/*
 * Build the binary table of a CSV. Variables ($NAME) come from the environment.
 *
 * csv      `len` bytes; UTF-8, or with a byte-order mark UTF-16 or UTF-32
 * options  NULL: the defaults
 * table    written on success only; padded with FF
 * error    written on failure only; may be NULL
 *
 * Returns  OTK_OK         built
 *          OTK_BAD_CSV    refused; error says why and, where one row is to blame, its line
 *          OTK_NO_MEMORY  this computer has no memory left
 *          OTK_CRYPTO     the MD5 could not be computed
 */
OTK_MUST_USE enum otk_status otk_csv_build(const void *csv, size_t len,
                                           const struct otk_csv_options *options,
                                           uint8_t table[OTK_TABLE_SIZE], struct otk_error *error);

/*
 * Write the CSV of a binary table: two comment lines, then one line a partition.
 *
 * table    `len` bytes, a multiple of 32 with an end record in it
 * options  NULL: the defaults
 * csv      written on success only: UTF-8, NUL-terminated; the caller frees it
 * error    written on failure only; may be NULL
 *
 * Returns  OTK_OK         written
 *          OTK_BAD_TABLE  a length that is no multiple of 32, a record that is no entry, a label
 *                         that is not UTF-8, or no end record
 *          OTK_BAD_MD5    the MD5 record does not match the entries before it
 *          OTK_BAD_CSV    the entries break the rules that otk_csv_build checks
 *          OTK_NO_MEMORY  this computer has no memory left
 *          OTK_CRYPTO     the MD5 could not be computed
 */
OTK_MUST_USE enum otk_status otk_csv_write(const void *table, size_t len,
                                           const struct otk_csv_options *options, char **csv,
                                           struct otk_error *error);

#ifdef __cplusplus
}
#endif

#endif
