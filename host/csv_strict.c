// SPDX-License-Identifier: Apache-2.0
/* What gen_esp32part.py accepts silently although it cannot work as meant. */
#include "host/csv_rows.h"

static bool is_ota_slot(const struct otk_csv_row *row)
{
    return row->type == OTK_TYPE_APP && row->subtype >= OTK_SUBTYPE_APP_OTA_0 &&
           row->subtype < OTK_SUBTYPE_APP_OTA_0 + OTK_OTA_SLOT_COUNT;
}

static enum otk_status verify_row(const struct otk_csv_row *row, struct otk_error *error)
{
    if (!row->name_len) {
        otk_error_set(error, row->line, "the partition has no name");
        return OTK_BAD_CSV;
    }
    if (row->name_len > OTK_PARTITION_LABEL_SIZE) {
        otk_error_set(error, row->line, "the name '%.64s' would be cut to %u bytes", row->name,
                      OTK_PARTITION_LABEL_SIZE);
        otk_error_hint(error, "shorten it");
        return OTK_BAD_CSV;
    }
    if (row->size == 0) {
        otk_error_set(error, row->line, "partition '%.32s' has no room: its size is 0", row->name);
        return OTK_BAD_CSV;
    }
    if (row->size & 0xFFF) {
        otk_error_set(error, row->line,
                      "size 0x%llx of partition '%.32s' is not a multiple of 0x1000",
                      (long long)row->size, row->name);
        otk_error_hint(error, "flash is erased in sectors of 4K");
        return OTK_BAD_CSV;
    }
    if (row->has_extra) {
        otk_error_set(error, row->line, "nobody reads the columns behind the flags");
        otk_error_hint(error, "remove them; several flags are separated by a colon");
        return OTK_BAD_CSV;
    }
    return OTK_OK;
}

/* Every number has one slot at most, and all slots have the size of the first. */
static enum otk_status verify_slots(const struct otk_csv_rows *rows, uint32_t *numbers,
                                    struct otk_error *error)
{
    const struct otk_csv_row *first = NULL;

    for (size_t i = 0; i < rows->count; i++) {
        const struct otk_csv_row *const row = &rows->entries[i];
        uint32_t bit;

        if (!is_ota_slot(row)) {
            continue;
        }
        bit = 1u << (row->subtype - OTK_SUBTYPE_APP_OTA_0);
        first = first ? first : row;
        if (*numbers & bit) {
            otk_error_set(error, row->line, "slot ota_%u is named twice",
                          (unsigned)(row->subtype - OTK_SUBTYPE_APP_OTA_0));
            return OTK_BAD_CSV;
        }
        if (row->size != first->size) {
            otk_error_set(error, row->line, "OTA slots '%.32s' and '%.32s' differ in size",
                          first->name, row->name);
            otk_error_hint(error, "an image must fit every slot; give all of them the same size");
            return OTK_BAD_CSV;
        }
        *numbers |= bit;
    }
    return OTK_OK;
}

static bool has_otadata(const struct otk_csv_rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        if (rows->entries[i].type == OTK_TYPE_DATA &&
            rows->entries[i].subtype == OTK_SUBTYPE_DATA_OTA) {
            return true;
        }
    }
    return false;
}

enum otk_status otk_csv_rows_verify_strictly(const struct otk_csv_rows *rows,
                                             const struct otk_csv_context *context)
{
    enum otk_status status = OTK_OK;
    uint32_t numbers = 0; /* bit i: there is a slot ota_i */

    if (!rows->count) {
        otk_error_set(context->error, 0, "the table is empty");
        return OTK_BAD_CSV;
    }
    for (size_t i = 0; i < rows->count && status == OTK_OK; i++) {
        status = verify_row(&rows->entries[i], context->error);
    }
    if (status == OTK_OK) {
        status = verify_slots(rows, &numbers, context->error);
    }
    if (status != OTK_OK || !numbers) {
        return status;
    }
    if (numbers & (numbers + 1)) {
        otk_error_set(context->error, 0, "the numbers of the OTA slots have a gap");
        otk_error_hint(context->error, "number them ota_0, ota_1 and so on; the bootloader counts "
                                       "slots and cannot reach a number beyond the count");
        return OTK_BAD_CSV;
    }
    if (!has_otadata(rows)) {
        otk_error_set(context->error, 0, "there are OTA slots but no otadata partition");
        otk_error_hint(context->error, "add a row like: otadata, data, ota, , 8K");
        return OTK_BAD_CSV;
    }
    return OTK_OK;
}
