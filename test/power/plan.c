// SPDX-License-Identifier: Apache-2.0
/* In how many ways one flash operation can be cut. */
#include "test/power/plan.h"

#include "sim/random.h"

/* Mixtures differ much in an erase, and little in a program. */
#define ERASE_MIXTURES   16u
#define PROGRAM_MIXTURES 6u
#define GARBAGES         2u
#define ERASE_TEARS      6u

/* Bytes that look erased: none, parts of an entry, of a sector, a sector, all. The first and the
 * last are the worst, for nothing shows but that cells are weak. */
static const uint32_t erase_tears[ERASE_TEARS] = {0, 4, 32, 2048, 4096, 65536};

struct plan {
    struct otk_nor_cut *cuts;
    uint32_t count;
    uint64_t index;
};

static void add(struct plan *plan, enum otk_nor_fault fault, uint32_t bytes, uint64_t seed)
{
    plan->cuts[plan->count++] = (struct otk_nor_cut){
        .after_ops = plan->index, .fault = fault, .bytes = bytes, .seed = seed};
}

uint32_t plan_all(const struct otk_nor_op *op, uint64_t index,
                  struct otk_nor_cut cuts[PLAN_CUT_COUNT])
{
    const uint32_t mixtures = op->kind == OTK_NOR_ERASE ? ERASE_MIXTURES : PROGRAM_MIXTURES;
    struct plan plan = {.cuts = cuts, .index = index};

    add(&plan, OTK_NOR_BEFORE, 0, 0);
    add(&plan, OTK_NOR_AFTER, 0, 0);
    if (op->kind == OTK_NOR_BURN) {
        return plan.count;
    }
    for (uint32_t bytes = 4; op->kind == OTK_NOR_PROGRAM && bytes < op->len; bytes += 4) {
        add(&plan, OTK_NOR_TORN, bytes, 0);
    }
    for (uint32_t i = 0; op->kind == OTK_NOR_ERASE && i < ERASE_TEARS; i++) {
        add(&plan, OTK_NOR_TORN, erase_tears[i], index + i);
    }
    for (uint32_t i = 0; i < mixtures; i++) {
        add(&plan, OTK_NOR_MIXTURE, 0, index * 100 + i);
    }
    for (uint32_t i = 0; i < GARBAGES; i++) {
        add(&plan, OTK_NOR_GARBAGE, 0, index * 100 + i);
    }
    return plan.count;
}

uint32_t plan_few(const struct otk_nor_op *op, uint64_t index, uint64_t seed,
                  struct otk_nor_cut cuts[PLAN_CUT_COUNT])
{
    struct plan plan = {.cuts = cuts, .index = index};

    add(&plan, OTK_NOR_AFTER, 0, 0);
    if (op->kind == OTK_NOR_BURN) {
        return plan.count;
    }
    add(&plan, OTK_NOR_MIXTURE, 0, otk_random_next(&seed) >> 32);
    if (op->kind == OTK_NOR_ERASE) {
        add(&plan, OTK_NOR_TORN, otk_random_below(&seed, 2) == 0 ? 0 : 65536,
            otk_random_next(&seed) >> 32);
    } else {
        add(&plan, OTK_NOR_TORN, otk_random_below(&seed, op->len / 4 + 1) * 4, 0);
    }
    return plan.count;
}
