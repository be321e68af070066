// SPDX-License-Identifier: Apache-2.0
/*
 * An update under any partition table that the bootloader takes: overlapping, misaligned, duplicate,
 * beyond the chip. Neither the table nor what runs is ever touched, and only otadata and the slot
 * of the update are.
 *
 * Input: a mode byte (1: the session knows the image's SHA-256, 2: and its size, 4: confirm at the
 * end, 8: select by hand first), both otadata entries (their CRCs are set right), then the table's
 * records, behind which MD5 and end record are put.
 */
#include "fuzz/chip.h"
#include "fuzz/expect.h"
#include "fuzz/input.h"
#include "fuzz/seal.h"
#include "otakit/core/boot.h"
#include "otakit/core/session.h"
#include "otakit/core/slot.h"
#include "otakit/core/trial.h"
#include "otakit/crypto/digest.h"
#include "otakit/format/otadata.h"

#define IMAGE_LEN 352u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Where an application may write. */
struct bounds {
    struct otk_area running;
    struct otk_area otadata;
    const struct otk_session *session;
};

static bool touches(const struct otk_nor_op *op, uint32_t offset, uint32_t size)
{
    return op->offset < (uint64_t)offset + size && offset < (uint64_t)op->offset + op->len;
}

static bool lies_in(const struct otk_nor_op *op, struct otk_area area)
{
    return op->offset >= area.offset &&
           otk_range_fits(op->offset - area.offset, op->len, area.size);
}

static void watch_op(void *context, const struct otk_nor_op *op)
{
    const struct bounds *bounds = context;

    EXPECT(!touches(op, OTK_TABLE_OFFSET, OTK_SECTOR_SIZE));
    EXPECT(!touches(op, bounds->running.offset, bounds->running.size));
    EXPECT(lies_in(op, bounds->otadata) || lies_in(op, bounds->session->area));
}

static void put_table(struct otk_nor *nor, struct input *input)
{
    static const uint8_t no_digest[16];
    uint8_t table[OTK_TABLE_SIZE];
    uint32_t len;

    memset(table, 0xFF, sizeof table);
    len = input_copy(input, table, 16 * OTK_PARTITION_RECORD_SIZE);
    len -= len % OTK_PARTITION_RECORD_SIZE;
    memset(table + len, 0xFF, sizeof table - len);
    for (uint32_t offset = 0; offset < len; offset += OTK_PARTITION_RECORD_SIZE)
        otk_store_le16(table + offset, OTK_PARTITION_MAGIC);
    otk_partition_encode_md5(no_digest, table + len);
    seal_table(table);
    otk_nor_fill(nor, OTK_TABLE_OFFSET, table, sizeof table);
}

static void put_otadata(struct otk_nor *nor, const struct otk_layout *layout, struct input *input)
{
    for (uint32_t index = 0; index < 2; index++) {
        const uint32_t offset = layout->otadata.offset + index * OTK_SECTOR_SIZE;
        uint8_t entry[OTK_OTADATA_SIZE] = {0};

        (void)input_copy(input, entry, sizeof entry);
        otk_store_le32(entry + OTK_OTADATA_SIZE - 4, otk_otadata_crc(otk_load_le32(entry)));
        if (layout->otadata.size != 0 && otk_range_fits(offset, sizeof entry, CHIP_SIZE))
            otk_nor_fill(nor, offset, entry, sizeof entry);
    }
}

/* An application in every slot that can hold one beside the table. */
static void put_images(struct otk_nor *nor, const struct otk_layout *layout)
{
    for (int slot = OTK_SLOT_TEST; slot < (int)OTK_OTA_SLOT_COUNT; slot++) {
        const struct otk_area area = otk_layout_slot(layout, slot);

        if (area.size >= IMAGE_LEN && otk_range_fits(area.offset, IMAGE_LEN, CHIP_SIZE) &&
            area.offset / OTK_SECTOR_SIZE != OTK_TABLE_OFFSET / OTK_SECTOR_SIZE)
            chip_install(nor, area.offset);
    }
}

static void update(struct otk_session *session, struct otk_device *device, const uint8_t *image,
                   uint8_t mode)
{
    uint8_t sha256[OTK_SHA256_SIZE];
    const struct otk_session_request request = {.image_size = mode & 2 ? IMAGE_LEN : 0,
                                                .sha256 = mode & 1 ? sha256 : NULL};
    static uint8_t buffer[OTK_SECTOR_SIZE];
    struct otk_sha256 sha;
    enum otk_status status;

    EXPECT(otk_sha256_init(&sha) == OTK_OK);
    EXPECT(otk_sha256_update(&sha, image, IMAGE_LEN) == OTK_OK);
    EXPECT(otk_sha256_finish(&sha, sha256) == OTK_OK);
    status = otk_session_open(session, device, &request, buffer);
    if (status == OTK_OK)
        status = otk_session_write(session, 0, image, IMAGE_LEN);
    if (status != OTK_OK)
        return;
    do
        status = otk_session_finish(session);
    while (status == OTK_MORE);
    if (status == OTK_OK)
        EXPECT(otk_session_switch(session) != OTK_NOT_OPEN);
}

/* What an application does: all of it, one after the other. */
static void run(struct otk_nor *nor, const struct otk_board *board, int running, uint8_t mode)
{
    static uint8_t scratch[OTK_SECTOR_SIZE];
    static struct otk_session session;
    uint8_t image[IMAGE_LEN];
    struct otk_device device;
    struct otk_layout layout;
    struct bounds bounds;

    memset(&session, 0, sizeof session);
    EXPECT(otk_layout_load(board->flash, OTK_TABLE_OFFSET, scratch, &layout) == OTK_OK);
    bounds.running = otk_layout_slot(&layout, running);
    bounds.running.size = IMAGE_LEN; /* of a slot that wraps, as much as is used */
    bounds.otadata = layout.otadata;
    bounds.session = &session;
    memcpy(image, otk_nor_content(nor) + bounds.running.offset, sizeof image);
    image[OTK_APP_DESC_OFFSET + 16] = '2';
    seal_image(image, sizeof image);

    otk_nor_watch(nor, watch_op, &bounds);
    if (otk_device_start(&device, board, running, OTK_RESET_SOFTWARE, scratch) != OTK_OK)
        return;
    if (mode & 8)
        (void)(otk_slot_switch(&device, 0, scratch) == OTK_OK);
    update(&session, &device, image, mode);
    otk_session_close(&session);
    if (mode & 4)
        (void)(otk_trial_confirm(&device) == OTK_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    const uint8_t mode = input_u8(&input);
    struct otk_nor *const nor = chip_reset(0, 4);
    const struct otk_board board = {.flash = otk_nor_flash(nor), .revision = 100};
    struct input entries = input;
    uint8_t skipped[2 * OTK_OTADATA_SIZE];
    uint8_t table[OTK_TABLE_SIZE];
    struct otk_boot_result result;
    struct otk_layout layout;

    (void)input_copy(&input, skipped, sizeof skipped);
    put_table(nor, &input);
    if (otk_layout_load(board.flash, OTK_TABLE_OFFSET, table, &layout) != OTK_OK)
        return 0;
    put_images(nor, &layout);
    put_otadata(nor, &layout, &entries);

    chip_forgive(OTK_NOR_OUT_OF_RANGE);
    chip_forgive(OTK_NOR_MISALIGNED);
    if (otk_boot(&board, table, sizeof table, &result) != OTK_OK)
        return 0;
    /* What the bootloader does to its own table is ESP-IDF's affair. */
    if (otk_layout_load(board.flash, OTK_TABLE_OFFSET, table, &layout) == OTK_OK)
        run(nor, &board, result.slot, mode);
    return 0;
}
