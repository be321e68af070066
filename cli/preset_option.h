// SPDX-License-Identifier: Apache-2.0
/* The option --preset, for the option lists of commands that take one. */
#ifndef OTAKIT_CLI_PRESET_OPTION_H
#define OTAKIT_CLI_PRESET_OPTION_H

/* The names of host/preset.h; a test holds the two lists together. */
#define CLI_PRESET_NAMES "single-app|single-app-large|two-ota|two-ota-large|micropython-ota"

#define CLI_PRESET_OPTION                                                                   \
    {                                                                                       \
        .name = "preset", .value = "NAME", .kind = CLI_CHOICE, .choices = CLI_PRESET_NAMES, \
        .help = "A table that many projects use: single-app, single-app-large, two-ota, "   \
                "two-ota-large or micropython-ota."                                         \
    }

#endif
