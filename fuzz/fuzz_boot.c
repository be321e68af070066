// SPDX-License-Identifier: Apache-2.0
/*
 * One whole reset on arbitrary flash: otakit/core/boot.h. It ends, it boots only what verifies, and
 * it writes nothing but otadata.
 *
 * Input: a mode byte (1: factory, 2: ota_2, 4: test, as the table of chip.h; 8: the table comes from
 * the input; 0x10: its MD5 is set right; 0x20: images are set right; 0x40: anti-rollback), the secure
 * version, both otadata entries, with 8 the table (a record count, then records), then for each slot
 * from factory on a length (16 bits) and that many bytes.
 */
#include "fuzz/chip.h"
#include "fuzz/expect.h"
#include "fuzz/input.h"
#include "fuzz/seal.h"
#include "otakit/core/boot.h"
#include "otakit/format/otadata.h"
#include "sim/fuse.h"

#define SLOT_COUNT     5
#define IMAGE_SIZE_MAX 4096u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put_table(struct otk_nor *nor, struct input *input, bool seal)
{
    uint8_t table[OTK_TABLE_SIZE];
    const uint32_t len = input_u8(input) * OTK_PARTITION_RECORD_SIZE;

    memset(table, 0xFF, sizeof table);
    (void)input_copy(input, table, len < sizeof table ? len : sizeof table);
    if (seal)
        seal_table(table);
    otk_nor_fill(nor, OTK_TABLE_OFFSET, table, sizeof table);
}

static void put_images(struct otk_nor *nor, struct input *input, bool seal)
{
    uint8_t image[IMAGE_SIZE_MAX];

    for (uint32_t slot = 0; slot < SLOT_COUNT; slot++) {
        const uint32_t wanted = input_u16(input);
        const uint32_t len = input_copy(input, image,
                                        wanted < sizeof image ? wanted : sizeof image);

        if (seal)
            seal_image(image, len);
        otk_nor_fill(nor, CHIP_FACTORY_AT + slot * CHIP_SLOT_SIZE, image, len);
    }
}

/* Whatever the table calls otadata is the only place to write to. */
static void watch_op(void *context, const struct otk_nor_op *op)
{
    const struct otk_area *otadata = context;

    if (op->kind == OTK_NOR_BURN)
        return;
    EXPECT(op->offset >= otadata->offset);
    EXPECT(otk_range_fits(op->offset - otadata->offset, op->len, 2 * OTK_SECTOR_SIZE));
}

static void check_result(const struct otk_board *board, const struct otk_layout *layout,
                         const struct otk_boot_result *result)
{
    struct otk_image_target target = {.chip_id = board->chip_id, .revision = board->revision};
    uint8_t scratch[256];
    struct otk_image_info info;

    EXPECT(result->attempt_count > 0 && result->attempt_count <= OTK_BOOT_ATTEMPT_COUNT);
    EXPECT(result->attempts[result->attempt_count - 1].slot == result->slot);
    target.area = otk_layout_slot(layout, result->slot);
    EXPECT(otk_image_verify(board->flash, &target, scratch, sizeof scratch, &info) == OTK_OK);
    EXPECT(memcmp(&info, &result->image, sizeof info) == 0);
}

/* One reset. `overlaps`: otadata may lie inside a slot, and writing to it spoil what boots. */
static int reset(const struct otk_board *board, const struct otk_layout *layout, bool overlaps)
{
    uint8_t scratch[OTK_TABLE_SIZE];
    struct otk_boot_result result;
    const enum otk_status status = otk_boot(board, scratch, sizeof scratch, &result);

    if (status == OTK_OK && !overlaps)
        check_result(board, layout, &result);
    if (status != OTK_OK && !overlaps)
        EXPECT(result.slot == OTK_SLOT_NONE);
    return result.slot;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    const uint8_t mode = input_u8(&input);
    struct otk_nor *nor = chip_reset(mode & 7, 4);
    struct otk_fuse fuse = {.nor = nor, .version = input_u8(&input)};
    const struct otk_secure_version store = otk_fuse_store(&fuse);
    const struct otk_board board = {.flash = otk_nor_flash(nor),
                                    .secure_version = mode & 0x40 ? &store : NULL,
                                    .revision = 100};
    uint8_t entry[OTK_OTADATA_SIZE] = {0};
    uint8_t table[OTK_TABLE_SIZE];
    struct otk_layout layout = {0};

    for (uint32_t index = 0; index < 2; index++) {
        (void)input_copy(&input, entry, sizeof entry);
        otk_nor_fill(nor, CHIP_OTADATA + index * OTK_SECTOR_SIZE, entry, sizeof entry);
    }
    if (mode & 8) {
        put_table(nor, &input, mode & 0x10);
        /* It may name places that the flash does not have, or that are no sectors. */
        chip_forgive(OTK_NOR_OUT_OF_RANGE);
        chip_forgive(OTK_NOR_MISALIGNED);
    }
    put_images(nor, &input, mode & 0x20);

    if (otk_layout_load(board.flash, OTK_TABLE_OFFSET, table, &layout) != OTK_OK)
        memset(&layout, 0, sizeof layout);
    otk_nor_watch(nor, watch_op, &layout.otadata);
    (void)reset(&board, &layout, mode & 8);
    if (mode & 8)
        return 0;
    /* Each entry is given up once at most; then the choice is final. */
    (void)reset(&board, &layout, false);
    const int slot = reset(&board, &layout, false);

    EXPECT(reset(&board, &layout, false) == slot);
    return 0;
}
