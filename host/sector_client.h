// SPDX-License-Identifier: Apache-2.0
/*
 * The client's side of protocol B, Espressif's ble_ota and ble_ota_raw. SPEC.md, "Protocols A and B".
 *
 *     otk_sector_client_init(&sector, &image);
 *     drive(&sector.client);                     // host/client.h
 *
 *     CONNECT -> START -> packets of sectors, each sector acknowledged -> STOP -> its ACK
 *        ^                      |
 *        +-- link lost: START --+
 *
 * START's answer says how many sectors may be under way. Without a number it is ble_ota, one sector
 * at a time and packets with response; with one it is ble_ota_raw, packets without.
 * A sector that the device says it wants, be it for a broken CRC or because an earlier attempt wrote
 * what stands before, is where sending goes on.
 */
#ifndef OTAKIT_HOST_SECTOR_CLIENT_H
#define OTAKIT_HOST_SECTOR_CLIENT_H

#include "host/client.h"
#include "otakit/format/sector_frame.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How long a device may take to begin, and to verify. */
#define OTK_SECTOR_CLIENT_ANSWER_MS 30000u

/* How long a device may be silent about sectors that were sent, before they are sent again. */
#define OTK_SECTOR_CLIENT_SILENCE_MS 3000u

enum otk_sector_client_state {
    OTK_SECTOR_CLIENT_STARTING, /* START */
    OTK_SECTOR_CLIENT_CLEARING, /* STOP, to end what an earlier client left open */
    OTK_SECTOR_CLIENT_SENDING,
    OTK_SECTOR_CLIENT_STOPPING /* STOP */
};

/* Read no field but client; needs_response may be set before the link is up. */
struct otk_sector_client {
    struct otk_client client; /* first */
    bool needs_response;      /* the device's firmware characteristic takes no other writes */
    enum otk_sector_client_state state;
    bool is_due;       /* the state's command is to be sent */
    bool has_cleared;  /* STOP was tried on this link */
    bool is_raw;       /* packets without response */
    uint32_t window;   /* sectors that may be under way */
    uint32_t acked;    /* the device has all sectors below */
    uint32_t index;    /* of the sector being sent */
    uint32_t position; /* bytes of it that were sent */
    uint8_t sequence;  /* of its next packet */
    uint32_t stale;    /* answers to come that speak of sectors sent before going back */
    uint32_t heard_ms; /* when the device last said something, or was sent something */
    uint32_t limit_ms; /* when an answer to a command is overdue */
};

/*
 * Ready to connect.
 *
 * image  copied, its bytes borrowed as long as the client is used
 */
void otk_sector_client_init(struct otk_sector_client *client, const struct otk_client_image *image);

#ifdef __cplusplus
}
#endif

#endif
