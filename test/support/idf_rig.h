// SPDX-License-Identifier: Apache-2.0
/*
 * A small device that ESP-IDF's functions work on: a chip in RAM with a table of every kind of
 * partition.
 *
 *     struct idf_rig rig;
 *     idf_rig_open(&rig, 0);                       // ota_0 runs
 *     idf_rig_put_image(&rig, "ota_0", 1);
 *     idf_rig_put_entry(&rig, 0, 1, OTK_STATE_VALID);
 *     ...
 *     idf_rig_close(&rig);
 */
#ifndef TEST_SUPPORT_IDF_RIG_H
#define TEST_SUPPORT_IDF_RIG_H

#include "compat/esp_idf/device.h"
#include "esp_ota_ops.h"
#include "otakit/format/otadata.h"
#include "test/support/ram_flash.h"

#define IDF_RIG_FLASH_SIZE 0x80000u
#define IDF_RIG_OTADATA    0xD000u
#define IDF_RIG_SLOT_SIZE  0x10000u

/* Most bytes of an image that idf_rig_make_image makes. */
#define IDF_RIG_IMAGE_SIZE 4096u

struct idf_rig {
    struct ram_flash ram;
    struct otk_flash flash;
    struct otk_board board;
    struct otk_idf_device device;
    unsigned restart_count;
};

/* A device without applications and with a blank otadata, running in a slot. */
void idf_rig_open(struct idf_rig *rig, int running_slot);

/* Attach the device anew, after a change of board, device or table. */
void idf_rig_attach(struct idf_rig *rig);

void idf_rig_close(struct idf_rig *rig);

/* A good image; `seed` chooses the content. Returns its length. */
uint32_t idf_rig_make_image(uint32_t seed, uint8_t bytes[IDF_RIG_IMAGE_SIZE]);

/* Put such an image to the start of a partition, as a programmer would. */
void idf_rig_put_image(struct idf_rig *rig, const char *label, uint32_t seed);

/* Put an otadata entry, likewise. */
void idf_rig_put_entry(struct idf_rig *rig, int index, uint32_t seq, uint32_t state);

/* The entry as it stands. */
struct otk_otadata idf_rig_entry(const struct idf_rig *rig, int index);

/* The partition of that label; ends the test where there is none. */
const esp_partition_t *idf_rig_find(const char *label);

#endif
