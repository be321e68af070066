// SPDX-License-Identifier: Apache-2.0
/*
 * What the files of the Bluetooth transport share among themselves. Not for use outside.
 *
 *     ble.c           start and poll, the transport of transport.h
 *     ble_host.c      brings NimBLE up
 *     ble_advert.c    makes the device known
 *     ble_link.c      GAP events: who is connected
 *     ble_pace.c      a fast connection while an update runs
 *     ble_security.c  pairing
 *     ble_table.c     services, and what centrals read and write
 *     ble_send.c      notifications and indications
 *     ble_channel.c   the L2CAP channel of protocol C
 *     ble_tell.c      events for the application
 *
 * NimBLE calls us on its host task, the app task polls. The engines are called on either, under
 * otakit's lock. That lock is always taken before NimBLE's own: NimBLE holds none while it calls us,
 * and what calls us back at once from within a call of ours (BLE_GAP_EVENT_NOTIFY_TX) is answered
 * without the lock.
 *
 * A queue between the tasks would have to copy every packet, and to answer writes before it is known
 * whether they can be taken. Waiting on the host task is what tells the central to wait: nothing is
 * read from the controller meanwhile, and the link layer asks for the packets again.
 */
#ifndef PORT_ESPIDF_BLE_PARTS_H
#define PORT_ESPIDF_BLE_PARTS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <esp_err.h>
#include <host/ble_hs.h>

#include "otakit/transport/ble/ble.h"
#include "port/espidf/include/otakit_espidf_ble.h"
#include "port/espidf/transport.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Characters of a name that a scan response takes: 31 bytes without length and type. */
#define OTK_ESPIDF_BLE_NAME_MAX 29u

/* A connection's parameters. interval: units of 1.25 ms; timeout: units of 10 ms. */
struct otk_ble_pace {
    uint16_t interval;
    uint16_t latency;
    uint16_t timeout;
};

/* The one peripheral of a device. What is not atomic is touched under otakit's lock, or before NimBLE's
 * host task runs. */
struct otk_ble_peripheral {
    atomic_bool is_hidden;  /* should advertise and does not */
    atomic_bool is_started; /* before that there is neither lock nor engine: nothing is touched */
    struct otk_espidf_ble_config config;
    char name[OTK_ESPIDF_BLE_NAME_MAX + 1u];
    struct otk_ble engine;
    struct otk_ble_link link;
    uint8_t sector[OTK_SECTOR_FRAME_SECTOR_SIZE];
    uint16_t psm;             /* of the L2CAP channel; 0: none */
    uint16_t client;          /* its connection; BLE_HS_CONN_HANDLE_NONE: nobody */
    uint8_t address[6];       /* the client's */
    struct otk_ble_pace pace; /* that it had chosen */
    bool wants_pace;          /* `is_fast` is still to be asked for */
    bool is_fast;             /* an update runs */
    bool notifies[OTK_GATT_VALUE_COUNT];
    bool indicates[OTK_GATT_VALUE_COUNT];
    atomic_bool is_indicating; /* the central has not confirmed the last one */
};

/* The one there is. */
extern struct otk_ble_peripheral otk_ble_the;

/* ble_host.c. Bring NimBLE up with our services, but do not run it yet.
 * Returns  ESP_OK, ESP_ERR_NO_MEM, or what NimBLE's port returns; NimBLE is down again then */
esp_err_t otk_ble_host_open(void);
/* Run it, and wait until the device can be found.
 * Returns  ESP_OK, ESP_FAIL, or ESP_ERR_TIMEOUT; NimBLE is down again then */
esp_err_t otk_ble_host_run(void);

/* ble_advert.c. Make the device known until a central connects. What fails is told in the log, and
 * tried again. */
void otk_ble_advertise(void);
void otk_ble_advertise_poll(uint32_t now_ms);

/* ble_link.c. For NimBLE's calls; context: not used. */
int otk_ble_on_gap_event(struct ble_gap_event *event, void *context);

/* ble_pace.c, all under the lock. */
void otk_ble_pace_note(const struct ble_gap_conn_desc *connection); /* what the client has chosen */
void otk_ble_set_speed(void *context, bool fast);                   /* the engines ask for it */
bool otk_ble_pace_poll(void); /* returns whether there is still something to ask for */

/* ble_security.c */
void otk_ble_security_configure(enum otk_espidf_ble_pairing pairing);
void otk_ble_show_passkey(uint16_t connection, uint8_t action);
void otk_ble_forget_bond(uint16_t connection);
/* What a characteristic that is written has to have. NimBLE's BLE_GATT_CHR_F_ bits. */
uint32_t otk_ble_write_flags(enum otk_espidf_ble_pairing pairing);
/* Whether a connection has what writing takes. */
bool otk_ble_may_write(uint16_t connection);

/* ble_table.c */
esp_err_t otk_ble_table_add(void);
/* The value at a handle; OTK_GATT_VALUE_COUNT: none of ours. */
enum otk_gatt_value otk_ble_table_find(uint16_t handle);
uint16_t otk_ble_table_handle(enum otk_gatt_value value);
/* The UUID of the service that a value is in. */
const ble_uuid_any_t *otk_ble_table_service(enum otk_gatt_value value);

/* ble_send.c, the engines' way to notify. Under the lock. */
enum otk_status otk_ble_send(void *context, enum otk_gatt_value value, const uint8_t *bytes,
                             uint32_t len);

/* ble_channel.c. Returns the channel's PSM; 0: this build of NimBLE has no channels. */
uint16_t otk_ble_channel_open(void);

/* ble_tell.c. An event for the application, and a line in the log. */
void otk_ble_tell(enum otk_espidf_ble_event_id id, const struct otk_espidf_ble_event *event);

#ifdef __cplusplus
}
#endif

#endif
