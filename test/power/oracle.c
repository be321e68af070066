// SPDX-License-Identifier: Apache-2.0
/* What a device must be whatever happened to its power. */
#include "test/power/oracle.h"

#include <stdio.h>
#include <string.h>

#include "otakit/core/journal.h"
#include "sim/nor_fault.h"

static const char *image_name(enum image_id image)
{
    static const char *const names[] = {"the old application", "the new application",
                                        "the other application", "the damaged application"};

    return image == IMAGE_NONE ? "an unknown application" : names[image];
}

/* Whether the current step brings this application, so that it may run before it is confirmed. */
static bool is_expected(const struct world *world, enum image_id image)
{
    const struct step *step = world_step(world);

    if (image == world->memory.confirmed) {
        return true;
    }
    return image == step->image &&
           (step->kind == STEP_UPDATE || step->kind == STEP_SELECT || step->kind == STEP_TRY);
}

static bool is_stable(const struct world *world, uint32_t offset, uint32_t len)
{
    for (uint32_t i = 0; i < len; i += OTK_SECTOR_SIZE) {
        if (otk_nor_is_unstable(world->nor, offset + i)) {
            return false;
        }
    }
    return true;
}

/* An OTA slot that starts like an application but is not a whole one; -1: there is none. The one
 * operation that may leave such a slot is the erase that takes the old application away. */
static int find_half_application(const struct world *world)
{
    const uint8_t *start = world->images[IMAGE_NEW].bytes;

    if (world->scenario->by_esp_ota) {
        return -1; /* its hash is all that keeps the bootloader from such a slot */
    }
    for (int slot = 0; slot < (int)world->layout.ota_count; slot++) {
        const uint32_t offset = world->layout.ota[slot].offset;

        if (memcmp(otk_nor_content(world->nor) + offset, start, OTK_SEAL_SIZE) == 0 &&
            world_identify(world, slot) == IMAGE_NONE && is_stable(world, offset, 1)) {
            return slot;
        }
    }
    return -1;
}

/* Whether a reset may choose another application by chance: what names the running one is weak. */
static bool is_selected_firmly(const struct world *world)
{
    const uint8_t *content = otk_nor_content(world->nor);
    struct otk_otadata entries[2];
    int active = -1;

    if (world->boot.slot < 0) {
        return true;
    }
    for (int i = 0; i < 2; i++) {
        otk_otadata_decode(content + WORLD_OTADATA + (uint32_t)i * OTK_SECTOR_SIZE, &entries[i]);
        if (otk_otadata_is_valid(&entries[i]) &&
            (active < 0 || entries[i].seq > entries[active].seq)) {
            active = i;
        }
    }
    return active < 0 || is_stable(world, WORLD_OTADATA + (uint32_t)active * OTK_SECTOR_SIZE, 1);
}

/* The first byte outside otadata and OTA slots that is not as it was; flash size: none. */
static uint32_t find_change(const struct world *world)
{
    const uint8_t *content = otk_nor_content(world->nor);
    const uint32_t first_slot = world->layout.ota[0].offset;
    const uint32_t slots_end = first_slot + world->layout.ota_count * WORLD_SLOT_SIZE;
    const uint32_t ranges[3][2] = {{0, WORLD_OTADATA},
                                   {WORLD_OTADATA + 2 * OTK_SECTOR_SIZE, first_slot},
                                   {slots_end, WORLD_FLASH_SIZE}};

    for (int i = 0; i < 3; i++) {
        const uint32_t start = ranges[i][0];

        if (memcmp(content + start, world->original + start, ranges[i][1] - start) != 0) {
            return start;
        }
    }
    return WORLD_FLASH_SIZE;
}

enum verdict oracle_judge(const struct world *world, enum moment moment, char *why, size_t size)
{
    const int slot = world->boot.slot;
    const enum image_id image = world->running_image;

    if (world->memory.violation[0] != '\0') {
        snprintf(why, size, "%s", world->memory.violation);
        return VERDICT_WRONG;
    }
    if (world->boot_status != OTK_OK || slot == OTK_SLOT_NONE) {
        snprintf(why, size, "nothing boots: %s", otk_status_name(world->boot_status));
        return VERDICT_BRICK;
    }
    if (!is_expected(world, image)) {
        snprintf(why, size, "slot %d boots with %s, %s is confirmed", slot, image_name(image),
                 image_name(world->memory.confirmed));
        return VERDICT_WRONG;
    }
    if (!is_stable(world, otk_layout_slot(&world->layout, slot).offset, world->images[image].len)) {
        snprintf(why, size, "slot %d boots with %s from unstable cells", slot, image_name(image));
        return VERDICT_WRONG;
    }
    if (find_half_application(world) >= 0) {
        snprintf(why, size, "slot %d looks like an application and is not",
                 find_half_application(world));
        return VERDICT_WRONG;
    }
    if (moment == MOMENT_BOOTED) {
        return VERDICT_GOOD;
    }
    if (image != world->memory.confirmed) {
        snprintf(why, size, "%s runs at the end", image_name(image));
        return VERDICT_WRONG;
    }
    if (!is_selected_firmly(world)) {
        snprintf(why, size, "%s is selected by unstable cells", image_name(image));
        return VERDICT_WRONG;
    }
    if (find_change(world) != WORLD_FLASH_SIZE) {
        snprintf(why, size, "flash behind 0x%X has changed", (unsigned)find_change(world));
        return VERDICT_WRONG;
    }
    return VERDICT_GOOD;
}
