// SPDX-License-Identifier: Apache-2.0
/* Version comparison: runs of digits by value, everything else by letters. */
#include <stdbool.h>

#include "otakit/core/device.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Build metadata does not count, so a version ends there. */
static bool is_end(char c)
{
    return c == '\0' || c == '+';
}

/* Compare two runs of digits of any length and step behind them. */
static int compare_numbers(const char **a, const char **b)
{
    int difference = 0;

    while (**a == '0')
        ++*a;
    while (**b == '0')
        ++*b;
    while (is_digit(**a) && is_digit(**b)) {
        if (difference == 0)
            difference = **a - **b;
        ++*a;
        ++*b;
    }
    if (is_digit(**a) != is_digit(**b))
        difference = is_digit(**a) ? 1 : -1;
    return difference;
}

/*
 * How a version that ends here stands to one that goes on with `rest`: before it ("1.2" < "1.2.1",
 * and "1.2" < "1.2-5-g0123abc", git's five commits later), but behind its pre-release
 * ("1.2" > "1.2-rc1").
 */
static int ended_against(const char *rest)
{
    const bool is_pre_release = rest[0] == '~' || (rest[0] == '-' && !is_digit(rest[1]));

    return is_pre_release ? 1 : -1;
}

int otk_version_compare(const char *a, const char *b)
{
    if (*a == 'v' || *a == 'V')
        a++;
    if (*b == 'v' || *b == 'V')
        b++;
    while (!is_end(*a) && !is_end(*b)) {
        int difference;

        if (is_digit(*a) && is_digit(*b)) {
            difference = compare_numbers(&a, &b);
        } else {
            difference = *a - *b;
            a++;
            b++;
        }
        if (difference != 0)
            return difference;
    }
    if (is_end(*a) && is_end(*b))
        return 0;
    return is_end(*a) ? ended_against(b) : -ended_against(a);
}
