// SPDX-License-Identifier: Apache-2.0
/* Bluetooth LE air time. */
#include "sim/ble_air.h"

/* Preamble (1M), access address, header and CRC. */
#define OVERHEAD_1M 10u
/* The preamble of 2M is a byte longer. */
#define OVERHEAD_2M 11u
#define MIC_SIZE    4u

#define BYTE_1M_NS 8000u
#define BYTE_2M_NS 4000u
#define T_IFS_NS   150000u
#define NS_PER_US  1000u
#define NS_PER_S   1e9

uint64_t otk_ble_packet_ns(const struct otk_ble_air *air, uint32_t len)
{
    const uint32_t mic = air->is_encrypted && len > 0 ? MIC_SIZE : 0;

    return air->is_2m ? (uint64_t)(OVERHEAD_2M + len + mic) * BYTE_2M_NS
                      : (uint64_t)(OVERHEAD_1M + len + mic) * BYTE_1M_NS;
}

uint64_t otk_ble_pair_ns(const struct otk_ble_air *air, uint32_t len, uint32_t answer_len)
{
    return otk_ble_packet_ns(air, len) + otk_ble_packet_ns(air, answer_len) + 2u * T_IFS_NS;
}

uint32_t otk_ble_pairs(const struct otk_ble_air *air, uint32_t interval_us,
                       uint32_t packets_per_event)
{
    const uint64_t interval_ns = (uint64_t)interval_us * NS_PER_US;
    const uint32_t pairs = (uint32_t)(interval_ns / otk_ble_pair_ns(air, air->ll_payload, 0));

    return packets_per_event > 0 && packets_per_event < pairs ? packets_per_event : pairs;
}

double otk_ble_limit(const struct otk_ble_air *air, uint32_t interval_us,
                     uint32_t packets_per_event, uint32_t mtu)
{
    const uint32_t pdu = mtu + OTK_BLE_L2CAP_HEADER;
    const uint32_t full = pdu / air->ll_payload;
    const uint32_t rest = pdu % air->ll_payload;
    const double packets = full + (rest > 0);
    const double value = mtu - OTK_BLE_ATT_HEADER;
    const double pdu_ns = (double)(full * otk_ble_pair_ns(air, air->ll_payload, 0)) +
                          (rest > 0 ? (double)otk_ble_pair_ns(air, rest, 0) : 0);

    if (interval_us == 0) {
        return value * NS_PER_S / pdu_ns;
    }
    return value / packets * otk_ble_pairs(air, interval_us, packets_per_event) * NS_PER_S /
           ((double)interval_us * NS_PER_US);
}
