// SPDX-License-Identifier: Apache-2.0
/* The predefined partition tables. */
#include "host/preset.h"

#include <string.h>

struct preset {
    const char *name;
    const char *csv;
};

/* Source of the layouts: ESP-IDF 6.0, components/partition_table; the last one MicroPython,
 * ports/esp32, partitions-4MiB-ota.csv. */
static const struct preset presets[] = {
    {"single-app", "nvs,      data, nvs,     , 24K\n"
                   "phy_init, data, phy,     , 4K\n"
                   "factory,  app,  factory, , 1M\n"},
    {"single-app-large", "nvs,      data, nvs,     , 24K\n"
                         "phy_init, data, phy,     , 4K\n"
                         "factory,  app,  factory, , 1500K\n"},
    {"two-ota", "nvs,      data, nvs,     , 16K\n"
                "otadata,  data, ota,     , 8K\n"
                "phy_init, data, phy,     , 4K\n"
                "factory,  app,  factory, , 1M\n"
                "ota_0,    app,  ota_0,   , 1M\n"
                "ota_1,    app,  ota_1,   , 1M\n"},
    {"two-ota-large", "nvs,      data, nvs,   , 24K\n"
                      "otadata,  data, ota,   , 8K\n"
                      "phy_init, data, phy,   , 4K\n"
                      "ota_0,    app,  ota_0, , 1700K\n"
                      "ota_1,    app,  ota_1, , 1700K\n"},
    {"micropython-ota", "nvs,      data, nvs,   0x9000,   16K\n"
                        "otadata,  data, ota,   0xD000,   8K\n"
                        "phy_init, data, phy,   0xF000,   4K\n"
                        "ota_0,    app,  ota_0, 0x10000,  1536K\n"
                        "ota_1,    app,  ota_1, 0x190000, 1536K\n"},
};

#define PRESET_COUNT (sizeof presets / sizeof presets[0])

const char *otk_preset_find(const char *name)
{
    for (size_t i = 0; i < PRESET_COUNT; i++) {
        if (strcmp(presets[i].name, name) == 0) {
            return presets[i].csv;
        }
    }
    return NULL;
}

const char *otk_preset_name(size_t index)
{
    return index < PRESET_COUNT ? presets[index].name : NULL;
}
