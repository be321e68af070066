// SPDX-License-Identifier: Apache-2.0
/* Pushing with a client engine over a wire. */
#include "host/push_client.h"

#include <stdio.h>
#include <string.h>

/* How long the loop sleeps at most, so that a stop is noticed. */
#define TICK_MS 100u

/* An engine gives up after this share more than the caller's patience with a silent device: it knows
 * of pauses that belong to the protocol. */
#define PATIENCE_PERCENT 133u

struct drive {
    struct otk_push *push;
    const struct otk_push_wire *wire;
    struct otk_client *client;
    const struct otk_window_client *window;
    uint64_t start_ms;
    uint32_t loss_count; /* that were remarked on */
    bool is_met;
    bool was_connected; /* there may be a link to drop */
    uint8_t frame[OTK_CLIENT_FRAME_SIZE];
};

static uint32_t now(void)
{
    return (uint32_t)otk_push_now_ms();
}

/* Milliseconds until then, a tick at most. */
static uint32_t until(uint32_t until_ms)
{
    const uint32_t rest = until_ms - now();

    return rest > INT32_MAX ? 0 : rest < TICK_MS ? rest : TICK_MS;
}

void otk_push_client_image(const struct otk_push *push, struct otk_client_image *image)
{
    const struct otk_image_report *const report = push->image.report;

    *image = (struct otk_client_image){
        .bytes = push->image.bytes,
        .len = push->image.len,
        .chip_id = report->has_header ? report->header.chip_id : (uint16_t)OTK_CHIP_INVALID,
    };
    memcpy(image->sha256, push->sha256, sizeof image->sha256);
    if (report->has_app) {
        image->secure_version = report->app.secure_version;
        snprintf(image->version, sizeof image->version, "%s", report->app.version);
        snprintf(image->project, sizeof image->project, "%s", report->app.project);
    }
}

static void name_slot(int slot, char name[OTK_PUSH_TEXT_SIZE])
{
    if (slot >= 0) {
        snprintf(name, OTK_PUSH_TEXT_SIZE, "ota_%d", slot);
    } else if (slot == OTK_SLOT_FACTORY) {
        otk_push_copy(name, "factory");
    } else if (slot == OTK_SLOT_TEST) {
        otk_push_copy(name, "test");
    }
}

void otk_push_client_device(const struct otk_window_info *info, struct otk_push_device *device)
{
    *device = (struct otk_push_device){
        .has_chip = true,
        .chip_id = info->chip_id,
        .has_boot_id = true,
        .boot_id = info->boot_id,
        .on_trial = info->on_trial,
        .slot_size = info->slot_size,
        .secure_version = info->secure_version,
        .has_last = true,
        .stage = (enum otk_update_stage)info->stage,
        .last_status = (enum otk_status)info->status,
    };
    otk_push_copy(device->name, info->name);
    name_slot(info->running, device->slot);
    if (info->has_app) {
        otk_push_copy(device->project, info->project);
        otk_push_copy(device->version, info->app_version);
    }
}

/* The device has introduced itself: tell the caller, and see whether it can take the image. */
static enum otk_status meet(struct drive *drive)
{
    struct otk_push_device device;

    if (drive->is_met || !drive->window || !drive->window->has_info) {
        return OTK_OK;
    }
    drive->is_met = true;
    otk_push_client_device(&drive->window->info, &device);
    otk_push_meet(drive->push, &device);
    return otk_push_judge(drive->push, &device);
}

static void tell_progress(struct drive *drive)
{
    struct otk_push *const push = drive->push;
    struct otk_client_progress progress;

    otk_client_get_progress(drive->client, &progress);
    if (progress.loss_count > drive->loss_count) {
        drive->loss_count = progress.loss_count;
        otk_push_remark(push, "%s; trying again", otk_status_text(OTK_CONNECTION_LOST));
    }
    if (progress.phase == OTK_CLIENT_SENDING) {
        if (push->start_ms == 0) {
            otk_push_begin(push, progress.resumed_at);
        }
        push->result.sent = progress.written;
        otk_push_progress(push, OTK_PUSH_WRITING, progress.written);
    } else if (progress.phase == OTK_CLIENT_FINISHING && progress.verified > 0) {
        otk_push_progress(push, OTK_PUSH_VERIFYING, progress.verified);
    }
}

/* A device that never said a word is not there. */
static enum otk_status check_silence(struct drive *drive)
{
    const uint32_t timeout_ms = drive->push->options.timeout_ms;

    if (drive->window && !drive->push->result.has_before &&
        otk_push_now_ms() - drive->start_ms > timeout_ms) {
        const enum otk_status status = otk_push_fail(
            drive->push, OTK_TIMEOUT, "nothing answers within %u s", timeout_ms / 1000);
        otk_error_hint(
            &drive->push->error,
            "does the device run an application with otakit, and take updates this way?");
        return status;
    }
    return OTK_OK;
}

static enum otk_status connect_link(struct drive *drive, uint32_t until_ms)
{
    struct otk_client_link link = {0};
    enum otk_status status;

    if (drive->was_connected) {
        drive->wire->disconnect(drive->wire->context);
    }
    drive->was_connected = true;
    while (until(until_ms) > 0) {
        if (!otk_push_sleep(drive->push, until(until_ms))) {
            return OTK_INTERRUPTED;
        }
    }
    status = drive->wire->connect(drive->wire->context, &link);
    if (status == OTK_OK) {
        otk_client_connected(drive->client, &link, now());
    } else if (status == OTK_CONNECTION_LOST) {
        otk_client_lost(drive->client, now());
    }
    return status;
}

static void hint_failure(struct otk_push *push, enum otk_status status)
{
    switch (status) {
    case OTK_BUSY:
        otk_error_hint(&push->error, "another client is at it; wait until it has ended");
        break;
    case OTK_STALLED:
    case OTK_CONNECTION_LOST:
    case OTK_TIMEOUT:
        otk_error_hint(&push->error, "run the same command again; what the device has stays there");
        break;
    case OTK_PENDING_VERIFY:
        otk_error_hint(&push->error,
                       "the running application is on trial: wait until its self-test has ended");
        break;
    default:
        break;
    }
}

/* The engine has ended. */
static enum otk_status end(struct drive *drive, enum otk_status status)
{
    if (drive->window) {
        drive->push->has_boot_id = drive->window->has_boot_id;
        drive->push->boot_id = drive->window->boot_id;
    }
    if (status == OTK_OK) {
        otk_push_switched(drive->push);
        return OTK_OK;
    }
    otk_push_fail(drive->push, status, "%s", otk_status_text(status));
    hint_failure(drive->push, status);
    return status;
}

/* One step of the engine. Returns OTK_MORE until it ends; OTK_CONNECTION_LOST is the engine's to
 * deal with. */
static enum otk_status step(struct drive *drive)
{
    const struct otk_push_wire *const wire = drive->wire;
    struct otk_client_action action;
    enum otk_status status = OTK_OK;

    otk_client_next(drive->client, now(), drive->frame, &action);
    switch (action.step) {
    case OTK_CLIENT_CONNECT:
        status = connect_link(drive, action.until_ms);
        return status == OTK_OK || status == OTK_CONNECTION_LOST ? OTK_MORE : status;
    case OTK_CLIENT_SEND:
        status = wire->send(wire->context, &action, drive->frame);
        break;
    case OTK_CLIENT_READ:
        status = wire->read(wire->context, action.channel);
        break;
    case OTK_CLIENT_WAIT:
        status = wire->wait(wire->context, until(action.until_ms));
        break;
    case OTK_CLIENT_DONE:
        return end(drive, OTK_OK);
    case OTK_CLIENT_FAILED:
    default:
        return end(drive, action.status);
    }
    if (status != OTK_OK) {
        otk_client_lost(drive->client, now());
    }
    return OTK_MORE;
}

static enum otk_status run(struct drive *drive)
{
    enum otk_status status;

    do {
        if (otk_push_must_stop(drive->push)) {
            return OTK_INTERRUPTED;
        }
        status = step(drive);
        tell_progress(drive);
        if (status == OTK_MORE) {
            const enum otk_status verdict = meet(drive);
            const enum otk_status silence = check_silence(drive);
            status = verdict != OTK_OK ? verdict : silence != OTK_OK ? silence : status;
        }
    } while (status == OTK_MORE);
    return status;
}

enum otk_status otk_push_drive(struct otk_push *push, const struct otk_push_wire *wire,
                               struct otk_client *client, const struct otk_window_client *window)
{
    struct drive drive = {
        .push = push,
        .wire = wire,
        .client = client,
        .window = window,
        .start_ms = otk_push_now_ms(),
    };
    enum otk_status status;

    client->loss_max = push->options.retry_count;
    client->stall_ms = (uint32_t)((uint64_t)push->options.timeout_ms * PATIENCE_PERCENT / 100);
    status = run(&drive);
    wire->disconnect(wire->context);
    return status == OTK_INTERRUPTED ? otk_push_interrupted(push) : status;
}
