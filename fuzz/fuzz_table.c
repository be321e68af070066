// SPDX-License-Identifier: Apache-2.0
/*
 * Partition tables: otakit/format/partition.h, otakit/core/table.h.
 *
 * Input: a mode byte (1: the MD5 record is set right), the flash's size in 64 KB (16 bits), then
 * the table, filled up with FF.
 */
#include "fuzz/expect.h"
#include "fuzz/input.h"
#include "fuzz/seal.h"
#include "otakit/core/table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An entry survives being read and written, but for label bytes behind its first NUL. */
static void check_entry(const uint8_t *record)
{
    struct otk_partition first;
    struct otk_partition second;
    uint8_t bytes[OTK_PARTITION_RECORD_SIZE];

    otk_partition_decode(record, &first);
    EXPECT(first.label[OTK_PARTITION_LABEL_SIZE] == 0);
    otk_partition_encode(&first, bytes);
    EXPECT(otk_partition_record_kind(bytes) == OTK_PARTITION_ENTRY);
    EXPECT(memcmp(bytes, record, 12) == 0 && memcmp(bytes + 28, record + 28, 4) == 0);
    otk_partition_decode(bytes, &second);
    EXPECT(memcmp(first.label, second.label, sizeof first.label) == 0);
}

static uint32_t check_records(const uint8_t *table)
{
    uint32_t entry_count = 0;

    for (uint32_t offset = 0; offset < OTK_TABLE_SIZE; offset += OTK_PARTITION_RECORD_SIZE) {
        if (otk_partition_record_kind(table + offset) != OTK_PARTITION_ENTRY)
            continue;
        check_entry(table + offset);
        entry_count++;
    }
    return entry_count;
}

/* What a good layout promises. */
static void check_layout(const struct otk_layout *layout, uint32_t entry_count)
{
    EXPECT(layout->record_count > 0);
    EXPECT(layout->record_count < OTK_TABLE_SIZE / OTK_PARTITION_RECORD_SIZE);
    EXPECT(layout->ota_count <= layout->record_count && layout->ota_count <= entry_count);
    EXPECT(otk_layout_app_slot_count(layout) <= layout->ota_count);
    for (int slot = OTK_SLOT_NONE; slot <= (int)OTK_OTA_SLOT_COUNT; slot++) {
        const struct otk_area area = otk_layout_slot(layout, slot);

        if (slot == OTK_SLOT_NONE || slot == (int)OTK_OTA_SLOT_COUNT)
            EXPECT(area.size == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    const uint8_t mode = input_u8(&input);
    const uint32_t flash_size = (uint32_t)input_u16(&input) << 16;
    uint8_t table[OTK_TABLE_SIZE];
    struct otk_layout layout;
    uint32_t app_count;

    memset(table, 0xFF, sizeof table);
    (void)input_copy(&input, table, sizeof table);
    if (mode & 1)
        seal_table(table);
    const uint32_t entry_count = check_records(table);
    if (otk_layout_decode(table, flash_size, &layout) == OTK_OK)
        check_layout(&layout, entry_count);
    for (uint32_t len = 0; len <= sizeof table; len += 1000 + OTK_PARTITION_RECORD_SIZE)
        if (otk_table_decode_app(table, len, &app_count) == OTK_OK)
            EXPECT(app_count > 0 && app_count * OTK_PARTITION_RECORD_SIZE < len);
    if (otk_table_decode_app(table, sizeof table, &app_count) == OTK_OK)
        EXPECT(app_count <= entry_count);
    return 0;
}
