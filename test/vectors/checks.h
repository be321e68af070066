// SPDX-License-Identifier: Apache-2.0
/*
 * One function per vector file. Each counts its vectors in the report.
 *
 * Results for a build without rollback ("sel_nr", "no_rollback_build") are not judged: otakit has
 * no such build.
 */
#ifndef TEST_VECTORS_CHECKS_H
#define TEST_VECTORS_CHECKS_H

#include <cjson/cJSON.h>
#include <stdbool.h>

#include "test/vectors/report.h"

/* otadata_select.json: which slot otadata asks for, and what is written while asking. */
void check_select(const cJSON *root, struct report *report);

/* boot_flow.json: whole boots, several in a row, and power cuts during the first. */
void check_boot_flow(const cJSON *root, struct report *report);

/* anti_rollback.json: whole boots with a secure-version store, and the application's side of it. */
void check_anti_rollback(const cJSON *root, struct report *report);

/* ota_ops.json: the esp_ota functions on the device that a vector describes. Of app slots the final
 * content counts, not how it got there. Vectors that lose power after a counted operation are skipped:
 * the power-cut harness judges ours. */
void check_ota_ops(const cJSON *root, struct report *report);

/* Vectors of this kind, of a build with anti-rollback or without. */
void check_api(const cJSON *root, const cJSON *vectors, bool has_fuse, struct report *report);

/* partition_table.json: tables as the bootloader and as the application judges them. */
void check_table(const cJSON *root, struct report *report);

/* image_verify.json: images, from flash, streamed and through esp_image_format.h ("app", "meta"). The
 * oracle's other modes ("load", "noverify") have no counterpart here. */
void check_image(const cJSON *root, struct report *report);

/* gen_esp32part.json: partition CSVs to tables and back. */
void check_csv(const cJSON *root, struct report *report);

#endif
