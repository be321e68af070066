// SPDX-License-Identifier: Apache-2.0
/* Bluetooth as one of the transports. */
#include <stdio.h>
#include <string.h>

#include <esp_log.h>

#include "port/espidf/ble_parts.h"

/*
 * What a client may have on its way has to fit into NimBLE's buffers: while the flash is busy nothing
 * empties them, and ESP-IDF 6 throws away what finds none for 30 ticks, in the middle of a value. Link
 * layer packets of 251 bytes carry at least 200 of an image.
 */
#define PACKET_COUNT   ((uint32_t)MYNEWT_VAL(BLE_TRANSPORT_ACL_FROM_LL_COUNT))
#define PACKET_PAYLOAD 200u
#define WINDOW_LIMIT   (PACKET_COUNT * PACKET_PAYLOAD)
#define WINDOW         (WINDOW_LIMIT < OTK_WINDOW_DEFAULT ? WINDOW_LIMIT : OTK_WINDOW_DEFAULT)

/* Sectors of protocol B on their way. */
#define SECTOR_LIMIT (WINDOW / OTK_SECTOR_FRAME_SECTOR_SIZE)

static const char *const tag = "otakit ble";

struct otk_ble_peripheral otk_ble_the = {.client = BLE_HS_CONN_HANDLE_NONE};

static bool has_services; /* NimBLE was given them */

static void choose_name(const char *device_name)
{
    struct otk_ble_peripheral *const the = &otk_ble_the;
    const char *const name = the->config.name ? the->config.name : device_name;

    if (strlen(name) >= sizeof the->name) {
        ESP_LOGW(tag, "\"%s\" is longer than an advertisement takes, and is cut", name);
    }
    strlcpy(the->name, name, sizeof the->name);
}

static void init_engine(struct otk_updater *updater)
{
    struct otk_ble_peripheral *const the = &otk_ble_the;
    const struct otk_ble_config config = {
        .name = the->name,
        .manufacturer = the->config.manufacturer,
        .model = the->config.model,
        .window = WINDOW,
        .psm = the->psm,
        .sector_buffer = the->sector,
        .sector_window = SECTOR_LIMIT > 1u ? (uint8_t)SECTOR_LIMIT : 1u,
    };

    the->link = (struct otk_ble_link){.send = otk_ble_send, .set_speed = otk_ble_set_speed};
    otk_ble_init(&the->engine, updater, &config, &the->link);
}

/* From the first advertisement on a central may write. */
static esp_err_t run(void)
{
    const esp_err_t error = otk_ble_host_run();

    if (error != ESP_OK) {
        atomic_store(&otk_ble_the.is_started, false);
    }
    return error;
}

static esp_err_t start(const struct otk_espidf_host *host)
{
    struct otk_ble_peripheral *const the = &otk_ble_the;

    if (the->config.is_guest && !has_services) {
        ESP_LOGE(tag, "a guest of NimBLE's calls otk_espidf_ble_services first");
        return ESP_ERR_INVALID_STATE;
    }
    choose_name(host->name);
    if (!the->config.is_guest) {
        const esp_err_t error = otk_ble_host_open();

        if (error != ESP_OK) {
            return error;
        }
    }
    init_engine(host->updater);
    atomic_store(&the->is_started, true);
    return the->config.is_guest ? ESP_OK : run();
}
static enum otk_status poll(uint32_t now_ms)
{
    const bool wants_pace = otk_ble_pace_poll();
    const enum otk_status status = otk_ble_poll(&otk_ble_the.engine, now_ms);

    otk_ble_advertise_poll(now_ms);
    return wants_pace ? OTK_MORE : status;
}

static struct otk_espidf_transport transport = {.name = "ble", .start = start, .poll = poll};

static void configure(const struct otk_espidf_ble_config *config)
{
    if (config) {
        otk_ble_the.config = *config;
    }
}

struct otk_espidf_transport *otk_espidf_ble(const struct otk_espidf_ble_config *config)
{
    configure(config);
    return &transport;
}

esp_err_t otk_espidf_ble_services(const struct otk_espidf_ble_config *config)
{
    configure(config);
    otk_ble_the.psm = otk_ble_channel_open();
    has_services = otk_ble_table_add() == ESP_OK;
    return has_services ? ESP_OK : ESP_ERR_NO_MEM;
}

void otk_espidf_ble_gap_event(const struct ble_gap_event *event)
{
    struct ble_gap_event copy = *event;

    (void)otk_ble_on_gap_event(&copy, NULL);
}
