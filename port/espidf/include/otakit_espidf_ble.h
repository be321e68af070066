// SPDX-License-Identifier: Apache-2.0
/*
 * Updates over Bluetooth LE with NimBLE: protocols A (esp32_ble_ota), B (Espressif's ble_ota) and C
 * (`otakit push ble:NAME`, the browser page), one central at a time.
 *
 *     static const struct otk_espidf_ble_config ble = {.pairing = OTK_ESPIDF_BLE_ENCRYPTED};
 *     const struct otk_espidf_config config = {.transports = {otk_espidf_ble(&ble)}};
 *     ESP_ERROR_CHECK(otk_espidf_start(&config));
 *
 * nvs_flash_init comes first: radio calibration and bonds are kept there. Needs
 * CONFIG_BT_NIMBLE_ENABLED; with CONFIG_BT_NIMBLE_L2CAP_COC_MAX_NUM of at least 1 protocol C also has
 * its faster channel.
 */
#ifndef PORT_ESPIDF_INCLUDE_OTAKIT_ESPIDF_BLE_H
#define PORT_ESPIDF_INCLUDE_OTAKIT_ESPIDF_BLE_H

#include <stdbool.h>
#include <stdint.h>

#include <esp_event.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a central has to do before it may write. */
enum otk_espidf_ble_pairing {
    OTK_ESPIDF_BLE_OPEN,          /* nothing: images are as good as their signatures */
    OTK_ESPIDF_BLE_ENCRYPTED,     /* pair; keeps listeners out, but anybody may pair */
    OTK_ESPIDF_BLE_AUTHENTICATED, /* pair with the passkey that the device shows */
};

/* Zeros are the defaults. Texts are borrowed for ever. */
struct otk_espidf_ble_config {
    const char *name;         /* that is advertised, 1 to 29 bytes; NULL: the device's name, cut */
    const char *manufacturer; /* in Device Information; NULL: "otakit" */
    const char *model;        /* likewise; NULL: the chip's name */
    enum otk_espidf_ble_pairing pairing;
    /* The application has NimBLE running and does all that is said of otk_espidf_ble_services. */
    bool is_guest;
};

/* The transport, for struct otk_espidf_config. config: borrowed for ever; NULL: the defaults. */
struct otk_espidf_transport *otk_espidf_ble(const struct otk_espidf_ble_config *config);

/* Events on the default event loop; the data is a struct otk_espidf_ble_event. */
ESP_EVENT_DECLARE_BASE(OTAKIT_BLE_EVENT);

enum otk_espidf_ble_event_id {
    OTAKIT_BLE_EVENT_READY,       /* the device can be found; `psm` */
    OTAKIT_BLE_EVENT_CLIENT,      /* a central is connected; `address` */
    OTAKIT_BLE_EVENT_CLIENT_GONE, /* `address` */
    OTAKIT_BLE_EVENT_PASSKEY,     /* show `passkey`, six digits, to whoever pairs */
    OTAKIT_BLE_EVENT_INTERVAL     /* the connection's interval is `interval_us` now */
};

struct otk_espidf_ble_event {
    uint8_t address[6]; /* least significant byte first, as on air */
    uint16_t psm;       /* of the L2CAP channel; 0: there is none */
    uint32_t passkey;
    uint32_t interval_us;
};

/*
 * For an application that has services of its own on NimBLE (is_guest): hand our services to its
 * host, between nimble_port_init and nimble_port_freertos_init, and before otk_espidf_start. It keeps
 * advertising, pairing and its GAP events, and hands the latter on to otk_espidf_ble_gap_event.
 *
 * Returns  ESP_OK
 *          ESP_ERR_NO_MEM  NimBLE has no room for them
 */
esp_err_t otk_espidf_ble_services(const struct otk_espidf_ble_config *config);

/* A GAP event of the connection whose central may update. */
struct ble_gap_event;
void otk_espidf_ble_gap_event(const struct ble_gap_event *event);

#ifdef __cplusplus
}
#endif

#endif
