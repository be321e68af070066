// SPDX-License-Identifier: Apache-2.0
/* The secure version in eFuses: bits that are burnt, one for each step, and never come back. */
#include <esp_efuse.h>

#include "port/espidf/board.h"

static enum otk_status read_version(void *context, uint32_t *version)
{
    (void)context;
    *version = esp_efuse_read_secure_version();
    return OTK_OK;
}

/* ESP-IDF refuses a version above CONFIG_BOOTLOADER_APP_SEC_VER_SIZE_EFUSE_FIELD. */
static enum otk_status raise_version(void *context, uint32_t version)
{
    (void)context;
    return esp_efuse_update_secure_version(version) == ESP_OK ? OTK_OK : OTK_FLASH_IO;
}

const struct otk_secure_version *otk_espidf_secure_version(void)
{
    static const struct otk_secure_version efuses = {.read = read_version, .raise = raise_version};

    return &efuses;
}
