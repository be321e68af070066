// SPDX-License-Identifier: Apache-2.0
/* The application description, byte by byte. */
#include "otakit/base/bytes.h"
#include "otakit/base/memory.h"
#include "otakit/format/image.h"

/* Where the fields stand. Source: ESP-IDF, esp_app_desc.h, esp_app_desc_t. */
#define AT_SECURE_VERSION 4
#define AT_VERSION        16
#define AT_PROJECT        48
#define AT_TIME           80
#define AT_DATE           96
#define AT_IDF_VERSION    112
#define AT_ELF_SHA256     144

/* Copy a fixed-size text field and terminate it. `text` holds size + 1 bytes. */
static void copy_text(char *text, const uint8_t *field, uint32_t size)
{
    memcpy(text, field, size);
    text[size] = 0;
}

enum otk_status otk_app_desc_decode(const uint8_t bytes[OTK_APP_DESC_SIZE],
                                    struct otk_app_desc *desc)
{
    if (otk_load_le32(bytes) != OTK_APP_DESC_MAGIC) {
        return OTK_NO_APP_DESC;
    }
    desc->secure_version = otk_load_le32(bytes + AT_SECURE_VERSION);
    copy_text(desc->version, bytes + AT_VERSION, sizeof(desc->version) - 1);
    copy_text(desc->project, bytes + AT_PROJECT, sizeof(desc->project) - 1);
    copy_text(desc->time, bytes + AT_TIME, sizeof(desc->time) - 1);
    copy_text(desc->date, bytes + AT_DATE, sizeof(desc->date) - 1);
    copy_text(desc->idf_version, bytes + AT_IDF_VERSION, sizeof(desc->idf_version) - 1);
    memcpy(desc->elf_sha256, bytes + AT_ELF_SHA256, sizeof(desc->elf_sha256));
    return OTK_OK;
}
