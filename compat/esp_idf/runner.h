// SPDX-License-Identifier: Apache-2.0
/*
 * The runner: an application of ESP-IDF's on a virtual device, over resets and losses of power.
 *
 * Each life of the application is a process of its own, so that all memory is fresh as on a chip. The
 * parent is the hardware: it boots the flash file as the bootloader would, starts a child that calls
 * app_main(), and sees how that ends.
 *
 *     status = otk_idf_options_parse(argc, argv, &options);
 *     status = otk_idf_run(&options, &run);
 */
#ifndef COMPAT_ESP_IDF_RUNNER_H
#define COMPAT_ESP_IDF_RUNNER_H

#include <stdbool.h>
#include <stdint.h>

#include "compat/esp_idf/device.h"
#include "otakit/core/boot.h"
#include "otakit/crypto/digest.h"
#include "sim/nor.h"
#include "sim/nor_fault.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Exit statuses of the program. */
enum otk_idf_exit {
    OTK_IDF_EXIT_DONE = 0,
    OTK_IDF_EXIT_REFUSED = 1, /* nothing boots, a cut bricked the device, there was nothing to cut,
                                 the file cannot be used */
    OTK_IDF_EXIT_USAGE = 2,
    OTK_IDF_EXIT_INTERRUPTED = 130
};

/* What the command line says. Zero is the default of every field but flash_path. */
struct otk_idf_options {
    const char *program;
    const char *flash_path;
    const char *nvs_path; /* NULL: flash_path with ".nvs" */
    bool has_reset_max;
    unsigned reset_max; /* behind that many resets the application is not started again */
    unsigned seconds;   /* switched off after that time; 0: never */
    uint64_t cut;       /* power is lost in this flash operation, counted from 1; 0: never */
    bool cut_all;       /* try every cut */
    uint64_t sample;    /* of cut_all: as many, evenly spread; 0: all */
    bool has_fault;
    enum otk_nor_fault fault; /* where has_fault is false: chosen by the number of the operation */
    int log_level;            /* esp_log_level_t; 0: as compiled */
    bool allow_http;
    bool skip_waits;
    bool is_quiet; /* neither the application nor the runner prints */
    bool help;
};

/* How a life of the application ended. */
enum otk_idf_end {
    OTK_IDF_END_IDLE,     /* app_main returned, and no task is left */
    OTK_IDF_END_RESTART,  /* esp_restart */
    OTK_IDF_END_PANIC,    /* it crashed, or called abort or exit */
    OTK_IDF_END_POWER,    /* the power was lost */
    OTK_IDF_END_OFF,      /* the time is over */
    OTK_IDF_END_LIMIT,    /* it was not started: enough resets */
    OTK_IDF_END_UNBOOTED, /* nothing boots */
    OTK_IDF_END_CRASHING, /* it crashes again and again */
    OTK_IDF_END_INTERRUPTED,
    OTK_IDF_END_NO_FLASH /* the flash file cannot be used; that was told */
};

/* Which image ran: two are the same where these are. */
struct otk_idf_identity {
    uint8_t sha256[OTK_SHA256_SIZE];
};

/* Most boots that a run remembers. */
#define OTK_IDF_BOOT_COUNT 64u

/* What a whole run was. */
struct otk_idf_run {
    enum otk_idf_end end;
    uint64_t op_count; /* flash operations */
    unsigned reset_count;
    unsigned boot_count; /* boots in which an image was chosen */
    struct otk_idf_identity
        boots[OTK_IDF_BOOT_COUNT]; /* the last one last; later ones replace it */
    bool was_cut;
};

/* A device that is switched on. */
struct otk_idf_chip {
    struct otk_nor *nor;
    struct otk_flash flash; /* the application's: ends its process when the power is gone */
    struct otk_board board;
};

/*
 * Take the command line apart. What is wrong is told.
 *
 * Returns  OTK_OK or OTK_USAGE
 */
OTK_MUST_USE enum otk_status otk_idf_options_parse(int argument_count, char **arguments,
                                                   struct otk_idf_options *options);

/* Print what the program can do. */
void otk_idf_options_help(const char *program);

/*
 * Open the flash file as a chip.
 *
 * Returns  OTK_OK; otherwise what is wrong was told
 */
OTK_MUST_USE enum otk_status otk_idf_chip_open(const struct otk_idf_options *options,
                                               struct otk_idf_chip *chip);

/* Which image that is; all zero where it cannot be read. */
struct otk_idf_identity otk_idf_chip_identify(const struct otk_idf_chip *chip,
                                              const struct otk_boot_result *boot);

/* Say what the bootloader decided, and why. */
void otk_idf_chip_tell(const struct otk_idf_chip *chip, const struct otk_boot_result *boot,
                       enum otk_status status);

/*
 * Call app_main() in a child, and wait for its end.
 *
 * slot       that boots
 * reason     esp_reset_reason_t
 * deadline_s of CLOCK_MONOTONIC; 0: none
 * op_count   flash operations of this life so far, also where the child is killed
 */
enum otk_idf_end otk_idf_child_run(const struct otk_idf_options *options, struct otk_idf_chip *chip,
                                   int slot, int reason, int64_t deadline_s, uint64_t *op_count);

/* Boot, run, reset, and so on until the run ends. */
void otk_idf_run(const struct otk_idf_options *options, struct otk_idf_run *run);

/*
 * Run once without a cut, then with one at each flash operation, and judge every boot.
 *
 * Returns  the program's exit status
 */
enum otk_idf_exit otk_idf_cut_all(const struct otk_idf_options *options);

#ifdef __cplusplus
}
#endif

#endif
