// SPDX-License-Identifier: Apache-2.0
/*
 * An application that updates itself by ESP-IDF's functions, as its examples do.
 *
 * Whatever such an application keeps in NVS (how many bytes it wrote) is in struct memory: it survives
 * power cuts.
 */
#ifndef TEST_POWER_ESP_APP_H
#define TEST_POWER_ESP_APP_H

#include "test/power/world.h"

/* The application starts; world->device is open. */
void esp_app_start(struct world *world);

/* Whether the running application finds itself PENDING_VERIFY. */
bool esp_app_is_pending(void);

/*
 * Mark the running application valid if it is PENDING_VERIFY; with scenario->erase_last also erase the
 * one that ran before.
 *
 * Returns  OTK_OK           it is confirmed, or not on trial
 *          OTK_NOT_PENDING  otadata does not know it
 *          OTK_FLASH_IO
 */
enum otk_status esp_app_confirm(struct world *world);

/* Mark it invalid. Returns OTK_OK, OTK_NO_ROLLBACK, OTK_FLASH_IO. */
enum otk_status esp_app_reject(void);

/* esp_ota_set_boot_partition of a slot. Returns OTK_OK, or OTK_REFUSED. */
enum otk_status esp_app_select(int slot);

/* Erase the application that ran before, where otadata still names one. */
void esp_app_erase_last(void);

/* Bring a step's image: OTK_OK where the next reset boots it, or, of a part, where that is there;
 * OTK_REFUSED where a function said no. */
enum otk_status esp_app_bring(struct world *world, const struct step *step);

#endif
