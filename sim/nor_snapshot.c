// SPDX-License-Identifier: Apache-2.0
/*
 * Remembered moments: each keeps the old content of the sectors that changed after it.
 */
#include "sim/nor_snapshot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/nor_internal.h"

/* Room for one more sector. The simulator cannot go on without memory, and no driver under test
 * should see that as a flash error. */
static struct otk_nor_saved_sector *add_saved(struct otk_nor_moment *moment)
{
    if (moment->saved_count == moment->saved_capacity) {
        uint32_t capacity = moment->saved_capacity ? moment->saved_capacity * 2 : 16;
        void *grown = realloc(moment->saved, capacity * sizeof *moment->saved);

        if (!grown) {
            fprintf(stderr, "flash simulator: out of memory\n");
            abort();
        }
        moment->saved = grown;
        moment->saved_capacity = capacity;
    }
    return &moment->saved[moment->saved_count++];
}

static void save_sector(struct otk_nor_moment *moment, uint32_t sector, uint64_t unstable,
                        const uint8_t *cells)
{
    struct otk_nor_saved_sector *saved;

    if (moment->is_saved[sector]) {
        return;
    }
    moment->is_saved[sector] = 1;
    saved = add_saved(moment);
    saved->sector = sector;
    saved->unstable = unstable;
    memcpy(saved->cells, cells, OTK_SECTOR_SIZE);
}

void otk_nor_save(struct otk_nor *nor, uint32_t offset, uint32_t len)
{
    if (nor->moment_count == 0 || len == 0) {
        return;
    }
    for (uint32_t i = offset / OTK_SECTOR_SIZE; i <= (offset + len - 1) / OTK_SECTOR_SIZE; i++) {
        save_sector(&nor->moments[nor->moment_count - 1], i, nor->unstable[i],
                    nor->cells + (size_t)i * OTK_SECTOR_SIZE);
    }
}

static void forget_saved(struct otk_nor_moment *moment)
{
    for (uint32_t i = 0; i < moment->saved_count; i++) {
        moment->is_saved[moment->saved[i].sector] = 0;
    }
    moment->saved_count = 0;
}

enum otk_status otk_nor_push(struct otk_nor *nor)
{
    struct otk_nor_moment *moment = &nor->moments[nor->moment_count];

    if (nor->moment_count == OTK_NOR_MOMENT_COUNT) {
        return OTK_NO_SPACE;
    }
    *moment = (struct otk_nor_moment){
        .powered = nor->powered,
        .cut_armed = nor->cut_armed,
        .cut = nor->cut,
        .random = nor->random,
    };
    moment->is_saved = calloc(nor->flash.size / OTK_SECTOR_SIZE, 1);
    if (!moment->is_saved) {
        return OTK_NO_MEMORY;
    }
    nor->moment_count++;
    return OTK_OK;
}

void otk_nor_restore(struct otk_nor *nor)
{
    struct otk_nor_moment *moment = &nor->moments[nor->moment_count - 1];

    for (uint32_t i = 0; i < moment->saved_count; i++) {
        const struct otk_nor_saved_sector *saved = &moment->saved[i];

        memcpy(nor->cells + (size_t)saved->sector * OTK_SECTOR_SIZE, saved->cells, OTK_SECTOR_SIZE);
        otk_nor_set_unstable(nor, saved->sector, saved->unstable);
    }
    forget_saved(moment);
    nor->powered = moment->powered;
    nor->cut_armed = moment->cut_armed;
    nor->cut = moment->cut;
    nor->random = moment->random;
}

void otk_nor_pop(struct otk_nor *nor)
{
    struct otk_nor_moment *moment = &nor->moments[--nor->moment_count];

    /* What changed after this moment changed after the one below as well. */
    for (uint32_t i = 0; i < moment->saved_count && nor->moment_count > 0; i++) {
        const struct otk_nor_saved_sector *saved = &moment->saved[i];

        save_sector(&nor->moments[nor->moment_count - 1], saved->sector, saved->unstable,
                    saved->cells);
    }
    free(moment->saved);
    free(moment->is_saved);
}
