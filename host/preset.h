// SPDX-License-Identifier: Apache-2.0
/*
 * Partition tables that many projects use, as CSV texts.
 *
 *     const char *csv = otk_preset_find("two-ota");
 *     status = otk_csv_build(csv, strlen(csv), NULL, table, &error);
 */
#ifndef OTAKIT_HOST_PRESET_H
#define OTAKIT_HOST_PRESET_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The CSV of a preset, a constant; NULL for an unknown name. */
const char *otk_preset_find(const char *name);

/* The name of the preset at `index`, from 0; NULL behind the last one. */
const char *otk_preset_name(size_t index);

#ifdef __cplusplus
}
#endif

#endif
