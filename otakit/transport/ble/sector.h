// SPDX-License-Identifier: Apache-2.0
/*
 * The device's side of protocol B, Espressif's ble_ota and ble_ota_raw: sectors of 4 KB in packets,
 * each sector checked before it is taken. SPEC.md, "Protocols A and B".
 *
 *     otk_sector_init(&sector, &updater, &config, &link);
 *
 *     status = otk_sector_command(&sector, bytes, len, now_ms);     // a write to 8022
 *     status = otk_sector_firmware(&sector, bytes, len, now_ms);    // a write to 8020
 *     while (otk_sector_poll(&sector, now_ms) == OTK_MORE)
 *         come back within OTK_SECTOR_POLL_MS;
 *     otk_sector_closed(&sector);                                   // the client is out of reach
 *
 * The client learns from the answers on 8020 and 8022 what became of its writes; the status returned
 * says the same to a client whose write wants a response. One client at a time.
 */
#ifndef OTAKIT_TRANSPORT_BLE_SECTOR_H
#define OTAKIT_TRANSPORT_BLE_SECTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "otakit/base/status.h"
#include "otakit/core/updater.h"
#include "otakit/format/sector_frame.h"

#ifdef __cplusplus
extern "C" {
#endif

/* While otk_sector_poll says OTK_MORE it is to be called again within this time. */
#define OTK_SECTOR_POLL_MS 10u

/* A client that sends nothing for that long is gone: its update is left. */
#define OTK_SECTOR_SILENCE_MS 30000u

/* Bytes of the progress characteristic: percent, hundredths of a percent. */
#define OTK_SECTOR_PROGRESS_SIZE 2u

/* The characteristics that the device speaks on. */
enum otk_sector_channel {
    OTK_SECTOR_FIRMWARE, /* 8020: answers to sectors */
    OTK_SECTOR_PROGRESS, /* 8021 */
    OTK_SECTOR_COMMAND   /* 8022: answers to commands */
};

/* What the engine needs. */
struct otk_sector_config {
    uint8_t *buffer; /* OTK_SECTOR_FRAME_SECTOR_SIZE bytes, borrowed for ever */
    uint8_t window;  /* sectors that may be on their way, at most 64; 0: 1 */
};

/* How notifications or indications get to the client. */
struct otk_sector_link {
    void *context; /* handed back to the call */
    /* Returns OTK_OK, or OTK_BUSY: no room, the engine tries again; anything else drops it. */
    enum otk_status (*send)(void *context, enum otk_sector_channel channel, const uint8_t *frame,
                            uint32_t len);
};

/* Answers to sectors that can wait for room: a client never has more sectors on their way. */
#define OTK_SECTOR_ACK_COUNT OTK_SECTOR_FRAME_WINDOW_MAX

/* One client's engine. Borrow no field. */
struct otk_sector {
    struct otk_updater *updater;
    struct otk_sector_config config;
    struct otk_sector_link link;
    bool is_open;            /* this client's update runs */
    bool is_stopping;        /* STOP was written and waits for its answer */
    enum otk_status outcome; /* of the client's last update; OTK_NOT_OPEN: there was none */
    uint32_t heard_ms;       /* when the client last said anything */
    uint32_t image_size;     /* as START said */
    uint16_t index;          /* of the sector that is wanted */
    uint8_t sequence;        /* that its next packet has */
    bool is_broken;          /* a packet of it was lost: the rest is passed over */
    uint32_t fill;           /* bytes of it in the buffer */
    uint8_t progress[OTK_SECTOR_PROGRESS_SIZE];
    bool owes_progress; /* `progress` is still to be sent */
    bool owes_answer;   /* `answer` is */
    struct otk_sector_command answer;
    struct otk_sector_ack acks[OTK_SECTOR_ACK_COUNT]; /* a ring of answers still to be sent */
    uint8_t ack_first;
    uint8_t ack_count;
};

/*
 * Nothing is in progress.
 *
 * updater  borrowed for ever
 * config   copied; its buffer is borrowed for ever
 * link     copied
 */
void otk_sector_init(struct otk_sector *sector, struct otk_updater *updater,
                     const struct otk_sector_config *config, const struct otk_sector_link *link);

/*
 * The client wrote to command. STOP is answered once the image is verified.
 *
 * Returns  OTK_OK            understood; the answer on 8022 says what became of it
 *          OTK_BAD_FORMAT    not a command: refused
 *          OTK_BAD_CHECKSUM  its CRC does not match: refused
 * Power loss and blocking: as otk_updater_begin and otk_updater_finish.
 */
OTK_MUST_USE enum otk_status otk_sector_command(struct otk_sector *sector, const uint8_t *bytes,
                                                uint32_t len, uint32_t now_ms);

/*
 * The client wrote to firmware: a packet.
 *
 * Returns  OTK_OK            taken
 *          OTK_BAD_FORMAT    not a packet, or longer than its sector
 *          OTK_BAD_CHECKSUM  the sector's CRC does not match; it has to be sent again
 *          OTK_GAP           another sector or packet is wanted
 *          OTK_NOT_OPEN      no update of this client is in progress
 *          others            as otk_updater_write
 * Power loss and blocking: as otk_updater_write.
 */
OTK_MUST_USE enum otk_status otk_sector_firmware(struct otk_sector *sector, const uint8_t *bytes,
                                                 uint32_t len, uint32_t now_ms);

/* What the progress characteristic reads: how much of the image is on flash. */
void otk_sector_progress(const struct otk_sector *sector, uint8_t bytes[OTK_SECTOR_PROGRESS_SIZE]);

/* The link is gone. What is on flash stays there; an update of which every sector has come is
 * finished, with or without STOP. */
void otk_sector_closed(struct otk_sector *sector);

/*
 * See what became of the update, and send what is due.
 *
 * Returns  OTK_MORE  an update is in progress, or an answer waits: call again within
 *                    OTK_SECTOR_POLL_MS
 *          OTK_OK    nothing to do until the next write
 */
OTK_MUST_USE enum otk_status otk_sector_poll(struct otk_sector *sector, uint32_t now_ms);

#ifdef __cplusplus
}
#endif

#endif
