// SPDX-License-Identifier: Apache-2.0
/*
 * What a person calls a slot, and what the image in it says of itself.
 *
 *     char label[OTK_SLOT_LABEL_SIZE];
 *     otk_slot_label(&board, result.slot, label);
 */
#ifndef PORT_LINUX_SLOT_INFO_H
#define PORT_LINUX_SLOT_INFO_H

#include <stdint.h>

#include "otakit/base/status.h"
#include "otakit/core/boot.h"
#include "otakit/core/table.h"
#include "otakit/format/image.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of a label with its NUL. */
#define OTK_SLOT_LABEL_SIZE (OTK_PARTITION_LABEL_SIZE + 1u)

/* Bytes of an application's name with its NUL. */
#define OTK_APP_NAME_SIZE 72u

/* What the first bytes of an image tell. */
struct otk_slot_image {
    uint16_t chip_id;
    bool has_app;            /* it carries an application description */
    struct otk_app_desc app; /* zero where has_app is false */
};

/*
 * The label that the partition table gives a slot; the slot's kind ("ota_1", "factory", "test",
 * "none") where the table cannot be read or does not name it.
 */
void otk_slot_label(const struct otk_board *board, int slot, char label[OTK_SLOT_LABEL_SIZE]);

/*
 * What a person calls an application: "lamp 1.2.0", or that it has no name.
 *
 * app  NULL where the image carries no description
 */
void otk_app_name(const struct otk_app_desc *app, char name[OTK_APP_NAME_SIZE]);

/*
 * Read the head of the image that stands in an area. Says nothing about the rest of the image.
 *
 * image  written on success only
 *
 * Returns  OTK_OK
 *          OTK_SLOT_EMPTY  no image starts there
 *          OTK_FLASH_IO, OTK_POWER_LOST
 */
OTK_MUST_USE enum otk_status otk_slot_image_load(const struct otk_flash *flash,
                                                 const struct otk_area *area,
                                                 struct otk_slot_image *image);

/*
 * The chip that a flash belongs to: that of the first image in factory, ota_0, ota_1, …
 *
 * chip_id  written on success only
 *
 * Returns  OTK_OK
 *          OTK_NOT_FOUND  no slot holds an image
 *          others         as otk_layout_load
 */
OTK_MUST_USE enum otk_status otk_slot_find_chip(const struct otk_board *board, uint16_t *chip_id);

#ifdef __cplusplus
}
#endif

#endif
