// SPDX-License-Identifier: Apache-2.0
/*
 * The device that a vector describes: a flash chip, a secure-version store, and what otadata should
 * hold by now.
 *
 *     struct machine machine = {.has_fuse = false};
 *     machine_prepare(&machine, root, vector);
 *     if (!machine_check_reset(&machine, report, expected, &slot)) ...
 *     ram_flash_free(&machine.ram);
 */
#ifndef TEST_VECTORS_MACHINE_H
#define TEST_VECTORS_MACHINE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "otakit/core/boot.h"
#include "otakit/format/otadata.h"
#include "test/support/ram_flash.h"
#include "test/vectors/report.h"

struct machine {
    bool has_fuse;
    uint32_t fuse; /* the secure version */
    struct ram_flash ram;
    struct otk_flash flash;
    struct otk_secure_version store;
    struct otk_board board; /* over the three above; do not copy a machine */
    uint8_t otadata[2][OTK_OTADATA_SIZE];
};

/* The layout of a vector. */
const cJSON *machine_layout(const cJSON *root, const cJSON *vector);

/* Make the chip that a vector describes. */
void machine_prepare(struct machine *machine, const cJSON *root, const cJSON *vector);

/* One reset of the chip, as otk_boot. */
enum otk_status machine_reset(struct machine *machine, struct otk_boot_result *result);

/* Both otadata entries: as the hexadecimal texts say (NULL or "": as they were). */
bool machine_check_otadata(struct machine *machine, struct report *report, const char *first,
                           const char *second);

/*
 * One reset, everything about it compared with what is expected.
 *
 * slot  what boots, OTK_SLOT_NONE for nothing; may be NULL
 */
bool machine_check_reset(struct machine *machine, struct report *report, const cJSON *expected,
                         int *slot);

#endif
