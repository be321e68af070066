// SPDX-License-Identifier: Apache-2.0
/* The scenarios. A field that is not named is 0: no factory slot, usual geometry, hash known. */
#include "test/power/scenario.h"

#include <stddef.h>
#include <string.h>

#define FACTORY OTK_SLOT_FACTORY
#define PUT(slot_number, which)                               \
    {                                                         \
        .used = true, .slot = (slot_number), .image = (which) \
    }
#define CONFIRMED(number)                         \
    {                                             \
        .seq = (number), .state = OTK_STATE_VALID \
    }
#define UPDATE_TO_NEW                           \
    {                                           \
        .kind = STEP_UPDATE, .image = IMAGE_NEW \
    }
#define NEW_BY(what, by)                                    \
    {                                                       \
        .kind = (what), .image = IMAGE_NEW, .carrier = (by) \
    }

/* The usual devices. */
#define FROM_FACTORY .has_factory = true, .slot_count = 2, .installs = {PUT(FACTORY, IMAGE_OLD)}
#define FROM_OTA_0                                                   \
    .has_factory = true, .slot_count = 2, .entries = {CONFIRMED(1)}, \
    .installs = {PUT(FACTORY, IMAGE_OTHER), PUT(0, IMAGE_OLD)}
#define FROM_OTA_1                                                                 \
    .has_factory = true, .slot_count = 2, .entries = {CONFIRMED(1), CONFIRMED(2)}, \
    .installs = {PUT(FACTORY, IMAGE_OTHER), PUT(1, IMAGE_OLD)}
#define TWO_SLOTS_FROM_OTA_0 \
    .slot_count = 2, .entries = {CONFIRMED(1)}, .installs = {PUT(0, IMAGE_OLD)}
#define TWO_SLOTS_FROM_OTA_1                                  \
    .slot_count = 2, .entries = {CONFIRMED(1), CONFIRMED(2)}, \
    .installs = {PUT(0, IMAGE_OTHER), PUT(1, IMAGE_OLD)}

const struct scenario scenarios[] = {
    {.name = "first-update-from-factory", FROM_FACTORY, .steps = {UPDATE_TO_NEW}},
    {.name = "ota0-to-ota1", FROM_OTA_0, .steps = {UPDATE_TO_NEW}},
    {.name = "ota1-to-ota0", FROM_OTA_1, .steps = {UPDATE_TO_NEW}},
    {.name = "no-factory", TWO_SLOTS_FROM_OTA_1, .steps = {UPDATE_TO_NEW}},
    {.name = "no-factory-blank-otadata",
     .slot_count = 2,
     .installs = {PUT(0, IMAGE_OLD)},
     .steps = {UPDATE_TO_NEW}},
    {.name = "three-slots",
     .slot_count = 3,
     .entries = {CONFIRMED(1), CONFIRMED(2)},
     .installs = {PUT(0, IMAGE_OTHER), PUT(1, IMAGE_OLD)},
     .steps = {UPDATE_TO_NEW}},
    {.name = "two-updates",
     FROM_FACTORY,
     .steps = {UPDATE_TO_NEW, {.kind = STEP_UPDATE, .image = IMAGE_OTHER}}},
    {.name = "resume",
     FROM_OTA_0,
     .steps = {{.kind = STEP_PART, .image = IMAGE_NEW}, UPDATE_TO_NEW}},
    {.name = "resume-unknown-hash",
     FROM_OTA_1,
     .hide_sha256 = true,
     .steps = {{.kind = STEP_PART, .image = IMAGE_NEW}, UPDATE_TO_NEW}},
    {.name = "resume-unknown-size",
     FROM_OTA_0,
     .hide_sha256 = true,
     .hide_size = true,
     .steps = {{.kind = STEP_PART, .image = IMAGE_NEW}, UPDATE_TO_NEW}},
    {.name = "confirm", TWO_SLOTS_FROM_OTA_0, .image_size = 2 * 4096, .steps = {UPDATE_TO_NEW}},
    {.name = "reject",
     FROM_OTA_0,
     .steps = {{.kind = STEP_UPDATE, .image = IMAGE_NEW, .self_test = SELF_TEST_FAIL}}},
    {.name = "reject-to-factory",
     FROM_FACTORY,
     .steps = {{.kind = STEP_UPDATE, .image = IMAGE_NEW, .self_test = SELF_TEST_FAIL},
               UPDATE_TO_NEW}},
    {.name = "reject-no-factory",
     TWO_SLOTS_FROM_OTA_1,
     .steps = {{.kind = STEP_UPDATE, .image = IMAGE_NEW, .self_test = SELF_TEST_FAIL},
               UPDATE_TO_NEW}},
    {.name = "rollback",
     FROM_OTA_0,
     .steps = {{.kind = STEP_UPDATE, .image = IMAGE_NEW, .self_test = SELF_TEST_HANG},
               UPDATE_TO_NEW}},
    {.name = "rollback-no-factory",
     TWO_SLOTS_FROM_OTA_0,
     .steps = {{.kind = STEP_UPDATE, .image = IMAGE_NEW, .self_test = SELF_TEST_HANG},
               UPDATE_TO_NEW}},
    {.name = "slot-switch",
     .slot_count = 2,
     .entries = {CONFIRMED(1), CONFIRMED(2)},
     .installs = {PUT(0, IMAGE_NEW), PUT(1, IMAGE_OLD)},
     .steps = {{.kind = STEP_SELECT, .image = IMAGE_NEW}}},
    {.name = "slot-switch-to-factory",
     .has_factory = true,
     .slot_count = 2,
     .entries = {CONFIRMED(1), CONFIRMED(2)},
     .installs = {PUT(FACTORY, IMAGE_NEW), PUT(0, IMAGE_OTHER), PUT(1, IMAGE_OLD)},
     .steps = {{.kind = STEP_SELECT, .image = IMAGE_NEW}}},
    {.name = "slot-switch-amid-update",
     .has_factory = true,
     .slot_count = 2,
     .entries = {CONFIRMED(1)},
     .installs = {PUT(FACTORY, IMAGE_OTHER), PUT(0, IMAGE_OLD)},
     .steps = {{.kind = STEP_PART, .image = IMAGE_NEW},
               {.kind = STEP_SELECT, .image = IMAGE_OTHER},
               UPDATE_TO_NEW}},
    {.name = "abort",
     FROM_OTA_0,
     .steps = {{.kind = STEP_ABORT, .image = IMAGE_NEW}, UPDATE_TO_NEW}},
    {.name = "cancel-after-cut",
     .has_factory = true,
     .slot_count = 2,
     .entries = {CONFIRMED(1)},
     .erase_size_max = OTK_SECTOR_SIZE,
     .installs = {PUT(FACTORY, IMAGE_BAD), PUT(0, IMAGE_OLD), PUT(1, IMAGE_NEW)},
     .steps = {{.kind = STEP_PART, .image = IMAGE_OTHER, .once = true},
               {.kind = STEP_CANCEL, .image = IMAGE_OTHER},
               UPDATE_TO_NEW}},
    {.name = "other-image-after-cut",
     .slot_count = 2,
     .entries = {CONFIRMED(1)},
     .erase_size_max = OTK_SECTOR_SIZE,
     .installs = {PUT(0, IMAGE_OLD), PUT(1, IMAGE_NEW)},
     .steps = {{.kind = STEP_PART, .image = IMAGE_OTHER, .once = true}, UPDATE_TO_NEW}},
    {.name = "corrupt-image",
     FROM_OTA_0,
     .steps = {{.kind = STEP_REFUSED, .image = IMAGE_BAD}, UPDATE_TO_NEW}},
    {.name = "wrong-file",
     TWO_SLOTS_FROM_OTA_0,
     .may_inherit = true,
     .steps = {{.kind = STEP_REFUSED, .image = IMAGE_OTHER, .claims_new = true}, UPDATE_TO_NEW}},
    {.name = "anti-rollback-raise",
     TWO_SLOTS_FROM_OTA_0,
     .anti_rollback = true,
     .secure_version = 1,
     .steps = {UPDATE_TO_NEW}},
    {.name = "anti-rollback-reject",
     TWO_SLOTS_FROM_OTA_1,
     .anti_rollback = true,
     .secure_version = 1,
     .steps = {{.kind = STEP_UPDATE, .image = IMAGE_NEW, .self_test = SELF_TEST_FAIL},
               UPDATE_TO_NEW}},
    {.name = "other-image-after-interrupted",
     FROM_OTA_0,
     .steps = {{.kind = STEP_PART, .image = IMAGE_OTHER}, UPDATE_TO_NEW}},
    {.name = "other-image-same-head",
     FROM_OTA_0,
     .hide_sha256 = true,
     .same_head = true,
     .may_inherit = true,
     .steps = {{.kind = STEP_PART, .image = IMAGE_OTHER}, UPDATE_TO_NEW}},
    {.name = "same-image-again",
     .slot_count = 2,
     .entries = {CONFIRMED(1)},
     .installs = {PUT(0, IMAGE_OLD), PUT(1, IMAGE_NEW)},
     .steps = {UPDATE_TO_NEW}},
    {.name = "same-image-again-unknown-hash",
     .slot_count = 2,
     .entries = {CONFIRMED(1)},
     .hide_sha256 = true,
     .installs = {PUT(0, IMAGE_OLD), PUT(1, IMAGE_NEW)},
     .steps = {UPDATE_TO_NEW}},
    {.name = "shared-sectors",
     .has_factory = true,
     .slot_count = 2,
     .same_sectors = true,
     .installs = {PUT(FACTORY, IMAGE_OLD), PUT(0, IMAGE_OLD)},
     .steps = {UPDATE_TO_NEW}},
    {.name = "fallback",
     .has_factory = true,
     .slot_count = 2,
     .entries = {CONFIRMED(1), CONFIRMED(2)},
     .installs = {PUT(FACTORY, IMAGE_OTHER), PUT(0, IMAGE_OLD), PUT(1, IMAGE_BAD)},
     .steps = {UPDATE_TO_NEW}},
    {.name = "fallback-to-factory",
     .has_factory = true,
     .slot_count = 2,
     .entries = {CONFIRMED(1)},
     .installs = {PUT(FACTORY, IMAGE_OLD), PUT(0, IMAGE_BAD)},
     .steps = {UPDATE_TO_NEW}},
    {.name = "fallback-unnamed",
     .slot_count = 2,
     .entries = {CONFIRMED(2)},
     .installs = {PUT(0, IMAGE_OLD), PUT(1, IMAGE_BAD)},
     .steps = {UPDATE_TO_NEW}},
    {.name = "write-align-16", FROM_OTA_0, .write_align = 16, .steps = {UPDATE_TO_NEW}},
    {.name = "write-align-32",
     FROM_FACTORY,
     .write_align = 32,
     .steps = {{.kind = STEP_PART, .image = IMAGE_NEW}, UPDATE_TO_NEW}},
    {.name = "no-block-erase",
     TWO_SLOTS_FROM_OTA_1,
     .block_size = OTK_SECTOR_SIZE,
     .steps = {UPDATE_TO_NEW}},
    {.name = "erase-ahead",
     FROM_FACTORY,
     .erase_size_max = OTK_SECTOR_SIZE,
     .poll = true,
     .chunk = 500,
     .steps = {UPDATE_TO_NEW}},
    {.name = "half-block-erase", FROM_OTA_1, .image_size = 3 * 4096, .steps = {UPDATE_TO_NEW}},
    {.name = "checksum-only", FROM_OTA_0, .no_hash = true, .steps = {UPDATE_TO_NEW}},
    {.name = "ble-simple", FROM_OTA_0, .steps = {NEW_BY(STEP_UPDATE, CARRIER_BLE_SIMPLE)}},
    {.name = "ble-sector",
     FROM_FACTORY,
     .steps = {NEW_BY(STEP_PART, CARRIER_BLE_SECTOR), NEW_BY(STEP_UPDATE, CARRIER_BLE_SECTOR)}},
    {.name = "ble-window",
     TWO_SLOTS_FROM_OTA_1,
     .steps = {NEW_BY(STEP_PART, CARRIER_BLE_WINDOW), NEW_BY(STEP_UPDATE, CARRIER_BLE_WINDOW)}},
    {.name = "ble-window-refuses",
     FROM_OTA_0,
     .steps = {{.kind = STEP_REFUSED, .image = IMAGE_BAD, .carrier = CARRIER_BLE_WINDOW},
               NEW_BY(STEP_UPDATE, CARRIER_BLE_WINDOW)}},
    {.name = "serial", FROM_OTA_1, .steps = {NEW_BY(STEP_UPDATE, CARRIER_SERIAL)}},
    {.name = "portal",
     FROM_OTA_0,
     .steps = {NEW_BY(STEP_PART, CARRIER_PORTAL), NEW_BY(STEP_UPDATE, CARRIER_PORTAL)}},
    {.name = "hand-over",
     FROM_OTA_0,
     .image_size = 8 * 4096,
     .erase_size_max = OTK_SECTOR_SIZE,
     .steps =
         {{.kind = STEP_PART, .image = IMAGE_NEW, .carrier = CARRIER_BLE_WINDOW, .percent = 40},
          {.kind = STEP_PART, .image = IMAGE_NEW, .carrier = CARRIER_PORTAL, .percent = 70},
          NEW_BY(STEP_UPDATE, CARRIER_PULL)}},
    {.name = "hand-over-unknown-hash",
     TWO_SLOTS_FROM_OTA_0,
     .image_size = 8 * 4096,
     .steps =
         {{.kind = STEP_PART, .image = IMAGE_NEW, .carrier = CARRIER_BLE_SIMPLE, .percent = 40},
          {.kind = STEP_PART, .image = IMAGE_NEW, .carrier = CARRIER_PORTAL, .percent = 70},
          NEW_BY(STEP_UPDATE, CARRIER_PULL)}},
};

const unsigned scenario_count = sizeof scenarios / sizeof scenarios[0];

const struct scenario *scenario_find(const char *name)
{
    for (unsigned i = 0; i < scenario_count; i++) {
        if (strcmp(scenarios[i].name, name) == 0) {
            return &scenarios[i];
        }
    }
    return NULL;
}
