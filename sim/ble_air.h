// SPDX-License-Identifier: Apache-2.0
/*
 * How long Bluetooth LE packets take on the air, and how much a connection can carry at best.
 *
 *     const struct otk_ble_air air = {.is_2m = true, .ll_payload = 251};
 *     pair_ns = otk_ble_pair_ns(&air, 251, 0);
 *     bytes_per_s = otk_ble_limit(&air, 15000, 0, 247);
 *
 * Numbers: Bluetooth Core 5.4, Vol 6, Part B, 2.1 (packet format), 4.1.1 (inter frame space).
 */
#ifndef OTAKIT_SIM_BLE_AIR_H
#define OTAKIT_SIM_BLE_AIR_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Payload of a link-layer packet without and with data length extension. */
#define OTK_BLE_LL_SHORT 27u
#define OTK_BLE_LL_LONG  251u

/* L2CAP header, and ATT header of a write command, a write request or a notification. */
#define OTK_BLE_L2CAP_HEADER 4u
#define OTK_BLE_ATT_HEADER   3u

/* What the two radios agreed on. */
struct otk_ble_air {
    bool is_2m;          /* PHY 2M; else 1M */
    bool is_encrypted;   /* packets that are not empty carry 4 bytes more */
    uint32_t ll_payload; /* OTK_BLE_LL_SHORT or OTK_BLE_LL_LONG */
};

/* Nanoseconds of one packet with `len` bytes of payload. */
uint64_t otk_ble_packet_ns(const struct otk_ble_air *air, uint32_t len);

/* Nanoseconds of a packet and its answer, with the space behind both. */
uint64_t otk_ble_pair_ns(const struct otk_ble_air *air, uint32_t len, uint32_t answer_len);

/* Pairs of a full packet and an empty answer that fit a connection interval.
 *
 * interval_us        0: as if there were no intervals, and the result is 0
 * packets_per_event  at most so many; 0: no limit */
uint32_t otk_ble_pairs(const struct otk_ble_air *air, uint32_t interval_us,
                       uint32_t packets_per_event);

/*
 * Bytes of write commands' values that a connection carries in a second at best: nothing lost, and
 * nothing but write commands of the full MTU one way.
 *
 * interval_us        0: no intervals, one pair follows the other
 * packets_per_event  packets that the central sends in an event at most; 0: as many as fit
 */
double otk_ble_limit(const struct otk_ble_air *air, uint32_t interval_us,
                     uint32_t packets_per_event, uint32_t mtu);

#ifdef __cplusplus
}
#endif

#endif
