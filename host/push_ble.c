// SPDX-License-Identifier: Apache-2.0
/*
 * Pushing over Bluetooth LE, as a central through BlueZ. The device is searched and connected first,
 * since its services decide on the protocol; then the engine of that protocol takes over.
 */
#include "host/push_ble.h"

#include <string.h>

#include "host/bluez_bus.h"
#include "host/bluez_find.h"

/* How often a link is tried before the device counts as out of reach. */
#define CONNECT_ATTEMPTS 4u
#define CONNECT_PAUSE_MS 500u

/* BlueZ forgets a device half a minute after it was last heard; then it is searched again. */
#define SEARCH_AGAIN_MS 8000u

/* In the order of preference. */
static const struct otk_push_ble_profile profiles[] = {
    {OTK_PUSH_WINDOW,
     "otakit's protocol",
     {OTK_BLUEZ_WINDOW_CONTROL, OTK_BLUEZ_WINDOW_DATA},
     {true, false}},
    {OTK_PUSH_SIMPLE,
     "the protocol of esp32_ble_ota",
     {OTK_BLUEZ_SIMPLE_CONTROL, OTK_BLUEZ_SIMPLE_DATA},
     {true, false}},
    {OTK_PUSH_SECTOR,
     "the protocol of ble_ota",
     {OTK_BLUEZ_SECTOR_COMMAND, OTK_BLUEZ_SECTOR_FIRMWARE},
     {true, true}},
};

/* Everything that lives as long as one push. */
struct central {
    struct otk_push_ble ble; /* first */
    struct otk_bluez bluez;
    struct otk_bluez_link link;
    struct otk_bluez_agent agent;
    const char *target;
    bool is_found; /* once at least */
    bool is_fresh; /* connected, and nothing was done with it yet */
    union {
        struct otk_window_client window;
        struct otk_simple_client simple;
        struct otk_sector_client sector;
    } engine;
};

static bool must_stop(void *context)
{
    return otk_push_must_stop(context);
}

static bool ask_passkey(void *context, uint32_t *passkey)
{
    const struct otk_push *const push = context;

    if (push->options.has_passkey) {
        *passkey = push->options.passkey;
        return true;
    }
    return push->hooks.ask_passkey && push->hooks.ask_passkey(push->hooks.context, passkey);
}

static void on_heard(void *context, const char *line)
{
    otk_push_remark(context, "%s", line);
}

static enum otk_status find(struct central *central, uint32_t timeout_ms)
{
    struct otk_push *const push = central->ble.push;
    const struct otk_bluez_search search = {.adapter = push->options.adapter,
                                            .target = central->target,
                                            .timeout_ms = timeout_ms,
                                            .heard = central->is_found ? NULL : on_heard,
                                            .context = push};
    struct otk_bluez_found found;
    const enum otk_status status = otk_bluez_find(&central->bluez, &search, &found, &push->error);

    if (status != OTK_OK) {
        return status;
    }
    if (central->is_found) {
        /* What BlueZ knows of it now, it may know only because of us. */
        found.was_known = central->link.found.was_known;
        found.was_connected = false;
    }
    otk_bluez_link_init(&central->link, &central->bluez, &found);
    central->is_found = true;
    return OTK_OK;
}

/* One attempt. A device that BlueZ has forgotten is searched again first. */
static enum otk_status connect_once(struct central *central)
{
    struct otk_error *const error = &central->ble.push->error;
    enum otk_status status = otk_bluez_link_connect(&central->link, error);

    if (status == OTK_NOT_FOUND) {
        status = find(central, SEARCH_AGAIN_MS);
        status = status == OTK_OK ? otk_bluez_link_connect(&central->link, error) : status;
    }
    return status == OTK_NOT_FOUND ? OTK_CONNECTION_LOST : status;
}

static enum otk_status connect_device(struct central *central)
{
    struct otk_push *const push = central->ble.push;
    enum otk_status status = OTK_CONNECTION_LOST;

    for (uint32_t i = 0; i < CONNECT_ATTEMPTS && status == OTK_CONNECTION_LOST; i++) {
        if (i > 0 && !otk_push_sleep(push, CONNECT_PAUSE_MS)) {
            return OTK_INTERRUPTED;
        }
        status = connect_once(central);
        if (status != OTK_OK) {
            otk_bluez_link_drop(&central->link);
        }
    }
    if (status == OTK_OK && push->options.must_pair) {
        status = otk_bluez_link_pair(&central->link, &push->error);
    }
    return status;
}

/* The wire wants a link. The first one is there already. */
static enum otk_status reach(struct otk_push_ble *ble)
{
    struct central *const central = (struct central *)(void *)ble;

    if (central->is_fresh) {
        central->is_fresh = false;
        return OTK_OK;
    }
    return connect_device(central);
}

/* What the device tells of itself: all by protocol C, or at least a version. */
static enum otk_status read_device(struct central *central, struct otk_push_device *device)
{
    uint8_t bytes[OTK_BLUEZ_VALUE_SIZE + 1];
    struct otk_window_info info;
    uint32_t len = 0;

    if (otk_bluez_link_has(&central->link, OTK_BLUEZ_WINDOW_INFO)) {
        enum otk_status status = otk_bluez_link_read(&central->link, OTK_BLUEZ_WINDOW_INFO, bytes,
                                                     &len);

        status = status == OTK_OK ? otk_window_info_decode(bytes, len, &info) : status;
        if (status == OTK_OK) {
            otk_push_client_device(&info, device);
        }
        return status == OTK_BAD_FORMAT ? OTK_CONNECTION_LOST : status;
    }
    if (otk_bluez_link_read(&central->link, OTK_BLUEZ_FIRMWARE_REVISION, bytes, &len) == OTK_OK) {
        *device = (struct otk_push_device){0};
        bytes[len] = '\0';
        otk_push_copy(device->version, (const char *)bytes);
        otk_push_copy(device->name, central->link.found.device.name);
        return OTK_OK;
    }
    return otk_push_must_stop(central->ble.push) ? OTK_INTERRUPTED : OTK_BAD_FORMAT;
}

static bool offers(const struct central *central, const struct otk_push_ble_profile *profile)
{
    return otk_bluez_link_has(&central->link, profile->values[OTK_PUSH_BLE_CONTROL]) &&
           otk_bluez_link_has(&central->link, profile->values[OTK_PUSH_BLE_DATA]);
}

static enum otk_status choose_profile(struct central *central)
{
    struct otk_push *const push = central->ble.push;
    const enum otk_push_protocol wanted = push->options.protocol;

    for (size_t i = 0; i < sizeof profiles / sizeof profiles[0]; i++) {
        if ((wanted == OTK_PUSH_AUTO || wanted == profiles[i].protocol) &&
            offers(central, &profiles[i])) {
            central->ble.profile = &profiles[i];
            push->result.protocol = profiles[i].protocol;
            return OTK_OK;
        }
    }
    otk_push_fail(push, OTK_UNSUPPORTED,
                  wanted == OTK_PUSH_AUTO ? "the device has no service for updates that is known"
                                          : "the device does not have that protocol");
    otk_error_hint(&push->error, "its application may offer it in another mode only; --protocol "
                                 "auto takes what there is");
    return OTK_UNSUPPORTED;
}

/* Who it is, where its protocol does not tell before the image is on its way. */
static enum otk_status introduce(struct central *central)
{
    struct otk_push *const push = central->ble.push;
    struct otk_push_device device;
    enum otk_status status;

    otk_push_remark(push, "%s, %s: %s", central->link.found.device.address,
                    central->link.found.device.name, central->ble.profile->name);
    if (central->ble.profile->protocol == OTK_PUSH_WINDOW) {
        return OTK_OK;
    }
    status = read_device(central, &device);
    if (status != OTK_OK) {
        return status == OTK_INTERRUPTED ? status : OTK_OK;
    }
    otk_push_meet(push, &device);
    otk_push_note_boot(push, &device);
    return otk_push_judge(push, &device);
}

static void start_engine(struct central *central)
{
    struct otk_client_image image;

    otk_push_client_image(central->ble.push, &image);
    switch (central->ble.profile->protocol) {
    case OTK_PUSH_WINDOW:
        otk_window_client_init(&central->engine.window, &image);
        central->ble.window = &central->engine.window;
        central->ble.client = &central->engine.window.client;
        break;
    case OTK_PUSH_SIMPLE:
        otk_simple_client_init(&central->engine.simple, &image);
        central->ble.client = &central->engine.simple.client;
        break;
    default:
        otk_sector_client_init(&central->engine.sector, &image);
        central->ble.client = &central->engine.sector.client;
        break;
    }
}

/* Ask the device what it runs, over a link that stays up until it resets. */
static enum otk_status look(void *context, struct otk_push_device *device)
{
    struct central *const central = context;
    enum otk_status status = OTK_OK;

    if (!central->link.is_connected) {
        status = connect_once(central);
    }
    if (status == OTK_OK) {
        status = read_device(central, device);
    }
    /* Without an answer the link may be gone, or the services of the run before. */
    if (status != OTK_OK) {
        otk_bluez_link_drop(&central->link);
    }
    return status;
}

static enum otk_status push_image(struct central *central)
{
    struct otk_push *const push = central->ble.push;
    const struct otk_push_wire wire = otk_push_ble_wire(&central->ble);
    enum otk_status status = choose_profile(central);

    if (status == OTK_OK) {
        status = introduce(central);
    }
    if (status != OTK_OK) {
        return status;
    }
    start_engine(central);
    status = otk_push_drive(push, &wire, central->ble.client, central->ble.window);
    if (status == OTK_OK && push->options.must_wait) {
        status = otk_push_await(push, look, central);
    }
    return status;
}

static enum otk_status open_agent(struct central *central)
{
    const struct otk_push_options *const options = &central->ble.push->options;
    enum otk_status status;

    central->agent = (struct otk_bluez_agent){.bluez = &central->bluez,
                                              .device = central->link.found.device.path,
                                              .can_type = options->must_pair,
                                              .ask = ask_passkey,
                                              .context = central->ble.push};
    status = otk_bluez_agent_open(&central->agent);
    return status == OTK_OK ? OTK_OK
                            : otk_bluez_explain(&central->bluez, status, &central->ble.push->error);
}

static enum otk_status find_and_push(struct central *central)
{
    enum otk_status status = find(central, central->ble.push->options.timeout_ms);

    if (status != OTK_OK) {
        return status;
    }
    status = open_agent(central);
    if (status == OTK_OK) {
        status = connect_device(central);
        central->is_fresh = status == OTK_OK;
    }
    if (status == OTK_OK) {
        status = push_image(central);
    }
    otk_bluez_link_drop(&central->link);
    otk_bluez_agent_close(&central->agent);
    otk_bluez_link_forget(&central->link);
    return status;
}

enum otk_status otk_push_ble(struct otk_push *push, const char *target)
{
    struct central central = {.target = target};
    enum otk_status status = otk_bluez_open(&central.bluez, must_stop, push);

    if (status != OTK_OK) {
        return otk_bluez_explain(&central.bluez, status, &push->error);
    }
    central.ble.push = push;
    central.ble.bluez = &central.bluez;
    central.ble.link = &central.link;
    central.ble.reach = reach;
    otk_push_ble_wire_init(&central.ble);
    status = find_and_push(&central);
    otk_bluez_close(&central.bluez);
    return status == OTK_INTERRUPTED ? otk_push_interrupted(push) : status;
}
