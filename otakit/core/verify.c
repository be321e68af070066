// SPDX-License-Identifier: Apache-2.0
/*
 * Verification of an image in one pass, fed in any split.
 *
 * The image is a row of pieces; each one, once complete, says what comes next:
 *
 *     HEADER --> SEGMENT --> DATA --+--> PADDING --+--> HASH --+
 *        |         ^  |             |              |           |
 *        |         +--+<------------+              +-----------+--> accepted
 *        +--> (an image may have no segment at all) --> PADDING
 *
 * All but DATA are collected in `piece`, right-aligned, so that the distance to
 * piece_end is all that has to be remembered.
 */
#include "otakit/core/verify.h"

#include "otakit/base/bytes.h"
#include "otakit/base/memory.h"

enum stage { STAGE_HEADER, STAGE_SEGMENT, STAGE_DATA, STAGE_PADDING, STAGE_HASH };

/* A mapped segment lies at the same place of a page in flash and in memory. 64 KB is every chip's
 * default page. Source: ESP-IDF, esp_image_format.c and soc/<chip>, SPI_FLASH_MMU_PAGE_SIZE. */
#define PAGE_MASK 0xFFFFu

static uint32_t load_aligned_word(const uint8_t *data)
{
    uint32_t word;

    memcpy(&word, __builtin_assume_aligned(data, sizeof(word)), sizeof(word));
    return word;
}

/* XOR of all bytes, spread over the four lanes of a word; which lane a byte falls into does not
 * matter, because they are folded in the end. Word by word: an image is long. */
static uint32_t xor_bytes(const uint8_t *data, uint32_t len)
{
    uint32_t sum = 0;

    while (len > 0) {
        if (len < 24 || (uintptr_t)data % 4 != 0) {
            sum ^= *data++;
            len--;
            continue;
        }
        sum ^= load_aligned_word(data) ^ load_aligned_word(data + 4);
        sum ^= load_aligned_word(data + 8) ^ load_aligned_word(data + 12);
        sum ^= load_aligned_word(data + 16) ^ load_aligned_word(data + 20);
        data += 24;
        len -= 24;
    }
    return sum;
}

/* The last `size` bytes collected. */
static const uint8_t *piece_tail(const struct otk_verifier *verifier, uint32_t size)
{
    return verifier->piece + sizeof(verifier->piece) - size;
}

/* Announce the next piece. Refusing what would pass the area's end comes earlier than in ESP-IDF,
 * which looks at the whole length after reading everything; the verdict is the same. */
static enum otk_status expect(struct otk_verifier *verifier, enum stage stage, uint32_t len)
{
    if (!otk_range_fits(verifier->offset, len, verifier->target.area.size)) {
        return OTK_TOO_BIG;
    }
    verifier->stage = (uint8_t)stage;
    verifier->piece_end = verifier->offset + len;
    return OTK_OK;
}

static enum otk_status expect_segment_or_end(struct otk_verifier *verifier)
{
    if (verifier->segment_index < verifier->header.segment_count) {
        return expect(verifier, STAGE_SEGMENT, OTK_SEGMENT_HEADER_SIZE);
    }
    return expect(verifier, STAGE_PADDING,
                  OTK_IMAGE_CHECKSUM_ALIGN - verifier->offset % OTK_IMAGE_CHECKSUM_ALIGN);
}

/* The only line that accepts an image. */
static enum otk_status accept(struct otk_verifier *verifier)
{
    verifier->status = OTK_OK;
    return OTK_OK;
}

/* The header is hashed when it is known whether there is a hash. */
static enum otk_status begin_hash(struct otk_verifier *verifier,
                                  const uint8_t header[OTK_IMAGE_HEADER_SIZE])
{
    enum otk_status status;

    if (verifier->target.ignore_hash) {
        return OTK_OK;
    }
    verifier->is_hashing = true;
    status = otk_sha256_init(&verifier->sha);
    if (status != OTK_OK) {
        return status;
    }
    return otk_sha256_update(&verifier->sha, header, OTK_IMAGE_HEADER_SIZE);
}

static enum otk_status end_header(struct otk_verifier *verifier)
{
    const uint8_t *bytes = piece_tail(verifier, OTK_IMAGE_HEADER_SIZE);
    struct otk_image_header *header = &verifier->header;
    enum otk_status status;

    otk_image_header_decode(bytes, header);
    if (header->magic != OTK_IMAGE_MAGIC) {
        return OTK_BAD_MAGIC;
    }
    if (verifier->target.ignore_max_revision) {
        header->max_revision = 0;
    }
    status = otk_image_header_fits_chip(header, verifier->target.chip_id,
                                        verifier->target.revision);
    if (status != OTK_OK) {
        return status;
    }
    if (header->segment_count > OTK_IMAGE_SEGMENT_COUNT) {
        return OTK_TOO_MANY_SEGMENTS;
    }
    status = header->hash_appended ? begin_hash(verifier, bytes) : OTK_OK;
    return status == OTK_OK ? expect_segment_or_end(verifier) : status;
}

static enum otk_status end_segment_header(struct otk_verifier *verifier)
{
    struct otk_segment_header segment;

    otk_segment_header_decode(piece_tail(verifier, OTK_SEGMENT_HEADER_SIZE), &segment);
    if (segment.size % 4 != 0 || segment.size >= OTK_SEGMENT_SIZE_LIMIT) {
        return OTK_BAD_SEGMENT;
    }
    if (otk_segment_is_mapped(verifier->target.chip_id, segment.address) &&
        ((verifier->target.area.offset + verifier->offset - segment.address) & PAGE_MASK) != 0) {
        return OTK_BAD_ADDRESS;
    }
    verifier->segment_index++;
    return segment.size == 0 ? expect_segment_or_end(verifier)
                             : expect(verifier, STAGE_DATA, segment.size);
}

static enum otk_status end_padding(struct otk_verifier *verifier)
{
    const uint32_t halves = verifier->checksum ^ (verifier->checksum >> 16);

    if ((uint8_t)(halves ^ (halves >> 8)) != *piece_tail(verifier, 1)) {
        return OTK_BAD_CHECKSUM;
    }
    verifier->is_hashing = false;
    return verifier->header.hash_appended == 0 ? accept(verifier)
                                               : expect(verifier, STAGE_HASH, OTK_IMAGE_HASH_SIZE);
}

static enum otk_status end_hash(struct otk_verifier *verifier)
{
    uint8_t digest[OTK_SHA256_SIZE];
    enum otk_status status;

    if (verifier->target.ignore_hash) {
        return accept(verifier);
    }
    status = otk_sha256_finish(&verifier->sha, digest);
    if (status != OTK_OK) {
        return status;
    }
    return memcmp(digest, verifier->piece, sizeof(digest)) == 0 ? accept(verifier) : OTK_BAD_HASH;
}

static enum otk_status end_piece(struct otk_verifier *verifier)
{
    switch (verifier->stage) {
    case STAGE_HEADER:
        return end_header(verifier);
    case STAGE_SEGMENT:
        return end_segment_header(verifier);
    case STAGE_DATA:
        return expect_segment_or_end(verifier);
    case STAGE_PADDING:
        return end_padding(verifier);
    default:
        return end_hash(verifier);
    }
}

/* Take bytes that do not pass the end of the current piece, which lacks `missing`. */
static enum otk_status take(struct otk_verifier *verifier, const uint8_t *data, uint32_t len,
                            uint32_t missing)
{
    enum otk_status status;

    if (verifier->is_hashing) {
        status = otk_sha256_update(&verifier->sha, data, len);
        if (status != OTK_OK) {
            return status;
        }
    }
    if (verifier->stage == STAGE_DATA) {
        verifier->checksum ^= xor_bytes(data, len);
    } else {
        memcpy(verifier->piece + sizeof(verifier->piece) - missing, data, len);
    }
    verifier->offset += len;
    return len == missing ? end_piece(verifier) : OTK_OK;
}

void otk_verifier_init(struct otk_verifier *verifier, const struct otk_image_target *target)
{
    memset(verifier, 0, sizeof(*verifier));
    verifier->target = *target;
    verifier->stage = STAGE_HEADER;
    verifier->piece_end = OTK_IMAGE_HEADER_SIZE;
    verifier->checksum = OTK_IMAGE_CHECKSUM_SEED;
    verifier->status = OTK_INCOMPLETE;
    if (target->area.size > OTK_IMAGE_SIZE_LIMIT) {
        verifier->status = OTK_INVALID_ARGUMENT;
    } else if (target->area.offset % 4 != 0) {
        verifier->status = OTK_MISALIGNED;
    }
}

enum otk_status otk_verifier_update(struct otk_verifier *verifier, const uint8_t *data,
                                    uint32_t len)
{
    while (len > 0 && verifier->status == OTK_INCOMPLETE) {
        const uint32_t missing = verifier->piece_end - verifier->offset;
        const uint32_t step = len < missing ? len : missing;
        const enum otk_status status = take(verifier, data, step, missing);

        if (status != OTK_OK) {
            verifier->status = status;
        }
        data += step;
        len -= step;
    }
    return verifier->status == OTK_INCOMPLETE ? OTK_OK : verifier->status;
}

bool otk_verifier_is_done(const struct otk_verifier *verifier)
{
    return verifier->status == OTK_OK;
}

enum otk_status otk_verifier_finish(struct otk_verifier *verifier, struct otk_image_info *info)
{
    otk_sha256_abort(&verifier->sha);
    if (verifier->status != OTK_OK || !info) {
        return verifier->status;
    }
    memset(info, 0, sizeof(*info));
    info->len = verifier->offset;
    info->entry_address = verifier->header.entry_address;
    info->has_hash = verifier->header.hash_appended != 0;
    if (info->has_hash) {
        memcpy(info->sha256, verifier->piece, sizeof(info->sha256));
    }
    return OTK_OK;
}

enum otk_status otk_image_verify(const struct otk_flash *flash,
                                 const struct otk_image_target *target, uint8_t *scratch,
                                 uint32_t scratch_len, struct otk_image_info *info)
{
    struct otk_verifier verifier;

    otk_verifier_init(&verifier, target);
    /* Piece by piece, so that nothing behind the image's own end is ever read. */
    while (verifier.status == OTK_INCOMPLETE) {
        const uint32_t missing = verifier.piece_end - verifier.offset;
        const uint32_t len = missing < scratch_len ? missing : scratch_len;
        enum otk_status status = flash->read(flash->context, target->area.offset + verifier.offset,
                                             scratch, len);

        if (status == OTK_OK) {
            status = otk_verifier_update(&verifier, scratch, len);
        }
        if (status != OTK_OK) {
            verifier.status = status;
        }
    }
    return otk_verifier_finish(&verifier, info);
}
