// SPDX-License-Identifier: Apache-2.0
/* Version comparison: runs of digits by value, everything else by letters. */
#include <stdbool.h>

#include "otakit/core/device.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Compare two runs of digits of any length and step behind them. */
static int compare_numbers(const char **a, const char **b)
{
    int difference = 0;

    while (**a == '0') {
        ++*a;
    }
    while (**b == '0') {
        ++*b;
    }
    while (is_digit(**a) && is_digit(**b)) {
        if (difference == 0) {
            difference = **a - **b;
        }
        ++*a;
        ++*b;
    }
    if (is_digit(**a) != is_digit(**b)) {
        difference = is_digit(**a) ? 1 : -1;
    }
    return difference;
}

/*
 * Where a version stands among all that are equal up to here: a pre-release ("1.2-rc1", "1.2~1")
 * before the one that ends ("1.2", "1.2+build"), that before any that goes on ("1.2.1", and
 * "1.2-5-g0123abc", git's five commits later). One number for each, whatever it is compared with,
 * or there would be versions that are each newer than the next in a circle.
 */
static int weigh(const char *rest)
{
    if (rest[0] == '~') {
        return -2;
    }
    if (rest[0] == '-' && !is_digit(rest[1])) {
        return -1;
    }
    return rest[0] == '\0' || rest[0] == '+' ? 0 : (unsigned char)rest[0];
}

int otk_version_compare(const char *a, const char *b)
{
    if (*a == 'v' || *a == 'V') {
        a++;
    }
    if (*b == 'v' || *b == 'V') {
        b++;
    }
    for (;;) {
        int difference;

        if (is_digit(*a) && is_digit(*b)) {
            difference = compare_numbers(&a, &b);
        } else {
            difference = weigh(a) - weigh(b);
            if (difference == 0 && weigh(a) == 0) {
                return 0;
            }
            a++;
            b++;
        }
        if (difference != 0) {
            return difference;
        }
    }
}
