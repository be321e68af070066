// SPDX-License-Identifier: Apache-2.0
/* The four functions that compilers expect everywhere, for WebAssembly without a C library. */
#include <stddef.h>
#include <stdint.h>

/* As in ISO C; declared here because otakit/base/memory.h turns two of the names into macros. */
void *memcpy(void *restrict to, const void *restrict from, size_t len);
void *memmove(void *to, const void *from, size_t len);
void *memset(void *to, int byte, size_t len);
int memcmp(const void *a, const void *b, size_t len);

void *memcpy(void *restrict to, const void *restrict from, size_t len)
{
    uint8_t *target = to;
    const uint8_t *source = from;

    while (len-- > 0) {
        *target++ = *source++;
    }
    return to;
}

void *memmove(void *to, const void *from, size_t len)
{
    uint8_t *target = to;
    const uint8_t *source = from;

    if ((uintptr_t)to <= (uintptr_t)from) {
        return memcpy(to, from, len);
    }
    while (len-- > 0) {
        target[len] = source[len];
    }
    return to;
}

void *memset(void *to, int byte, size_t len)
{
    uint8_t *target = to;

    while (len-- > 0) {
        *target++ = (uint8_t)byte;
    }
    return to;
}

int memcmp(const void *a, const void *b, size_t len)
{
    const uint8_t *left = a;
    const uint8_t *right = b;

    for (; len > 0 && *left == *right; len--) {
        left++;
        right++;
    }
    return len == 0 ? 0 : *left - *right;
}
