// SPDX-License-Identifier: Apache-2.0
/* A partition table out of whatever file holds one. */
#include "cli/table_file.h"

#include <string.h>

#include "cli/report.h"
#include "otakit/base/bytes.h"

static bool starts_table(const uint8_t *data, uint32_t len)
{
    if (len < OTK_PARTITION_RECORD_SIZE) {
        return false;
    }
    const enum otk_partition_kind kind = otk_partition_record_kind(data);
    return kind == OTK_PARTITION_ENTRY || kind == OTK_PARTITION_MD5;
}

/* The marks with which a text in UTF-16 or UTF-32 begins; its other bytes look like anything. */
static bool has_byte_order_mark(const uint8_t *data, uint32_t len)
{
    return len >= 4 && (memcmp(data, "\xFF\xFE", 2) == 0 || memcmp(data, "\xFE\xFF", 2) == 0 ||
                        memcmp(data, "\0\0\xFE\xFF", 4) == 0);
}

/* A CSV is text; the content of a flash is larger than any table and full of other bytes. */
static bool looks_like_flash(const uint8_t *data, uint32_t len)
{
    if (len >= OTK_TABLE_OFFSET + OTK_TABLE_SIZE) {
        return true;
    }
    return len > 0 && !has_byte_order_mark(data, len) && (data[0] == 0xFF || memchr(data, 0, len));
}

/* A file that holds less than a whole table is taken for one whose blank rest was left out. */
static int take_table(const struct cli_call *call, const char *name, const uint8_t *data,
                      uint32_t len, uint8_t table[OTK_TABLE_SIZE])
{
    const uint32_t used = len < OTK_TABLE_SIZE ? len : OTK_TABLE_SIZE;

    if (used % OTK_PARTITION_RECORD_SIZE != 0) {
        const struct cli_error error = {.status = OTK_BAD_TABLE,
                                        .why = "its length is no multiple of 32 bytes"};
        return cli_fail_with(call, &error, "%s", name);
    }
    memset(table, 0xFF, OTK_TABLE_SIZE);
    memcpy(table, data, used);
    return CLI_DONE;
}

static int build_table(const struct cli_call *call, const struct cli_table_input *input,
                       uint8_t table[OTK_TABLE_SIZE])
{
    struct otk_error error = {0};
    const enum otk_status status = otk_csv_build(input->data, input->len, input->csv, table,
                                                 &error);

    if (status == OTK_OK) {
        return CLI_DONE;
    }
    const struct cli_error refusal = {.status = status,
                                      .why = error.message[0] ? error.message : NULL,
                                      .hint = error.hint[0] ? error.hint : NULL};
    return cli_fail_with(call, &refusal, "%s", input->name);
}

int cli_table_take(const struct cli_call *call, const struct cli_table_input *input,
                   uint8_t table[OTK_TABLE_SIZE])
{
    const uint32_t offset = input->offset;

    if (!input->is_flash && starts_table(input->data, input->len)) {
        return take_table(call, input->name, input->data, input->len, table);
    }
    if (!input->is_flash && !looks_like_flash(input->data, input->len)) {
        return build_table(call, input, table);
    }
    if (!otk_range_fits(offset, OTK_PARTITION_RECORD_SIZE, input->len) ||
        !starts_table(input->data + offset, input->len - offset)) {
        return cli_fail(call, OTK_NO_TABLE, "%s: 0x%x", input->name, offset);
    }
    return take_table(call, input->name, input->data + offset, input->len - offset, table);
}
