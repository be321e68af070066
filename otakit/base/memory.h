// SPDX-License-Identifier: Apache-2.0
/*
 * The four library functions that otakit needs from its surroundings.
 *
 * Declared here because a freestanding compiler brings no <string.h>, while
 * every compiler may emit calls to these four anyway. For `.c` files of
 * otakit/ only; host code includes <string.h>.
 */
#ifndef OTAKIT_BASE_MEMORY_H
#define OTAKIT_BASE_MEMORY_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* As in ISO C, 7.24. Supplied by the C library or the port. */
void *memcpy(void *to, const void *from, size_t len);
/* As in ISO C, 7.24. Supplied by the C library or the port. */
void *memmove(void *to, const void *from, size_t len);
/* As in ISO C, 7.24. Supplied by the C library or the port. */
void *memset(void *to, int byte, size_t len);
/* As in ISO C, 7.24. Supplied by the C library or the port. */
int memcmp(const void *a, const void *b, size_t len);

/* A freestanding compiler does not take the names for the functions it knows; told so, it copies a
 * few bytes in place instead of calling. */
#if defined(__GNUC__)
#define memcpy(to, from, len) __builtin_memcpy(to, from, len)
#define memset(to, byte, len) __builtin_memset(to, byte, len)
#endif

#ifdef __cplusplus
}
#endif

#endif
