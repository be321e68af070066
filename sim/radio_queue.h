// SPDX-License-Identifier: Apache-2.0
/*
 * PDUs that wait in a Bluetooth stack of sim/radio.h, first in, first out. For sim/radio*.c only.
 */
#ifndef OTAKIT_SIM_RADIO_QUEUE_H
#define OTAKIT_SIM_RADIO_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum otk_radio_pdu_kind {
    OTK_RADIO_WRITE_COMMAND,
    OTK_RADIO_WRITE_REQUEST,
    OTK_RADIO_READ_REQUEST,
    OTK_RADIO_CONFIRMATION,
    OTK_RADIO_SDU,
    OTK_RADIO_WRITE_RESPONSE,
    OTK_RADIO_READ_RESPONSE,
    OTK_RADIO_NOTIFICATION,
    OTK_RADIO_INDICATION,
    OTK_RADIO_CREDITS
};

struct otk_radio_pdu {
    struct otk_radio_pdu *next;
    enum otk_radio_pdu_kind kind;
    int handle;
    uint32_t detail;   /* WRITE_RESPONSE: the ATT error; SDU and CREDITS: credits */
    uint64_t ready_ns; /* from when on it may go on air, or be worked on */
    uint32_t wire_len; /* bytes of link-layer payload */
    bool is_dropped;   /* the device had no room for a part of it */
    uint32_t len;
    uint8_t bytes[];
};

struct otk_radio_queue {
    struct otk_radio_pdu *first;
    struct otk_radio_pdu *last;
    uint32_t count;
};

/* A PDU with these bytes; ends the program without memory, as nothing can be simulated then. */
struct otk_radio_pdu *otk_radio_pdu_new(enum otk_radio_pdu_kind kind, int handle,
                                        const uint8_t *bytes, uint32_t len);

/* The queue owns the PDU from here on. */
void otk_radio_queue_put(struct otk_radio_queue *queue, struct otk_radio_pdu *pdu);

/* Take the first one out; the caller frees it. NULL: the queue is empty. */
struct otk_radio_pdu *otk_radio_queue_take(struct otk_radio_queue *queue);

/* Free all. */
void otk_radio_queue_clear(struct otk_radio_queue *queue);

#ifdef __cplusplus
}
#endif

#endif
