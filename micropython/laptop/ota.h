// SPDX-License-Identifier: Apache-2.0
/*
 * Which application runs and which boots next, with the answers of ESP-IDF's esp_ota functions
 * built with rollback.
 */
#ifndef MICROPYTHON_LAPTOP_OTA_H
#define MICROPYTHON_LAPTOP_OTA_H

#include <stdint.h>

#include "micropython/laptop/error.h"
#include "micropython/laptop/laptop.h"

/* The partition that the bootloader started: its index, or OTK_LAPTOP_NONE. */
int32_t otk_laptop_running_partition(const struct otk_laptop *laptop);

/*
 * The partition that otadata asks for, as esp_ota_get_boot_partition: its image may be bad. Factory
 * or the first OTA slot where otadata asks for none.
 *
 * Returns  its index; OTK_LAPTOP_NONE where there is no otadata
 */
int32_t otk_laptop_boot_partition(const struct otk_laptop *laptop);

/*
 * The OTA slot behind a partition, round robin, as esp_ota_get_next_update_partition: the first one
 * behind a partition that is no OTA slot, and a single one behind itself.
 *
 * Returns  its index, or OTK_LAPTOP_NONE
 */
int32_t otk_laptop_next_update(const struct otk_laptop *laptop, int32_t index);

/*
 * Boot a partition at the next reset, as esp_ota_set_boot_partition: the image is verified, an OTA
 * slot is on trial, factory is chosen by erasing otadata.
 *
 * Returns  OTK_ESP_OK
 *          OTK_ESP_ERR_OTA_VALIDATE_FAILED  its image is not whole
 *          OTK_ESP_ERR_INVALID_ARG          there is no such partition, or it is no slot
 *          OTK_ESP_ERR_NOT_FOUND            there is no otadata
 *          OTK_ESP_ERR_INVALID_STATE        otakit has an update of this slot in progress, which a
 *                                           script that wrote nothing cannot end
 *          OTK_ESP_ERR_FLASH_OP_FAIL
 * Power loss: as otk_slot_switch.
 */
enum otk_esp_error otk_laptop_set_boot(struct otk_laptop *laptop, int32_t index);

/*
 * Confirm, as esp_ota_mark_app_valid_cancel_rollback: the active entry becomes VALID, whichever
 * slot it names.
 *
 * Returns  OTK_ESP_OK
 *          OTK_ESP_ERR_NOT_FOUND  there is no otadata
 *          OTK_ESP_FAIL           no entry is active, as while factory runs
 *          OTK_ESP_ERR_FLASH_OP_FAIL
 * Power loss: the entry may be gone; the other one then decides.
 */
enum otk_esp_error otk_laptop_mark_valid(struct otk_laptop *laptop);

#endif
