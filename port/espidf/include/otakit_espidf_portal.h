// SPDX-License-Identifier: Apache-2.0
/*
 * Updates over the web page that the device serves: on its own access point, or on whatever network the
 * application is in.
 *
 *     const struct otk_espidf_portal_config portal = {.softap = true, .softap_password = "..."};
 *     ... .transports = {otk_espidf_portal(&portal)}
 */
#ifndef PORT_ESPIDF_INCLUDE_OTAKIT_ESPIDF_PORTAL_H
#define PORT_ESPIDF_INCLUDE_OTAKIT_ESPIDF_PORTAL_H

#include <stdbool.h>
#include <stdint.h>

#include "port/espidf/include/otakit_espidf.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Texts are borrowed for ever. Zeros are the defaults. */
struct otk_espidf_portal_config {
    bool softap; /* open an access point at 192.168.4.1 with a name server, so that phones show the
                    page by themselves. Wi-Fi is started where it is not; a station goes on */
    const char *softap_ssid;     /* NULL: CONFIG_OTAKIT_SOFTAP_SSID */
    const char *softap_password; /* NULL: CONFIG_OTAKIT_SOFTAP_PASSWORD; "": open */
    const char *password;        /* for every change over the page; NULL: none */
    uint16_t port;               /* 0: 80 */
};

/* The transport. Its server's task, and a task for each upload, have the stack of otakit's own. */
struct otk_espidf_transport *otk_espidf_portal(const struct otk_espidf_portal_config *config);

#ifdef __cplusplus
}
#endif

#endif
