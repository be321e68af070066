// SPDX-License-Identifier: Apache-2.0
/*
 * The frames of protocol B, Espressif's ble_ota: commands, packets of sectors and the answers to both.
 * SPEC.md, "Protocols A and B".
 *
 *     client                                   device
 *     command START, image length       ->
 *                                       <-     command ACK: accepted, window
 *     packets 0, 1, ... last of sector 0 ->
 *                                       <-     sector ACK 0
 *     ...
 *     command STOP                      ->
 *                                       <-     command ACK: accepted
 */
#ifndef OTAKIT_FORMAT_SECTOR_FRAME_H
#define OTAKIT_FORMAT_SECTOR_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#include "otakit/base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Sizes, bytes. Source of all numbers here: esp-iot-solution, components/bluetooth/ble_profiles/esp,
 * ble_ota/src/nimble_ota.c and ble_ota_raw/src/esp_ble_ota_raw.c. */
#define OTK_SECTOR_FRAME_SECTOR_SIZE  4096u /* the last one of an image may be shorter */
#define OTK_SECTOR_FRAME_COMMAND_SIZE 20u   /* of a command, and of both answers */
#define OTK_SECTOR_FRAME_HEADER_SIZE  3u    /* of a packet: sector, sequence */
#define OTK_SECTOR_FRAME_CRC_SIZE     2u    /* behind the data of a sector's last packet */

/* The sequence number of a sector's last packet; others count from 0. */
#define OTK_SECTOR_FRAME_LAST 0xFFu

/* Some clients call an image's last sector by this number. */
#define OTK_SECTOR_FRAME_LAST_INDEX 0xFFFFu

/* Sectors that may be on their way at most. */
#define OTK_SECTOR_FRAME_WINDOW_MAX 64u

enum otk_sector_command_id {
    OTK_SECTOR_START = 1, /* value: image length */
    OTK_SECTOR_STOP = 2,
    OTK_SECTOR_ACK = 3 /* the device's */
};

/* A command from the client, or the device's answer to one. */
struct otk_sector_command {
    uint16_t id;         /* enum otk_sector_command_id */
    uint32_t image_size; /* START: bytes */
    uint16_t answered;   /* ACK: the id that it answers */
    uint16_t verdict;    /* ACK: enum otk_sector_verdict */
    uint8_t window;      /* ACK of START: sectors that may be on their way; 0 as 1 */
};

enum otk_sector_verdict { OTK_SECTOR_ACCEPTED = 0, OTK_SECTOR_REFUSED = 1 };

/* A part of a sector. */
struct otk_sector_packet {
    uint16_t index;      /* of the sector in the image */
    uint8_t sequence;    /* from 0, OTK_SECTOR_FRAME_LAST */
    bool is_last;        /* of its sector */
    const uint8_t *data; /* points into the packet that was decoded */
    uint32_t len;        /* bytes of data */
    uint16_t crc;        /* of the whole sector, where is_last */
};

/* What the device says of a sector. */
enum otk_sector_result {
    OTK_SECTOR_GOOD = 0,
    OTK_SECTOR_BAD_CRC = 1,
    OTK_SECTOR_BAD_INDEX = 2,
    OTK_SECTOR_BAD_LEN = 3,
    OTK_SECTOR_ENDED = 4 /* ours: the update has ended, no sector will be taken */
};

struct otk_sector_ack {
    uint16_t index;
    uint16_t result;   /* enum otk_sector_result */
    uint16_t expected; /* the sector that is wanted now */
};

/*
 * Read a command, or the answer to one.
 *
 * bytes    `len` bytes
 * command  written on success only
 *
 * Returns  OTK_OK            read; the id may be unknown
 *          OTK_BAD_FORMAT    not 20 bytes
 *          OTK_BAD_CHECKSUM  the CRC does not match
 */
OTK_MUST_USE enum otk_status otk_sector_command_decode(const uint8_t *bytes, uint32_t len,
                                                       struct otk_sector_command *command);

/*
 * Read a packet. Whether the CRC matches is known when the sector is whole.
 *
 * packet  written on success only; its data points into `bytes`
 *
 * Returns  OTK_OK
 *          OTK_BAD_FORMAT  neither data nor CRC in it, or more than a sector
 */
OTK_MUST_USE enum otk_status otk_sector_packet_decode(const uint8_t *bytes, uint32_t len,
                                                      struct otk_sector_packet *packet);

/* Read the answer to a sector. Returns as otk_sector_command_decode. */
OTK_MUST_USE enum otk_status otk_sector_ack_decode(const uint8_t *bytes, uint32_t len,
                                                   struct otk_sector_ack *ack);

/* Write a command or the answer to one; what its id has no use for becomes 0. */
void otk_sector_command_encode(const struct otk_sector_command *command,
                               uint8_t bytes[OTK_SECTOR_FRAME_COMMAND_SIZE]);

/*
 * Write a packet.
 *
 * size  of `bytes`
 *
 * Returns  the packet's length; 0 where it is greater than `size`
 */
uint32_t otk_sector_packet_encode(const struct otk_sector_packet *packet, uint8_t *bytes,
                                  uint32_t size);

/* Write the answer to a sector. */
void otk_sector_ack_encode(const struct otk_sector_ack *ack,
                           uint8_t bytes[OTK_SECTOR_FRAME_COMMAND_SIZE]);

#ifdef __cplusplus
}
#endif

#endif
