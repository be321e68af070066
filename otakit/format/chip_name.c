// SPDX-License-Identifier: Apache-2.0
/* The names of chips; a file of its own, so that a device that shows none carries none. */
#include <stddef.h>

#include "otakit/format/image.h"

const char *otk_chip_name(uint16_t chip_id)
{
    switch (chip_id) {
#define OTK_CHIP_NAME(name, id, text) \
    case id:                          \
        return text;
        OTK_CHIP_LIST(OTK_CHIP_NAME)
#undef OTK_CHIP_NAME
    default:
        return NULL;
    }
}
