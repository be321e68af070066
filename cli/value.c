// SPDX-License-Identifier: Apache-2.0
/* Values as people write them. */
#include "cli/value.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "host/image_build.h"
#include "otakit/format/image.h"

struct unit {
    const char *suffix;
    uint64_t factor;
};

static const struct unit size_units[] = {
    {"", 1},           {"B", 1},         {"K", 1u << 10},   {"KB", 1u << 10},
    {"KiB", 1u << 10}, {"M", 1u << 20},  {"MB", 1u << 20},  {"MiB", 1u << 20},
    {"G", 1u << 30},   {"GB", 1u << 30}, {"GiB", 1u << 30}, {NULL, 0},
};

static const struct unit duration_units[] = {
    {"", 1000}, {"ms", 1}, {"s", 1000}, {"m", 60000}, {"min", 60000}, {"h", 3600000}, {NULL, 0},
};

static const struct unit no_units[] = {{"", 1}, {NULL, 0}};

#define CHIP_WORD(enumerator, number, text) " " text
const char cli_chip_words[] = OTK_CHIP_LIST(CHIP_WORD);
#undef CHIP_WORD

/* strtoull takes blanks and signs, which no value of ours may have. */
static bool parse_with_units(const char *text, const struct unit *units, uint64_t limit,
                             uint64_t *number)
{
    char *end;
    const bool is_hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');

    if (!isdigit((unsigned char)text[0]) || (is_hex && !isxdigit((unsigned char)text[2]))) {
        return false;
    }
    errno = 0;
    const uint64_t value = strtoull(text, &end, is_hex ? 16 : 10);
    if (errno != 0) {
        return false;
    }
    for (const struct unit *unit = units; unit->suffix; unit++) {
        if (strcasecmp(end, unit->suffix) == 0) {
            if (value > limit / unit->factor) {
                return false;
            }
            *number = value * unit->factor;
            return true;
        }
    }
    return false;
}

static bool parse_chip(const char *text, uint64_t *number)
{
    uint16_t chip_id;

    if (otk_chip_find(text, &chip_id) != OTK_OK) {
        return false;
    }
    *number = chip_id;
    return true;
}

static bool parse_revision(const char *text, uint64_t *number)
{
    unsigned int major;
    unsigned int minor;
    int used = 0;

    if (*text == 'v') {
        text++;
    }
    if (!isdigit((unsigned char)*text) || sscanf(text, "%3u.%2u%n", &major, &minor, &used) != 2) {
        return false;
    }
    if (text[used] != '\0' || major * 100 + minor > UINT16_MAX) {
        return false;
    }
    *number = major * 100 + minor;
    return true;
}

bool cli_value_parse(enum cli_kind kind, const char *text, uint64_t *number)
{
    switch (kind) {
    case CLI_NUMBER:
        return parse_with_units(text, no_units, UINT32_MAX, number);
    case CLI_COUNT:
        return parse_with_units(text, no_units, UINT64_MAX, number);
    case CLI_SIZE:
        return parse_with_units(text, size_units, UINT32_MAX, number);
    case CLI_DURATION:
        return parse_with_units(text, duration_units, UINT32_MAX, number);
    case CLI_CHIP:
        return parse_chip(text, number);
    case CLI_REVISION:
        return parse_revision(text, number);
    case CLI_FLAG:
    case CLI_TEXT:
    case CLI_FILE:
    case CLI_DIRECTORY:
    case CLI_CHOICE:
        break;
    }
    return false;
}

const char *cli_value_example(enum cli_kind kind)
{
    switch (kind) {
    case CLI_NUMBER:
    case CLI_COUNT:
        return "a number such as 12 or 0x0c";
    case CLI_SIZE:
        return "a size such as 4MB, 1536K or 0x8000";
    case CLI_DURATION:
        return "a duration such as 30s, 500ms or 5m";
    case CLI_CHIP:
        return "a chip such as esp32, esp32s3 or esp32c3";
    case CLI_REVISION:
        return "a chip revision such as 0.3 or 1.0";
    case CLI_FLAG:
    case CLI_TEXT:
    case CLI_FILE:
    case CLI_DIRECTORY:
    case CLI_CHOICE:
        break;
    }
    return "a text";
}

void cli_value_format_size(uint64_t size, char *text, size_t text_size)
{
    if (size < 1024) {
        snprintf(text, text_size, "%u bytes", (unsigned int)size);
    } else if (size < 1024 * 1024) {
        snprintf(text, text_size, "%.*f KB", size % 1024 == 0 ? 0 : 1, (double)size / 1024);
    } else {
        const uint64_t mega = 1024 * 1024;
        snprintf(text, text_size, "%.*f MB", size % mega == 0 ? 0 : 2, (double)size / (double)mega);
    }
}

void cli_value_format_chip(uint16_t chip_id, char *text, size_t text_size)
{
    const char *name = otk_chip_name(chip_id);

    if (name) {
        snprintf(text, text_size, "%s", name);
    } else {
        snprintf(text, text_size, "0x%04x", chip_id);
    }
}

bool cli_value_is_choice(const char *choices, const char *text)
{
    const size_t len = strlen(text);

    for (const char *word = choices; word; word = strchr(word, '|')) {
        if (*word == '|') {
            word++;
        }
        if (strcspn(word, "|") == len && strncmp(word, text, len) == 0) {
            return true;
        }
    }
    return false;
}
