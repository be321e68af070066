// SPDX-License-Identifier: Apache-2.0
/*
 * What a power cut leaves of an operation, and how unstable sectors read.
 */
#include "sim/nor_fault.h"

#include <string.h>

#include "sim/nor_internal.h"
#include "sim/random.h"

/* Where weak bits are looked for when they do not lie all over the sector: entries and headers
 * stand at its start, and a weak bit there does the most harm. */
#define WEAK_HEAD_SIZE 64u

/* Bits of a byte, 1 with a probability of 1/2. */
static uint8_t random_byte(uint64_t *state)
{
    return (uint8_t)(otk_random_next(state) >> 56);
}

/* How many bits of an unstable sector are weak, and within how many bytes from its start. */
static void weak_profile(uint64_t *state, uint32_t *count, uint32_t *span)
{
    static const uint32_t counts[] = {1, 3, 16, 256};

    *count = counts[otk_random_below(state, 4)];
    *span = otk_random_below(state, 2) == 0 ? WEAK_HEAD_SIZE : OTK_SECTOR_SIZE;
}

void otk_nor_weak_mask(const struct otk_nor *nor, uint32_t sector, uint8_t mask[OTK_SECTOR_SIZE])
{
    uint64_t state = nor->unstable[sector];
    uint32_t count;
    uint32_t span;

    memset(mask, 0, OTK_SECTOR_SIZE);
    if (state == 0) {
        return;
    }
    weak_profile(&state, &count, &span);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t bit = otk_random_below(&state, span * 8);

        mask[bit / 8] |= (uint8_t)(1u << (bit % 8));
    }
}

static void disturb_sector(struct otk_nor *nor, uint32_t sector, uint32_t offset, uint8_t *data,
                           uint32_t len)
{
    uint8_t mask[OTK_SECTOR_SIZE];
    uint32_t start = sector * OTK_SECTOR_SIZE;

    otk_nor_weak_mask(nor, sector, mask);
    for (uint32_t i = 0; i < OTK_SECTOR_SIZE; i++) {
        if (mask[i] != 0 && start + i >= offset && start + i - offset < len) {
            data[start + i - offset] ^= mask[i] & random_byte(&nor->random);
        }
    }
}

void otk_nor_disturb(struct otk_nor *nor, uint32_t offset, uint8_t *data, uint32_t len)
{
    if (len == 0) {
        return;
    }
    for (uint32_t i = offset / OTK_SECTOR_SIZE; i <= (offset + len - 1) / OTK_SECTOR_SIZE; i++) {
        if (nor->unstable[i] != 0) {
            disturb_sector(nor, i, offset, data, len);
        }
    }
}

void otk_nor_set_unstable(struct otk_nor *nor, uint32_t sector, uint64_t seed)
{
    if (nor->unstable[sector] == 0 && seed != 0) {
        nor->unstable_count++;
    }
    if (nor->unstable[sector] != 0 && seed == 0) {
        nor->unstable_count--;
    }
    nor->unstable[sector] = seed;
}

bool otk_nor_begin_op(struct otk_nor *nor, const struct otk_nor_op *op)
{
    nor->counts.ops++;
    if (nor->watcher) {
        nor->watcher(nor->watcher_context, op);
    }
    if (!nor->cut_armed) {
        return false;
    }
    if (nor->cut.after_ops == 0) {
        return true;
    }
    nor->cut.after_ops--;
    return false;
}

/* What a program that is interrupted has not done, as bits that keep their value. Cells are
 * programmed together but not equally fast: any bits, any words, one word or one bit may be late. */
struct lateness {
    uint32_t kind;
    uint32_t place; /* the byte at which the one word or bit is late */
    uint8_t word;   /* all bits of the current word, or none */
};

static uint8_t late_bits(struct lateness *late, uint32_t index, uint64_t *state)
{
    if (index % 4 == 0) {
        late->word = otk_random_below(state, 2) == 0 ? 0xFF : 0;
    }
    switch (late->kind) {
    case 0:
        return random_byte(state);
    case 1:
        return late->word;
    case 2:
        return index / 4 == late->place / 4 ? 0xFF : 0;
    default:
        return (uint8_t)(index == late->place ? 1u << otk_random_below(state, 8) : 0);
    }
}

static void fail_program(struct otk_nor *nor, const struct otk_nor_op *op, uint64_t *state)
{
    struct lateness late = {.kind = otk_random_below(state, 4),
                            .place = otk_random_below(state, op->len)};
    uint8_t *cells = nor->cells + op->offset;

    for (uint32_t i = 0; i < op->len; i++) {
        if (nor->cut.fault == OTK_NOR_AFTER ||
            (nor->cut.fault == OTK_NOR_TORN && i < nor->cut.bytes)) {
            cells[i] &= op->data[i];
        }
        if (nor->cut.fault == OTK_NOR_MIXTURE) {
            cells[i] &= op->data[i] | late_bits(&late, i, state);
        }
        if (nor->cut.fault == OTK_NOR_GARBAGE) {
            cells[i] &= random_byte(state);
        }
    }
}

/* One sector of an interrupted erase. Chips clear all bits before they erase, and erase all cells
 * at once but not equally fast, so every state between old content and erased can be met. */
static void mix_sector(uint8_t *cells, uint64_t *state)
{
    uint32_t kind = otk_random_below(state, 6);

    for (uint32_t i = 0; i < OTK_SECTOR_SIZE; i++) {
        if (kind == 1) {
            cells[i] = 0xFF;
        }
        if (kind == 2) {
            cells[i] = 0x00;
        }
        if (kind == 3) {
            cells[i] |= random_byte(state);
        }
        if (kind == 4) {
            cells[i] &= random_byte(state);
        }
        if (kind == 5 && otk_random_below(state, 2) == 0) {
            cells[i] = 0xFF;
        }
    }
}

static void fail_erase(struct otk_nor *nor, const struct otk_nor_op *op, uint64_t *state)
{
    for (uint32_t i = 0; i < op->len; i += OTK_SECTOR_SIZE) {
        uint8_t *cells = nor->cells + op->offset + i;

        for (uint32_t j = 0; j < OTK_SECTOR_SIZE && nor->cut.fault != OTK_NOR_MIXTURE; j++) {
            if (nor->cut.fault == OTK_NOR_GARBAGE) {
                cells[j] = random_byte(state);
            } else if (nor->cut.fault == OTK_NOR_AFTER || i + j < nor->cut.bytes) {
                cells[j] = 0xFF;
            }
        }
        if (nor->cut.fault == OTK_NOR_MIXTURE) {
            mix_sector(cells, state);
        }
        otk_nor_set_unstable(nor, (op->offset + i) / OTK_SECTOR_SIZE,
                             nor->cut.fault == OTK_NOR_AFTER ? 0 : otk_random_next(state) | 1);
    }
}

void otk_nor_fail_op(struct otk_nor *nor, const struct otk_nor_op *op)
{
    uint64_t state = nor->cut.seed;

    if (nor->cut.fault != OTK_NOR_BEFORE && op->kind == OTK_NOR_PROGRAM) {
        fail_program(nor, op, &state);
    }
    if (nor->cut.fault != OTK_NOR_BEFORE && op->kind == OTK_NOR_ERASE) {
        fail_erase(nor, op, &state);
    }
    nor->cut_armed = false;
    nor->powered = false;
}

void otk_nor_arm_cut(struct otk_nor *nor, const struct otk_nor_cut *cut)
{
    nor->cut = *cut;
    nor->cut_armed = true;
}

void otk_nor_disarm_cut(struct otk_nor *nor)
{
    nor->cut_armed = false;
}

bool otk_nor_is_powered(const struct otk_nor *nor)
{
    return nor->powered;
}

void otk_nor_power_on(struct otk_nor *nor)
{
    nor->powered = true;
    nor->cut_armed = false;
}

bool otk_nor_is_unstable(const struct otk_nor *nor, uint32_t offset)
{
    return nor->unstable[offset / OTK_SECTOR_SIZE] != 0;
}

const char *otk_nor_fault_name(enum otk_nor_fault fault)
{
    static const char *const names[] = {
        [OTK_NOR_BEFORE] = "before",   [OTK_NOR_TORN] = "torn",   [OTK_NOR_MIXTURE] = "mixture",
        [OTK_NOR_GARBAGE] = "garbage", [OTK_NOR_AFTER] = "after",
    };

    return names[fault];
}
