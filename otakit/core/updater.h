// SPDX-License-Identifier: Apache-2.0
/*
 * The device's one place where images arrive: every transport that is pushed to hands over here.
 *
 * The updater owns the session and its sector, knows whose update it is, verifies piece by piece
 * while the application does other things, switches, and says when to reset. A transport only
 * moves bytes; what it began another one can finish.
 *
 *     otk_updater_init(&updater, &device, buffer, boot_id);
 *
 *     status = otk_updater_begin(&updater, OTK_OWNER_PORTAL, &request);  // a transport
 *     status = otk_updater_write(&updater, offset, data, len);
 *     status = otk_updater_finish(&updater);                   // OTK_MORE: on its way
 *
 *     while (otk_updater_poll(&updater, now_ms) == OTK_MORE)   // the application's loop
 *         feed the watchdog;
 *     if (otk_updater_reset_is_due(&updater, now_ms))
 *         reset();
 *
 *                 begin           finish           verified, switched
 *     IDLE/FAILED ------> RECEIVING -----> FINISHING -----> SWITCHED --0.5 s--> reset
 *         ^                 |  any refusal     |
 *         +-----------------+------------------+
 *
 * A pull runs a session of its own on the same device; whoever comes second is told OTK_BUSY. Whoever runs
 * one gives it up as soon as the updater wants a reset: it would write over what the reset shall boot.
 */
#ifndef OTAKIT_CORE_UPDATER_H
#define OTAKIT_CORE_UPDATER_H

#include <stdbool.h>
#include <stdint.h>

#include "otakit/base/status.h"
#include "otakit/core/session.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Between the answer to the last request and the reset, milliseconds. Source: the restart delay of
 * esp32-softap-ota and esp32_ble_ota; clients wait for it. */
#define OTK_UPDATER_RESET_DELAY_MS 500u

/* Who brings the image. */
enum otk_owner {
    OTK_OWNER_NONE,
    OTK_OWNER_PORTAL,
    OTK_OWNER_BLE_SIMPLE, /* protocol A */
    OTK_OWNER_BLE_SECTOR, /* protocol B */
    OTK_OWNER_BLE_WINDOW, /* protocol C, over Bluetooth */
    OTK_OWNER_SERIAL      /* protocol C, over a serial line */
};

enum otk_updater_state {
    OTK_UPDATER_IDLE,
    OTK_UPDATER_RECEIVING, /* the owner hands over bytes */
    OTK_UPDATER_FINISHING, /* they are all there; polling verifies them, then switches */
    OTK_UPDATER_SWITCHED,  /* the next reset boots the new image */
    OTK_UPDATER_FAILED     /* the outcome says why; as idle for whoever comes next */
};

/* What a client decided about the running application. */
enum otk_verdict {
    OTK_VERDICT_NONE,
    OTK_VERDICT_CONFIRMED,
    OTK_VERDICT_REJECTED /* the reset is due */
};

/* One per device, kept as long as the application runs. Read no field but device, boot_id, state,
 * owner, update_count, verdict and wants_reset. */
struct otk_updater {
    struct otk_device *device;
    uint8_t *buffer;
    uint32_t boot_id;
    struct otk_session session;
    enum otk_updater_state state;
    enum otk_owner owner;    /* of the update that runs, or ran last */
    enum otk_status outcome; /* of the last update: OTK_MORE while it runs */
    uint32_t update_count;   /* updates begun, refused ones included */
    enum otk_verdict verdict;
    bool wants_reset;  /* nobody may write to a slot until then */
    uint32_t reset_ms; /* when, where one is wanted */
};

/*
 * Nothing is in progress.
 *
 * device   started; borrowed for ever
 * buffer   one sector, borrowed for ever
 * boot_id  any number that is another one after each reset; clients tell by it that the device came
 *          back
 */
void otk_updater_init(struct otk_updater *updater, struct otk_device *device,
                      uint8_t buffer[OTK_SECTOR_SIZE], uint32_t boot_id);

/*
 * Begin an update, or continue what flash remembers of it.
 *
 * request  borrowed for the call
 *
 * Returns  OTK_OK    otk_updater_offset says where to continue
 *          OTK_BUSY  an update is in progress, or its reset is due
 *          others    as otk_session_open
 * Power loss and blocking: as otk_session_open.
 */
OTK_MUST_USE enum otk_status otk_updater_begin(struct otk_updater *updater, enum otk_owner owner,
                                               const struct otk_session_request *request);

/* Whether this owner's update is receiving or being finished. */
bool otk_updater_is_owned(const struct otk_updater *updater, enum otk_owner owner);

/* The offset of the next byte that is wanted; 0 where nothing is received. */
uint32_t otk_updater_offset(const struct otk_updater *updater);

/*
 * Hand over bytes. An image that is refused is forgotten, and the reason kept in the last-update
 * record where flash was touched.
 *
 * Returns  as otk_session_write; all but OTK_OK and OTK_GAP end the update
 * Power loss and blocking: as otk_session_write.
 */
OTK_MUST_USE enum otk_status otk_updater_write(struct otk_updater *updater, uint32_t offset,
                                               const uint8_t *data, uint32_t len);

/*
 * Every byte was handed over. From here on the update no longer needs its owner.
 *
 * Returns  OTK_MORE        polling verifies and switches; ask otk_updater_outcome
 *          OTK_INCOMPLETE  bytes are missing; the update goes on
 *          OTK_NOT_OPEN    nothing is received
 *          others          as otk_session_finish; the update has ended
 * Power loss: as otk_session_write.
 */
OTK_MUST_USE enum otk_status otk_updater_finish(struct otk_updater *updater);

/*
 * One bounded piece of work: a piece of the verification, the switch, or an erase ahead. To be
 * called whenever there is nothing else to do.
 *
 * Returns  OTK_MORE  something was done, there may be more
 *          OTK_OK    nothing to do now
 * Power loss: as otk_session_finish and otk_session_switch. Blocks as one call of those.
 */
OTK_MUST_USE enum otk_status otk_updater_poll(struct otk_updater *updater, uint32_t now_ms);

/*
 * What became of the last update.
 *
 * Returns  OTK_MORE  it is in progress
 *          OTK_OK    the next reset boots it, or there was none
 *          others    why it ended
 */
OTK_MUST_USE enum otk_status otk_updater_outcome(const struct otk_updater *updater);

/* The owner is gone without having handed over everything: what is on flash stays there for whoever
 * continues. Does nothing where this owner is not receiving. */
void otk_updater_leave(struct otk_updater *updater, enum otk_owner owner);

/*
 * Give the update up and forget it; the slot then holds nothing that boots. Anybody may: the one
 * who is asked to cancel need not be the one who sends.
 *
 * reason  becomes the outcome; OTK_CANCELLED where a person asked for it
 *
 * Returns  OTK_OK        forgotten
 *          OTK_NOT_OPEN  nothing is in progress, or it is switched already
 *          OTK_BUSY      the update in progress is a pull's
 *          OTK_FLASH_IO  the flash refused; the update has ended all the same
 * Power loss: as otk_session_abort.
 */
OTK_MUST_USE enum otk_status otk_updater_cancel(struct otk_updater *updater,
                                                enum otk_status reason);

/*
 * A client says that the running application is good.
 *
 * Returns and power loss: as otk_trial_confirm
 */
OTK_MUST_USE enum otk_status otk_updater_confirm(struct otk_updater *updater);

/*
 * A client wants the application back that ran before: OTK_REJECTED in the last-update record. A reset
 * is due afterwards.
 *
 * Returns  OTK_BUSY  an update is in progress
 *          others    as otk_trial_reject
 * Power loss: as otk_trial_reject.
 */
OTK_MUST_USE enum otk_status otk_updater_reject(struct otk_updater *updater, uint32_t now_ms);

/* Whether it is time to reset: the last answer had OTK_UPDATER_RESET_DELAY_MS to get out. */
bool otk_updater_reset_is_due(const struct otk_updater *updater, uint32_t now_ms);

/* Where the update stands that is in progress on this device, a pull included, or the last one of
 * this updater. */
void otk_updater_progress(const struct otk_updater *updater, struct otk_progress *progress);

/* What the owner is called in answers and events: "portal", "ble-simple", "ble-sector",
 * "ble-window", "serial"; "none". */
const char *otk_owner_name(enum otk_owner owner);

#ifdef __cplusplus
}
#endif

#endif
