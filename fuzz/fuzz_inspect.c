// SPDX-License-Identifier: Apache-2.0
/*
 * Reports on images: host/image_inspect.h. The report never says more than the bytes do, and its
 * verdict is the bootloader's.
 *
 * Input: a mode byte (1: checksum and hash are set right, 2: a target is given, 4: the image is
 * padded so that what follows is its signature sector, 8: the CRCs of the sector's blocks are set
 * right), chip and revision (16 bits each), a length (16 bits) and the image, then the rest.
 */
#include "fuzz/expect.h"
#include "fuzz/input.h"
#include "fuzz/seal.h"
#include "host/image_inspect.h"
#include "otakit/base/crc32.h"

#define IMAGE_SIZE_MAX 8192u
#define FILE_SIZE_MAX  (IMAGE_SIZE_MAX + OTK_SIGNATURE_SECTOR_SIZE)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint32_t build_file(struct input *input, uint8_t mode, uint8_t *file)
{
    const uint32_t wanted = input_u16(input);
    uint32_t len = input_copy(input, file, wanted < IMAGE_SIZE_MAX ? wanted : IMAGE_SIZE_MAX);

    if (mode & 1)
        seal_image(file, len);
    if (mode & 4) {
        while (len % OTK_SIGNATURE_SECTOR_SIZE != 0)
            file[len++] = 0xFF;
        memset(file + len, 0xFF, OTK_SIGNATURE_SECTOR_SIZE);
        (void)input_copy(input, file + len, OTK_SIGNATURE_SECTOR_SIZE);
        for (uint32_t index = 0; index < OTK_SIGNATURE_BLOCK_COUNT && (mode & 8); index++) {
            uint8_t *block = file + len + index * OTK_SIGNATURE_BLOCK_SIZE;

            otk_store_le32(block + 1196, otk_crc32(0, block, 1196));
        }
        return len + OTK_SIGNATURE_SECTOR_SIZE;
    }
    return len + input_copy(input, file + len, OTK_SIGNATURE_SECTOR_SIZE);
}

static void check_report(const struct otk_image_report *report, uint32_t len)
{
    EXPECT(report->segment_count <= OTK_IMAGE_SEGMENT_COUNT);
    for (uint32_t index = 0; index < report->segment_count; index++) {
        EXPECT(report->segments[index].kind != NULL);
        EXPECT(report->segments[index].offset <= len);
    }
    EXPECT(report->signature_count <= OTK_SIGNATURE_BLOCK_COUNT);
    EXPECT(report->has_header || report->segment_count == 0);
    if (report->has_app)
        EXPECT(memchr(report->app.version, 0, sizeof report->app.version) != NULL &&
               memchr(report->app.project, 0, sizeof report->app.project) != NULL);
    if (report->status == OTK_OK) {
        EXPECT(report->has_header && report->len > 0 && report->len <= len);
        EXPECT(report->checksum == OTK_CHECK_OK && report->hash != OTK_CHECK_BAD);
    }
}

/* The verdict of the device's own verifier. */
static enum otk_status verify(const uint8_t *file, uint32_t len,
                              const struct otk_image_target *target)
{
    struct otk_verifier verifier;
    const enum otk_status ignored = (otk_verifier_init(&verifier, target),
                                     otk_verifier_update(&verifier, file, len));

    (void)ignored;
    return otk_verifier_finish(&verifier, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    const uint8_t mode = input_u8(&input);
    const struct otk_image_target target = {.area = {.offset = 0x10000, .size = 0x10000},
                                            .chip_id = input_u16(&input),
                                            .revision = input_u16(&input)};
    uint8_t *const room = malloc(FILE_SIZE_MAX);
    struct otk_image_report report;

    EXPECT(room != NULL);
    const uint32_t len = build_file(&input, mode, room);
    uint8_t *const file = malloc(len > 0 ? len : 1);

    EXPECT(file != NULL);
    memcpy(file, room, len);
    otk_image_inspect(file, len, mode & 2 ? &target : NULL, &report);
    check_report(&report, len);
    if (mode & 2)
        EXPECT((verify(file, len, &target) == OTK_OK) == (report.status == OTK_OK));
    free(room);
    free(file);
    return 0;
}
