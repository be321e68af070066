// SPDX-License-Identifier: Apache-2.0
/*
 * What a fuzz target claims about the code under test. A claim that does not hold ends the program
 * loudly, with every compiler and build type.
 *
 *     EXPECT(used <= len);
 */
#ifndef FUZZ_EXPECT_H
#define FUZZ_EXPECT_H

#include <stdio.h>
#include <stdlib.h>

#define EXPECT(claim)                                                                  \
    do {                                                                               \
        if (!(claim)) {                                                                \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #claim); \
            abort();                                                                   \
        }                                                                              \
    } while (0)

#endif
