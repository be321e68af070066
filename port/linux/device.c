// SPDX-License-Identifier: Apache-2.0
/*
 * The life of a virtual device: power on, boot, application, reset, boot, … until the run ends.
 * What is kept over a reset is the machine, as on a desk: flash, eFuses, clock. The application is
 * a new one each time.
 */
#include "sim/virtual_device.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "otakit/core/boot.h"
#include "otakit/core/device.h"
#include "otakit/crypto/digest.h"
#include "otakit/format/url.h"
#include "port/linux/app.h"
#include "port/linux/bootlog.h"
#include "port/linux/interrupt.h"
#include "port/linux/machine.h"
#include "port/linux/slot_info.h"
#include "port/linux/softap_config.h"
#include "sim/nor.h"
#include "sim/nor_fault.h"

#define EXIT_REFUSED     1
#define EXIT_USAGE       2
#define EXIT_INTERRUPTED 130

/* How much of the operation that loses power still happens: half an otadata entry. */
#define TORN_BYTES 16u

#define SHA256_HEX_LEN (2u * OTK_SHA256_SIZE)

/* A device without a name of its own. */
#define DEFAULT_NAME "otakit"

/* The chip assumed where no slot holds an image. */
#define DEFAULT_CHIP OTK_CHIP_ESP32

static bool is_sha256(const char *text)
{
    return strlen(text) == SHA256_HEX_LEN &&
           strspn(text, "0123456789abcdefABCDEF") == SHA256_HEX_LEN;
}

static uint8_t hex_value(char digit)
{
    return (uint8_t)(digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
}

static void decode_sha256(const char *text, uint8_t sha256[OTK_SHA256_SIZE])
{
    size_t index;

    for (index = 0; index < OTK_SHA256_SIZE; index++) {
        sha256[index] = (uint8_t)(hex_value(text[2u * index]) << 4 |
                                  hex_value(text[2u * index + 1u]));
    }
}

static bool is_url(const char *text)
{
    const size_t len = strlen(text);
    struct otk_url url;

    return len < OTK_URL_SIZE && otk_url_decode(otk_text(text, (uint32_t)len), &url) == OTK_OK;
}

/* What is wrong with the options, or NULL. */
static const char *find_contradiction(const struct otk_virtual_device_options *options)
{
    const char *url = options->pull_url ? options->pull_url : options->manifest_url;

    if (!options->flash_path) {
        return "no flash file is named";
    }
    if (options->pull_url && options->manifest_url) {
        return "an image and a manifest cannot both be pulled";
    }
    if (options->sha256 && !options->pull_url) {
        return "a SHA-256 needs the URL of an image";
    }
    if (options->sha256 && !is_sha256(options->sha256)) {
        return "a SHA-256 is 64 hexadecimal digits";
    }
    if (url && !is_url(url)) {
        return "the URL is malformed: it is written https://host/path";
    }
    if (url && strncmp(url, "https://", 8) == 0 && !options->ca_path) {
        return "an https URL needs a CA file to trust";
    }
    if (options->softap_interface) {
        return otk_softap_settings_read(&(struct otk_softap_settings){0}, options);
    }
    return NULL;
}

/* Why the flash file does not open; right behind the attempt, for it asks errno. */
static const char *open_reason(enum otk_status status)
{
    const bool is_errno = (status == OTK_NOT_FOUND || status == OTK_HOST_IO) && errno != 0;

    return is_errno ? strerror(errno) : otk_status_text(status);
}

static const char *open_hint(enum otk_status status)
{
    switch (status) {
    case OTK_NOT_FOUND:
        return "make one with `otakit flash create`";
    case OTK_BUSY:
        return "another process runs a device on this file";
    case OTK_BAD_FORMAT:
        return "a flash file is as large as its chip: a power of two from 64 KB to 128 MB";
    default:
        return NULL;
    }
}

static enum otk_status open_fuse(struct otk_machine *machine)
{
    const char *path = machine->options->secure_version_path;
    enum otk_status status;

    if (!path) {
        return OTK_OK;
    }
    status = otk_fuse_file_open(&machine->fuse, path, machine->nor);
    if (status != OTK_OK) {
        otk_log_error(machine->options, status, path, NULL, "the file holds one decimal number");
        return status;
    }
    machine->board.secure_version = &machine->fuse.store;
    return OTK_OK;
}

static void note_op(void *context, const struct otk_nor_op *op)
{
    struct otk_machine *machine = context;

    machine->last_op = *op;
    machine->last_op.data = NULL;
}

/* Lose power in the middle of the operation that the options name. */
static void arm_cut(struct otk_machine *machine)
{
    const uint64_t number = machine->options->cut_after;
    const struct otk_nor_cut cut = {
        .after_ops = number - 1u, .fault = OTK_NOR_TORN, .bytes = TORN_BYTES, .seed = number};

    if (number == 0) {
        return;
    }
    otk_nor_watch(machine->nor, note_op, machine);
    otk_nor_arm_cut(machine->nor, &cut);
}

/* The flash and what hangs on it. */
static enum otk_status open_hardware(struct otk_machine *machine)
{
    const struct otk_virtual_device_options *options = machine->options;
    enum otk_status status;

    status = otk_nor_open_file(options->flash_path, NULL, &machine->nor);
    if (status != OTK_OK) {
        otk_log_error(options, status, options->flash_path, open_reason(status), open_hint(status));
        return status;
    }
    otk_device_clock_attach(&machine->clock, machine->nor);
    machine->board = (struct otk_board){
        .flash = otk_nor_flash(machine->nor),
        .table_offset = options->table_offset,
        .chip_id = options->has_chip ? options->chip_id : DEFAULT_CHIP,
        .revision = options->revision,
    };
    if (!options->has_chip &&
        otk_slot_find_chip(&machine->board, &machine->board.chip_id) != OTK_OK) {
        machine->board.chip_id = DEFAULT_CHIP;
    }
    arm_cut(machine);
    return open_fuse(machine);
}

static enum otk_status open_serial_line(struct otk_machine *machine)
{
    const char *name = machine->options->serial_path;
    struct otk_error error = {.message = ""};
    enum otk_status status;

    if (!name) {
        return OTK_OK;
    }
    status = otk_serial_line_open(&machine->serial_line, name, &error);
    if (status != OTK_OK) {
        otk_log_error(machine->options, status, "serial line", error.message,
                      error.hint[0] ? error.hint : NULL);
    }
    return status;
}

static enum otk_status open_machine(struct otk_machine *machine,
                                    const struct otk_virtual_device_options *options)
{
    const bool events_to_stdout = options->events_path && strcmp(options->events_path, "-") == 0;
    enum otk_status status;

    memset(machine, 0, sizeof *machine);
    machine->options = options;
    machine->name = options->name ? options->name : DEFAULT_NAME;
    if (options->sha256) {
        decode_sha256(options->sha256, machine->sha256);
        machine->has_sha256 = true;
    }
    otk_device_clock_init(&machine->clock, options->real_timing);
    machine->log.clock = &machine->clock;
    if (!options->quiet) {
        machine->log.out = events_to_stdout ? stderr : stdout;
    }
    status = otk_events_open(&machine->events, options->events_path, machine->name,
                             &machine->clock);
    if (status != OTK_OK) {
        otk_log_error(options, status, options->events_path, NULL, NULL);
        return status;
    }
    if (options->ca_path && access(options->ca_path, R_OK) != 0) {
        otk_log_error(options, OTK_HOST_IO, options->ca_path, strerror(errno),
                      "--ca names a PEM file with the certificate authorities to trust");
        return OTK_HOST_IO;
    }
    status = open_hardware(machine);
    return status == OTK_OK ? open_serial_line(machine) : status;
}

static void close_machine(struct otk_machine *machine)
{
    otk_serial_line_close(&machine->serial_line);
    otk_device_clock_attach(&machine->clock, NULL);
    otk_nor_close(machine->nor);
    otk_events_close(&machine->events);
}

static const char *op_name(enum otk_nor_op_kind kind)
{
    switch (kind) {
    case OTK_NOR_PROGRAM:
        return "program";
    case OTK_NOR_ERASE:
        return "erase";
    default:
        return "burn";
    }
}

static int tell_power_loss(struct otk_machine *machine)
{
    const struct otk_nor_op *op = &machine->last_op;
    const char *kind = op_name(op->kind);

    otk_log_line(&machine->log, "power",
                 "POWER LOST in the middle of flash operation %" PRIu64 " (%s, %u bytes at 0x%X)",
                 op->index + 1u, kind, (unsigned)op->len, (unsigned)op->offset);
    otk_event_begin(&machine->events, "power_lost");
    otk_event_number(&machine->events, "operation", op->index + 1u);
    otk_event_text(&machine->events, "kind", kind);
    otk_event_number(&machine->events, "offset", op->offset);
    otk_event_number(&machine->events, "len", op->len);
    otk_event_end(&machine->events);
    otk_log_error(machine->options, OTK_POWER_LOST, "device run", NULL,
                  "the flash file holds what the chip would hold; run again to see it recover");
    return EXIT_REFUSED;
}

static int tell_interrupt(struct otk_machine *machine)
{
    otk_log_line(&machine->log, "power", "switched off (interrupted)");
    otk_event_begin(&machine->events, "interrupted");
    otk_event_end(&machine->events);
    otk_log_outcome(machine->options, OTK_INTERRUPTED, "device run",
                    otk_status_text(OTK_INTERRUPTED), NULL);
    return EXIT_INTERRUPTED;
}

/* The bootloader would reset and try again for ever. */
static int tell_brick(const struct otk_machine *machine, enum otk_status status)
{
    otk_log_error(machine->options, status, "boot", NULL,
                  "`otakit slot list` shows what the flash file holds");
    return EXIT_REFUSED;
}

static int live(struct otk_machine *machine)
{
    struct otk_app_history history = {.awaited_slot = OTK_SLOT_NONE};
    struct otk_app_end end = {.reset = true, .reason = OTK_RESET_POWER_ON};
    struct otk_boot_result result;

    while (end.reset) {
        const enum otk_status status = otk_bootlog_boot(machine, end.reason, &result);

        if (otk_nor_is_powered(machine->nor) && status != OTK_OK) {
            return tell_brick(machine, status);
        }
        if (otk_nor_is_powered(machine->nor)) {
            end = otk_app_run(machine, result.slot, end.reason, &history);
        }
        if (!otk_nor_is_powered(machine->nor)) {
            return tell_power_loss(machine);
        }
        if (otk_interrupt_seen()) {
            return tell_interrupt(machine);
        }
    }
    return end.exit_status;
}

int otk_virtual_device_run(const struct otk_virtual_device_options *options)
{
    const char *contradiction = find_contradiction(options);
    struct otk_machine machine;
    int exit_status = EXIT_REFUSED;
    enum otk_status status;

    if (options->result) {
        *options->result = (struct otk_virtual_device_result){.outcome = OTK_OK};
    }
    if (contradiction) {
        otk_log_error(options, OTK_USAGE, "device run", contradiction,
                      "see `otakit device run --help`");
        return EXIT_USAGE;
    }
    otk_interrupt_watch();
    status = open_machine(&machine, options);
    if (status == OTK_OK) {
        exit_status = live(&machine);
    } else if (status == OTK_USAGE) {
        exit_status = EXIT_USAGE;
    }
    close_machine(&machine);
    return exit_status;
}
