// SPDX-License-Identifier: Apache-2.0
/* An attempt over Bluetooth LE: the engines of both sides on a modelled radio that fails. */
#include "host/sector_client.h"
#include "host/simple_client.h"
#include "host/window_client.h"
#include "sim/nor_fault.h"
#include "test/link/journey_parts.h"

/* Connection events of an attempt at most: 20 minutes at the shortest interval. */
#define EVENT_MAX 160000u

/* Darkness, and the silence of a client that stops: around the usual supervision time-out. */
#define DARK_MAX_MS  6000u
#define QUIET_EVENTS 3000u

union any_client {
    struct otk_client client;
    struct otk_simple_client simple;
    struct otk_sector_client sector;
    struct otk_window_client window;
};

struct station_config leg_radio_config(struct journey *journey, bool is_calm)
{
    static const uint32_t intervals_us[] = {7500, 15000, 30000, 50000};
    static const uint32_t mtus[] = {23, 185, 247, 498, 517};
    const bool is_long = journey_number(journey, 4) > 0;
    struct station_config config = {
        .radio = {.air = {.is_2m = journey_number(journey, 2),
                          .is_encrypted = journey_number(journey, 2),
                          .ll_payload = is_long ? OTK_BLE_LL_LONG : OTK_BLE_LL_SHORT},
                  .interval_us = intervals_us[journey_number(journey, 4)],
                  .mtu = mtus[journey_number(journey, 5)],
                  .queue_depth = 1 + journey_number(journey, 40),
                  .cpu_ns_per_frame = journey_number(journey, 1000000),
                  .seed = journey->random},
        .window = 1024 + journey_number(journey, OTK_WINDOW_SIZE_MAX - 1024),
        .sector_window = (uint8_t)(1 + journey_number(journey, 8)),
        .indicates = journey_number(journey, 2),
        .has_l2cap = journey_number(journey, 3) == 0,
    };

    if (is_calm) {
        return config;
    }
    config.radio.packets_per_event = journey_number(journey, 7);
    config.radio.loss_ppm = journey_number(journey, 2) ? journey_number(journey, 300000) : 0;
    config.radio.supervision_ms = 500 + journey_number(journey, 5000);
    /* What a device drops has to be a device's own fault: less memory than it promised. */
    config.radio.buffer_size = 4200 + journey_number(journey, 34000);
    config.radio.drops_when_full = journey_number(journey, 3) == 0;
    return config;
}

static enum otk_owner init(union any_client *client, enum carrier carrier,
                           const struct parcel *parcel, bool needs_response)
{
    struct otk_client_image description;

    parcel_describe(parcel, &description);
    switch (carrier) {
    case CARRIER_BLE_SIMPLE:
        otk_simple_client_init(&client->simple, &description);
        return OTK_OWNER_BLE_SIMPLE;
    case CARRIER_BLE_SECTOR:
        otk_sector_client_init(&client->sector, &description);
        client->sector.needs_response = needs_response;
        return OTK_OWNER_BLE_SECTOR;
    default:
        otk_window_client_init(&client->window, &description);
        return OTK_OWNER_BLE_WINDOW;
    }
}

/* Something goes wrong, or nothing does. */
static void trouble(struct journey *journey, struct station *station)
{
    uint32_t events;

    if (journey_happens(journey, journey->harm[MISHAP_LOST])) {
        otk_radio_darken(station->radio, journey_number(journey, DARK_MAX_MS));
        journey->tally->mishaps++;
    }
    if (journey_happens(journey, journey->harm[MISHAP_BROKEN])) {
        station_disconnect(station);
        otk_client_lost(station->client, otk_radio_now_ms(station->radio));
        journey->tally->mishaps++;
    }
    if (journey_happens(journey, journey->harm[MISHAP_LATE])) {
        journey->tally->mishaps++;
        for (events = journey_number(journey, QUIET_EVENTS); events > 0; events--) {
            otk_radio_run(station->radio);
        }
    }
}

static bool is_over(const struct station *station, const struct parcel *parcel)
{
    return !otk_nor_is_powered(station->nor) || station_wants_reset(station) ||
           station->client->written >= parcel->limit;
}

enum otk_status leg_by_radio(struct journey *journey, struct app *app, struct station *station,
                             enum carrier carrier, const struct parcel *parcel, bool is_calm)
{
    enum otk_status status = OTK_CONNECTION_LOST;
    union any_client client;
    enum otk_owner owner;

    /* The radio's clock is the device's. */
    while ((int32_t)(otk_radio_now_ms(station->radio) - app->now_ms) < 0) {
        otk_radio_run(station->radio);
    }
    owner = init(&client, carrier, parcel, journey_number(journey, 2));
    station_employ(station, &client.client, owner);
    for (uint32_t i = 0; i < EVENT_MAX && !is_over(station, parcel); i++) {
        if (station_step(station) == OTK_OK) {
            status = client.client.outcome;
            break;
        }
        if (!is_calm) {
            trouble(journey, station);
        }
    }
    station_employ(station, NULL, OTK_OWNER_NONE);
    app->now_ms = otk_radio_now_ms(station->radio);
    return status;
}
