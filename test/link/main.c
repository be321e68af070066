// SPDX-License-Identifier: Apache-2.0
/*
 * otk_link_failures: let every transport fail in every way, hand updates over, cut the power, and see
 * what becomes of the device.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/link/journey.h"

/* Lives of a run without options; seconds. */
#define SEEDS_USUAL 500u

static const char usage[] =
    "usage: otk_link_failures [--seeds N] [--first S] [--by TRANSPORT] [--verbose]\n"
    "\n"
    "Lets devices live through updates over links that lose, double, delay, damage and break, "
    "handed\n"
    "over from one transport to another, with power cuts in between; afterwards one undisturbed\n"
    "attempt has to succeed. The last line is \"LIVES lives, BRICKS bricks, WRONG wrong images\"; "
    "exit\n"
    "status 1 when one of the latter is not 0.\n"
    "\n"
    "  --seeds N       lives, each from a seed of its own (500)\n"
    "  --first S       the first seed (1); the others follow\n"
    "  --by TRANSPORT  every attempt by this one: ble-simple, ble-sector, ble-window, serial,\n"
    "                  portal, pull; any\n"
    "  --verbose       say what happens in each life\n";

struct options {
    uint64_t first;
    uint64_t seed_count;
    struct journey_options journey;
};

static void refuse(const char *what)
{
    fprintf(stderr, "otk_link_failures: %s\n%s", what, usage);
    exit(2);
}

static uint64_t parse_number(const char *text)
{
    char *end;
    unsigned long long value;

    errno = 0;
    value = strtoull(text, &end, 0);
    if (errno != 0 || end == text || *end != '\0') {
        refuse("not a number");
    }
    return value;
}

static enum carrier parse_carrier(const char *name)
{
    for (int carrier = CARRIER_NONE; carrier < CARRIER_COUNT; carrier++) {
        if (strcmp(carrier_name((enum carrier)carrier), name) == 0) {
            return (enum carrier)carrier;
        }
    }
    refuse("no such transport");
    return CARRIER_NONE;
}

static void parse_value(struct options *options, const char *name, const char *value)
{
    if (!value) {
        refuse("unknown option, or a value is missing");
    } else if (strcmp(name, "--seeds") == 0) {
        options->seed_count = parse_number(value);
    } else if (strcmp(name, "--first") == 0) {
        options->first = parse_number(value);
    } else if (strcmp(name, "--by") == 0) {
        options->journey.carrier = parse_carrier(value);
    } else {
        refuse("unknown option");
    }
}

static void parse(struct options *options, char **arguments)
{
    for (char **argument = arguments + 1; *argument; argument++) {
        if (strcmp(*argument, "--help") == 0) {
            fputs(usage, stdout);
            exit(0);
        }
        if (strcmp(*argument, "--verbose") == 0) {
            options->journey.talks = true;
        } else {
            parse_value(options, argument[0], argument[1]);
            argument++;
        }
    }
}

static void report(const struct journey_tally *tally)
{
    for (int carrier = CARRIER_NONE + 1; carrier < CARRIER_COUNT; carrier++) {
        printf("%-11s %7llu attempts, %7llu to the end\n", carrier_name((enum carrier)carrier),
               (unsigned long long)tally->legs[carrier],
               (unsigned long long)tally->finished[carrier]);
    }
    printf("%llu mishaps, %llu power cuts, %llu attempts went on from what was there\n",
           (unsigned long long)tally->mishaps, (unsigned long long)tally->cuts,
           (unsigned long long)tally->taken_over);
}

int main(int argc, char **argv)
{
    struct options options = {.first = 1, .seed_count = SEEDS_USUAL};
    struct journey_tally tally = {0};

    (void)argc;
    parse(&options, argv);
    for (uint64_t i = 0; i < options.seed_count; i++) {
        options.journey.seed = options.first + i;
        if (options.journey.talks) {
            printf("seed %llu\n", (unsigned long long)options.journey.seed);
        }
        journey_run(&options.journey, &tally);
    }
    report(&tally);
    printf("seeds %llu to %llu: %llu lives, %llu bricks, %llu wrong images\n",
           (unsigned long long)options.first,
           (unsigned long long)(options.first + options.seed_count - 1),
           (unsigned long long)options.seed_count, (unsigned long long)tally.bricks,
           (unsigned long long)tally.wrong);
    return tally.bricks > 0 || tally.wrong > 0;
}
