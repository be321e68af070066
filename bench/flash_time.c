// SPDX-License-Identifier: Apache-2.0
/*
 * How long the flash is busy with one update, on the simulated NOR chip with typical figures.
 *
 * Prints one line a case: name, then nanoseconds of programming, erasing and reading, then the
 * sectors erased by commands of 4, 32 and 64 KB. The case "least" is the time that no update can do
 * without: programming the image's pages and the cheapest erase commands that cover them.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/chip.h"
#include "bench/image.h"
#include "otakit/base/bytes.h"
#include "otakit/core/session.h"
#include "otakit/format/otadata.h"
#include "sim/nor.h"

/* What a network hands over at once: the payload of one TCP segment. */
#define CHUNK 1460u

static void report(const char *name, const struct otk_nor_counts *before,
                   const struct otk_nor_counts *after)
{
    printf("%s %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", name,
           after->program_ns - before->program_ns, after->erase_ns - before->erase_ns,
           after->read_ns - before->read_ns, after->sector_erases - before->sector_erases,
           after->half_block_erases - before->half_block_erases,
           after->block_erases - before->block_erases);
}

/* The cheapest erase commands for an area that starts at a 64 KB boundary. */
static void count_least_erases(struct otk_nor_counts *counts)
{
    const struct otk_nor_timing *const timing = otk_nor_timing_typical();
    const uint32_t rest = BENCH_IMAGE_SIZE % OTK_NOR_BLOCK_SIZE;
    const uint32_t sectors = (rest + OTK_SECTOR_SIZE - 1) / OTK_SECTOR_SIZE;
    const uint64_t by_sectors = sectors * otk_nor_erase_ns(timing, OTK_SECTOR_SIZE);
    const uint64_t by_block = otk_nor_erase_ns(timing, OTK_NOR_BLOCK_SIZE);

    counts->block_erases = BENCH_IMAGE_SIZE / OTK_NOR_BLOCK_SIZE + (by_block < by_sectors);
    counts->sector_erases = by_block < by_sectors ? 0 : sectors;
    counts->erase_ns = counts->block_erases * by_block +
                       counts->sector_erases * otk_nor_erase_ns(timing, OTK_SECTOR_SIZE);
}

static void report_least(void)
{
    const struct otk_nor_timing *const timing = otk_nor_timing_typical();
    const struct otk_nor_counts none = {0};
    struct otk_nor_counts least = {0};

    for (uint32_t offset = 0; offset < BENCH_IMAGE_SIZE; offset += OTK_NOR_PAGE_SIZE) {
        const uint32_t rest = BENCH_IMAGE_SIZE - offset;

        least.program_ns += otk_nor_program_ns(timing,
                                               rest < OTK_NOR_PAGE_SIZE ? rest : OTK_NOR_PAGE_SIZE);
    }
    count_least_erases(&least);
    report("least", &none, &least);
}

/* What a plain sequential writer does: erase a sector, write it, go on; then read the image once to
 * verify it, and write the otadata entry. */
static void run_baseline(const uint8_t *image)
{
    struct otk_nor *const nor = bench_chip();
    const struct otk_flash *const flash = otk_nor_flash(nor);
    uint8_t sector[OTK_SECTOR_SIZE];
    struct otk_nor_counts before;
    struct otk_nor_counts after;

    otk_nor_fill(nor, BENCH_SLOT_1, image, 1); /* not blank */
    otk_nor_get_counts(nor, &before);
    for (uint32_t offset = 0; offset < BENCH_IMAGE_SIZE; offset += OTK_SECTOR_SIZE) {
        const uint32_t at = BENCH_SLOT_1 + offset;
        const uint32_t rest = BENCH_IMAGE_SIZE - offset;

        bench_must(flash->erase(flash->context, at, OTK_SECTOR_SIZE), "erasing");
        bench_must(flash->write(flash->context, at, image + offset,
                                rest < OTK_SECTOR_SIZE ? rest : OTK_SECTOR_SIZE),
                   "writing");
    }
    for (uint32_t offset = 0; offset < BENCH_IMAGE_SIZE; offset += OTK_SECTOR_SIZE)
        bench_must(flash->read(flash->context, BENCH_SLOT_1 + offset, sector, sizeof sector),
                   "reading");
    bench_must(flash->erase(flash->context, BENCH_OTADATA + OTK_SECTOR_SIZE, OTK_SECTOR_SIZE),
               "erasing");
    bench_must(
        flash->write(flash->context, BENCH_OTADATA + OTK_SECTOR_SIZE, image, OTK_OTADATA_SIZE),
        "writing");
    otk_nor_get_counts(nor, &after);
    report("sequential", &before, &after);
    otk_nor_close(nor);
}

static void update(struct otk_device *device, const uint8_t *image, const uint8_t *sha256)
{
    static uint8_t buffer[OTK_SECTOR_SIZE];
    static struct otk_session session;
    const struct otk_session_request request = {.image_size = BENCH_IMAGE_SIZE, .sha256 = sha256};
    enum otk_status status;
    uint32_t offset;

    bench_must(otk_session_open(&session, device, &request, buffer), "opening a session");
    while ((offset = otk_session_offset(&session)) < BENCH_IMAGE_SIZE) {
        const uint32_t rest = BENCH_IMAGE_SIZE - offset;

        bench_must(otk_session_write(&session, offset, image + offset, rest < CHUNK ? rest : CHUNK),
                   "writing");
    }
    while ((status = otk_session_finish(&session)) == OTK_MORE)
        ;
    bench_must(status, "finishing");
    bench_must(otk_session_switch(&session), "switching");
}

/* An update by session; `old` is what the slot holds before, NULL: it is blank. */
static void run_session(const char *name, const uint8_t *old, const uint8_t *image)
{
    struct otk_nor *const nor = bench_chip();
    static struct otk_device device;
    uint8_t sha256[OTK_SHA256_SIZE];
    struct otk_sha256 sha;
    struct otk_nor_counts before;
    struct otk_nor_counts after;

    if (old)
        otk_nor_fill(nor, BENCH_SLOT_1, old, BENCH_IMAGE_SIZE);
    bench_must(otk_sha256_init(&sha), "hashing");
    bench_must(otk_sha256_update(&sha, image, BENCH_IMAGE_SIZE), "hashing");
    bench_must(otk_sha256_finish(&sha, sha256), "hashing");
    bench_start(&device, nor);
    otk_nor_get_counts(nor, &before);
    update(&device, image, sha256);
    otk_nor_get_counts(nor, &after);
    if (memcmp(otk_nor_content(nor) + BENCH_SLOT_1, image, BENCH_IMAGE_SIZE) != 0)
        bench_must(OTK_FLASH_VERIFY, name);
    report(name, &before, &after);
    otk_nor_close(nor);
}

/* The image with every tenth sector changed, as a small fix in the code leaves it. */
static uint8_t *make_similar(const uint8_t *image)
{
    uint8_t *const similar = bench_image(2);

    memcpy(similar, image, BENCH_IMAGE_SIZE);
    for (uint32_t offset = 5 * OTK_SECTOR_SIZE; offset < BENCH_IMAGE_SIZE - OTK_SECTOR_SIZE;
         offset += 10 * OTK_SECTOR_SIZE)
        similar[offset + 64] ^= 1;
    bench_image_seal(similar);
    return similar;
}

int main(void)
{
    uint8_t *const old = bench_old_image();
    uint8_t *const same_length = bench_image(2);
    uint8_t *const image = bench_image(7);
    uint8_t *const similar = make_similar(image);

    report_least();
    run_baseline(image);
    run_session("other-image", old, image);
    run_session("same-length", same_length, image);
    run_session("blank-slot", NULL, image);
    run_session("same-image", image, image);
    run_session("similar-image", similar, image);
    free(old);
    free(same_length);
    free(image);
    free(similar);
    return 0;
}
