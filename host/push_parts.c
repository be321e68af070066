// SPDX-License-Identifier: Apache-2.0
/* What the ways of pushing have in common. */
#include "host/push_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "otakit/format/image.h"

/* How often a sleeper looks whether to stop. */
#define NAP_MS 50u

#define PAUSE_FIRST_MS 500u
#define PAUSE_MAX_MS   8000u

#define REMARK_SIZE 256u

uint64_t otk_push_now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u;
}

bool otk_push_must_stop(const struct otk_push *push)
{
    return push->hooks.must_stop && push->hooks.must_stop(push->hooks.context);
}

bool otk_push_sleep(const struct otk_push *push, uint32_t ms)
{
    const uint64_t end = otk_push_now_ms() + ms;
    const struct timespec nap = {.tv_nsec = NAP_MS * 1000000L};

    while (!otk_push_must_stop(push)) {
        if (otk_push_now_ms() >= end) {
            return true;
        }
        nanosleep(&nap, NULL);
    }
    return false;
}

void otk_push_remark(const struct otk_push *push, const char *format, ...)
{
    char text[REMARK_SIZE];
    va_list arguments;

    if (!push->hooks.remark) {
        return;
    }
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    push->hooks.remark(push->hooks.context, text);
}

void otk_push_progress(const struct otk_push *push, enum otk_push_phase phase, uint32_t done)
{
    const bool counts = phase != OTK_PUSH_RESETTING && phase != OTK_PUSH_ON_TRIAL;
    const struct otk_push_progress progress = {
        .phase = phase, .done = done, .total = counts ? push->image.len : 0};

    if (push->hooks.progress) {
        push->hooks.progress(push->hooks.context, &progress);
    }
}

enum otk_status otk_push_fail(struct otk_push *push, enum otk_status status, const char *format,
                              ...)
{
    char text[OTK_ERROR_MESSAGE_SIZE];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    otk_error_set(&push->error, 0, "%s", text);
    return status;
}

enum otk_status otk_push_interrupted(struct otk_push *push)
{
    const enum otk_push_protocol protocol = push->result.protocol;
    const bool is_whole = protocol == OTK_PUSH_POST || protocol == OTK_PUSH_MULTIPART ||
                          protocol == OTK_PUSH_SIMPLE || protocol == OTK_PUSH_SECTOR;
    const enum otk_status status = otk_push_fail(push, OTK_INTERRUPTED,
                                                 "the command was stopped by a signal");

    if (push->result.sent > 0 && !is_whole) {
        otk_error_hint(&push->error,
                       "the device keeps the %u bytes that it has; the same command goes on there",
                       push->result.sent);
    }
    return status;
}

void otk_push_meet(struct otk_push *push, const struct otk_push_device *device)
{
    if (push->result.has_before) {
        return;
    }
    push->result.has_before = true;
    push->result.before = *device;
    if (push->hooks.met) {
        push->hooks.met(push->hooks.context, device);
    }
}

void otk_push_note_boot(struct otk_push *push, const struct otk_push_device *device)
{
    push->has_boot_id = device->has_boot_id;
    push->boot_id = device->boot_id;
}

static const char *chip_word(uint16_t chip_id)
{
    const char *const name = otk_chip_name(chip_id);

    return name ? name : "an unknown chip";
}

enum otk_status otk_push_judge(struct otk_push *push, const struct otk_push_device *device)
{
    const struct otk_image_report *const report = push->image.report;
    const uint32_t secure_version = report->has_app ? report->app.secure_version : 0;

    if (push->options.force) {
        return OTK_OK;
    }
    if (device->has_chip && report->header.chip_id != device->chip_id) {
        return otk_push_fail(push, OTK_WRONG_CHIP, "the image is for %s, the device is an %s",
                             chip_word(report->header.chip_id), chip_word(device->chip_id));
    }
    if (device->slot_size > 0 && push->image.len > device->slot_size) {
        return otk_push_fail(push, OTK_TOO_BIG,
                             "the image has %u bytes, the device's slot for updates %u",
                             push->image.len, device->slot_size);
    }
    if (secure_version < device->secure_version) {
        return otk_push_fail(push, OTK_SECURE_VERSION,
                             "the image has secure version %u, the device takes %u and up",
                             secure_version, device->secure_version);
    }
    return OTK_OK;
}

void otk_push_begin(struct otk_push *push, uint32_t offset)
{
    if (push->start_ms == 0) {
        push->start_ms = otk_push_now_ms();
        push->result.resumed_at = offset;
        if (offset == push->image.len) {
            otk_push_remark(push, "the device has the whole image already");
        } else if (offset > 0) {
            otk_push_remark(push, "the device has the first %u bytes already", offset);
        }
    }
    push->result.sent = offset;
}

void otk_push_switched(struct otk_push *push)
{
    if (push->start_ms == 0) {
        otk_push_begin(push, push->image.len);
    }
    push->result.outcome = OTK_PUSH_SWITCHED;
    push->result.sent = push->image.len;
    push->result.duration_ms = (uint32_t)(otk_push_now_ms() - push->start_ms);
}

uint32_t otk_push_pause_ms(uint32_t failure_count)
{
    const uint32_t pause = PAUSE_FIRST_MS << (failure_count < 5 ? failure_count : 5);

    return pause < PAUSE_MAX_MS ? pause : PAUSE_MAX_MS;
}

void otk_push_copy(char to[OTK_PUSH_TEXT_SIZE], const char *from)
{
    snprintf(to, OTK_PUSH_TEXT_SIZE, "%s", from);
}
