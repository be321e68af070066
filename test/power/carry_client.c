// SPDX-License-Identifier: Apache-2.0
/* By a client of protocol A, B or C: frames go straight to the device's engines, or over a line. */
#include <string.h>

#include "host/sector_client.h"
#include "host/simple_client.h"
#include "host/window_client.h"
#include "otakit/format/serial_frame.h"
#include "sim/nor_fault.h"
#include "test/power/carry.h"

#define TURN_MS    10u
#define FRAME_SIZE 244u

/* Steps of a client at most; a hundred times what any needs. */
#define STEP_MAX 400000u

struct carriage {
    struct app *app;
    const struct parcel *parcel;
    enum carrier carrier;
    union {
        struct otk_client client;
        struct otk_simple_client simple;
        struct otk_sector_client sector;
        struct otk_window_client window;
    } is;
    struct otk_serial_decoder up; /* the line, at the device */
    struct otk_serial_decoder down;
    uint8_t up_buffer[OTK_SERIAL_BUFFER_SIZE];
    uint8_t down_buffer[OTK_SERIAL_BUFFER_SIZE];
    bool is_connected;
};

static bool is_line(const struct carriage *carriage)
{
    return carriage->carrier == CARRIER_SERIAL;
}

/* Where a channel of each protocol leads. */
static enum otk_gatt_value value_of(enum carrier carrier, enum otk_client_channel channel)
{
    switch (carrier) {
    case CARRIER_BLE_SIMPLE:
        return channel == OTK_CLIENT_DATA ? OTK_GATT_SIMPLE_DATA : OTK_GATT_SIMPLE_CONTROL;
    case CARRIER_BLE_SECTOR:
        return channel == OTK_CLIENT_DATA ? OTK_GATT_SECTOR_FIRMWARE : OTK_GATT_SECTOR_COMMAND;
    case CARRIER_SERIAL:
        return OTK_GATT_VALUE_COUNT;
    default:
        return channel == OTK_CLIENT_DATA   ? OTK_GATT_WINDOW_DATA
               : channel == OTK_CLIENT_INFO ? OTK_GATT_WINDOW_INFO
                                            : OTK_GATT_WINDOW_CONTROL;
    }
}

static void break_link(struct carriage *carriage)
{
    if (!is_line(carriage)) {
        otk_ble_closed(&carriage->app->ble);
        otk_client_lost(&carriage->is.client, carriage->app->now_ms);
    }
    carriage->is_connected = false;
    carriage->app->frame_count = 0;
}

/* A frame as bytes on a line, maybe damaged; and what the other end makes of them. Returns whether a
 * frame came out, which then stands in the decoder's buffer. */
static uint32_t cross_line(const struct carriage *carriage, struct otk_serial_decoder *decoder,
                           const uint8_t *frame, uint32_t len, bool is_damaged)
{
    uint8_t line[OTK_SERIAL_LINE_SIZE(OTK_SERIAL_FRAME_SIZE)];
    const uint32_t line_len = otk_serial_encode(frame, len, line);
    uint32_t frame_len = 0;
    uint32_t taken = 0;

    if (is_damaged) {
        const struct trouble *const trouble = carriage->parcel->trouble;

        line[trouble->number(trouble->context, line_len)] ^=
            (uint8_t)(1u + trouble->number(trouble->context, 255));
    }
    while (taken < line_len && frame_len == 0) {
        taken += otk_serial_decode(decoder, line + taken, line_len - taken, &frame_len);
    }
    return frame_len;
}

/* The client hears what the device said. */
static void listen(struct carriage *carriage)
{
    struct app *const app = carriage->app;
    const uint32_t count = app->frame_count;

    for (uint32_t i = 0; i < count; i++) {
        const struct app_frame frame = app->frames[i];

        if (is_line(carriage) && frame.value == OTK_GATT_VALUE_COUNT) {
            const bool is_damaged = parcel_mishap(carriage->parcel) == MISHAP_LOST;
            const uint32_t len = cross_line(carriage, &carriage->down, frame.bytes, frame.len,
                                            is_damaged);

            otk_client_received(&carriage->is.client, OTK_CLIENT_CONTROL, carriage->down_buffer,
                                len, app->now_ms);
        }
        for (int channel = OTK_CLIENT_CONTROL; !is_line(carriage) && channel <= OTK_CLIENT_DATA;
             channel++) {
            if (frame.value == value_of(carriage->carrier, (enum otk_client_channel)channel)) {
                otk_client_received(&carriage->is.client, (enum otk_client_channel)channel,
                                    frame.bytes, frame.len, app->now_ms);
            }
        }
    }
    app->frame_count = 0;
}

static enum otk_status deliver(struct carriage *carriage, const struct otk_client_action *action,
                               const uint8_t *frame, bool is_damaged)
{
    struct app *const app = carriage->app;
    uint32_t len;

    if (!is_line(carriage)) {
        return otk_ble_write(&app->ble, value_of(carriage->carrier, action->channel), frame,
                             action->len, app->now_ms);
    }
    len = cross_line(carriage, &carriage->up, frame, action->len, is_damaged);
    if (len > 0) {
        otk_window_request(&app->serial, carriage->up_buffer, len, app->now_ms);
    }
    return OTK_OK;
}

static void send(struct carriage *carriage, const struct otk_client_action *action,
                 const uint8_t *frame)
{
    const enum mishap mishap = parcel_mishap(carriage->parcel);
    enum otk_status status = OTK_OK;

    if (mishap == MISHAP_BROKEN) {
        break_link(carriage);
        return;
    }
    if (mishap == MISHAP_LATE) {
        app_turn(carriage->app, parcel_delay_ms(carriage->parcel));
    }
    /* What has a response is not lost on the way. */
    if (mishap != MISHAP_LOST || action->has_response || is_line(carriage)) {
        status = deliver(carriage, action, frame, mishap == MISHAP_LOST);
    }
    if (mishap == MISHAP_TWICE && !action->has_response) {
        status = deliver(carriage, action, frame, false);
    }
    if (action->has_response) {
        otk_client_answered(&carriage->is.client, otk_client_att_status(otk_gatt_error(status)),
                            carriage->app->now_ms);
    }
    listen(carriage);
}

static void read(struct carriage *carriage, enum otk_client_channel channel)
{
    uint8_t bytes[OTK_BLE_READ_SIZE];
    uint32_t len;

    if (otk_ble_read(&carriage->app->ble, value_of(carriage->carrier, channel), bytes, sizeof bytes,
                     &len) == OTK_OK) {
        otk_client_received(&carriage->is.client, channel, bytes, len, carriage->app->now_ms);
    } else {
        otk_client_answered(&carriage->is.client, OTK_NOT_FOUND, carriage->app->now_ms);
    }
}

static void connect(struct carriage *carriage, uint32_t at_ms)
{
    struct app *const app = carriage->app;
    const struct otk_client_link link = {.frame_size = FRAME_SIZE, .is_line = is_line(carriage)};

    if (carriage->is_connected && !is_line(carriage)) {
        otk_ble_closed(&app->ble);
    }
    while ((int32_t)(at_ms - app->now_ms) > 0) {
        app_turn(app, TURN_MS);
    }
    app->frame_count = 0;
    carriage->is_connected = true;
    otk_serial_decoder_init(&carriage->up, carriage->up_buffer, sizeof carriage->up_buffer);
    otk_serial_decoder_init(&carriage->down, carriage->down_buffer, sizeof carriage->down_buffer);
    otk_client_connected(&carriage->is.client, &link, app->now_ms);
}

static void init(struct carriage *carriage)
{
    struct otk_client_image description;

    parcel_describe(carriage->parcel, &description);
    switch (carriage->carrier) {
    case CARRIER_BLE_SIMPLE:
        otk_simple_client_init(&carriage->is.simple, &description);
        break;
    case CARRIER_BLE_SECTOR:
        otk_sector_client_init(&carriage->is.sector, &description);
        break;
    default:
        otk_window_client_init(&carriage->is.window, &description);
        break;
    }
}

static void act(struct carriage *carriage, const struct otk_client_action *action,
                const uint8_t *frame)
{
    switch (action->step) {
    case OTK_CLIENT_CONNECT:
        connect(carriage, action->until_ms);
        break;
    case OTK_CLIENT_SEND:
        send(carriage, action, frame);
        break;
    case OTK_CLIENT_READ:
        read(carriage, action->channel);
        break;
    default:
        app_turn(carriage->app, TURN_MS);
        listen(carriage);
        break;
    }
}

enum otk_status carry_by_client(struct app *app, enum carrier carrier, const struct parcel *parcel)
{
    struct carriage carriage = {.app = app, .parcel = parcel, .carrier = carrier};
    uint8_t frame[OTK_CLIENT_FRAME_SIZE];
    struct otk_client_action action = {.step = OTK_CLIENT_WAIT};
    enum otk_status status = OTK_CONNECTION_LOST;

    init(&carriage);
    for (uint32_t i = 0; i < STEP_MAX && otk_nor_is_powered(app->world->nor); i++) {
        if (carriage.is.client.written >= parcel->limit ||
            otk_updater_reset_is_due(app->updater, app->now_ms)) {
            break;
        }
        otk_client_next(&carriage.is.client, app->now_ms, frame, &action);
        if (action.step == OTK_CLIENT_DONE || action.step == OTK_CLIENT_FAILED) {
            status = action.status;
            break;
        }
        act(&carriage, &action, frame);
    }
    break_link(&carriage);
    return status;
}
