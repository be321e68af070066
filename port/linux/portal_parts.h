// SPDX-License-Identifier: Apache-2.0
/*
 * What the files of the portal's server share; nobody else includes it.
 */
#ifndef PORT_LINUX_PORTAL_PARTS_H
#define PORT_LINUX_PORTAL_PARTS_H

#include <stdbool.h>
#include <stdint.h>

#include <microhttpd.h>

#include "otakit/transport/portal/portal.h"
#include "port/linux/portal_address.h"
#include "port/linux/transports.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One request, from the end of its head to the end of its answer. */
struct otk_portal_client {
    struct otk_portal_server *server;
    struct MHD_Connection *connection;
    struct otk_portal_exchange exchange;
    bool is_waiting; /* for the verification, suspended */
    struct otk_portal_client *next;
};

/* One connection, while it lives. */
struct otk_portal_visit {
    struct otk_portal_server *server;
    int socket;
    bool has_head;       /* a request is being served */
    bool has_ended;      /* the client sends nothing more */
    uint32_t waiting_ms; /* since when the next head is waited for */
    struct otk_portal_visit *next;
};

struct otk_portal_server {
    struct otk_host host;
    struct otk_portal_place place;
    struct MHD_Daemon *daemon;
    int epoll; /* the daemon's */
    struct otk_portal portal;
    struct otk_portal_client *clients;
    struct otk_portal_visit *visits;
    bool took_bytes; /* in this turn: more are to be expected */
};

/* portal_client.c: requests */

/* MHD_AccessHandlerCallback; `server` is the server. */
enum MHD_Result otk_portal_serve(void *server, struct MHD_Connection *connection, const char *url,
                                 const char *method, const char *version, const char *data,
                                 size_t *len, void **client);

/* MHD_RequestCompletedCallback. */
void otk_portal_serve_end(void *server, struct MHD_Connection *connection, void **client,
                          enum MHD_RequestTerminationCode why);

/* Let go on whoever waited and need not any longer; `all`: everybody. */
void otk_portal_resume(struct otk_portal_server *server, bool all);

/* portal_visit.c: connections */

/* MHD_NotifyConnectionCallback. */
void otk_portal_visit(void *server, struct MHD_Connection *connection, void **visit,
                      enum MHD_ConnectionNotificationCode code);

/* A head has arrived on the connection, or its request is done. */
void otk_portal_visit_note(struct MHD_Connection *connection, bool has_head);

/* Make libmicrohttpd see ends that it overlooked: clients that are gone would keep the device until
 * the timeout. */
void otk_portal_visit_look_for_ends(struct otk_portal_server *server);

/* Cut connections that take too long for a head. Returns in how many milliseconds to look again at
 * the latest, at most limit_ms. */
uint32_t otk_portal_visit_check(struct otk_portal_server *server, uint32_t now_ms,
                                uint32_t limit_ms);

#ifdef __cplusplus
}
#endif

#endif
