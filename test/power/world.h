// SPDX-License-Identifier: Apache-2.0
/*
 * One device, its flash, and what the world around it remembers while its power comes and goes.
 */
#ifndef TEST_POWER_WORLD_H
#define TEST_POWER_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "compat/esp_idf/device.h"
#include "otakit/core/boot.h"
#include "otakit/core/device.h"
#include "otakit/core/session.h"
#include "sim/fuse.h"
#include "sim/nor.h"
#include "test/power/image.h"
#include "test/power/scenario.h"

#define WORLD_FLASH_SIZE 0x80000u
#define WORLD_OTADATA    0xD000u
#define WORLD_SLOT_SIZE  0x10000u

/* Most operations of one run without a cut. */
#define WORLD_OP_COUNT 2048u

/* Whose code runs; it decides what may be written. */
enum phase { PHASE_OFF, PHASE_BOOTLOADER, PHASE_APPLICATION };

/* What does not live in the device: the server, the user, and the harness. Survives power cuts. */
struct memory {
    unsigned step;      /* of the scenario's list */
    bool tried;         /* this step's image has run and failed its test */
    bool verdict_begun; /* this step's image was being confirmed */
    unsigned refusals;  /* of this step */
    unsigned boots;
    enum image_id confirmed; /* the last application that was confirmed */
    uint32_t fuse_version;   /* kept in the fuse; here for going back only */
    unsigned untried;        /* times that a new application ran without being on trial */
    uint32_t kept;           /* bytes that an application of esp_ota noted as written */
    unsigned resumed;        /* sessions that continued an earlier one */
    char violation[160];     /* the first thing that must not happen; empty: none */
};

struct world {
    const struct scenario *scenario;
    /* Brings a step's image in place of what the scenario says: OTK_OK where the next reset boots it,
     * or, of a part, where that is there. NULL: nobody does. */
    enum otk_status (*bring)(void *context, struct world *world, const struct step *step);
    void *bring_context;
    struct image images[IMAGE_COUNT];
    struct otk_nor *nor;
    struct otk_fuse fuse;
    struct otk_secure_version store;
    struct otk_board board;
    struct otk_layout layout;
    uint8_t *original; /* flash at the start */
    struct memory memory;
    /* the device while it is powered */
    enum phase phase;
    enum otk_status boot_status;
    struct otk_boot_result boot;
    enum image_id running_image;
    struct otk_device device;
    struct otk_idf_device idf;
    struct otk_session session;
    uint8_t buffer[OTK_SECTOR_SIZE];
    uint8_t scratch[OTK_SECTOR_SIZE];
    bool talks; /* say on stdout what happens */
    /* operations seen since recording began */
    bool recording;
    uint32_t op_count;
    struct otk_nor_op ops[WORLD_OP_COUNT];
};

/* Build the device of a scenario, and remember its flash as a moment to go back to. */
void world_open(struct world *world, const struct scenario *scenario);

/* Back to the start of the scenario, or to the moment pushed last with this memory. */
void world_restore(struct world *world, const struct memory *memory);

void world_close(struct world *world);

/* The step that is being worked on; its kind is STEP_NONE when all are done. */
const struct step *world_step(const struct world *world);

/* Note what must not happen; only the first note is kept. */
void world_accuse(struct world *world, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Print a line when the world talks. */
void world_say(const struct world *world, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Which application a slot holds completely, as its cells stand. */
enum image_id world_identify(const struct world *world, int slot);

#endif
