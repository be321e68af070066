// SPDX-License-Identifier: Apache-2.0
/*
 * Keys from files: host/sign.h. What signs an image verifies it too; nothing else does either.
 *
 * Input: the key file, PEM or DER.
 */
#include "fuzz/expect.h"
#include "fuzz/input.h"
#include "host/sign.h"

#define IMAGE_SIZE 600u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t image[IMAGE_SIZE] = {1}; /* no application image: kept as it is */
    uint8_t *const key = malloc(size > 0 ? size : 1);
    struct otk_error error = {0};
    uint8_t *signed_image;
    uint32_t len;

    EXPECT(key != NULL);
    if (size > 0)
        memcpy(key, data, size);
    const enum otk_status unsigned_status = otk_sign_verify(image, sizeof image, key, size, &error);

    EXPECT(unsigned_status != OTK_OK && error.message[0] != '\0');
    if (otk_sign_image(image, sizeof image, key, size, &signed_image, &len, &error) == OTK_OK) {
        EXPECT(len % 4096 == 0 && len > sizeof image);
        EXPECT(memcmp(signed_image, image, sizeof image) == 0);
        EXPECT(otk_sign_verify(signed_image, len, key, size, NULL) == OTK_OK);
        signed_image[1] ^= 1;
        EXPECT(otk_sign_verify(signed_image, len, key, size, NULL) != OTK_OK);
        free(signed_image);
    }
    free(key);
    return 0;
}
