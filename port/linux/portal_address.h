// SPDX-License-Identifier: Apache-2.0
/*
 * Where the portal listens: an address as a person writes it, a socket, and the URL to open.
 *
 *     status = otk_portal_listen("127.0.0.1:0", 0, &place);
 *     printf("%s\n", place.url);                            // http://127.0.0.1:40123/
 */
#ifndef PORT_LINUX_PORTAL_ADDRESS_H
#define PORT_LINUX_PORTAL_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "otakit/base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OTK_PORTAL_URL_SIZE 80u /* bytes of "http://[IPv6]:65535/" with its NUL, scope included */

/* An open place. */
struct otk_portal_place {
    int socket;
    uint16_t port;
    bool is_everywhere;            /* it is reached by any address of this computer */
    char url[OTK_PORTAL_URL_SIZE]; /* that opens on this computer, also for "every address" */
};

/* Why a place could not be opened. */
struct otk_portal_trouble {
    const char *why;  /* a constant, or NULL */
    const char *hint; /* a constant, or NULL */
};

/*
 * Listen.
 *
 * text  "192.168.4.1:80", "[::1]:8080", "localhost:8080"; ":8080" is every IPv4 address, "8080" is
 *       127.0.0.1; without a port it is 80
 * port  taken in place of a port 0, where it is not 0 itself
 *
 * Returns  OTK_OK       place is open; whoever closes the socket closes it
 *          OTK_USAGE    the text is no address
 *          OTK_BUSY     somebody else listens there
 *          OTK_HOST_IO  not permitted, or no such address here
 * trouble says more of all but OTK_OK.
 */
OTK_MUST_USE enum otk_status otk_portal_listen(const char *text, uint16_t port,
                                               struct otk_portal_place *place,
                                               struct otk_portal_trouble *trouble);

#ifdef __cplusplus
}
#endif

#endif
