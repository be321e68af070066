// SPDX-License-Identifier: Apache-2.0
/* The chip of the runner: a flash file, and what stands in it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "compat/esp_idf/runner.h"
#include "otakit/core/otadata.h"
#include "otakit/format/image.h"

/* Bytes read at once for a digest. */
#define PIECE_SIZE 4096u

static const char *open_reason(enum otk_status status)
{
    switch (status) {
    case OTK_NOT_FOUND:
        return "there is no such file; make one with `otakit flash create`";
    case OTK_BUSY:
        return "another device runs on it";
    case OTK_BAD_FORMAT:
        return "a flash file is as large as its chip: a power of two from 64 KB to 128 MB";
    case OTK_HOST_IO:
        return strerror(errno);
    default:
        return otk_status_text(status);
    }
}

static bool load_layout(const struct otk_flash *flash, struct otk_layout *layout)
{
    uint8_t scratch[OTK_TABLE_SIZE];

    return otk_layout_load(flash, OTK_TABLE_OFFSET, scratch, layout) == OTK_OK;
}

/* The head of the image in a slot; false: there is none. */
static bool read_head(const struct otk_flash *flash, const struct otk_layout *layout, int slot,
                      uint8_t head[OTK_IMAGE_HEAD_SIZE])
{
    const struct otk_area area = otk_layout_slot(layout, slot);

    return area.size >= OTK_IMAGE_HEAD_SIZE &&
           flash->read(flash->context, area.offset, head, OTK_IMAGE_HEAD_SIZE) == OTK_OK &&
           head[0] == OTK_IMAGE_MAGIC;
}

/* The chip that the first image is for. */
static uint16_t find_chip_id(const struct otk_flash *flash)
{
    uint8_t head[OTK_IMAGE_HEAD_SIZE];
    struct otk_image_header header;
    struct otk_layout layout;
    int slot;

    if (!load_layout(flash, &layout)) {
        return OTK_CHIP_ESP32;
    }
    for (slot = OTK_SLOT_FACTORY; slot < (int)OTK_OTA_SLOT_COUNT; slot++) {
        if (read_head(flash, &layout, slot, head)) {
            otk_image_header_decode(head, &header);
            return header.chip_id;
        }
    }
    return OTK_CHIP_ESP32;
}

enum otk_status otk_idf_chip_open(const struct otk_idf_options *options, struct otk_idf_chip *chip)
{
    /* As ESP-IDF's own driver: any number of bytes, also over programmed ones. */
    const struct otk_nor_config config = {.write_align = 1, .may_rewrite = true};
    enum otk_status status;

    *chip = (struct otk_idf_chip){.nor = NULL};
    errno = 0;
    status = otk_nor_open_file(options->flash_path, &config, &chip->nor);
    if (status != OTK_OK) {
        fprintf(stderr, "%s: %s: %s\n", options->program, options->flash_path, open_reason(status));
        return status;
    }
    chip->flash = *otk_nor_flash(chip->nor);
    chip->board = (struct otk_board){
        .flash = otk_nor_flash(chip->nor),
        .chip_id = find_chip_id(otk_nor_flash(chip->nor)),
    };
    return OTK_OK;
}

static enum otk_status hash_range(const struct otk_flash *flash, uint32_t offset, uint32_t len,
                                  struct otk_sha256 *sha)
{
    uint8_t piece[PIECE_SIZE];
    enum otk_status status = OTK_OK;

    while (len > 0 && status == OTK_OK) {
        const uint32_t count = len < PIECE_SIZE ? len : PIECE_SIZE;

        status = flash->read(flash->context, offset, piece, count);
        if (status == OTK_OK) {
            status = otk_sha256_update(sha, piece, count);
        }
        offset += count;
        len -= count;
    }
    return status;
}

struct otk_idf_identity otk_idf_chip_identify(const struct otk_idf_chip *chip,
                                              const struct otk_boot_result *boot)
{
    struct otk_idf_identity identity = {.sha256 = {0}};
    struct otk_layout layout;
    struct otk_sha256 sha;

    if (!load_layout(chip->board.flash, &layout) || otk_sha256_init(&sha) != OTK_OK) {
        return identity;
    }
    if (hash_range(chip->board.flash, otk_layout_slot(&layout, boot->slot).offset, boot->image.len,
                   &sha) != OTK_OK ||
        otk_sha256_finish(&sha, identity.sha256) != OTK_OK) {
        otk_sha256_abort(&sha);
        memset(&identity, 0, sizeof identity);
    }
    return identity;
}

static const char *slot_name(int slot, char name[16])
{
    if (slot == OTK_SLOT_FACTORY) {
        return "factory";
    }
    if (slot == OTK_SLOT_TEST) {
        return "test";
    }
    snprintf(name, 16, "ota_%d", slot);
    return name;
}

/* "lamp 1.2.0", or that it does not say. */
static void describe(const struct otk_idf_chip *chip, const struct otk_layout *layout, int slot,
                     char *text, size_t size)
{
    uint8_t head[OTK_IMAGE_HEAD_SIZE];
    struct otk_app_desc app;

    if (read_head(chip->board.flash, layout, slot, head) &&
        otk_app_desc_decode(head + OTK_APP_DESC_OFFSET, &app) == OTK_OK) {
        snprintf(text, size, "%s %s", app.project, app.version);
    } else {
        snprintf(text, size, "an application without a description");
    }
}

/* The state of a slot's entry, where it is the active one. */
static const char *find_state(const struct otk_idf_chip *chip, const struct otk_layout *layout,
                              int slot)
{
    struct otk_selection selection;

    if (otk_selection_load(chip->board.flash, layout, &selection) != OTK_OK ||
        selection.active < 0 || otk_selection_slot(&selection, selection.active) != slot) {
        return NULL;
    }
    return otk_otadata_state_name(selection.entries[selection.active].state);
}

void otk_idf_chip_tell(const struct otk_idf_chip *chip, const struct otk_boot_result *boot,
                       enum otk_status status)
{
    struct otk_layout layout;
    char text[80];
    char name[16];
    const char *state;
    uint32_t index;

    for (index = 0; index < boot->attempt_count; index++) {
        const struct otk_boot_attempt *const attempt = &boot->attempts[index];

        if (attempt->status != OTK_OK) {
            printf("boot: %s is refused: %s\n", slot_name(attempt->slot, name),
                   otk_status_text(attempt->status));
        }
    }
    if (status != OTK_OK || !load_layout(chip->board.flash, &layout)) {
        printf("boot: NOTHING BOOTS: %s\n", otk_status_text(status));
        return;
    }
    describe(chip, &layout, boot->slot, text, sizeof text);
    state = find_state(chip, &layout, boot->slot);
    printf("boot: %s boots: %s%s%s\n", slot_name(boot->slot, name), text, state ? ", " : "",
           state ? state : "");
}
