// SPDX-License-Identifier: Apache-2.0
/*
 * The chip's flash, through esp_partition: otadata and the application slots; the running one can be
 * read only. Encrypted partitions are read and written in clear.
 *
 *     static struct otk_espidf_flash flash;
 *     error = otk_espidf_flash_open(&flash);
 *     board.flash = &flash.flash;
 */
#ifndef PORT_ESPIDF_FLASH_H
#define PORT_ESPIDF_FLASH_H

#include <stdbool.h>
#include <stdint.h>

#include <esp_err.h>

#include "otakit/core/flash.h"
#include "otakit/format/partition.h"
#include "port/espidf/places.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Every OTA slot, factory, test and otadata. */
#define OTK_ESPIDF_PLACE_COUNT (OTK_OTA_SLOT_COUNT + 3u)

/* Must not be moved while it is in use. */
struct otk_espidf_flash {
    struct otk_flash flash; /* what otakit is given */
    struct otk_place places[OTK_ESPIDF_PLACE_COUNT];
    uint32_t place_count;
    bool is_encrypted; /* the chip encrypts; the table outside of every partition, too */
};

/*
 * Find the partitions of the main flash chip that otakit may touch.
 *
 * block_size  bytes that are erased without a pause: OTK_SECTOR_SIZE or 65536. Meanwhile nothing runs
 *             that is not in RAM
 *
 * Returns  ESP_OK
 *          others  as esp_flash_get_size
 *
 * A write or an erase outside of otadata and the OTA slots, or in the running one, is OTK_FLASH_IO. After
 * each erased block other tasks run for a tick.
 */
esp_err_t otk_espidf_flash_open(struct otk_espidf_flash *flash, uint32_t block_size);

#ifdef __cplusplus
}
#endif

#endif
