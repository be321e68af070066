// SPDX-License-Identifier: Apache-2.0
/*
 * PDUs that wait in a Bluetooth stack of sim/ble_link.h, first in, first out. For sim/ble_*.c only.
 */
#ifndef OTAKIT_SIM_BLE_QUEUE_H
#define OTAKIT_SIM_BLE_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum otk_ble_pdu_kind {
    OTK_BLE_WRITE_COMMAND,
    OTK_BLE_WRITE_REQUEST,
    OTK_BLE_READ_REQUEST,
    OTK_BLE_CONFIRMATION,
    OTK_BLE_SDU,
    OTK_BLE_WRITE_RESPONSE,
    OTK_BLE_READ_RESPONSE,
    OTK_BLE_NOTIFICATION,
    OTK_BLE_INDICATION,
    OTK_BLE_CREDITS
};

struct otk_ble_pdu {
    struct otk_ble_pdu *next;
    enum otk_ble_pdu_kind kind;
    int handle;
    uint32_t detail;   /* WRITE_RESPONSE: the ATT error; SDU and CREDITS: credits */
    uint64_t ready_ns; /* from when on it may go on air, or be worked on */
    uint32_t wire_len; /* bytes of link-layer payload */
    bool is_dropped;   /* the device had no room for a part of it */
    uint32_t len;
    uint8_t bytes[];
};

struct otk_ble_queue {
    struct otk_ble_pdu *first;
    struct otk_ble_pdu *last;
    uint32_t count;
};

/* A PDU with these bytes; ends the program without memory, as nothing can be simulated then. */
struct otk_ble_pdu *otk_ble_pdu_new(enum otk_ble_pdu_kind kind, int handle, const uint8_t *bytes,
                                    uint32_t len);

/* The queue owns the PDU from here on. */
void otk_ble_queue_put(struct otk_ble_queue *queue, struct otk_ble_pdu *pdu);

/* Take the first one out; the caller frees it. NULL: the queue is empty. */
struct otk_ble_pdu *otk_ble_queue_take(struct otk_ble_queue *queue);

/* Free all. */
void otk_ble_queue_clear(struct otk_ble_queue *queue);

#ifdef __cplusplus
}
#endif

#endif
