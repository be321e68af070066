// SPDX-License-Identifier: Apache-2.0
/*
 * The manifest: a small JSON object that says where an image is and what it is.
 *
 *     {"firmware": "app-1.4.0.bin", "sha": "9f86d0...", "length": 1448064,
 *      "version": "1.4.0", "project": "thermostat", "chip": "esp32c3"}
 *
 * Only "firmware" has to be there. Keys that are not known are passed over, whatever their value;
 * the value of a known key may be null, which is the same as leaving it out.
 *
 *     status = otk_manifest_decode(text, len, &manifest);
 *     if (status == OTK_OK)
 *         status = otk_url_resolve(url, manifest.firmware);
 */
#ifndef OTAKIT_FORMAT_MANIFEST_H
#define OTAKIT_FORMAT_MANIFEST_H

#include <stdbool.h>
#include <stdint.h>

#include "otakit/base/status.h"
#include "otakit/format/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Objects and arrays inside each other, in a value that is passed over. */
#define OTK_MANIFEST_DEPTH 32u

/* What a manifest says. Texts lie in the decoded text and are UTF-8; len 0: not given. */
struct otk_manifest {
    struct otk_text firmware; /* URL, or relative to the manifest's */
    struct otk_text version;
    struct otk_text project;
    struct otk_text chip; /* a name of OTK_CHIP_LIST, if the writer knew them */
    uint32_t length;      /* of the whole file, bytes; 0: not given */
    bool has_sha256;
    uint8_t sha256[32]; /* of the whole file */
};

/*
 * Read a manifest. Needs no heap and no recursion: escapes are resolved where they stand.
 *
 * text      `len` bytes of JSON; overwritten; borrowed as long as `manifest`
 * manifest  written on success only
 *
 * Returns  OTK_OK            read
 *          OTK_BAD_MANIFEST  not one complete JSON object, "firmware" is missing, a known key stands
 *                            twice or has a value of the wrong kind, or the nesting exceeds
 *                            OTK_MANIFEST_DEPTH
 */
OTK_MUST_USE enum otk_status otk_manifest_decode(char *text, uint32_t len,
                                                 struct otk_manifest *manifest);

#ifdef __cplusplus
}
#endif

#endif
