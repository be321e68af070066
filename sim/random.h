// SPDX-License-Identifier: Apache-2.0
/*
 * Random numbers that repeat: the same state gives the same sequence everywhere.
 *
 *     uint64_t state = seed;
 *     if (otk_random_below(&state, 4) == 0) ...
 */
#ifndef OTAKIT_SIM_RANDOM_H
#define OTAKIT_SIM_RANDOM_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The next 64 random bits; `state` may start at any value.
 * Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators" (SplitMix64). */
static inline uint64_t otk_random_next(uint64_t *state)
{
    uint64_t bits = (*state += 0x9E3779B97F4A7C15u);

    bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9u;
    bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBu;
    return bits ^ (bits >> 31);
}

/* A random number from 0 to `limit` - 1; `limit` is not 0. */
static inline uint32_t otk_random_below(uint64_t *state, uint32_t limit)
{
    return (uint32_t)(((otk_random_next(state) >> 32) * limit) >> 32);
}

#ifdef __cplusplus
}
#endif

#endif
