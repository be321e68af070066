// SPDX-License-Identifier: Apache-2.0
/*
 * One pull into a flash file, with every option of the client, for tests that need to see more than
 * a device shows. Nothing is switched unless asked for.
 *
 *     pull_once FLASH URL [--ca FILE] [--sha256 HEX] [--kind image|manifest] [--no-clock]
 *               [--insecure-http] [--authorization TEXT] [--proxy] [--attempts N] [--redirects N]
 *               [--connect-ms N] [--stall-ms N] [--total-ms N] [--backoff-ms N] [--cancel-at BYTES]
 *               [--refuse-same-version] [--real] [--switch]
 *
 * Prints one JSON object a line: {"request": ...}, {"wait": ...}, and last {"status": ...}.
 * Exit status: 0 the pull succeeded, 1 it did not, 2 the command line is wrong.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

#include "otakit/core/trial.h"
#include "port/linux/pull_client.h"
#include "sim/nor.h"

struct run {
    const char *flash_path;
    struct otk_pull_options options;
    uint8_t sha256[32];
    bool refuse_same_version;
    bool is_real;
    bool must_switch;
    uint32_t cancel_at;
    struct otk_nor *nor;
    struct otk_board board;
    struct otk_device device;
    struct otk_session session;
    uint8_t buffer[OTK_SECTOR_SIZE];
};

static uint64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void on_event(void *context, const struct otk_pull_event_info *info)
{
    (void)context;
    if (info->event == OTK_PULL_EVENT_REQUEST) {
        const struct otk_pull_request *const request = info->request;

        printf("{\"request\": \"%s\", \"offset\": %u, \"has_if_range\": %s, \"attempt\": %u}\n",
               request->url, request->offset, request->if_range[0] != '\0' ? "true" : "false",
               request->attempt);
    } else if (info->event == OTK_PULL_EVENT_WAIT) {
        printf("{\"wait\": %u, \"failure\": \"%s\"}\n", info->wait_ms,
               otk_status_name(info->status));
    }
    fflush(stdout);
}

static bool is_cancelled(void *context)
{
    const struct run *const run = context;
    struct otk_progress progress;

    if (run->cancel_at == 0) {
        return false;
    }
    otk_session_progress(&run->session, &progress);
    return progress.written >= run->cancel_at;
}

static void report(struct run *run, enum otk_status status, uint64_t duration_ns)
{
    const char *const hint = otk_pull_hint(status);
    struct otk_nor_counts counts;
    struct otk_progress progress;

    otk_nor_get_counts(run->nor, &counts);
    otk_session_progress(&run->session, &progress);
    printf("{\"status\": \"%s\", \"has_hint\": %s, \"written\": %u, \"resumed_at\": %u, "
           "\"flash_operations\": %llu, \"flash_s\": %.4f, \"total_s\": %.4f}\n",
           otk_status_name(status), hint ? "true" : "false", progress.written, progress.resumed_at,
           (unsigned long long)counts.ops, (double)otk_nor_time_ns(run->nor) / 1e9,
           (double)duration_ns / 1e9);
}

/* The chip is that of the first application in the flash. */
static enum otk_status find_chip(struct run *run)
{
    static uint8_t scratch[OTK_TABLE_SIZE];
    const struct otk_flash *const flash = run->board.flash;
    struct otk_image_header header;
    struct otk_layout layout;
    struct otk_area area;
    uint8_t head[OTK_IMAGE_HEADER_SIZE];
    enum otk_status status = otk_layout_load(flash, OTK_TABLE_OFFSET, scratch, &layout);

    if (status != OTK_OK) {
        return status;
    }
    area = layout.factory.size > 0 ? layout.factory : layout.ota[0];
    status = flash->read(flash->context, area.offset, head, sizeof head);
    if (status == OTK_OK) {
        otk_image_header_decode(head, &header);
        run->board.chip_id = header.chip_id;
    }
    return status;
}

static enum otk_status start_device(struct run *run)
{
    static uint8_t scratch[OTK_SECTOR_SIZE];
    struct otk_boot_result boot;
    enum otk_status status = otk_nor_open_file(run->flash_path, NULL, &run->nor);

    if (status != OTK_OK) {
        return status;
    }
    run->board.flash = otk_nor_flash(run->nor);
    run->board.revision = 100;
    status = find_chip(run);
    if (status == OTK_OK) {
        status = otk_boot(&run->board, scratch, sizeof scratch, &boot);
    }
    if (status == OTK_OK) {
        status = otk_device_start(&run->device, &run->board, boot.slot, OTK_RESET_POWER_ON,
                                  scratch);
    }
    run->device.policy.refuse_same_version = run->refuse_same_version;
    otk_nor_set_real_time(run->nor, run->is_real);
    /* A chip does not oversleep: the 50 us that Linux allows itself are an eighth of a page. */
    (void)prctl(PR_SET_TIMERSLACK, 1UL);
    return status;
}

static enum otk_status pull(struct run *run)
{
    const struct otk_pull_hooks hooks = {
        .context = run, .event = on_event, .is_cancelled = is_cancelled};
    const uint64_t start_ns = now_ns();
    enum otk_status status = otk_pull_run(&run->device, &run->session, &run->options, run->buffer,
                                          &hooks);
    const uint64_t duration_ns = now_ns() - start_ns;

    if (status == OTK_OK && run->must_switch) {
        status = otk_session_switch(&run->session);
    }
    report(run, status, duration_ns);
    return status;
}

/* An option without a value. */
static bool set_flag(struct run *run, const char *name)
{
    const struct {
        const char *name;
        bool *flag;
    } flags[] = {
        {"--no-clock", &run->options.no_clock},
        {"--insecure-http", &run->options.pull.allow_http},
        {"--proxy", &run->options.use_proxy},
        {"--refuse-same-version", &run->refuse_same_version},
        {"--real", &run->is_real},
        {"--switch", &run->must_switch},
    };

    for (size_t index = 0; index < sizeof flags / sizeof flags[0]; index++) {
        if (strcmp(name, flags[index].name) == 0) {
            *flags[index].flag = true;
            return true;
        }
    }
    return false;
}

static bool set_number(struct run *run, const char *name, const char *value)
{
    struct otk_pull_config *const config = &run->options.pull;
    const struct {
        const char *name;
        uint32_t *number;
    } numbers[] = {
        {"--attempts", &config->attempt_limit},
        {"--redirects", &config->redirect_limit},
        {"--connect-ms", &config->connect_timeout_ms},
        {"--stall-ms", &config->stall_timeout_ms},
        {"--total-ms", &config->total_timeout_ms},
        {"--backoff-ms", &config->backoff_min_ms},
        {"--cancel-at", &run->cancel_at},
    };

    for (size_t index = 0; index < sizeof numbers / sizeof numbers[0]; index++) {
        if (strcmp(name, numbers[index].name) == 0) {
            *numbers[index].number = (uint32_t)strtoul(value, NULL, 0);
            return true;
        }
    }
    return false;
}

static bool set_text(struct run *run, const char *name, const char *value)
{
    if (strcmp(name, "--ca") == 0) {
        run->options.ca_path = value;
    } else if (strcmp(name, "--authorization") == 0) {
        run->options.authorization = value;
    } else if (strcmp(name, "--kind") == 0) {
        run->options.pull.kind = strcmp(value, "image") == 0 ? OTK_PULL_IMAGE : OTK_PULL_MANIFEST;
    } else if (strcmp(name, "--sha256") == 0) {
        run->options.pull.sha256 = run->sha256;
        return otk_text_hex(otk_text(value, (uint32_t)strlen(value)), run->sha256, 32) == OTK_OK;
    } else {
        return set_number(run, name, value);
    }
    return true;
}

static bool parse(struct run *run, int argc, char **argv)
{
    if (argc < 3) {
        return false;
    }
    run->flash_path = argv[1];
    run->options.pull.url = argv[2];
    for (int index = 3; index < argc; index++) {
        if (set_flag(run, argv[index])) {
            continue;
        }
        if (index + 1 == argc || !set_text(run, argv[index], argv[index + 1])) {
            return false;
        }
        index++;
    }
    return true;
}

int main(int argc, char **argv)
{
    static struct run run;
    enum otk_status status;

    if (!parse(&run, argc, argv)) {
        fprintf(stderr, "usage: pull_once FLASH URL [OPTION]...\n");
        return 2;
    }
    status = start_device(&run);
    if (status != OTK_OK) {
        fprintf(stderr, "pull_once: %s: %s\n", run.flash_path, otk_status_text(status));
        return 2;
    }
    status = pull(&run);
    otk_nor_close(run.nor);
    return status == OTK_OK ? 0 : 1;
}
