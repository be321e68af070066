// SPDX-License-Identifier: Apache-2.0
/*
 * Everything by which images are pushed to the running application: page, access point, Bluetooth,
 * serial line, as the options ask for them; served together, told while they work.
 *
 *     status = otk_inbox_open(&inbox, &machine, &device);
 *     while (!otk_updater_reset_is_due(&inbox.updater, otk_uptime_ms()))
 *         otk_inbox_turn(&inbox, 100);
 *     otk_inbox_close(&inbox);
 */
#ifndef PORT_LINUX_INBOX_H
#define PORT_LINUX_INBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "otakit/core/updater.h"
#include "port/linux/loop.h"
#include "port/linux/machine.h"
#include "port/linux/teller.h"
#include "port/linux/transports.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Must not be moved while it is open. */
struct otk_inbox {
    struct otk_host host;
    struct otk_loop loop;
    struct otk_updater updater;
    uint8_t buffer[OTK_SECTOR_SIZE];
    struct otk_softap *softap;
    struct otk_portal_server *portal;
    struct otk_ble_peripheral *ble;
    struct otk_serial_port *serial;
    struct otk_teller teller;
    uint32_t told_count;               /* updates whose begin was told */
    enum otk_updater_state told_state; /* of the last of them */
    enum otk_status last_end; /* how the last one ended; OTK_MORE: none has, or a link broke */
};

/* Whether the options ask for any way to push. */
bool otk_inbox_is_wanted(const struct otk_virtual_device_options *options);

/*
 * Open what the options ask for. Without any of it the loop has no sources, and can be used all the
 * same.
 *
 * machine, device  borrowed until close
 *
 * Returns  OTK_OK
 *          others  as the open functions of transports.h, which have told the person; nothing is
 *                  open then
 */
OTK_MUST_USE enum otk_status otk_inbox_open(struct otk_inbox *inbox, struct otk_machine *machine,
                                            struct otk_device *device);

/*
 * One turn: wait for something to happen, at most timeout_ms, serve it, advance the update, tell.
 *
 * Power loss: as otk_updater_write and otk_updater_poll.
 */
void otk_inbox_turn(struct otk_inbox *inbox, uint32_t timeout_ms);

/* End all of it; an update in progress can be continued. Allowed twice. */
void otk_inbox_close(struct otk_inbox *inbox);

#ifdef __cplusplus
}
#endif

#endif
