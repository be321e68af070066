// SPDX-License-Identifier: Apache-2.0
/* SHA-256 at once. */
#include "host/sha256.h"

enum otk_status otk_host_sha256(const void *data, uint32_t len, uint8_t digest[OTK_SHA256_SIZE])
{
    struct otk_sha256 sha;
    enum otk_status status = otk_sha256_init(&sha);

    if (status != OTK_OK) {
        return status;
    }
    status = otk_sha256_update(&sha, data, len);
    if (status != OTK_OK) {
        otk_sha256_abort(&sha);
        return status;
    }
    return otk_sha256_finish(&sha, digest);
}
