// SPDX-License-Identifier: Apache-2.0
/* Building the device of a scenario, and watching what it writes. */
#include "test/power/world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "otakit/base/bytes.h"
#include "otakit/crypto/digest.h"
#include "otakit/format/partition.h"
#include "sim/nor_fault.h"
#include "sim/nor_snapshot.h"
#include "sim/random.h"

#define IMAGE_SIZE_USUAL (5u * OTK_SECTOR_SIZE + 500u)

static void must(bool condition, const char *what)
{
    if (condition) {
        return;
    }
    fprintf(stderr, "otk_powercut: cannot set up: %s\n", what);
    exit(2);
}

void world_accuse(struct world *world, const char *format, ...)
{
    va_list arguments;

    if (world->memory.violation[0] != '\0') {
        return;
    }
    va_start(arguments, format);
    vsnprintf(world->memory.violation, sizeof world->memory.violation, format, arguments);
    va_end(arguments);
}

void world_say(const struct world *world, const char *format, ...)
{
    va_list arguments;

    if (!world->talks) {
        return;
    }
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
}

static void on_misuse(void *context, enum otk_nor_misuse misuse, uint32_t offset, uint32_t len)
{
    world_accuse(context, "flash misuse %d at 0x%X, %u bytes", (int)misuse, (unsigned)offset,
                 (unsigned)len);
}

static bool lies_in(const struct otk_nor_op *op, struct otk_area area)
{
    return area.size != 0 && op->offset >= area.offset &&
           otk_range_fits(op->offset - area.offset, op->len, area.size);
}

/* The bootloader writes otadata only, the application also OTA slots that it does not run from. */
static bool is_allowed(const struct world *world, const struct otk_nor_op *op)
{
    if (op->kind == OTK_NOR_BURN || lies_in(op, world->layout.otadata)) {
        return true;
    }
    if (world->phase != PHASE_APPLICATION) {
        return false;
    }
    for (int slot = 0; slot < (int)world->layout.ota_count; slot++) {
        if (slot != world->boot.slot && lies_in(op, world->layout.ota[slot])) {
            return true;
        }
    }
    return false;
}

static void on_op(void *context, const struct otk_nor_op *op)
{
    struct world *world = context;

    world_say(world, "    %4llu %s 0x%05X %u\n", (unsigned long long)op->index,
              op->kind == OTK_NOR_PROGRAM ? "program"
              : op->kind == OTK_NOR_ERASE ? "erase  "
                                          : "burn   ",
              (unsigned)op->offset, (unsigned)op->len);
    if (!is_allowed(world, op)) {
        world_accuse(world, "%s of 0x%X, %u bytes, while slot %d runs",
                     op->kind == OTK_NOR_ERASE ? "erase" : "write", (unsigned)op->offset,
                     (unsigned)op->len, world->boot.slot);
    }
    if (!world->recording) {
        return;
    }
    must(world->op_count < WORLD_OP_COUNT, "too many operations");
    world->ops[world->op_count++] = *op;
}

static uint32_t put_entry(uint8_t *table, uint32_t len, uint8_t type, uint8_t subtype,
                          uint32_t offset, uint32_t size)
{
    const struct otk_partition partition = {
        .type = type, .subtype = subtype, .offset = offset, .size = size, .label = "part"};

    otk_partition_encode(&partition, table + len);
    return len + OTK_PARTITION_RECORD_SIZE;
}

static void put_table(struct world *world)
{
    const struct scenario *scenario = world->scenario;
    uint8_t table[OTK_TABLE_SIZE];
    uint8_t digest[OTK_MD5_SIZE];
    uint32_t offset = 0x10000;
    uint32_t len = 0;

    memset(table, 0xFF, sizeof table);
    len = put_entry(table, len, OTK_TYPE_DATA, 2, 0x9000, 0x4000);
    len = put_entry(table, len, OTK_TYPE_DATA, OTK_SUBTYPE_DATA_OTA, WORLD_OTADATA, 0x2000);
    if (scenario->has_factory) {
        len = put_entry(table, len, OTK_TYPE_APP, OTK_SUBTYPE_APP_FACTORY, offset, WORLD_SLOT_SIZE);
        offset += WORLD_SLOT_SIZE;
    }
    for (uint32_t i = 0; i < scenario->slot_count; i++, offset += WORLD_SLOT_SIZE) {
        len = put_entry(table, len, OTK_TYPE_APP, (uint8_t)(OTK_SUBTYPE_APP_OTA_0 + i), offset,
                        WORLD_SLOT_SIZE);
    }
    must(otk_md5(table, len, digest) == OTK_OK, "the table's digest");
    otk_partition_encode_md5(digest, table + len);
    otk_nor_fill(world->nor, OTK_TABLE_OFFSET, table, sizeof table);
    must(otk_layout_decode(table, WORLD_FLASH_SIZE, &world->layout) == OTK_OK, "the table");
}

/* Content everywhere, so that whatever is erased or written shows. */
static void put_noise(struct world *world)
{
    uint8_t sector[OTK_SECTOR_SIZE];
    uint64_t random = 7;

    for (uint32_t i = 0; i < WORLD_FLASH_SIZE; i += OTK_SECTOR_SIZE) {
        for (uint32_t j = 0; j < OTK_SECTOR_SIZE; j++) {
            sector[j] = (uint8_t)otk_random_next(&random);
        }
        otk_nor_fill(world->nor, i, sector, OTK_SECTOR_SIZE);
    }
}

static void make_images(struct world *world)
{
    const struct scenario *scenario = world->scenario;
    struct image_plan plan = {
        .size = scenario->image_size ? scenario->image_size : IMAGE_SIZE_USUAL,
        .seed = 11,
        .version = "1.0.0",
        .no_hash = scenario->no_hash,
        .secure_version = scenario->secure_version,
    };
    struct image *images = world->images;

    image_make(&images[IMAGE_OLD], &plan);
    plan.seed = 22;
    plan.version = "1.1.0";
    plan.secure_version++;
    image_make(&images[IMAGE_NEW], &plan);
    images[IMAGE_BAD] = images[IMAGE_NEW];
    image_damage(&images[IMAGE_BAD], 2 * OTK_SECTOR_SIZE + 77);
    plan.seed = 33;
    plan.identity = scenario->same_head ? 22 : 0;
    plan.version = scenario->same_head ? "1.1.0" : "1.2.0";
    image_make(&images[IMAGE_OTHER], &plan);
    if (!scenario->same_sectors) {
        return;
    }
    /* The old application with the new one's seed: only its first and last sector differ. */
    plan = (struct image_plan){
        .size = images[IMAGE_NEW].len, .seed = 22, .identity = 44, .version = "1.0.0"};
    image_make(&images[IMAGE_OLD], &plan);
}

static void install(struct world *world, int slot, const struct image *image)
{
    const uint32_t offset = otk_layout_slot(&world->layout, slot).offset;
    uint8_t blank[OTK_SECTOR_SIZE];

    memset(blank, 0xFF, sizeof blank);
    for (uint32_t i = 0; i < image->len; i += OTK_SECTOR_SIZE) {
        otk_nor_fill(world->nor, offset + i, blank, sizeof blank);
    }
    otk_nor_fill(world->nor, offset, image->bytes, image->len);
}

static void put_entries(struct world *world)
{
    uint8_t sector[OTK_SECTOR_SIZE];

    for (uint32_t i = 0; i < 2; i++) {
        const struct start_entry *start = &world->scenario->entries[i];
        struct otk_otadata entry;

        memset(sector, 0xFF, sizeof sector);
        otk_otadata_make(start->seq, start->state, &entry);
        if (start->seq != 0) {
            otk_otadata_encode(&entry, sector);
        }
        otk_nor_fill(world->nor, WORLD_OTADATA + i * OTK_SECTOR_SIZE, sector, sizeof sector);
    }
}

void world_open(struct world *world, const struct scenario *scenario)
{
    const struct otk_nor_config config = {.size = WORLD_FLASH_SIZE,
                                          .write_align = scenario->write_align,
                                          .block_size = scenario->block_size,
                                          .may_rewrite = scenario->may_rewrite,
                                          .seed = 5};

    memset(world, 0, sizeof *world);
    world->scenario = scenario;
    must(otk_nor_create(&config, &world->nor) == OTK_OK, "the flash");
    world->fuse = (struct otk_fuse){.nor = world->nor, .version = scenario->secure_version};
    world->store = otk_fuse_store(&world->fuse);
    world->board = (struct otk_board){
        .flash = otk_nor_flash(world->nor),
        .secure_version = scenario->anti_rollback ? &world->store : NULL,
        .chip_id = OTK_CHIP_ESP32,
        .revision = 100,
    };
    put_noise(world);
    put_table(world);
    put_entries(world);
    make_images(world);
    for (unsigned i = 0; i < INSTALL_COUNT; i++) {
        if (scenario->installs[i].used) {
            install(world, scenario->installs[i].slot, &world->images[scenario->installs[i].image]);
        }
    }
    world->memory.confirmed = IMAGE_OLD;
    world->memory.fuse_version = scenario->secure_version;
    world->original = malloc(WORLD_FLASH_SIZE);
    must(world->original != NULL, "memory");
    memcpy(world->original, otk_nor_content(world->nor), WORLD_FLASH_SIZE);
    otk_nor_on_misuse(world->nor, on_misuse, world);
    otk_nor_watch(world->nor, on_op, world);
    must(otk_nor_push(world->nor) == OTK_OK, "the first moment");
}

void world_restore(struct world *world, const struct memory *memory)
{
    otk_nor_restore(world->nor);
    world->memory = *memory;
    world->fuse.version = memory->fuse_version;
    world->phase = PHASE_OFF;
}

void world_close(struct world *world)
{
    otk_idf_detach();
    otk_nor_close(world->nor);
    free(world->original);
}

const struct step *world_step(const struct world *world)
{
    static const struct step end = {.kind = STEP_NONE, .image = IMAGE_NONE};

    return world->memory.step < STEP_COUNT ? &world->scenario->steps[world->memory.step] : &end;
}

enum image_id world_identify(const struct world *world, int slot)
{
    const struct otk_area area = otk_layout_slot(&world->layout, slot);
    const uint8_t *content = otk_nor_content(world->nor) + area.offset;

    for (int i = 0; i < IMAGE_COUNT; i++) {
        if (memcmp(content, world->images[i].bytes, world->images[i].len) == 0) {
            return (enum image_id)i;
        }
    }
    return IMAGE_NONE;
}
