// SPDX-License-Identifier: Apache-2.0
/*
 * Image verification: otakit/core/verify.h. The verdict is the same in one piece, in any split, and
 * from flash.
 *
 * Input: a mode byte (1: checksum and hash are set right, 2: the hash is ignored, 4: so is the
 * greatest revision, 8: the partition is just as large as the image, 0x10: at an odd offset), chip
 * and revision (16 bits each), a split seed, then the image.
 */
#include "fuzz/expect.h"
#include "fuzz/input.h"
#include "fuzz/seal.h"
#include "otakit/core/verify.h"
#include "sim/random.h"

#define IMAGE_SIZE_MAX 8192u
#define SLOT_OFFSET    0x10000u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A flash that holds the image at SLOT_OFFSET and nothing else. */
struct image {
    uint8_t bytes[IMAGE_SIZE_MAX];
    uint32_t len;
    uint32_t offset; /* of the image in flash */
};

static enum otk_status read_image(void *context, uint32_t offset, void *data, uint32_t len)
{
    const struct image *image = context;

    if (offset < image->offset || !otk_range_fits(offset - image->offset, len, image->len))
        return OTK_FLASH_IO;
    memcpy(data, image->bytes + (offset - image->offset), len);
    return OTK_OK;
}

struct verdict {
    enum otk_status status;
    struct otk_image_info info;
};

static struct verdict judge_split(const struct image *image, const struct otk_image_target *target,
                                  uint64_t seed)
{
    struct verdict verdict = {0};
    struct otk_verifier verifier;
    enum otk_status status = OTK_OK;
    uint32_t offset = 0;

    otk_verifier_init(&verifier, target);
    while (offset < image->len && status == OTK_OK) {
        const uint32_t rest = image->len - offset;
        const uint32_t len = seed == 0 ? rest : 1 + otk_random_below(&seed, rest < 64 ? rest : 64);

        status = otk_verifier_update(&verifier, image->bytes + offset, len);
        offset += len;
    }
    verdict.status = otk_verifier_finish(&verifier, &verdict.info);
    EXPECT(status == OTK_OK || status == verdict.status);
    return verdict;
}

static struct verdict judge_flash(struct image *image, const struct otk_image_target *target,
                                  uint32_t scratch_len)
{
    const struct otk_flash flash = {.context = image,
                                    .size = 0x20000,
                                    .block_size = 4096,
                                    .write_align = 4,
                                    .read = read_image};
    uint8_t scratch[1024];
    struct verdict verdict = {0};

    verdict.status = otk_image_verify(&flash, target, scratch, scratch_len, &verdict.info);
    const uint32_t claimed = otk_image_measure(&flash, target->area);

    if (verdict.status == OTK_OK)
        EXPECT(claimed == verdict.info.len);
    return verdict;
}

static void expect_same(const struct verdict *a, const struct verdict *b)
{
    EXPECT(a->status == b->status);
    EXPECT(memcmp(&a->info, &b->info, sizeof a->info) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    const uint8_t mode = input_u8(&input);
    struct otk_image_target target = {
        .area = {.offset = mode & 0x10 ? SLOT_OFFSET + 2 : SLOT_OFFSET, .size = 0x10000},
        .chip_id = input_u16(&input),
        .revision = input_u16(&input),
        .ignore_hash = mode & 2,
        .ignore_max_revision = mode & 4,
    };
    const uint64_t seed = input_u8(&input) + 1u;
    struct image image = {.offset = target.area.offset};

    image.len = input_copy(&input, image.bytes, sizeof image.bytes);
    if (mode & 1)
        seal_image(image.bytes, image.len);
    if (mode & 8)
        target.area.size = image.len;

    const struct verdict whole = judge_split(&image, &target, 0);
    const struct verdict split = judge_split(&image, &target, seed);
    const struct verdict flash = judge_flash(&image, &target, 1024);
    const struct verdict small = judge_flash(&image, &target, 32);

    expect_same(&whole, &split);
    expect_same(&flash, &small);
    if (whole.status == OTK_OK) {
        EXPECT(whole.info.len <= image.len && whole.info.len <= target.area.size);
        expect_same(&whole, &flash);
    } else if (whole.status == OTK_INCOMPLETE) {
        EXPECT(flash.status == OTK_FLASH_IO);
    } else {
        EXPECT(flash.status == whole.status || flash.status == OTK_FLASH_IO);
    }
    return 0;
}
