// SPDX-License-Identifier: Apache-2.0
/* A client and a device on a modelled Bluetooth link. */
#include "bench/ble_station.h"

#include <string.h>

#include "bench/chip.h"
#include "host/window_client.h"

/* An L2CAP channel's PSM, any dynamic one, and bytes of an SDU: two packets of a long link layer. */
#define PSM      0x81u
#define SDU_SIZE 492u

/* Steps of the client between two events at most; more than any queue takes. */
#define PUMP_MAX 10000u

static uint8_t on_written(void *context, int handle, const uint8_t *bytes, uint32_t len,
                          uint32_t now_ms)
{
    struct station *const station = context;

    if (!station->is_running) {
        return 0;
    }
    return otk_gatt_error(
        otk_ble_write(&station->ble, (enum otk_gatt_value)handle, bytes, len, now_ms));
}

static uint32_t on_read(void *context, int handle, uint8_t *bytes, uint32_t size)
{
    struct station *const station = context;
    uint32_t len = 0;

    if (!station->is_running ||
        otk_ble_read(&station->ble, (enum otk_gatt_value)handle, bytes, size, &len) != OTK_OK) {
        return 0;
    }
    return len;
}

static void on_sdu(void *context, const uint8_t *bytes, uint32_t len, uint32_t now_ms)
{
    struct station *const station = context;

    if (station->is_running) {
        otk_ble_data(&station->ble, bytes, len, now_ms);
    }
}

/* A turn of the application's loop. */
static bool on_poll(void *context, uint32_t now_ms)
{
    struct station *const station = context;
    bool has_more;

    if (!station->is_running || otk_updater_reset_is_due(&station->updater, now_ms)) {
        return false;
    }
    has_more = otk_updater_poll(&station->updater, now_ms) == OTK_MORE;
    (void)!otk_ble_poll(&station->ble, now_ms);
    return has_more;
}

static uint64_t on_busy_ns(void *context)
{
    return otk_nor_time_ns(((struct station *)context)->nor);
}

static void on_device_disconnected(void *context)
{
    struct station *const station = context;

    if (station->is_running) {
        otk_ble_closed(&station->ble);
    }
}

static enum otk_status send(void *context, enum otk_gatt_value value, const uint8_t *bytes,
                            uint32_t len)
{
    struct station *const station = context;

    return otk_radio_notify(station->radio, (int)value, bytes, len, station->config.indicates);
}

static uint32_t now_ms(const struct station *station)
{
    return otk_radio_now_ms(station->radio);
}

static void on_answered(void *context, uint8_t att_error)
{
    struct station *const station = context;

    if (station->client) {
        otk_client_answered(station->client, otk_client_att_status(att_error), now_ms(station));
    }
}

static void on_was_read(void *context, int handle, const uint8_t *bytes, uint32_t len)
{
    struct station *const station = context;

    (void)handle;
    if (station->client) {
        otk_client_received(station->client, OTK_CLIENT_INFO, bytes, len, now_ms(station));
    }
}

/* The value that a channel of the client's protocol is. */
static enum otk_gatt_value value_of(const struct station *station, enum otk_client_channel channel)
{
    switch (station->protocol) {
    case OTK_OWNER_BLE_SIMPLE:
        return channel == OTK_CLIENT_DATA ? OTK_GATT_SIMPLE_DATA : OTK_GATT_SIMPLE_CONTROL;
    case OTK_OWNER_BLE_SECTOR:
        return channel == OTK_CLIENT_DATA ? OTK_GATT_SECTOR_FIRMWARE : OTK_GATT_SECTOR_COMMAND;
    default:
        return channel == OTK_CLIENT_DATA   ? OTK_GATT_WINDOW_DATA
               : channel == OTK_CLIENT_INFO ? OTK_GATT_WINDOW_INFO
                                            : OTK_GATT_WINDOW_CONTROL;
    }
}

static void on_notified(void *context, int handle, const uint8_t *bytes, uint32_t len)
{
    struct station *const station = context;

    for (int channel = OTK_CLIENT_CONTROL; station->client && channel <= OTK_CLIENT_DATA;
         channel++) {
        if (handle == (int)value_of(station, (enum otk_client_channel)channel)) {
            otk_client_received(station->client, (enum otk_client_channel)channel, bytes, len,
                                now_ms(station));
        }
    }
}

static void on_client_disconnected(void *context)
{
    struct station *const station = context;

    station->has_frame = false;
    if (station->client) {
        otk_client_lost(station->client, now_ms(station));
    }
}

void station_boot(struct station *station, uint32_t boot_id)
{
    const struct otk_ble_config config = {
        .name = "esp32",
        .window = station->config.window,
        .psm = station->config.has_l2cap ? PSM : 0,
        .sector_buffer = station->sector_buffer,
        .sector_window = station->config.sector_window,
    };

    station->link = (struct otk_ble_link){.context = station, .send = send};
    otk_updater_init(&station->updater, station->device, station->buffer, boot_id);
    otk_ble_init(&station->ble, &station->updater, &config, &station->link);
    station->is_running = true;
}

/* A radio of these properties between the two ends. */
static void make_radio(struct station *station, const struct otk_radio_config *config)
{
    const struct otk_radio_device ends = {.context = station,
                                          .written = on_written,
                                          .read = on_read,
                                          .sdu = on_sdu,
                                          .poll = on_poll,
                                          .busy_ns = on_busy_ns,
                                          .disconnected = on_device_disconnected};
    const struct otk_radio_client other = {.context = station,
                                           .answered = on_answered,
                                           .was_read = on_was_read,
                                           .notified = on_notified,
                                           .disconnected = on_client_disconnected};

    station->config.radio = *config;
    bench_must(otk_radio_create(config, &ends, &other, &station->radio), "the radio");
}

void station_open(struct station *station, const struct station_config *config,
                  struct otk_device *device, struct otk_nor *nor)
{
    memset(station, 0, sizeof *station);
    station->config = *config;
    station->nor = nor;
    station->device = device;
    make_radio(station, &config->radio);
    station_boot(station, 1);
}

void station_retune(struct station *station, const struct otk_radio_config *config)
{
    station_disconnect(station);
    otk_radio_destroy(station->radio);
    make_radio(station, config);
}

void station_employ(struct station *station, struct otk_client *client, enum otk_owner protocol)
{
    station_disconnect(station);
    station->client = client;
    station->protocol = protocol;
}

static void connect(struct station *station)
{
    const struct otk_client_link link = {.frame_size = station->config.radio.mtu -
                                                       OTK_BLE_ATT_HEADER};

    station_disconnect(station);
    otk_radio_connect(station->radio);
    otk_client_connected(station->client, &link, now_ms(station));
}

/* Whether data goes through a channel of its own: that of protocol C, once the device has named one. */
static bool has_channel(const struct station *station)
{
    const struct otk_window_client *const window = (struct otk_window_client *)station->client;

    return station->config.has_l2cap && station->protocol == OTK_OWNER_BLE_WINDOW &&
           window->psm != 0;
}

/* Returns whether the stack took it. */
static bool send_frame(struct station *station)
{
    const struct otk_client_action *const action = &station->action;
    enum otk_status status;

    if (action->step == OTK_CLIENT_READ) {
        status = otk_radio_read(station->radio, (int)value_of(station, action->channel));
    } else if (action->channel == OTK_CLIENT_DATA && has_channel(station)) {
        status = otk_radio_send_sdu(station->radio, station->frame, action->len);
    } else {
        status = otk_radio_write(station->radio, (int)value_of(station, action->channel),
                                 station->frame, action->len, action->has_response);
    }
    station->has_frame = status == OTK_BUSY;
    return status == OTK_OK;
}

/* Returns whether to ask again at once. */
static bool act(struct station *station)
{
    switch (station->action.step) {
    case OTK_CLIENT_CONNECT:
        if ((int32_t)(now_ms(station) - station->action.until_ms) < 0) {
            return false;
        }
        connect(station);
        return true;
    case OTK_CLIENT_SEND:
    case OTK_CLIENT_READ:
        return send_frame(station);
    default:
        return false;
    }
}

/* Note when sending began and when all was there. */
static void note_phase(struct station *station, enum otk_client_phase before)
{
    const enum otk_client_phase phase = station->client->phase;

    if (phase == before) {
        return;
    }
    if (phase == OTK_CLIENT_SENDING) {
        station->send_ns = otk_radio_now_ns(station->radio);
    } else if (before == OTK_CLIENT_SENDING) {
        station->finish_ns = otk_radio_now_ns(station->radio);
    }
}

/* The client says what it has to say until there is no room or nothing to say. */
static void pump(struct station *station)
{
    uint32_t i;

    if (station->has_frame && !send_frame(station)) {
        return;
    }
    for (i = 0; i < PUMP_MAX; i++) {
        if (has_channel(station)) {
            otk_window_client_set_data_size((struct otk_window_client *)station->client, SDU_SIZE);
        }
        otk_client_next(station->client, now_ms(station), station->frame, &station->action);
        if (!act(station)) {
            return;
        }
    }
}

enum otk_status station_step(struct station *station)
{
    enum otk_client_phase before;

    if (!station->client) {
        otk_radio_run(station->radio);
        return OTK_OK;
    }
    before = station->client->phase;
    pump(station);
    note_phase(station, before);
    before = station->client->phase;
    otk_radio_run(station->radio);
    note_phase(station, before);
    return station->client->phase == OTK_CLIENT_ENDED ? OTK_OK : OTK_MORE;
}

bool station_wants_reset(const struct station *station)
{
    return otk_updater_reset_is_due(&station->updater, otk_radio_now_ms(station->radio));
}

void station_halt(struct station *station)
{
    station->is_running = false;
    otk_radio_reset_device(station->radio);
}

void station_disconnect(struct station *station)
{
    station->has_frame = false;
    otk_radio_disconnect(station->radio);
}

void station_close(struct station *station)
{
    otk_radio_destroy(station->radio);
    station->radio = NULL;
}
