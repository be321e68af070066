// SPDX-License-Identifier: Apache-2.0
/*
 * How fast an update goes over Bluetooth LE: protocols A, B and C by the engines of both sides, over
 * the modelled link, with the flash of the simulated NOR chip in the loop.
 *
 * Prints one line a case: group, protocol, PHY, interval in microseconds, MTU, packets per event,
 * packets lost of a thousand, bytes of the device's buffer; then goodput from the first byte of the
 * image to the last one acknowledged and the link's limit, bytes a second; then milliseconds from the
 * connection to the switch, the verification included.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/ble_station.h"
#include "bench/chip.h"
#include "bench/image.h"
#include "host/sector_client.h"
#include "host/simple_client.h"
#include "host/window_client.h"
#include "otakit/crypto/digest.h"

/* Work of the device's processor on a frame: stack, copy, hash. */
#define CPU_NS_PER_FRAME 100000u

/* Sectors that a client of ble_ota_raw may have under way. */
#define RAW_WINDOW 8u

/* What goes over the link beside the bytes of the window: headers of each frame. */
#define HEADROOM 2048u

enum protocol { SIMPLE, SECTOR, SECTOR_RAW, WINDOW, WINDOW_L2CAP };

static const char *const protocol_names[] = {"A", "B", "B-raw", "C", "C-l2cap"};

struct link_case {
    const char *group;
    enum protocol protocol;
    bool is_2m;
    uint32_t interval_us;
    uint32_t mtu;
    uint32_t ll_payload;
    uint32_t packets_per_event;
    uint32_t loss_ppm;
    uint32_t buffer_size; /* bytes of image that may be under way; 0: the most that C allows */
};

union client {
    struct otk_client client;
    struct otk_simple_client simple;
    struct otk_sector_client sector;
    struct otk_window_client window;
};

static uint8_t *image;
static uint8_t *old_image;
static struct otk_client_image description;

static struct station_config station_of(const struct link_case *link)
{
    const uint32_t window = link->buffer_size ? link->buffer_size : OTK_WINDOW_SIZE_MAX;
    struct station_config config = {
        .radio =
            {
                .air = {.is_2m = link->is_2m, .ll_payload = link->ll_payload},
                .interval_us = link->interval_us,
                .packets_per_event = link->packets_per_event,
                .mtu = link->mtu,
                .buffer_size = window + HEADROOM,
                .loss_ppm = link->loss_ppm,
                .cpu_ns_per_frame = CPU_NS_PER_FRAME,
                .seed = 1,
            },
        .window = window,
        .sector_window = link->protocol == SECTOR_RAW ? RAW_WINDOW : 1,
        .indicates = link->protocol == SECTOR, /* as ble_ota does */
        .has_l2cap = link->protocol == WINDOW_L2CAP,
    };

    return config;
}

static enum otk_owner employ(union client *client, enum protocol protocol)
{
    switch (protocol) {
    case SIMPLE:
        otk_simple_client_init(&client->simple, &description);
        return OTK_OWNER_BLE_SIMPLE;
    case SECTOR:
    case SECTOR_RAW:
        otk_sector_client_init(&client->sector, &description);
        client->sector.needs_response = protocol == SECTOR;
        return OTK_OWNER_BLE_SECTOR;
    default:
        otk_window_client_init(&client->window, &description);
        return OTK_OWNER_BLE_WINDOW;
    }
}

static void run(const struct link_case *link)
{
    const struct station_config config = station_of(link);
    struct otk_nor *const nor = bench_chip();
    static struct otk_device device;
    static struct station station;
    union client client;
    enum otk_owner owner;
    double seconds;

    otk_nor_fill(nor, BENCH_SLOT_1, old_image, BENCH_IMAGE_SIZE);
    bench_start(&device, nor);
    station_open(&station, &config, &device, nor);
    owner = employ(&client, link->protocol);
    station_employ(&station, &client.client, owner);
    while (station_step(&station) == OTK_MORE) {
    }
    bench_must(client.client.outcome, "an update");
    if (memcmp(otk_nor_content(nor) + BENCH_SLOT_1, image, BENCH_IMAGE_SIZE) != 0) {
        bench_must(OTK_FLASH_VERIFY, "an update");
    }
    seconds = (double)(station.finish_ns - station.send_ns) / 1e9;
    printf("%s %s %s %" PRIu32 " %" PRIu32 " %" PRIu32 " %" PRIu32 " %" PRIu32 " %.0f %.0f %" PRIu32
           "\n",
           link->group, protocol_names[link->protocol], link->is_2m ? "2M" : "1M",
           link->interval_us, link->mtu, link->packets_per_event, link->loss_ppm / 1000,
           config.radio.buffer_size - HEADROOM, BENCH_IMAGE_SIZE / seconds,
           otk_ble_limit(&config.radio.air, link->interval_us, link->packets_per_event, link->mtu),
           otk_radio_now_ms(station.radio));
    fflush(stdout);
    station_close(&station);
    otk_nor_close(nor);
}

static void describe(void)
{
    struct otk_sha256 sha;

    description = (struct otk_client_image){.bytes = image, .len = BENCH_IMAGE_SIZE};
    bench_must(otk_sha256_init(&sha), "hashing");
    bench_must(otk_sha256_update(&sha, image, BENCH_IMAGE_SIZE), "hashing");
    bench_must(otk_sha256_finish(&sha, description.sha256), "hashing");
}

/* Every interval, PHY and MTU, without losses. */
static void run_grid(void)
{
    static const uint32_t intervals_us[] = {7500, 15000, 30000};
    static const uint32_t mtus[] = {247, 498};

    for (int is_2m = 0; is_2m < 2; is_2m++) {
        for (size_t i = 0; i < 3; i++) {
            for (size_t m = 0; m < 2; m++) {
                for (int protocol = SIMPLE; protocol <= WINDOW_L2CAP; protocol++) {
                    run(&(struct link_case){.group = "grid",
                                            .protocol = (enum protocol)protocol,
                                            .is_2m = is_2m,
                                            .interval_us = intervals_us[i],
                                            .mtu = mtus[m],
                                            .ll_payload = OTK_BLE_LL_LONG});
                }
            }
        }
    }
}

/* Links that are worse than they could be. */
static void run_poor(void)
{
    struct link_case poor = {.group = "poor",
                             .interval_us = 15000,
                             .mtu = 247,
                             .ll_payload = OTK_BLE_LL_LONG,
                             .loss_ppm = 10000};

    for (int protocol = SIMPLE; protocol <= WINDOW_L2CAP; protocol++) {
        poor.protocol = (enum protocol)protocol;
        poor.is_2m = false;
        run(&poor);
        poor.is_2m = true;
        run(&poor);
    }
    for (int protocol = SIMPLE; protocol <= WINDOW; protocol++) {
        run(&(struct link_case){.group = "phone",
                                .protocol = (enum protocol)protocol,
                                .interval_us = 15000,
                                .mtu = 247,
                                .ll_payload = OTK_BLE_LL_LONG,
                                .packets_per_event = 4});
        run(&(struct link_case){.group = "short",
                                .protocol = (enum protocol)protocol,
                                .interval_us = 15000,
                                .mtu = 23,
                                .ll_payload = OTK_BLE_LL_SHORT});
    }
}

/* What the device's memory buys. */
static void run_buffers(void)
{
    static const uint32_t sizes[] = {4096, 8192, 16384, 32768};

    for (int is_2m = 0; is_2m < 2; is_2m++) {
        for (size_t i = 0; i < 4; i++) {
            for (uint32_t interval_us = 15000; interval_us <= 30000; interval_us += 15000) {
                run(&(struct link_case){.group = "buffer",
                                        .protocol = WINDOW,
                                        .is_2m = is_2m,
                                        .interval_us = interval_us,
                                        .mtu = 498,
                                        .ll_payload = OTK_BLE_LL_LONG,
                                        .buffer_size = sizes[i]});
            }
        }
    }
}

int main(void)
{
    image = bench_image(7);
    old_image = bench_old_image();
    describe();
    run_grid();
    run_poor();
    run_buffers();
    free(image);
    free(old_image);
    return 0;
}
