// SPDX-License-Identifier: Apache-2.0
/*
 * The bootloader's decision: which application runs after a reset.
 *
 * Exactly ESP-IDF's second-stage bootloader with rollback enabled, and with
 * anti-rollback where the board has a secure-version store: the same choice,
 * the same otadata writes in the same order. SPEC.md, "Boot".
 *
 *     struct otk_boot_result result;
 *     status = otk_boot(&board, scratch, sizeof scratch, &result);
 *     if (status == OTK_OK)
 *         jump(result.slot);
 */
#ifndef OTAKIT_CORE_BOOT_H
#define OTAKIT_CORE_BOOT_H

#include <stdbool.h>
#include <stdint.h>

#include "otakit/base/status.h"
#include "otakit/core/flash.h"
#include "otakit/core/table.h"
#include "otakit/core/verify.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The device's secure version: a number that only grows, in eFuses on a chip. */
struct otk_secure_version {
    void *context; /* handed back to every call; owned by the port */
    enum otk_status (*read)(void *context, uint32_t *version);
    enum otk_status (*raise)(void *context, uint32_t version); /* lower or equal: does nothing */
};

/* What boot and update decisions stand on. Filled once, by the port. */
struct otk_board {
    const struct otk_flash *flash;                   /* borrowed as long as the board */
    const struct otk_secure_version *secure_version; /* NULL: no anti-rollback */
    uint32_t table_offset;                           /* bytes; 0: OTK_TABLE_OFFSET */
    uint16_t chip_id;                                /* enum otk_chip */
    uint16_t revision;                               /* major * 100 + minor */
};

/* Most images one boot can try: factory, every OTA slot, test. */
#define OTK_BOOT_ATTEMPT_COUNT (OTK_OTA_SLOT_COUNT + 2u)

struct otk_boot_attempt {
    int slot;               /* OTA number, OTK_SLOT_FACTORY or OTK_SLOT_TEST */
    enum otk_status status; /* OTK_OK for the one that boots */
};

struct otk_boot_result {
    int selected; /* what otadata asks for: OTA number, OTK_SLOT_FACTORY, or OTK_SLOT_NONE */
    int slot;     /* what boots; OTK_SLOT_NONE: nothing */
    struct otk_image_info image; /* of what boots */
    uint32_t attempt_count;
    struct otk_boot_attempt attempts[OTK_BOOT_ATTEMPT_COUNT];
};

/*
 * Choose from otadata, without looking at images; PENDING_VERIFY becomes
 * ABORTED, a chosen NEW becomes PENDING_VERIFY.
 *
 * selected  written on success only: OTA number or OTK_SLOT_FACTORY
 *
 * Returns  OTK_OK          chosen
 *          OTK_NO_OTADATA  the otadata partition is too small: the bootloader gives up
 *          OTK_FLASH_IO    otadata could not be read or written
 * Power loss: the entry being rewritten may be gone; the other one then decides.
 */
OTK_MUST_USE enum otk_status otk_boot_select(const struct otk_board *board,
                                             const struct otk_layout *layout, int *selected);

/*
 * One whole reset: table, choice, images in the bootloader's order, repair.
 *
 * scratch      borrowed for the call
 * scratch_len  bytes, a multiple of 4, at least OTK_TABLE_SIZE
 * result       always written
 *
 * Returns  OTK_OK                 result->slot boots
 *          OTK_NOTHING_BOOTABLE   every image was refused
 *          OTK_NO_OTADATA         as otk_boot_select
 *          others                 as otk_layout_load; the bootloader gives up
 * Power loss: as otk_boot_select; the next reset decides anew.
 */
OTK_MUST_USE enum otk_status otk_boot(const struct otk_board *board, uint8_t *scratch,
                                      uint32_t scratch_len, struct otk_boot_result *result);

#ifdef __cplusplus
}
#endif

#endif
