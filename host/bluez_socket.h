// SPDX-License-Identifier: Apache-2.0
/*
 * What the kernel's Bluetooth sockets look like. libbluetooth has headers of its own for this; a
 * build that needs them for two structs would be one package longer.
 * Source: Linux 6.1, include/net/bluetooth/{bluetooth,l2cap,hci_sock}.h.
 */
#ifndef OTAKIT_HOST_BLUEZ_SOCKET_H
#define OTAKIT_HOST_BLUEZ_SOCKET_H

#include <stdint.h>
#include <sys/socket.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Protocols of AF_BLUETOOTH. */
#define OTK_BLUEZ_PROTOCOL_L2CAP 0
#define OTK_BLUEZ_PROTOCOL_HCI   1

/* Options of L2CAP sockets. */
#define OTK_BLUEZ_SOL_BLUETOOTH 274
#define OTK_BLUEZ_SECURITY      4
#define OTK_BLUEZ_SEND_MTU      12
#define OTK_BLUEZ_RECEIVE_MTU   13

/* Kinds of addresses. */
#define OTK_BLUEZ_ADDRESS_PUBLIC 1
#define OTK_BLUEZ_ADDRESS_RANDOM 2

struct otk_bluez_l2cap_address {
    sa_family_t family;
    uint16_t psm; /* little endian */
    uint8_t address[6];
    uint16_t cid;
    uint8_t address_type;
};

struct otk_bluez_security {
    uint8_t level; /* 1 none, 2 encrypted, 3 encrypted and authenticated */
    uint8_t key_size;
};

/* Option of HCI sockets. */
#define OTK_BLUEZ_SOL_HCI    0
#define OTK_BLUEZ_HCI_FILTER 2

struct otk_bluez_hci_address {
    sa_family_t family;
    uint16_t index;
    uint16_t channel;
};

struct otk_bluez_hci_filter {
    uint32_t type_mask;
    uint32_t event_mask[2];
    uint16_t opcode;
};

#ifdef __cplusplus
}
#endif

#endif
