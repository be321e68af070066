// SPDX-License-Identifier: Apache-2.0
/*
 * What the chip says of itself: which slot runs, which chip it is, why it was reset.
 *
 *     struct otk_board board = otk_espidf_board(&flash.flash);
 *     status = otk_device_start(&device, &board, otk_espidf_running_slot(),
 *                               otk_espidf_reset_reason(), scratch);
 */
#ifndef PORT_ESPIDF_BOARD_H
#define PORT_ESPIDF_BOARD_H

#include "otakit/core/boot.h"
#include "otakit/core/device.h"
#include "otakit/core/flash.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The board: this chip, its revision, its table, and its eFuses where the build has anti-rollback.
 * `flash` is borrowed as long as the board. */
struct otk_board otk_espidf_board(const struct otk_flash *flash);

/* The slot whose application runs: OTA number, OTK_SLOT_FACTORY or OTK_SLOT_TEST. */
int otk_espidf_running_slot(void);

/* Why the chip was reset. A wake from deep sleep is OTK_RESET_UNKNOWN. */
enum otk_reset_reason otk_espidf_reset_reason(void);

/*
 * The device's secure version. In eFuses where the build has CONFIG_BOOTLOADER_APP_ANTI_ROLLBACK
 * (secure_version_efuse.c), else there is none (secure_version_none.c).
 *
 * Returns  NULL where there is no anti-rollback
 */
const struct otk_secure_version *otk_espidf_secure_version(void);

#ifdef __cplusplus
}
#endif

#endif
