// SPDX-License-Identifier: Apache-2.0
/*
 * What the files of sim/radio.h share. radio.c is the air and the client's stack,
 * radio_device.c the device's stack and processor.
 */
#ifndef OTAKIT_SIM_RADIO_INTERNAL_H
#define OTAKIT_SIM_RADIO_INTERNAL_H

#include "sim/radio.h"
#include "sim/radio_queue.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One direction of the air: PDUs, cut into packets. */
struct otk_radio_way {
    struct otk_radio_queue queue;
    uint32_t sent;     /* bytes of the first PDU that were acknowledged */
    bool has_arrived;  /* the packet behind them was received; its acknowledgement was not */
    uint64_t heard_ns; /* when the receiving side last heard anything */
};

struct otk_radio {
    struct otk_radio_config config;
    struct otk_radio_device device;
    struct otk_radio_client client;
    struct otk_radio_counts counts;
    uint64_t random;
    uint64_t now_ns;
    uint64_t dark_until_ns;
    bool is_connected;
    bool is_device_gone;       /* it was reset and knows of no connection */
    struct otk_radio_way up;   /* to the device */
    struct otk_radio_way down; /* to the client */
    uint32_t credits;          /* of the L2CAP channel, at the client */
    /* the device's host */
    struct otk_radio_queue inbox; /* PDUs that wait for the processor */
    uint32_t waiting;             /* bytes in controller and host */
    uint32_t leaving;             /* of those, what the processor is at */
    uint64_t busy_until_ns;       /* the processor is at work */
    uint64_t poll_ns;             /* when the application's loop is next due */
    bool in_call;                 /* the application is being called, */
    uint64_t call_start_ns;       /* since then, */
    uint64_t call_busy_ns;        /* when its flash had been busy for so long */
    uint32_t credits_owed;        /* used up by the client, not given back */
    bool awaits_confirmation;
};

/* Bytes of link-layer payload of an L2CAP PDU with an ATT PDU of that length. */
static inline uint32_t otk_radio_wire_len(uint32_t att_len)
{
    return OTK_BLE_L2CAP_HEADER + att_len;
}

/* A packet with a part of the PDU comes in. Returns whether there is room for it. */
bool otk_radio_device_has_room(struct otk_radio *radio, struct otk_radio_pdu *pdu, uint32_t len);

/* A whole PDU has come in at `at_ns`. Owns it from here on. */
void otk_radio_device_take(struct otk_radio *radio, struct otk_radio_pdu *pdu, uint64_t at_ns);

/* The processor works until `until_ns`. */
void otk_radio_device_work(struct otk_radio *radio, uint64_t until_ns);

/* Forget what waits. */
void otk_radio_device_clear(struct otk_radio *radio);

/* Credits of an empty L2CAP channel. */
uint32_t otk_radio_credit_count(const struct otk_radio *radio);

/* Frames of the L2CAP channel that an SDU takes. */
uint32_t otk_radio_sdu_frames(const struct otk_radio *radio, uint32_t len);

#ifdef __cplusplus
}
#endif

#endif
