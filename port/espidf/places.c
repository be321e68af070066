// SPDX-License-Identifier: Apache-2.0
/* Where flash offsets belong. */
#include "port/espidf/places.h"

#include <string.h>

#define ERASED 0xFFu

static bool holds(const struct otk_place *place, uint32_t offset, uint32_t len)
{
    return offset >= place->offset && offset - place->offset <= place->size &&
           len <= place->size - (offset - place->offset);
}

/* An empty range touches nothing. */
static bool touches(const struct otk_place *place, uint32_t offset, uint32_t len)
{
    return offset >= place->offset ? offset - place->offset < place->size && len > 0
                                   : len > place->offset - offset;
}

const struct otk_place *otk_places_find(const struct otk_place *places, uint32_t count,
                                        uint32_t offset, uint32_t len)
{
    for (uint32_t index = 0; index < count; index++) {
        if (holds(&places[index], offset, len)) {
            return &places[index];
        }
    }
    return NULL;
}

bool otk_places_touch(const struct otk_place *places, uint32_t count, uint32_t offset, uint32_t len)
{
    for (uint32_t index = 0; index < count; index++) {
        if (touches(&places[index], offset, len)) {
            return true;
        }
    }
    return false;
}

static bool is_erased(const uint8_t *unit)
{
    for (uint32_t index = 0; index < OTK_PLACES_UNIT; index++) {
        if (unit[index] != ERASED) {
            return false;
        }
    }
    return true;
}

void otk_places_show_erased(uint8_t *data, uint32_t len, const uint8_t *raw, uint32_t lead)
{
    uint32_t done = 0;

    while (done < len) {
        const uint32_t room = OTK_PLACES_UNIT - lead;
        const uint32_t part = len - done < room ? len - done : room;

        if (is_erased(raw)) {
            memset(data + done, ERASED, part);
        }
        done += part;
        raw += OTK_PLACES_UNIT;
        lead = 0;
    }
}
