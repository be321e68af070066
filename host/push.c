// SPDX-License-Identifier: Apache-2.0
/* Pushing: the target decides the way. */
#include "host/push.h"

#include <string.h>

#include "host/push_parts.h"
#include "host/sha256.h"

struct protocol {
    enum otk_push_protocol protocol;
    const char *name;
    const char *kind; /* of the targets it goes with */
};

static const struct protocol protocols[] = {
    {OTK_PUSH_PUT, "http-put", "http:"},
    {OTK_PUSH_POST, "http-post", "http:"},
    {OTK_PUSH_MULTIPART, "http-multipart", "http:"},
    {OTK_PUSH_SERIAL, "serial", "serial:"},
    {OTK_PUSH_WINDOW, "ble-window", "ble:"},
    {OTK_PUSH_SIMPLE, "ble-simple", "ble:"},
    {OTK_PUSH_SECTOR, "ble-sector", "ble:"},
};

#define PROTOCOL_COUNT (sizeof protocols / sizeof protocols[0])

static bool is_kind(const char *target, const char *kind)
{
    return strncmp(target, kind, strlen(kind)) == 0;
}

static enum otk_status check_protocol(struct otk_push *push, const char *target)
{
    for (size_t i = 0; i < PROTOCOL_COUNT; i++) {
        if (protocols[i].protocol == push->options.protocol &&
            !is_kind(target, protocols[i].kind)) {
            return otk_push_fail(push, OTK_USAGE, "%s is not for such a target", protocols[i].name);
        }
    }
    return OTK_OK;
}

static enum otk_status fail_target(struct otk_push *push, const char *target)
{
    const enum otk_status status = otk_push_fail(
        push, OTK_USAGE,
        is_kind(target, "https:") ? "nothing is pushed over https: devices have no certificate"
                                  : "there is no such kind of target");

    otk_error_hint(&push->error, "write http://192.168.4.1, ble:NAME, ble:AA:BB:CC:DD:EE:FF or "
                                 "serial:/dev/ttyUSB0");
    return status;
}

static enum otk_status push_to(struct otk_push *push, const char *target)
{
    if (is_kind(target, "http://")) {
        return otk_push_http(push, target);
    }
    if (is_kind(target, "serial:") && target[strlen("serial:")]) {
        return otk_push_serial(push, target + strlen("serial:"));
    }
    if (is_kind(target, "ble:") && target[strlen("ble:")]) {
        return otk_push_ble(push, target + strlen("ble:"));
    }
    return fail_target(push, target);
}

enum otk_status otk_push_run(struct otk_push *push, const char *target)
{
    enum otk_status status;

    memset(&push->result, 0, sizeof push->result);
    memset(&push->error, 0, sizeof push->error);
    push->start_ms = 0;
    push->has_boot_id = false;
    status = check_protocol(push, target);
    if (status != OTK_OK) {
        return status;
    }
    if (push->image.len == 0) {
        return otk_push_fail(push, OTK_INCOMPLETE, "the image is empty");
    }
    status = otk_host_sha256(push->image.bytes, push->image.len, push->sha256);
    if (status != OTK_OK) {
        return otk_push_fail(push, status, "%s", otk_status_text(status));
    }
    return push_to(push, target);
}

const char *otk_push_protocol_name(enum otk_push_protocol protocol)
{
    for (size_t i = 0; i < PROTOCOL_COUNT; i++) {
        if (protocols[i].protocol == protocol) {
            return protocols[i].name;
        }
    }
    return "none";
}

const char *otk_push_outcome_name(enum otk_push_outcome outcome)
{
    switch (outcome) {
    case OTK_PUSH_SWITCHED:
        return "switched";
    case OTK_PUSH_CONFIRMED:
        return "confirmed";
    case OTK_PUSH_TRIED:
        return "on_trial";
    case OTK_PUSH_ROLLED_BACK:
        return "rolled_back";
    case OTK_PUSH_RETURNED:
        return "returned";
    case OTK_PUSH_FAILED:
    default:
        return "failed";
    }
}
