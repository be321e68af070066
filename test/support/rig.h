// SPDX-License-Identifier: Apache-2.0
/*
 * A small device for unit tests: a blank chip, a partition table, images, resets.
 *
 *     struct rig rig;
 *     rig_open(&rig, RIG_FACTORY_AND_TWO);
 *     struct rig_image image = rig_make_image("1.1.0", 5 * 4096, 7);
 *     rig_install(&rig, OTK_SLOT_FACTORY, &image);
 *     rig_reset(&rig);
 *     ...
 *     rig_close(&rig);
 */
#ifndef TEST_SUPPORT_RIG_H
#define TEST_SUPPORT_RIG_H

#include <stdbool.h>
#include <stdint.h>

#include "otakit/core/device.h"
#include "otakit/core/last_update.h"
#include "otakit/core/session.h"
#include "otakit/core/slot.h"
#include "otakit/core/trial.h"
#include "sim/nor.h"

#define RIG_FLASH_SIZE     0x100000u
#define RIG_OTADATA        0xD000u
#define RIG_SLOT_SIZE      0x30000u
#define RIG_IMAGE_SIZE_MAX 0x30000u

enum rig_layout {
    RIG_FACTORY_AND_TWO, /* factory, ota_0, ota_1 */
    RIG_TWO,             /* ota_0, ota_1 */
    RIG_THREE            /* ota_0, ota_1, ota_2 */
};

struct rig_image {
    uint8_t bytes[RIG_IMAGE_SIZE_MAX];
    uint32_t len;
    uint8_t sha256[32]; /* of the whole file */
};

struct rig {
    struct otk_nor *nor;
    struct otk_board board;
    struct otk_device device;
    struct otk_session session;
    struct otk_boot_result boot; /* of the last reset */
    uint8_t buffer[OTK_SECTOR_SIZE];
    uint8_t scratch[OTK_SECTOR_SIZE];
};

/* A device with nothing installed. */
void rig_open(struct rig *rig, enum rig_layout layout);

/* The same with a chip of special geometry. */
void rig_open_with(struct rig *rig, enum rig_layout layout, const struct otk_nor_config *config);

void rig_close(struct rig *rig);

/* A good application of about `size` bytes; `seed` chooses the content behind the description. */
void rig_make_image(struct rig_image *image, const char *version, uint32_t size, uint32_t seed);

/* Recompute checksum, appended hash and file hash after the bytes were changed. */
void rig_seal_image(struct rig_image *image);

/* Put an image into a slot as a programmer would. */
void rig_install(struct rig *rig, int slot, const struct rig_image *image);

/* Power on and reset: the bootloader decides, the application starts. Returns the slot that runs. */
int rig_reset(struct rig *rig);

/* The offset of a slot, bytes from the start of flash. */
uint32_t rig_slot_offset(const struct rig *rig, int slot);

/* Whether a slot holds exactly the image. */
bool rig_slot_holds(const struct rig *rig, int slot, const struct rig_image *image);

/* Send a whole image through a new session in pieces of `chunk` bytes, with its SHA-256 known up
 * front, and finish it. Leaves the session open on success. */
enum otk_status rig_send(struct rig *rig, const struct rig_image *image, uint32_t chunk);

/* rig_send, switch and reset. Returns the slot that runs then. */
int rig_update(struct rig *rig, const struct rig_image *image);

/* The state of an otadata entry, 0 or 1. */
uint32_t rig_state(const struct rig *rig, int index);

#endif
