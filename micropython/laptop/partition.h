// SPDX-License-Identifier: Apache-2.0
/*
 * Partitions of the running device: find one, read and write in it, with the errors of ESP-IDF's
 * esp_partition functions. A partition is named by its index in the device's list.
 */
#ifndef MICROPYTHON_LAPTOP_PARTITION_H
#define MICROPYTHON_LAPTOP_PARTITION_H

#include <stdint.h>

#include "micropython/laptop/error.h"
#include "micropython/laptop/laptop.h"

/* Any subtype. Source: ESP-IDF, esp_partition.h, ESP_PARTITION_SUBTYPE_ANY; the type likewise. */
#define OTK_LAPTOP_ANY 0xFF

/* No partition. */
#define OTK_LAPTOP_NONE (-1)

/*
 * Find a partition.
 *
 * from            the index to begin with; one behind the last find goes on
 * type, subtype   OTK_LAPTOP_ANY: any
 * label           NULL: any
 *
 * Returns  its index, or OTK_LAPTOP_NONE
 */
int32_t otk_laptop_find(const struct otk_laptop *laptop, int32_t from, int32_t type,
                        int32_t subtype, const char *label);

/* The partition of a slot: its index, or OTK_LAPTOP_NONE. */
int32_t otk_laptop_find_slot(const struct otk_laptop *laptop, int slot);

/* The slot that a partition is: OTA number, OTK_SLOT_FACTORY, OTK_SLOT_TEST or OTK_SLOT_NONE. */
int otk_laptop_slot(const struct otk_laptop *laptop, int32_t index);

/*
 * Read.
 *
 * offset  bytes from the start of the partition
 *
 * Returns  OTK_ESP_OK
 *          OTK_ESP_ERR_INVALID_ARG   there is no such partition, or the offset is behind its end
 *          OTK_ESP_ERR_INVALID_SIZE  the range leaves it
 *          OTK_ESP_ERR_FLASH_OP_FAIL
 */
enum otk_esp_error otk_laptop_read(const struct otk_laptop *laptop, int32_t index, uint32_t offset,
                                   void *data, uint32_t len);

/*
 * Write: clears bits, erases nothing.
 *
 * Returns  as otk_laptop_read, or
 *          OTK_ESP_ERR_NOT_ALLOWED  the partition is read-only
 * Power loss: the bytes up to some place are written.
 */
enum otk_esp_error otk_laptop_write(struct otk_laptop *laptop, int32_t index, uint32_t offset,
                                    const void *data, uint32_t len);

/*
 * Erase whole sectors.
 *
 * Returns  as otk_laptop_write; OTK_ESP_ERR_INVALID_SIZE and OTK_ESP_ERR_INVALID_ARG also where
 *          len or offset is no multiple of OTK_SECTOR_SIZE
 * Power loss: the sectors up to some place are erased.
 */
enum otk_esp_error otk_laptop_erase(struct otk_laptop *laptop, int32_t index, uint32_t offset,
                                    uint32_t len);

/*
 * Change bytes within sectors: each sector touched is read, erased and written again.
 *
 * Returns  as otk_laptop_write
 * Power loss: the sector at hand may be lost, also what was not to change in it.
 */
enum otk_esp_error otk_laptop_change(struct otk_laptop *laptop, int32_t index, uint32_t offset,
                                     const void *data, uint32_t len);

#endif
