// SPDX-License-Identifier: Apache-2.0
/* The web portal over libmicrohttpd, which runs on the application's own thread: its epoll file is one
 * of the files that the loop waits for. */
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "otakit/transport/portal/page.h"
#include "port/linux/events.h"
#include "port/linux/log.h"
#include "port/linux/portal_parts.h"
#include "port/linux/uptime.h"

/* SPEC.md, "The portal over HTTP", limits. Of a connection's memory, libmicrohttpd gives a part to the
 * head. */
#define CONNECTION_COUNT         8u
#define CONNECTION_COUNT_STATION 4u
#define CONNECTION_MEMORY_SIZE   16384u
#define BODY_TIMEOUT_S           20u

/* What an access point of ours is called on its own network. */
#define SOFTAP_ADDRESS "192.168.4.1:80"

static uint32_t watch(void *context, struct pollfd *files, uint32_t room, uint32_t *timeout_ms)
{
    struct otk_portal_server *const server = context;
    MHD_UNSIGNED_LONG_LONG wanted_ms;

    *timeout_ms = otk_portal_visit_check(server, otk_uptime_ms(), *timeout_ms);
    if (MHD_get_timeout(server->daemon, &wanted_ms) == MHD_YES && wanted_ms < *timeout_ms) {
        *timeout_ms = (uint32_t)wanted_ms;
    }
    if (room == 0) {
        return 0;
    }
    files[0] = (struct pollfd){.fd = server->epoll, .events = POLLIN};
    return 1;
}

static enum otk_status serve(void *context, uint32_t now_ms)
{
    struct otk_portal_server *const server = context;

    server->took_bytes = false;
    otk_portal_resume(server, false);
    otk_portal_tick(&server->portal, now_ms);
    (void)MHD_run(server->daemon);
    otk_portal_visit_look_for_ends(server);
    return server->took_bytes ? OTK_MORE : OTK_OK;
}

static struct otk_portal_config config_of(const struct otk_portal_server *server)
{
    const struct otk_machine *const machine = server->host.machine;
    struct otk_portal_config config = {
        .name = machine->name,
        .url = server->place.url,
        .password = machine->options->portal_password,
        .page = otk_portal_page,
        .page_len = otk_portal_page_len,
        .is_captive = machine->options->portal_captive || machine->options->softap_interface,
    };

    (void)getrandom(config.random, sizeof config.random, 0);
    return config;
}

static enum otk_status start(struct otk_portal_server *server)
{
    const union MHD_DaemonInfo *info;

    server->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, otk_portal_serve, server,
        MHD_OPTION_LISTEN_SOCKET, server->place.socket, MHD_OPTION_CONNECTION_LIMIT,
        CONNECTION_COUNT, MHD_OPTION_PER_IP_CONNECTION_LIMIT, CONNECTION_COUNT_STATION,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY_SIZE,
        MHD_OPTION_CONNECTION_TIMEOUT, BODY_TIMEOUT_S, MHD_OPTION_NOTIFY_COMPLETED,
        otk_portal_serve_end, server, MHD_OPTION_NOTIFY_CONNECTION, otk_portal_visit, server,
        MHD_OPTION_END);
    if (!server->daemon) {
        close(server->place.socket);
        return OTK_HOST_IO;
    }
    info = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    server->epoll = info->epoll_fd;
    return OTK_OK;
}

static void announce(const struct otk_portal_server *server)
{
    struct otk_machine *const machine = server->host.machine;

    otk_log_line(&machine->log, "portal", "open %s in a browser%s", server->place.url,
                 server->portal.config.is_captive ? " (captive)" : "");
    otk_event_begin(&machine->events, "portal");
    otk_event_text(&machine->events, "url", server->place.url);
    otk_event_end(&machine->events);
}

static enum otk_status open_server(struct otk_portal_server *server)
{
    struct otk_machine *const machine = server->host.machine;
    const char *const address = machine->options->portal_address ? machine->options->portal_address
                                                                 : SOFTAP_ADDRESS;
    struct otk_portal_config config;
    struct otk_portal_trouble trouble;
    enum otk_status status;

    status = otk_portal_listen(address, machine->portal_port, &server->place, &trouble);
    if (status != OTK_OK) {
        otk_log_error(machine->options, status, address, trouble.why, trouble.hint);
        return status;
    }
    machine->portal_port = server->place.port;
    config = config_of(server);
    if (config.is_captive && server->place.is_everywhere) {
        close(server->place.socket);
        otk_log_error(machine->options, OTK_USAGE, address, "phones are sent to one address",
                      "name the one that they reach, as in 192.168.4.1:80");
        return OTK_USAGE;
    }
    otk_portal_init(&server->portal, server->host.updater, &config, otk_uptime_ms());
    status = start(server);
    if (status != OTK_OK) {
        otk_log_error(machine->options, status, address, "the web server does not start", NULL);
        return status;
    }
    otk_loop_add(server->host.loop, (struct otk_loop_source){server, watch, serve});
    announce(server);
    return OTK_OK;
}

enum otk_status otk_portal_server_open(const struct otk_host *host,
                                       struct otk_portal_server **server)
{
    struct otk_portal_server *const made = calloc(1, sizeof *made);
    enum otk_status status;

    if (!made) {
        otk_log_error(host->machine->options, OTK_NO_MEMORY, "portal", NULL, NULL);
        return OTK_NO_MEMORY;
    }
    made->host = *host;
    status = open_server(made);
    if (status != OTK_OK) {
        free(made);
        return status;
    }
    *server = made;
    return OTK_OK;
}

void otk_portal_server_close(struct otk_portal_server *server)
{
    if (!server) {
        return;
    }
    otk_loop_remove(server->host.loop, server);
    otk_portal_resume(server, true); /* libmicrohttpd does not end with suspended connections */
    MHD_stop_daemon(server->daemon);
    otk_portal_leave(&server->portal);
    free(server);
}
