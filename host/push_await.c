// SPDX-License-Identifier: Apache-2.0
/* Waiting for a device that resets, and for its verdict on the new image. */
#include "host/push_parts.h"
#include "host/status_find.h"

/* How often the device is asked. */
#define ASK_INTERVAL_MS 250u

/* A device without boot ids is believed to be back only after its reset can have begun. */
#define RESET_GRACE_MS 1500u

static enum otk_status fail_return(struct otk_push *push)
{
    const enum otk_status status = otk_push_fail(
        push, OTK_TIMEOUT, "the device took the image, but did not come back within %u s",
        push->options.timeout_ms / 1000);

    otk_error_hint(&push->error, "it may be out of reach now, or need longer: --timeout");
    return status;
}

/* Whether what was just asked runs since after the reset. */
static bool is_back(const struct otk_push *push, enum otk_status asked,
                    const struct otk_push_device *device, uint64_t since_ms)
{
    if (push->has_boot_id) {
        return asked == OTK_OK && device->has_boot_id && device->boot_id != push->boot_id;
    }
    return (asked == OTK_OK || asked == OTK_BAD_FORMAT) &&
           otk_push_now_ms() - since_ms >= RESET_GRACE_MS;
}

/* Wait for the reset. *asked becomes what the device answered then. */
static enum otk_status await_return(struct otk_push *push, otk_push_look *look, void *context,
                                    struct otk_push_device *device, enum otk_status *asked)
{
    const uint64_t since_ms = otk_push_now_ms();

    do {
        otk_push_progress(push, OTK_PUSH_RESETTING, 0);
        if (!otk_push_sleep(push, ASK_INTERVAL_MS)) {
            return otk_push_interrupted(push);
        }
        *asked = look(context, device);
        if (*asked == OTK_INTERRUPTED) {
            return otk_push_interrupted(push);
        }
        if (is_back(push, *asked, device, since_ms)) {
            return OTK_OK;
        }
    } while (otk_push_now_ms() - since_ms < push->options.timeout_ms);
    return fail_return(push);
}

/* On trial, or about to reset once more. */
static bool is_undecided(const struct otk_push_device *device)
{
    return device->on_trial || (device->has_last && (device->stage == OTK_STAGE_TRIAL ||
                                                     device->stage == OTK_STAGE_REJECTED ||
                                                     device->stage == OTK_STAGE_SWITCHED));
}

static enum otk_status decide(struct otk_push *push, const struct otk_push_device *device)
{
    struct otk_push_result *const result = &push->result;

    result->has_after = true;
    result->after = *device;
    result->outcome = OTK_PUSH_RETURNED;
    if (device->on_trial) {
        result->outcome = OTK_PUSH_TRIED;
    } else if (device->has_last && device->stage == OTK_STAGE_CONFIRMED) {
        result->outcome = OTK_PUSH_CONFIRMED;
    } else if (device->has_last &&
               (device->stage == OTK_STAGE_ROLLED_BACK || device->stage == OTK_STAGE_REJECTED)) {
        const enum otk_status why = device->last_status == OTK_OK
                                        ? OTK_UNCONFIRMED
                                        : otk_status_of_device(device->last_status);
        result->outcome = OTK_PUSH_ROLLED_BACK;
        return otk_push_fail(push, why, "the device rolled back to %s: %s",
                             device->version[0] ? device->version : "the image before",
                             otk_status_text(why));
    }
    return OTK_OK;
}

enum otk_status otk_push_await(struct otk_push *push, otk_push_look *look, void *context)
{
    struct otk_push_device device = {0};
    enum otk_status asked = OTK_BAD_FORMAT;
    const enum otk_status status = await_return(push, look, context, &device, &asked);
    const uint64_t since_ms = otk_push_now_ms();

    if (status != OTK_OK) {
        return status;
    }
    if (asked != OTK_OK) {
        push->result.outcome = OTK_PUSH_RETURNED;
        return OTK_OK;
    }
    while (is_undecided(&device) && otk_push_now_ms() - since_ms < push->options.timeout_ms) {
        otk_push_progress(push, OTK_PUSH_ON_TRIAL, 0);
        /* It may be away again, for one more reset. */
        if (!otk_push_sleep(push, ASK_INTERVAL_MS) || look(context, &device) == OTK_INTERRUPTED) {
            return otk_push_interrupted(push);
        }
    }
    return decide(push, &device);
}
