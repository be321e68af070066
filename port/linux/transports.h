// SPDX-License-Identifier: Apache-2.0
/*
 * The ways by which images are pushed to the running application. They come up with it and go down
 * with its reset; each is a file of its own over BlueZ, libmicrohttpd, hostapd or a terminal.
 *
 *     status = otk_portal_server_open(&host, &server);     // says itself what failed
 *     ...
 *     otk_portal_server_close(server);
 *
 * open    adds a source to the loop. On failure it has told the person (otk_log_error) and returns
 *         why: OTK_HOST_IO, OTK_NO_MEMORY, OTK_UNSUPPORTED, OTK_BUSY, OTK_USAGE
 * close   leaves the update that is in progress over it (otk_updater_leave), takes the source out and
 *         puts back what it found. NULL is allowed
 */
#ifndef PORT_LINUX_TRANSPORTS_H
#define PORT_LINUX_TRANSPORTS_H

#include "otakit/core/updater.h"
#include "port/linux/loop.h"
#include "port/linux/machine.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What the application lends to its transports, until they are closed. */
struct otk_host {
    struct otk_machine *machine; /* options, log, events */
    struct otk_updater *updater;
    struct otk_loop *loop;
};

/* The web page, on options->portal_address, or on the access point's address. */
struct otk_portal_server;
OTK_MUST_USE enum otk_status otk_portal_server_open(const struct otk_host *host,
                                                    struct otk_portal_server **server);
void otk_portal_server_close(struct otk_portal_server *server);

/* The access point on options->softap_interface; to be opened before the page. */
struct otk_softap;
OTK_MUST_USE enum otk_status otk_softap_open(const struct otk_host *host,
                                             struct otk_softap **softap);
void otk_softap_close(struct otk_softap *softap);

/* A BlueZ peripheral with protocols A, B and C. */
struct otk_ble_peripheral;
OTK_MUST_USE enum otk_status otk_ble_peripheral_open(const struct otk_host *host,
                                                     struct otk_ble_peripheral **peripheral);
void otk_ble_peripheral_close(struct otk_ble_peripheral *peripheral);

/* Protocol C over options->serial_path. */
struct otk_serial_port;
OTK_MUST_USE enum otk_status otk_serial_port_open(const struct otk_host *host,
                                                  struct otk_serial_port **port);
void otk_serial_port_close(struct otk_serial_port *port);

#ifdef __cplusplus
}
#endif

#endif
