// SPDX-License-Identifier: Apache-2.0
/*
 * Everything a tool can say about an application image, whole or broken.
 *
 * The report is filled as far as the bytes go; the verdict is that of otakit/core/verify.h.
 *
 *     struct otk_image_report report;
 *     otk_image_inspect(bytes, len, NULL, &report);
 *     if (report.status == OTK_OK) ...
 */
#ifndef OTAKIT_HOST_IMAGE_INSPECT_H
#define OTAKIT_HOST_IMAGE_INSPECT_H

#include <stdbool.h>
#include <stdint.h>

#include "otakit/base/status.h"
#include "otakit/core/verify.h"
#include "otakit/format/image.h"
#include "otakit/format/signature.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What became of a check. */
enum otk_check { OTK_CHECK_ABSENT, OTK_CHECK_OK, OTK_CHECK_BAD };

struct otk_segment_report {
    uint32_t address; /* where it is loaded or mapped */
    uint32_t size;    /* bytes, as its header says */
    uint32_t offset;  /* of its data, bytes from the start of the image */
    const char *kind; /* "DROM", "IROM", "DRAM", "IRAM", "RTC", "RTC_DRAM", "RTC_IRAM", "PADDING"
                         or "UNKNOWN"; a constant. Chips that show flash or RAM once for code and
                         data: the first flash segment is DROM, RAM with the entry is IRAM */
};

/* One Secure Boot v2 block. */
struct otk_signature_report {
    enum otk_signature_scheme scheme;
    uint8_t key_digest[32]; /* SHA-256 of the key as it stands in the block: what eFuses hold */
    enum otk_check digest;  /* whether the digest in the block is that of the image */
    enum otk_status status; /* OTK_OK: good under the key in the block; OTK_UNSUPPORTED: this build
                               cannot judge the scheme; else why not */
};

struct otk_image_report {
    bool has_header; /* the magic is there; header is meaningful */
    struct otk_image_header header;
    uint32_t segment_count; /* complete segment headers found, at most 16 */
    struct otk_segment_report segments[OTK_IMAGE_SEGMENT_COUNT];
    enum otk_check checksum; /* BAD also where the image ends before it */
    enum otk_check hash;     /* ABSENT where the header announces none */
    uint32_t len;            /* bytes with the appended hash, without padding and signature;
                                        0 where segments are broken or missing */
    bool has_app;
    struct otk_app_desc app;
    uint32_t signature_count; /* good-looking blocks in the signature sector; 0: not signed */
    struct otk_signature_report signatures[OTK_SIGNATURE_BLOCK_COUNT];
    bool is_esp8266; /* header and first segment are those of an ESP8266's image: the same magic,
                        but no chip id; never set for an image that is accepted */
    enum otk_status status; /* OTK_OK: the bootloader would accept the image */
};

/*
 * Look at an image.
 *
 * image   `len` bytes; more than the image is fine, as when it is read from a partition
 * target  what it is judged against; NULL: a chip of the kind and the least revision that the
 *         header names, in a partition of 16 MiB at a 64 KiB boundary
 * report  always filled
 */
void otk_image_inspect(const uint8_t *image, uint32_t len, const struct otk_image_target *target,
                       struct otk_image_report *report);

#ifdef __cplusplus
}
#endif

#endif
