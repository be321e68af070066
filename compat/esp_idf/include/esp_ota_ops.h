// SPDX-License-Identifier: Apache-2.0
/*
 * Updating the application of the attached device.
 *
 * Names, numbers and behaviour: ESP-IDF v6.0.1 with rollback enabled, app_update/include/esp_ota_ops.h;
 * esp_ota_set_boot_partition_skip_validate and esp_ota_check_image_validity are of v6.1. What differs
 * on purpose stands in docs/esp-ota-api.md.
 *
 *     const esp_partition_t *slot = esp_ota_get_next_update_partition(NULL);
 *     esp_ota_handle_t handle;
 *     ESP_ERROR_CHECK(esp_ota_begin(slot, OTA_WITH_SEQUENTIAL_WRITES, &handle));
 *     while (more)
 *         ESP_ERROR_CHECK(esp_ota_write(handle, data, len));
 *     ESP_ERROR_CHECK(esp_ota_end(handle));
 *     ESP_ERROR_CHECK(esp_ota_set_boot_partition(slot));
 *     esp_restart();
 *
 * Every function that returns esp_err_t may also return ESP_ERR_FLASH_OP_FAIL. Without a device there
 * is no partition: NULL, ESP_ERR_NOT_FOUND, or what the function says for "no otadata".
 */
#ifndef COMPAT_ESP_IDF_INCLUDE_ESP_OTA_OPS_H
#define COMPAT_ESP_IDF_INCLUDE_ESP_OTA_OPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "esp_app_desc.h"
#include "esp_app_format.h"
#include "esp_bootloader_desc.h"
#include "esp_err.h"
#include "esp_flash_partitions.h"
#include "esp_partition.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OTA_SIZE_UNKNOWN           0xffffffff /* erase all of the partition first */
#define OTA_WITH_SEQUENTIAL_WRITES 0xfffffffe /* erase each sector just before it is written */

#define ESP_ERR_OTA_BASE                   0x1500
#define ESP_ERR_OTA_PARTITION_CONFLICT     (ESP_ERR_OTA_BASE + 0x01)
#define ESP_ERR_OTA_SELECT_INFO_INVALID    (ESP_ERR_OTA_BASE + 0x02)
#define ESP_ERR_OTA_VALIDATE_FAILED        (ESP_ERR_OTA_BASE + 0x03)
#define ESP_ERR_OTA_SMALL_SEC_VER          (ESP_ERR_OTA_BASE + 0x04)
#define ESP_ERR_OTA_ROLLBACK_FAILED        (ESP_ERR_OTA_BASE + 0x05)
#define ESP_ERR_OTA_ROLLBACK_INVALID_STATE (ESP_ERR_OTA_BASE + 0x06)
#define ESP_ERR_OTA_ALREADY_IN_PROGRESS    (ESP_ERR_OTA_BASE + 0x07) /* v6.1; not returned here */
#define ESP_ERR_OTA_SPI_MODE_MISMATCH      (ESP_ERR_OTA_BASE + 0x08) /* v6.1 */

/* An OTA operation; 0 is never one. */
typedef uint32_t esp_ota_handle_t;

/*
 * Begin to write an image. An app slot is erased as image_size says; the otadata entry beside the
 * active one is erased too if it names another slot than the running one.
 *
 * image_size  bytes; 0 or OTA_SIZE_UNKNOWN: the whole partition; OTA_WITH_SEQUENTIAL_WRITES
 * out_handle  written as soon as there is an operation, also where erasing then fails: that operation
 *             can be ended or aborted
 *
 * Returns  ESP_OK
 *          ESP_ERR_INVALID_ARG   an argument is NULL, or an app partition that is no OTA slot
 *          ESP_ERR_NOT_FOUND     the table has no such partition
 *          ESP_ERR_OTA_PARTITION_CONFLICT      it holds the running application
 *          ESP_ERR_OTA_ROLLBACK_INVALID_STATE  the running application is not confirmed
 *          ESP_ERR_INVALID_SIZE  image_size is larger than the partition
 *          ESP_ERR_NOT_ALLOWED   the partition is read-only
 *          ESP_ERR_NO_MEM
 * Power loss: the running application boots.
 */
esp_err_t esp_ota_begin(const esp_partition_t *partition, size_t image_size,
                        esp_ota_handle_t *out_handle);

/*
 * Go on with an image of which the first bytes are in flash already. Erases nothing.
 *
 * erase_size    OTA_WITH_SEQUENTIAL_WRITES: sectors are erased as writing reaches their start;
 *               anything else: not at all
 * image_offset  bytes that are there
 *
 * Returns  ESP_OK
 *          ESP_ERR_INVALID_ARG  an argument is NULL, image_offset is larger than the partition, or
 *                               an app partition that is no OTA slot
 *          ESP_ERR_NOT_FOUND    the table has no such partition
 *          ESP_ERR_OTA_PARTITION_CONFLICT  it holds the running application
 *          ESP_ERR_NO_MEM
 */
esp_err_t esp_ota_resume(const esp_partition_t *partition, const size_t erase_size,
                         const size_t image_offset, esp_ota_handle_t *out_handle);

/*
 * Say what the image is for in the end, before the first byte: this partition's type decides how it
 * is verified.
 *
 * finalize_with_copy  esp_ota_end copies it there
 *
 * Returns  ESP_OK
 *          ESP_ERR_INVALID_ARG    final_partition is NULL
 *          ESP_ERR_NOT_FOUND      no such operation, or no such partition
 *          ESP_ERR_INVALID_STATE  something was written already, and the operation was not resumed
 */
esp_err_t esp_ota_set_final_partition(esp_ota_handle_t handle,
                                      const esp_partition_t *final_partition,
                                      bool finalize_with_copy);

/*
 * Write the next bytes.
 *
 * size  bytes; 0 does nothing, whatever the handle is
 *
 * Returns  ESP_OK
 *          ESP_ERR_INVALID_ARG          data is NULL, or no such operation
 *          ESP_ERR_OTA_VALIDATE_FAILED  the first byte is no image's (or no partition table's)
 *          ESP_ERR_INVALID_SIZE         they do not fit
 * Power loss: the running application boots.
 */
esp_err_t esp_ota_write(esp_ota_handle_t handle, const void *data, size_t size);

/*
 * Write bytes anywhere in the partition, which was erased by esp_ota_begin.
 *
 * size    bytes; a multiple of 16 with flash encryption
 * offset  bytes from the start of the partition
 *
 * Returns  ESP_OK
 *          ESP_ERR_INVALID_ARG   data is NULL, no such operation, offset beyond the end, or against
 *                                the alignment
 *          ESP_ERR_INVALID_SIZE  they do not fit
 *          ESP_ERR_INVALID_STATE the operation erases as it goes (where ESP-IDF asserts)
 * Power loss: the running application boots.
 */
esp_err_t esp_ota_write_with_offset(esp_ota_handle_t handle, const void *data, size_t size,
                                    uint32_t offset);

/*
 * Verify what was written, copy it to the final partition if that was asked for, and end the
 * operation on every path but ESP_ERR_NOT_FOUND.
 *
 * Returns  ESP_OK
 *          ESP_ERR_NOT_FOUND            no such operation
 *          ESP_ERR_INVALID_ARG          nothing was written
 *          ESP_ERR_OTA_VALIDATE_FAILED  the image is not good
 *          ESP_ERR_INVALID_STATE        the last bytes could not be written (flash encryption)
 *          others                       as esp_partition_copy
 * Power loss: without a copy nothing changes. A copy is torn: over a bootloader or a partition table
 * that makes a device that does not boot.
 */
esp_err_t esp_ota_end(esp_ota_handle_t handle);

/*
 * End an operation; flash stays as it is.
 *
 * Returns  ESP_OK
 *          ESP_ERR_NOT_FOUND  no such operation
 */
esp_err_t esp_ota_abort(esp_ota_handle_t handle);

/*
 * Make a partition the one that boots, after its image was verified. The otadata entry beside the
 * active one gets state NEW; the active one where it names the slot already; all of otadata is erased
 * where the partition is factory.
 *
 * Returns  ESP_OK
 *          ESP_ERR_INVALID_ARG          NULL, not an app, or a slot beyond the usable ones
 *          ESP_ERR_OTA_VALIDATE_FAILED  the image is not good
 *          ESP_ERR_OTA_SMALL_SEC_VER    its secure version is too low; the slot was erased
 *          ESP_ERR_NOT_FOUND            there is no otadata, or (anti-rollback) no app description
 *          ESP_ERR_OTA_SELECT_INFO_INVALID  no sequence number is left that names the slot
 * Power loss: the application selected before or the one asked for boots. Where the active entry is
 * rewritten in place, it may be lost: then the other entry's application boots, else factory or ota_0.
 */
esp_err_t esp_ota_set_boot_partition(const esp_partition_t *partition);

/* As esp_ota_set_boot_partition, whatever the partition holds. */
esp_err_t esp_ota_set_boot_partition_skip_validate(const esp_partition_t *partition);

/* The partition that otadata asks for, whether it would boot or not; NULL without otadata. */
const esp_partition_t *esp_ota_get_boot_partition(void);

/* The partition that the running application lies in. */
const esp_partition_t *esp_ota_get_running_partition(void);

/* The OTA slot behind start_from (NULL: behind the running one), round robin; the first one from any
 * other partition; NULL where there is none, or start_from is in no table (ESP-IDF asserts). */
const esp_partition_t *esp_ota_get_next_update_partition(const esp_partition_t *start_from);

/*
 * What the application in a partition says of itself. The image is not verified.
 *
 * app_desc  receives the bytes also where they are no description
 *
 * Returns  ESP_OK
 *          ESP_ERR_INVALID_ARG    an argument is NULL
 *          ESP_ERR_NOT_SUPPORTED  not an app partition
 *          ESP_ERR_NOT_FOUND      no description
 *          others                 as esp_partition_read
 */
esp_err_t esp_ota_get_partition_description(const esp_partition_t *partition,
                                            esp_app_desc_t *app_desc);

/*
 * What a bootloader says of itself.
 *
 * bootloader_partition  NULL: the one the chip starts
 *
 * Returns  as esp_ota_get_partition_description, but not ESP_ERR_NOT_SUPPORTED
 */
esp_err_t esp_ota_get_bootloader_description(const esp_partition_t *bootloader_partition,
                                             esp_bootloader_desc_t *desc);

/*
 * Erase the otadata entry beside the active one, if it names a slot that is not the running one.
 *
 * Returns  ESP_OK
 *          ESP_FAIL  there is no such entry; nothing changed
 * Power loss: what the active entry names boots.
 */
esp_err_t esp_ota_invalidate_inactive_ota_data_slot(void);

/* How many OTA slots there are from ota_0 up to the first gap. */
uint8_t esp_ota_get_app_partition_count(void);

/*
 * The running application is good: the active otadata entry is rewritten as VALID, unless it is. With
 * anti-rollback the device's secure version is raised to the application's.
 *
 * Returns  ESP_OK
 *          ESP_FAIL           no entry is active
 *          ESP_ERR_NOT_FOUND  no otadata
 * Power loss: the entry may be lost; then what the other entry names boots, else factory or ota_0.
 */
esp_err_t esp_ota_mark_app_valid_cancel_rollback(void);

/*
 * The running application is bad: the active otadata entry becomes INVALID, provided that another
 * application is there to boot.
 *
 * Returns  ESP_OK
 *          ESP_FAIL                     no entry is active
 *          ESP_ERR_NOT_FOUND            no otadata
 *          ESP_ERR_OTA_ROLLBACK_FAILED  there is nothing to go back to; nothing changed
 * Power loss: the other application boots from there on, or this one as before.
 */
esp_err_t esp_ota_mark_app_invalid_rollback(void);

/* The same, and restart. Returns only on failure, or with ESP_FAIL where the device did not restart. */
esp_err_t esp_ota_mark_app_invalid_rollback_and_reboot(void);

/* The slot whose otadata entry is INVALID or ABORTED, if its image is good; NULL otherwise. */
const esp_partition_t *esp_ota_get_last_invalid_partition(void);

/*
 * How far a slot is trusted: the state in the first otadata entry that names it.
 *
 * Returns  ESP_OK
 *          ESP_ERR_INVALID_ARG    an argument is NULL
 *          ESP_ERR_NOT_SUPPORTED  not an OTA slot
 *          ESP_ERR_NOT_FOUND      no entry names it
 */
esp_err_t esp_ota_get_state_partition(const esp_partition_t *partition,
                                      esp_ota_img_states_t *ota_state);

/*
 * Erase the application that ran before and its otadata entry: the one beside the active one.
 *
 * Returns  ESP_OK
 *          ESP_FAIL  there is no such entry, or it names the running slot; nothing changed
 * Power loss: what the active entry names boots.
 */
esp_err_t esp_ota_erase_last_boot_app_partition(void);

/* Whether esp_ota_mark_app_invalid_rollback would find a good application to go back to. */
bool esp_ota_check_rollback_is_possible(void);

/*
 * Whether an image suits the chip, judged by its first bytes before anything is written.
 *
 * part_type  ESP_PARTITION_TYPE_APP or ESP_PARTITION_TYPE_BOOTLOADER
 * app_desc   NULL: the SPI mode is not compared with the running application's
 *
 * Returns  ESP_OK
 *          ESP_ERR_INVALID_ARG            img_hdr is NULL, or another type
 *          ESP_ERR_INVALID_VERSION        another chip, or a chip revision it does not support
 *          ESP_ERR_OTA_SPI_MODE_MISMATCH  both say their SPI mode, and the two differ
 *          ESP_ERR_INVALID_STATE          no device is attached
 */
esp_err_t esp_ota_check_image_validity(esp_partition_type_t part_type,
                                       const esp_image_header_t *img_hdr,
                                       const esp_app_desc_t *app_desc);

#ifdef __cplusplus
}
#endif

#endif
