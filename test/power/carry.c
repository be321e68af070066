// SPDX-License-Identifier: Apache-2.0
/* An application with everything that brings images. */
#include "test/power/carry.h"

#include <string.h>

#include "host/client.h"

/* Something late: longer than any time-out of a transport, sometimes. */
#define DELAY_MAX_MS 45000u

static enum otk_status record(struct app *app, enum otk_gatt_value value, const uint8_t *bytes,
                              uint32_t len)
{
    struct app_frame *frame;

    if (app->frame_count == APP_FRAME_COUNT || len > APP_FRAME_SIZE) {
        return OTK_BUSY;
    }
    frame = &app->frames[app->frame_count++];
    frame->value = value;
    frame->len = len;
    memcpy(frame->bytes, bytes, len);
    return OTK_OK;
}

static enum otk_status send(void *context, enum otk_gatt_value value, const uint8_t *bytes,
                            uint32_t len)
{
    return record(context, value, bytes, len);
}

static enum otk_status send_serial(void *context, const uint8_t *frame, uint32_t len)
{
    return record(context, OTK_GATT_VALUE_COUNT, frame, len);
}

void app_join(struct app *app, struct world *world, struct otk_updater *updater)
{
    const struct otk_window_config serial = {.owner = OTK_OWNER_SERIAL, .name = "line"};
    const struct otk_window_link line = {.context = app, .send = send_serial};
    const struct otk_portal_config portal = {.name = "power", .url = "http://192.168.4.1/"};

    memset(app, 0, sizeof *app);
    app->world = world;
    app->updater = updater;
    app->now_ms = 1000;
    otk_window_init(&app->serial, updater, &serial, &line);
    otk_portal_init(&app->portal, updater, &portal, app->now_ms);
}

void app_open(struct app *app, struct world *world)
{
    const struct otk_ble_config ble = {
        .name = "power", .sector_buffer = app->sector_buffer, .sector_window = 2};

    app_join(app, world, &app->own_updater);
    app->link = (struct otk_ble_link){.context = app, .send = send};
    otk_updater_init(app->updater, &world->device, world->buffer, world->memory.boots);
    otk_ble_init(&app->ble, app->updater, &ble, &app->link);
}

/* Whether there is more to do says nothing here: turns come as time does. */
static void turn(enum otk_status ignored)
{
    (void)ignored;
}

void app_turn(struct app *app, uint32_t ms)
{
    app->now_ms += ms;
    turn(otk_updater_poll(app->updater, app->now_ms));
    if (app->updater == &app->own_updater) {
        turn(otk_ble_poll(&app->ble, app->now_ms));
    }
    turn(otk_window_poll(&app->serial, app->now_ms));
    otk_portal_tick(&app->portal, app->now_ms);
}

void app_close(struct app *app)
{
    struct otk_progress progress;

    otk_updater_progress(app->updater, &progress);
    app->world->memory.resumed += progress.resumed_at > 0;
    if (app->updater == &app->own_updater) {
        otk_ble_closed(&app->ble);
    }
    otk_window_closed(&app->serial);
    otk_portal_leave(&app->portal);
    otk_session_close(&app->updater->session);
}

enum mishap parcel_mishap(const struct parcel *parcel)
{
    return parcel->trouble ? parcel->trouble->next(parcel->trouble->context) : MISHAP_NONE;
}

uint32_t parcel_delay_ms(const struct parcel *parcel)
{
    const struct trouble *const trouble = parcel->trouble;

    /* Mostly short. */
    return trouble->number(trouble->context, 1u + trouble->number(trouble->context, DELAY_MAX_MS));
}

void parcel_describe(const struct parcel *parcel, struct otk_client_image *description)
{
    const struct image *const image = parcel->image;
    struct otk_app_desc app;

    memset(description, 0, sizeof *description);
    description->bytes = image->bytes;
    description->len = image->len;
    memcpy(description->sha256, parcel->sha256, sizeof description->sha256);
    description->chip_id = OTK_CHIP_ESP32;
    if (otk_app_desc_decode(image->bytes + OTK_APP_DESC_OFFSET, &app) == OTK_OK) {
        description->secure_version = app.secure_version;
        memcpy(description->version, app.version, sizeof description->version);
        memcpy(description->project, app.project, sizeof description->project);
    }
}

enum otk_status carry(struct app *app, enum carrier carrier, const struct parcel *parcel)
{
    switch (carrier) {
    case CARRIER_PORTAL:
        return carry_by_portal(app, parcel);
    case CARRIER_PULL:
        return carry_by_pull(app, parcel);
    default:
        return carry_by_client(app, carrier, parcel);
    }
}
