// SPDX-License-Identifier: Apache-2.0
/*
 * One request between libmicrohttpd and the portal's engine. libmicrohttpd calls the handler once with
 * the head, then for each piece of the body, then with an empty piece: the body's end. A connection
 * whose answer has to wait is suspended; when it is resumed, the empty piece comes again.
 */
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "port/linux/log.h"
#include "port/linux/portal_parts.h"
#include "port/linux/uptime.h"
#include "sim/nor_fault.h"

static struct otk_text text_of(const char *chars)
{
    return otk_text(chars ? chars : "", chars ? (uint32_t)strlen(chars) : 0);
}

static const struct sockaddr *address_of(struct MHD_Connection *connection)
{
    return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;
}

static struct otk_portal_station station_of(struct MHD_Connection *connection)
{
    const struct sockaddr *const address = address_of(connection);
    struct otk_portal_station station = {{0}};

    if (address->sa_family == AF_INET) {
        memcpy(station.address, &((const struct sockaddr_in *)(const void *)address)->sin_addr, 4);
    } else if (address->sa_family == AF_INET6) {
        memcpy(station.address, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr,
               sizeof station.address);
    }
    return station;
}

/* Say that something happened to this client's upload. */
static void tell(const struct otk_portal_client *client, const char *what, const char *why)
{
    const struct sockaddr *const address = address_of(client->connection);
    const socklen_t len = address->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
                                                         : sizeof(struct sockaddr_in);
    char name[NI_MAXHOST] = "a client";

    (void)getnameinfo(address, len, name, sizeof name, NULL, 0, NI_NUMERICHOST);
    otk_log_line(&client->server->host.machine->log, "portal", "%s %s%s%s", name, what,
                 why ? ": " : "", why ? why : "");
}

static enum MHD_Result take_field(void *request, enum MHD_ValueKind kind, const char *name,
                                  const char *value)
{
    (void)kind;
    otk_portal_request_field(request, text_of(name), text_of(value));
    return MHD_YES;
}

static struct otk_portal_client *add_client(struct otk_portal_server *server,
                                            struct MHD_Connection *connection)
{
    struct otk_portal_client *const client = calloc(1, sizeof *client);

    if (client) {
        client->server = server;
        client->connection = connection;
        client->next = server->clients;
        server->clients = client;
    }
    return client;
}

static void remove_client(struct otk_portal_client *client)
{
    struct otk_portal_client **link = &client->server->clients;

    while (*link != client) {
        link = &(*link)->next;
    }
    *link = client->next;
    free(client);
}

static enum MHD_Result respond(struct otk_portal_client *client)
{
    char buffer[OTK_PORTAL_ANSWER_SIZE];
    struct otk_portal_answer answer;
    struct MHD_Response *response;
    enum MHD_Result result;
    uint32_t index;

    otk_portal_answer(&client->exchange, buffer, otk_uptime_ms(), &answer);
    if (client->exchange.is_upload && answer.status >= 400) {
        tell(client, "is refused", otk_status_text(client->exchange.outcome));
    }
    /* The body is copied: it may go out after the buffer is gone. */
    response = MHD_create_response_from_buffer(answer.body_len, (void *)(uintptr_t)answer.body,
                                               MHD_RESPMEM_MUST_COPY);
    if (!response) {
        return MHD_NO;
    }
    for (index = 0; index < answer.header_count; index++) {
        (void)MHD_add_response_header(response, answer.headers[index].name,
                                      answer.headers[index].value);
    }
    result = MHD_queue_response(client->connection, answer.status, response);
    MHD_destroy_response(response);
    return result;
}

/* The head has arrived. */
static enum MHD_Result begin(struct otk_portal_client *client, const char *url, const char *method)
{
    struct otk_portal *const portal = &client->server->portal;
    const struct otk_portal_station station = station_of(client->connection);
    struct otk_portal_request request;
    enum otk_portal_step step;

    otk_portal_request_init(&request, portal, otk_portal_method(text_of(method)), text_of(url));
    (void)MHD_get_connection_values(client->connection, MHD_HEADER_KIND, take_field, &request);
    step = otk_portal_begin(&client->exchange, portal, &request, &station, otk_uptime_ms());
    if (client->exchange.is_upload && client->exchange.outcome == OTK_MORE &&
        client->exchange.method == OTK_PORTAL_POST) {
        tell(client, "uploads", NULL);
    }
    /* An answer before the body's end costs the connection; without a body it can wait for that. */
    return step == OTK_PORTAL_RESPOND && (request.is_chunked || request.length > 0)
               ? respond(client)
               : MHD_YES;
}

static enum MHD_Result take(struct otk_portal_client *client, const char *data, size_t *len)
{
    const enum otk_portal_step step = otk_portal_body(&client->exchange, (const uint8_t *)data,
                                                      (uint32_t)*len, otk_uptime_ms());

    *len = 0;
    client->server->took_bytes = true;
    return step == OTK_PORTAL_BODY ? MHD_YES : MHD_NO;
}

static enum MHD_Result end(struct otk_portal_client *client)
{
    if (otk_portal_end(&client->exchange, otk_uptime_ms()) == OTK_PORTAL_RESPOND) {
        return respond(client);
    }
    client->is_waiting = true;
    MHD_suspend_connection(client->connection);
    return MHD_YES;
}

static enum MHD_Result advance(struct otk_portal_client *client, const char *data, size_t *len)
{
    return *len > 0 ? take(client, data, len) : end(client);
}

enum MHD_Result otk_portal_serve(void *context, struct MHD_Connection *connection, const char *url,
                                 const char *method, const char *version, const char *data,
                                 size_t *len, void **slot)
{
    struct otk_portal_server *const server = context;
    struct otk_portal_client *client = *slot;
    enum MHD_Result result;

    (void)version;
    if (!client) {
        client = add_client(server, connection);
        *slot = client;
        if (!client) {
            return MHD_NO;
        }
        otk_portal_visit_note(connection, true);
        result = begin(client, url, method);
    } else {
        result = advance(client, data, len);
    }
    /* A device without power answers nobody. */
    return otk_nor_is_powered(server->host.machine->nor) ? result : MHD_NO;
}

void otk_portal_serve_end(void *server, struct MHD_Connection *connection, void **slot,
                          enum MHD_RequestTerminationCode why)
{
    struct otk_portal_client *const client = *slot;

    (void)server;
    if (!client) {
        return;
    }
    if (client->exchange.is_upload && client->exchange.outcome == OTK_MORE &&
        !client->exchange.is_waiting) {
        tell(client, "is cut off",
             why == MHD_REQUEST_TERMINATED_TIMEOUT_REACHED ? "it sent nothing for 20 s" : NULL);
    }
    otk_portal_close(&client->exchange, otk_uptime_ms());
    otk_portal_visit_note(connection, false);
    remove_client(client);
    *slot = NULL;
}

void otk_portal_resume(struct otk_portal_server *server, bool all)
{
    for (struct otk_portal_client *client = server->clients; client; client = client->next) {
        if (client->is_waiting &&
            (all || otk_portal_poll(&client->exchange) == OTK_PORTAL_RESPOND)) {
            client->is_waiting = false;
            MHD_resume_connection(client->connection);
        }
    }
}
