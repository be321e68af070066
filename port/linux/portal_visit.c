// SPDX-License-Identifier: Apache-2.0
/*
 * What libmicrohttpd does not see of its connections: that one keeps us waiting for a head ("slow
 * loris"; its own timeout begins anew with every byte), and that one ended together with its last bytes.
 */
#include <stdlib.h>
#include <sys/socket.h>

#include "port/linux/portal_parts.h"
#include "port/linux/uptime.h"

#define HEAD_TIMEOUT_MS 10000u /* SPEC.md, "The portal over HTTP", limits */

static void begin(struct otk_portal_server *server, struct MHD_Connection *connection, void **slot)
{
    const union MHD_ConnectionInfo *const file = MHD_get_connection_info(
        connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct otk_portal_visit *const visit = calloc(1, sizeof *visit);

    *slot = visit;
    if (!visit) {
        return; /* the connection then has libmicrohttpd's timeout only */
    }
    visit->server = server;
    visit->socket = file->connect_fd;
    visit->waiting_ms = otk_uptime_ms();
    visit->next = server->visits;
    server->visits = visit;
}

static void end(struct otk_portal_server *server, struct otk_portal_visit *visit)
{
    struct otk_portal_visit **link = &server->visits;

    while (*link && *link != visit) {
        link = &(*link)->next;
    }
    if (*link) {
        *link = visit->next;
    }
    free(visit);
}

void otk_portal_visit(void *server, struct MHD_Connection *connection, void **visit,
                      enum MHD_ConnectionNotificationCode code)
{
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        begin(server, connection, visit);
    } else {
        end(server, *visit);
        *visit = NULL;
    }
}

void otk_portal_visit_note(struct MHD_Connection *connection, bool has_head)
{
    const union MHD_ConnectionInfo *const info = MHD_get_connection_info(
        connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct otk_portal_visit *const visit = info ? info->socket_context : NULL;

    if (visit) {
        visit->has_head = has_head;
        visit->waiting_ms = otk_uptime_ms();
    }
}

/* Whether the client has ended its side, and everything before that was read. */
static bool has_ended(const struct otk_portal_visit *visit)
{
    char byte;

    return recv(visit->socket, &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT) == 0;
}

/* libmicrohttpd is told of every change once, and takes a read that did not fill its buffer for the last
 * one. Ending our side, too, is a change that makes it look again. */
void otk_portal_visit_look_for_ends(struct otk_portal_server *server)
{
    for (struct otk_portal_visit *visit = server->visits; visit; visit = visit->next) {
        if (!visit->has_ended && has_ended(visit)) {
            visit->has_ended = true;
            (void)shutdown(visit->socket, SHUT_RD);
        }
    }
}

uint32_t otk_portal_visit_check(struct otk_portal_server *server, uint32_t now_ms,
                                uint32_t limit_ms)
{
    for (struct otk_portal_visit *visit = server->visits; visit; visit = visit->next) {
        const uint32_t waited_ms = now_ms - visit->waiting_ms;

        if (visit->has_head) {
            continue;
        }
        if (waited_ms >= HEAD_TIMEOUT_MS) {
            (void)shutdown(visit->socket, SHUT_RDWR); /* libmicrohttpd then sees its end */
            visit->waiting_ms = now_ms;
        } else if (HEAD_TIMEOUT_MS - waited_ms < limit_ms) {
            limit_ms = HEAD_TIMEOUT_MS - waited_ms;
        }
    }
    return limit_ms;
}
