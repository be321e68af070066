// SPDX-License-Identifier: Apache-2.0
/*
 * Builds the inputs that the vector files describe in words: slot contents, tables and whole
 * flash chips.
 */
#ifndef TEST_VECTORS_RECIPE_H
#define TEST_VECTORS_RECIPE_H

#include <cjson/cJSON.h>
#include <stdint.h>

#include "test/support/ram_flash.h"

/* Where every vector has its table and its two otadata sectors. */
#define RECIPE_TABLE_OFFSET   0x8000u
#define RECIPE_OTADATA_OFFSET 0xD000u

/* Bytes of the largest slot content. */
#define RECIPE_CONTENT_SIZE 0x20000u

/* Build the content of kind `kind` of a slot, RECIPE_CONTENT_SIZE bytes of room. Returns its
 * length; 0 for an empty slot and for a kind that is not known. */
uint32_t recipe_build_content(const char *kind, const char *label, uint32_t secure_version,
                              uint8_t *bytes);

/* Write the table of a layout to its place. */
void recipe_put_table(struct ram_flash *ram, const cJSON *layout);

/* Write both otadata entries of a vector (keys "a" and "b") to their places. */
void recipe_put_otadata(struct ram_flash *ram, const cJSON *vector);

/* Write the slot contents of a vector: `slots` maps a label to a kind, or to a kind and a secure
 * version. */
void recipe_put_slots(struct ram_flash *ram, const cJSON *layout, const cJSON *slots);

/* The name of a slot in the vectors ("factory", "test", "ota_3"); `name` holds 16 bytes. */
void recipe_slot_name(int slot, char name[16]);

#endif
