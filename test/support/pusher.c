// SPDX-License-Identifier: Apache-2.0
/* A client on the air. */
#include "test/support/pusher.h"

#include <string.h>

#define TURN_MS 10u

/* Steps of a run at most; far more than any needs. */
#define STEP_MAX 200000u

/* Where a channel of each protocol leads. */
static enum otk_gatt_value value_of(const struct pusher *pusher, enum otk_client_channel channel)
{
    switch (pusher->protocol) {
    case OTK_OWNER_BLE_SIMPLE:
        return channel == OTK_CLIENT_DATA ? OTK_GATT_SIMPLE_DATA : OTK_GATT_SIMPLE_CONTROL;
    case OTK_OWNER_BLE_SECTOR:
        return channel == OTK_CLIENT_DATA ? OTK_GATT_SECTOR_FIRMWARE : OTK_GATT_SECTOR_COMMAND;
    case OTK_OWNER_SERIAL:
        return AIR_SERIAL;
    default:
        return channel == OTK_CLIENT_DATA   ? OTK_GATT_WINDOW_DATA
               : channel == OTK_CLIENT_INFO ? OTK_GATT_WINDOW_INFO
                                            : OTK_GATT_WINDOW_CONTROL;
    }
}

static bool is_line(const struct pusher *pusher)
{
    return pusher->protocol == OTK_OWNER_SERIAL;
}

void pusher_open(struct pusher *pusher, struct air *air, struct otk_client *client,
                 enum otk_owner protocol)
{
    memset(pusher, 0, sizeof *pusher);
    pusher->air = air;
    pusher->client = client;
    pusher->protocol = protocol;
    pusher->frame_size = 244;
}

/* Hand over what the device said. */
static void listen(struct pusher *pusher)
{
    struct air *const air = pusher->air;

    for (uint32_t i = 0; i < air->frame_count; i++) {
        const struct air_frame *const frame = &air->frames[i];

        if (pusher->is_deaf) {
            break;
        }
        for (int channel = OTK_CLIENT_CONTROL; channel <= OTK_CLIENT_DATA; channel++) {
            if (frame->value == value_of(pusher, (enum otk_client_channel)channel)) {
                otk_client_received(pusher->client, (enum otk_client_channel)channel, frame->bytes,
                                    frame->len, air->now_ms);
                break;
            }
        }
    }
    air_forget(air);
}

static void lose_link(struct pusher *pusher)
{
    if (!is_line(pusher)) {
        otk_ble_closed(&pusher->air->ble);
        otk_client_lost(pusher->client, pusher->air->now_ms);
    }
    air_forget(pusher->air);
}

static void connect(struct pusher *pusher)
{
    const struct otk_client_link link = {.frame_size = pusher->frame_size,
                                         .is_line = is_line(pusher)};

    if (pusher->connect_count > 0 && !is_line(pusher)) {
        otk_ble_closed(&pusher->air->ble);
    }
    air_forget(pusher->air);
    pusher->connect_count++;
    otk_client_connected(pusher->client, &link, pusher->air->now_ms);
}

static bool is_data(const struct pusher *pusher, const struct otk_client_action *action,
                    const uint8_t *frame)
{
    return action->channel == OTK_CLIENT_DATA || (is_line(pusher) && frame[0] == 0x10);
}

static void send(struct pusher *pusher, const struct otk_client_action *action,
                 const uint8_t *frame)
{
    const bool is_counted = is_data(pusher, action, frame);
    const uint32_t index = pusher->data_count;
    enum otk_status status = OTK_OK;

    pusher->frame_count++;
    pusher->data_count += is_counted;
    if (!is_counted || index - pusher->lose_from >= pusher->lose_count) {
        status = air_write(pusher->air, value_of(pusher, action->channel), frame, action->len);
    }
    if (action->has_response) {
        otk_client_answered(pusher->client, otk_client_att_status(otk_gatt_error(status)),
                            pusher->air->now_ms);
    }
    listen(pusher);
    if (is_counted && pusher->data_count == pusher->reset_device_after) {
        lose_link(pusher);
        air_reset(pusher->air);
    } else if (is_counted && pusher->data_count == pusher->lose_link_after) {
        lose_link(pusher);
    }
}

static void read(struct pusher *pusher, enum otk_client_channel channel)
{
    uint8_t bytes[OTK_BLE_READ_SIZE];
    uint32_t len;

    if (otk_ble_read(&pusher->air->ble, value_of(pusher, channel), bytes, sizeof bytes, &len) ==
        OTK_OK) {
        otk_client_received(pusher->client, channel, bytes, len, pusher->air->now_ms);
    } else {
        otk_client_answered(pusher->client, OTK_NOT_FOUND, pusher->air->now_ms);
    }
}

static bool must_stop(const struct pusher *pusher)
{
    return (pusher->stop_in != 0 && pusher->client->phase == pusher->stop_in) ||
           (pusher->stop_after != 0 && pusher->data_count >= pusher->stop_after);
}

enum otk_status pusher_run(struct pusher *pusher)
{
    uint8_t frame[OTK_CLIENT_FRAME_SIZE];
    struct otk_client_action action;

    for (uint32_t step = 0; step < STEP_MAX && !must_stop(pusher); step++) {
        struct air *const air = pusher->air;

        otk_client_next(pusher->client, air->now_ms, frame, &action);
        switch (action.step) {
        case OTK_CLIENT_CONNECT:
            while ((int32_t)(air->now_ms - action.until_ms) < 0) {
                air_turn(air, TURN_MS);
            }
            connect(pusher);
            break;
        case OTK_CLIENT_SEND:
            send(pusher, &action, frame);
            break;
        case OTK_CLIENT_READ:
            read(pusher, action.channel);
            break;
        case OTK_CLIENT_WAIT:
            air_turn(air, TURN_MS);
            listen(pusher);
            break;
        case OTK_CLIENT_DONE:
            return OTK_OK;
        case OTK_CLIENT_FAILED:
            return action.status;
        }
    }
    return OTK_MORE;
}

struct otk_client_image pusher_image(const struct rig_image *image, const char *version)
{
    struct otk_client_image description = {
        .bytes = image->bytes, .len = image->len, .chip_id = OTK_CHIP_ESP32, .project = "rig"};

    memcpy(description.sha256, image->sha256, sizeof description.sha256);
    strncpy(description.version, version, sizeof description.version - 1);
    return description;
}
