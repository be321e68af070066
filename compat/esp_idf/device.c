// SPDX-License-Identifier: Apache-2.0
/* Which device the esp_* functions of this process work on. */
#include "compat/esp_idf/device.h"

#include <stddef.h>

/* The one global of this directory: ESP-IDF's functions have no argument for it. */
static const struct otk_idf_device *attached;

void otk_idf_attach(const struct otk_idf_device *device)
{
    otk_idf_detach();
    attached = device;
}

void otk_idf_detach(void)
{
    attached = NULL;
}

const struct otk_idf_device *otk_idf_attached(void)
{
    return attached;
}
