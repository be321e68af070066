// SPDX-License-Identifier: Apache-2.0
/*
 * Partition CSV and back: host/csv.h. A table that is built is one for the device too, and its CSV
 * builds it again.
 *
 * Input: a mode byte (below), then the file: CSV, or with a leading AA 50 a binary table.
 */
#include "fuzz/expect.h"
#include "fuzz/input.h"
#include "fuzz/seal.h"
#include "host/csv.h"
#include "otakit/core/table.h"

#define NO_MD5      0x01u
#define NO_VERIFY   0x02u
#define STRICT      0x04u
#define FLASH_SIZE  0x08u /* 4 MB */
#define BOOTLOADERS 0x10u
#define SECURE_MASK 0x60u
#define SEAL_TABLE  0x80u /* a binary's MD5 is set right */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void count_warning(void *context, const char *message)
{
    unsigned *count = context;

    EXPECT(message[0] != '\0');
    ++*count;
}

static void expect_error(const struct otk_error *error)
{
    const size_t len = strnlen(error->message, sizeof error->message);

    EXPECT(len > 0 && len < sizeof error->message);
    EXPECT(strnlen(error->hint, sizeof error->hint) < sizeof error->hint);
}

/* What the device thinks of a table that passed every rule. */
static void check_table(const uint8_t table[OTK_TABLE_SIZE], bool has_md5)
{
    struct otk_layout layout;
    uint32_t entry_count;
    const enum otk_status status = otk_layout_decode(table, UINT32_MAX, &layout);

    EXPECT(status == OTK_OK || status == OTK_NO_TABLE);
    if (status == OTK_OK && has_md5)
        EXPECT(otk_table_decode_app(table, OTK_TABLE_SIZE, &entry_count) == OTK_OK ||
               layout.record_count == 1);
}

/* The table's CSV and the table of that CSV. Returns NULL where CSV cannot say what the table does,
 * else what the caller has to free. */
static char *go_round(uint8_t table[OTK_TABLE_SIZE], const struct otk_csv_options *options)
{
    struct otk_error error;
    char *csv;

    if (otk_csv_write(table, OTK_TABLE_SIZE, options, &csv, &error) != OTK_OK) {
        expect_error(&error);
        return NULL;
    }
    if (otk_csv_build(csv, strlen(csv), options, table, &error) != OTK_OK) {
        expect_error(&error);
        free(csv);
        return NULL;
    }
    return csv;
}

/* CSV cannot hold every label: blanks around it go, and it ends at a NUL. What came through once
 * stays as it is. */
static void check_way_back(uint8_t table[OTK_TABLE_SIZE], const struct otk_csv_options *options)
{
    uint8_t settled[OTK_TABLE_SIZE];
    char *csv = go_round(table, options);

    if (!csv)
        return;
    free(csv);
    memcpy(settled, table, sizeof settled);
    csv = go_round(table, options);
    EXPECT(csv != NULL);
    EXPECT(memcmp(table, settled, sizeof settled) == 0);
    free(csv);
}

static void read_csv(const uint8_t *data, size_t size, const struct otk_csv_options *options)
{
    uint8_t table[OTK_TABLE_SIZE];
    struct otk_error error = {0};

    if (otk_csv_build(data, size, options, table, &error) != OTK_OK) {
        expect_error(&error);
        EXPECT(otk_csv_build(data, size, options, table, NULL) != OTK_OK);
        return;
    }
    if (!options->no_verify)
        check_table(table, !options->no_md5);
    check_way_back(table, options);
}

static void read_binary(const uint8_t *data, size_t size, bool seal,
                        const struct otk_csv_options *options)
{
    uint8_t table[OTK_TABLE_SIZE];
    struct otk_error error = {0};
    const size_t len = size < sizeof table ? size : sizeof table;
    char *csv;

    memset(table, 0xFF, sizeof table);
    memcpy(table, data, len);
    if (seal)
        seal_table(table);
    if (otk_csv_write(table, sizeof table, options, &csv, &error) != OTK_OK) {
        expect_error(&error);
    } else {
        EXPECT(memcmp(csv, "# ", 2) == 0);
        free(csv);
    }
    /* The file as it is, of any length. */
    if (otk_csv_write(data, size, options, &csv, NULL) == OTK_OK)
        free(csv);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const extra[] = {"app, special, 0x30", "data, thing, 0x70"};
    struct input input = {data, size};
    const uint8_t mode = input_u8(&input);
    struct otk_csv_options options;
    unsigned warning_count = 0;

    (void)setenv("FOO_SIZE", "0x5000", 1);
    otk_csv_options_init(&options);
    options.no_md5 = mode & NO_MD5;
    options.no_verify = mode & NO_VERIFY;
    options.strict = mode & STRICT;
    options.flash_size = mode & FLASH_SIZE ? 4u << 20 : 0;
    options.secure = (enum otk_csv_secure)(((mode & SECURE_MASK) >> 5) % 3);
    options.extra_subtypes = extra;
    options.extra_subtype_count = mode & BOOTLOADERS ? 2 : 0;
    options.warn = count_warning;
    options.warn_context = &warning_count;
    if (mode & BOOTLOADERS) {
        options.primary_bootloader_offset = 0x1000;
        options.recovery_bootloader_offset = 0x3F0000;
    }
    if (otk_csv_is_binary(input.data, input.size))
        read_binary(input.data, input.size, mode & SEAL_TABLE, &options);
    else
        read_csv(input.data, input.size, &options);
    return 0;
}
