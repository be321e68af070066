// SPDX-License-Identifier: Apache-2.0
/* The secure version of the attached device's board. */
#include "compat/esp_idf/secure_version.h"

#include <stddef.h>

#include "compat/esp_idf/device.h"

static const struct otk_secure_version *store(void)
{
    const struct otk_idf_device *device = otk_idf_attached();

    return device ? device->board->secure_version : NULL;
}

bool otk_idf_has_secure_version(void)
{
    return store() != NULL;
}

bool otk_idf_allows_secure_version(uint32_t version)
{
    uint32_t least;

    return store()->read(store()->context, &least) == OTK_OK && version >= least;
}

esp_err_t otk_idf_raise_secure_version(uint32_t version)
{
    return store()->raise(store()->context, version) == OTK_OK ? ESP_OK : ESP_FAIL;
}
