// SPDX-License-Identifier: Apache-2.0
/*
 * Manifests: otakit/format/manifest.h. What is accepted is JSON to others too (cJSON), and says the
 * same to them.
 *
 * Input: the manifest.
 */
#include <cjson/cJSON.h>

#include "fuzz/expect.h"
#include "fuzz/input.h"
#include "otakit/format/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* cJSON ends a text at a NUL, which JSON can spell. */
static void compare_text(const cJSON *json, const char *key, struct otk_text text)
{
    const cJSON *const item = cJSON_GetObjectItemCaseSensitive(json, key);
    const uint32_t nul = otk_text_find(text, '\0');

    if (text.len == 0)
        return;
    EXPECT(cJSON_IsString(item));
    EXPECT(strlen(item->valuestring) == nul && memcmp(item->valuestring, text.chars, nul) == 0);
}

static void expect_inside(struct otk_text text, const char *chars, size_t size)
{
    if (text.len == 0)
        return;
    EXPECT(text.chars >= chars && text.chars <= chars + size);
    EXPECT(text.len <= size - (size_t)(text.chars - chars));
}

static void check_manifest(const struct otk_manifest *manifest, const char *chars,
                           const uint8_t *data, size_t size)
{
    cJSON *const json = cJSON_ParseWithLength((const char *)data, size);

    EXPECT(manifest->firmware.len > 0);
    expect_inside(manifest->firmware, chars, size);
    expect_inside(manifest->version, chars, size);
    expect_inside(manifest->project, chars, size);
    expect_inside(manifest->chip, chars, size);
    EXPECT(cJSON_IsObject(json));
    compare_text(json, "firmware", manifest->firmware);
    compare_text(json, "version", manifest->version);
    compare_text(json, "project", manifest->project);
    compare_text(json, "chip", manifest->chip);
    if (manifest->length != 0) {
        const cJSON *const length = cJSON_GetObjectItemCaseSensitive(json, "length");

        EXPECT(cJSON_IsNumber(length) && length->valuedouble == (double)manifest->length);
    }
    cJSON_Delete(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct otk_manifest manifest;
    char *const chars = malloc(size > 0 ? size : 1);

    EXPECT(chars != NULL);
    if (size > 0)
        memcpy(chars, data, size);
    if (otk_manifest_decode(chars, (uint32_t)size, &manifest) == OTK_OK)
        check_manifest(&manifest, chars, data, size);
    free(chars);
    return 0;
}
