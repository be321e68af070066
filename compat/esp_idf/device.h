// SPDX-License-Identifier: Apache-2.0
/*
 * Which device the esp_* functions of this process work on.
 *
 * ESP-IDF's functions name no chip: there is one. On a laptop somebody has to say which flash stands
 * for it, and which of its slots is taken for the running application.
 *
 *     const struct otk_idf_device device = {
 *         .board = &board, .running_slot = boot.slot, .restart = leave_app_main,
 *     };
 *     otk_idf_attach(&device);
 *     app_main();
 *     otk_idf_detach();
 *
 * Not for several threads at once, as little as the functions themselves.
 */
#ifndef COMPAT_ESP_IDF_DEVICE_H
#define COMPAT_ESP_IDF_DEVICE_H

#include <stdbool.h>

#include "otakit/core/boot.h"
#include "otakit/core/flash.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The chip and what runs on it. Borrowed as long as it is attached, all its pointers too.
 *
 * ESP-IDF writes any number of bytes anywhere, and over bytes that were written before, which clears
 * further bits. A flash with write_align 1 that allows it (sim/nor.h: may_rewrite) behaves the same.
 */
struct otk_idf_device {
    const struct otk_board *board; /* flash, table offset, chip; a secure-version store makes it a
                                      device with anti-rollback */
    int running_slot;              /* OTA number, OTK_SLOT_FACTORY or OTK_SLOT_TEST */

    /* The chip restarts. Usually does not return; where it does, the esp_* function that asked for
     * it returns ESP_FAIL. NULL: nothing happens. */
    void (*restart)(void *context);
    void *context; /* handed back to `restart` */

    /* Flash encryption is on: partitions say so, and its rules of alignment hold. The flash seam
     * encrypts, or the content is in plain. */
    bool has_flash_encryption;
};

/* What esp_partition_register_external takes for a further flash chip. */
struct esp_flash_t {
    const struct otk_flash *flash; /* borrowed as long as partitions are registered on it */
};

/*
 * Make the esp_* functions work on a device, as after its reset: its partition table is read anew, and
 * no OTA operation is open.
 *
 * device  borrowed until otk_idf_detach or the next otk_idf_attach
 */
void otk_idf_attach(const struct otk_idf_device *device);

/* The device is gone, as after a reset: open OTA operations, partitions and mappings are freed. What
 * was handed out of them must not be used again. Without a device the esp_* functions return
 * ESP_ERR_INVALID_STATE, or NULL. Allowed when nothing is attached. */
void otk_idf_detach(void);

/* The attached device, or NULL. */
const struct otk_idf_device *otk_idf_attached(void);

#ifdef __cplusplus
}
#endif

#endif
