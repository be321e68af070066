// SPDX-License-Identifier: Apache-2.0
/* The run of a device: power on, boot, application, reset, boot, … until it ends. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <esp_system.h>

#include "compat/esp_idf/runner.h"

/* Scratch of a boot. */
#define SCRATCH_SIZE 16384u

/* Crashes in a row after which nobody expects anything else. */
#define PANIC_MAX 10u

/* How much of an operation still happens where it is torn: half an otadata entry, or half a page. */
#define TORN_BYTES 16u

static const enum otk_nor_fault faults[] = {OTK_NOR_TORN, OTK_NOR_MIXTURE, OTK_NOR_GARBAGE,
                                            OTK_NOR_AFTER};

static int64_t find_deadline(const struct otk_idf_options *options)
{
    struct timespec now;

    if (options->seconds == 0) {
        return 0;
    }
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec + (int64_t)options->seconds;
}

static enum otk_nor_fault choose_fault(const struct otk_idf_options *options)
{
    return options->has_fault ? options->fault
                              : faults[options->cut % (sizeof faults / sizeof faults[0])];
}

static void arm_cut(const struct otk_idf_options *options, const struct otk_idf_run *run,
                    struct otk_nor *nor)
{
    const struct otk_nor_cut cut = {
        .after_ops = options->cut - 1u - run->op_count,
        .fault = choose_fault(options),
        .bytes = TORN_BYTES,
        .seed = options->cut,
    };

    if (options->cut > 0 && !run->was_cut) {
        otk_nor_arm_cut(nor, &cut);
    }
}

static void note_boot(struct otk_idf_run *run, const struct otk_idf_chip *chip,
                      const struct otk_boot_result *boot)
{
    const unsigned last = OTK_IDF_BOOT_COUNT - 1u;
    const unsigned index = run->boot_count < last ? run->boot_count : last;

    run->boots[index] = otk_idf_chip_identify(chip, boot);
    run->boot_count = index + 1u;
}

static uint64_t count_ops(struct otk_nor *nor)
{
    struct otk_nor_counts counts;

    otk_nor_get_counts(nor, &counts);
    return counts.ops;
}

static bool is_enough(const struct otk_idf_options *options, const struct otk_idf_run *run)
{
    return options->has_reset_max && run->reset_count >= options->reset_max;
}

/* Boot and run the application once. */
static enum otk_idf_end live(const struct otk_idf_options *options, struct otk_idf_run *run,
                             struct otk_idf_chip *chip, int reason, int64_t deadline_s)
{
    uint8_t scratch[SCRATCH_SIZE];
    struct otk_boot_result boot;
    enum otk_idf_end end;
    enum otk_status status;
    uint64_t op_count;

    arm_cut(options, run, chip->nor);
    status = otk_boot(&chip->board, scratch, sizeof scratch, &boot);
    op_count = count_ops(chip->nor);
    if (!otk_nor_is_powered(chip->nor)) {
        run->op_count += op_count;
        return OTK_IDF_END_POWER;
    }
    if (!options->is_quiet) {
        otk_idf_chip_tell(chip, &boot, status);
    }
    if (status != OTK_OK) {
        return OTK_IDF_END_UNBOOTED;
    }
    note_boot(run, chip, &boot);
    if (is_enough(options, run)) {
        run->op_count += op_count;
        return OTK_IDF_END_LIMIT;
    }
    end = otk_idf_child_run(options, chip, boot.slot, reason, deadline_s, &op_count);
    run->op_count += op_count;
    return end;
}

/* A cut that never came must not pass for one that was survived. */
static void tell_missed_cut(const struct otk_idf_options *options, const struct otk_idf_run *run)
{
    if (options->cut > 0 && !run->was_cut) {
        printf("--- flash operation %" PRIu64 " never came: NO POWER WAS LOST ---\n", options->cut);
    }
}

static void tell_end(const struct otk_idf_options *options, const struct otk_idf_run *run)
{
    if (options->is_quiet) {
        return;
    }
    switch (run->end) {
    case OTK_IDF_END_RESTART:
        printf("--- restart (%u) ---\n", run->reset_count);
        break;
    case OTK_IDF_END_PANIC:
        printf("--- reset after a crash (%u) ---\n", run->reset_count);
        break;
    case OTK_IDF_END_POWER:
        printf("--- POWER LOST in flash operation %" PRIu64 " (%s), and back ---\n", options->cut,
               otk_nor_fault_name(choose_fault(options)));
        break;
    case OTK_IDF_END_IDLE:
        printf("--- idle: no task is left; %" PRIu64 " flash operations ---\n", run->op_count);
        break;
    case OTK_IDF_END_OFF:
        printf("--- switched off after %u s; %" PRIu64 " flash operations ---\n", options->seconds,
               run->op_count);
        break;
    case OTK_IDF_END_LIMIT:
        printf("--- enough resets; %" PRIu64 " flash operations ---\n", run->op_count);
        break;
    case OTK_IDF_END_CRASHING:
        printf("--- it crashes again and again ---\n");
        break;
    default:
        break;
    }
    fflush(stdout);
}

static bool boots_again(enum otk_idf_end end)
{
    return end == OTK_IDF_END_RESTART || end == OTK_IDF_END_PANIC || end == OTK_IDF_END_POWER;
}

void otk_idf_run(const struct otk_idf_options *options, struct otk_idf_run *run)
{
    const int64_t deadline_s = find_deadline(options);
    int reason = ESP_RST_POWERON;
    unsigned panic_count = 0;

    memset(run, 0, sizeof *run);
    do {
        struct otk_idf_chip chip;

        if (otk_idf_chip_open(options, &chip) != OTK_OK) {
            run->end = OTK_IDF_END_NO_FLASH;
            return;
        }
        run->end = live(options, run, &chip, reason, deadline_s);
        otk_nor_close(chip.nor);
        run->was_cut |= run->end == OTK_IDF_END_POWER;
        run->reset_count += run->end == OTK_IDF_END_RESTART || run->end == OTK_IDF_END_PANIC;
        reason = run->end == OTK_IDF_END_RESTART ? ESP_RST_SW
                 : run->end == OTK_IDF_END_PANIC ? ESP_RST_PANIC
                                                 : ESP_RST_POWERON;
        panic_count = run->end == OTK_IDF_END_PANIC ? panic_count + 1u : 0;
        if (panic_count == PANIC_MAX) {
            run->end = OTK_IDF_END_CRASHING;
        }
        tell_end(options, run);
    } while (boots_again(run->end));
    if (!options->is_quiet) {
        tell_missed_cut(options, run);
        fflush(stdout);
    }
}
