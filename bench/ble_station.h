// SPDX-License-Identifier: Apache-2.0
/*
 * A client and a device on a modelled Bluetooth link: the engines of both sides as they are, the
 * radio of sim/radio.h between them, and the device's flash in its time.
 *
 *     station_open(&station, &config, &device, nor);
 *     station_employ(&station, &window.client, OTK_OWNER_BLE_WINDOW);
 *     while (station_step(&station) == OTK_MORE)
 *         ;
 *     otk_client ... says what became of it
 *     station_close(&station);
 *
 * The device is reset by its owner: station_halt when the power goes or a reset is due, and
 * station_boot when an application runs again.
 */
#ifndef BENCH_BLE_STATION_H
#define BENCH_BLE_STATION_H

#include "host/client.h"
#include "otakit/transport/ble/ble.h"
#include "sim/nor.h"
#include "sim/radio.h"

struct station_config {
    struct otk_radio_config radio;
    uint32_t window;       /* of protocol C, bytes; 0: OTK_WINDOW_DEFAULT */
    uint8_t sector_window; /* of protocol B, sectors; 0: 1 */
    bool indicates;        /* what the device sends is to be confirmed */
    bool has_l2cap;        /* protocol C's data takes a channel of its own */
};

struct station {
    struct station_config config;
    struct otk_radio *radio;
    struct otk_nor *nor;
    /* the device */
    struct otk_device *device;
    struct otk_updater updater;
    struct otk_ble ble;
    struct otk_ble_link link;
    uint8_t buffer[OTK_SECTOR_SIZE];
    uint8_t sector_buffer[OTK_SECTOR_FRAME_SECTOR_SIZE];
    bool is_running; /* an application runs */
    /* the client */
    struct otk_client *client;
    enum otk_owner protocol;
    bool has_frame; /* `frame` waits for room in the stack */
    struct otk_client_action action;
    uint8_t frame[OTK_CLIENT_FRAME_SIZE];
    uint64_t send_ns;   /* when the phase OTK_CLIENT_SENDING began last */
    uint64_t finish_ns; /* when it ended */
};

/* The device runs, nobody is connected. Device and chip are borrowed. */
void station_open(struct station *station, const struct station_config *config,
                  struct otk_device *device, struct otk_nor *nor);

/* This client is at it from here on; borrowed. */
void station_employ(struct station *station, struct otk_client *client, enum otk_owner protocol);

/*
 * One connection event.
 *
 * Returns  OTK_MORE  the client is at work
 *          OTK_OK    it has ended, or there is none; the device went on
 */
enum otk_status station_step(struct station *station);

/* Whether the device wants its reset now. */
bool station_wants_reset(const struct station *station);

/* The device stops dead; the client will notice. */
void station_halt(struct station *station);

/* An application runs on the device that was given to station_open. */
void station_boot(struct station *station, uint32_t boot_id);

/* Another radio between the two, nobody connected; its clock begins at 0. */
void station_retune(struct station *station, const struct otk_radio_config *config);

/* The client breaks the connection. */
void station_disconnect(struct station *station);

void station_close(struct station *station);

#endif
