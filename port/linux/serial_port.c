// SPDX-License-Identifier: Apache-2.0
/*
 * Protocol C over the machine's serial line.
 *
 *     line --bytes--> decoder --frames--> engine --frames--> queue --bytes--> line
 */
#include <stdlib.h>
#include <string.h>

#include "otakit/format/serial_frame.h"
#include "otakit/transport/ble/window.h"
#include "port/linux/events.h"
#include "port/linux/log.h"
#include "port/linux/serial_line.h"
#include "port/linux/transports.h"

/* What one read takes. */
#define READ_SIZE 4096u

/* Reads in one turn; others want to be served too. */
#define READ_LIMIT 4u

/* How often to look for somebody at the other end while nobody is there. */
#define LOOK_INTERVAL_MS 100u

/* The longest frame that an engine sends is INFO. */
#define SEND_SIZE  OTK_SERIAL_LINE_SIZE(1u + OTK_WINDOW_INFO_SIZE)
#define QUEUE_SIZE (4u * SEND_SIZE)

struct otk_serial_port {
    const struct otk_host *host;
    struct otk_serial_line *line;
    struct otk_window window;
    struct otk_serial_decoder decoder;
    uint8_t frame[OTK_SERIAL_BUFFER_SIZE];
    uint8_t queue[QUEUE_SIZE]; /* what the line had no room for */
    uint32_t queue_len;
    bool is_up;      /* somebody is at the other end */
    bool is_waiting; /* the engine wants to be polled */
};

/* The client is gone; what was meant for it is of no use to the next one. */
static void go_down(struct otk_serial_port *port)
{
    if (port->is_up) {
        otk_window_closed(&port->window);
    }
    otk_serial_decoder_init(&port->decoder, port->frame, sizeof port->frame);
    port->queue_len = 0;
    port->is_waiting = false;
    port->is_up = false;
}

static void flush_queue(struct otk_serial_port *port)
{
    uint32_t taken;

    if (port->queue_len == 0) {
        return;
    }
    if (otk_serial_line_write(port->line, port->queue, port->queue_len, &taken) != OTK_OK) {
        go_down(port);
        return;
    }
    port->queue_len -= taken;
    memmove(port->queue, port->queue + taken, port->queue_len);
}

static enum otk_status send_frame(void *context, const uint8_t *frame, uint32_t len)
{
    struct otk_serial_port *port = context;

    if (OTK_SERIAL_LINE_SIZE(len) > QUEUE_SIZE - port->queue_len) {
        return OTK_BUSY;
    }
    port->queue_len += otk_serial_encode(frame, len, port->queue + port->queue_len);
    return OTK_OK;
}

static void take(struct otk_serial_port *port, const uint8_t *bytes, uint32_t len, uint32_t now_ms)
{
    uint32_t frame_len;
    uint32_t taken;

    for (; len > 0; bytes += taken, len -= taken) {
        taken = otk_serial_decode(&port->decoder, bytes, len, &frame_len);
        if (frame_len > 0) {
            otk_window_request(&port->window, port->frame, frame_len, now_ms);
        }
    }
}

/* Returns whether more may be there. */
static bool receive(struct otk_serial_port *port, uint32_t now_ms)
{
    uint8_t bytes[READ_SIZE];
    uint32_t count;
    uint32_t len = 0;

    for (count = 0; count < READ_LIMIT; count++) {
        if (otk_serial_line_read(port->line, bytes, sizeof bytes, &len) != OTK_OK) {
            go_down(port);
            return false;
        }
        port->is_up = true;
        if (len == 0) {
            return false;
        }
        take(port, bytes, len, now_ms);
    }
    return true;
}

static enum otk_status serve(void *context, uint32_t now_ms)
{
    struct otk_serial_port *port = context;
    const bool has_more = receive(port, now_ms);

    if (port->is_up) {
        port->is_waiting = otk_window_poll(&port->window, now_ms) == OTK_MORE;
        flush_queue(port);
    }
    return has_more ? OTK_MORE : OTK_OK;
}

static uint32_t watch(void *context, struct pollfd *files, uint32_t room, uint32_t *timeout_ms)
{
    struct otk_serial_port *port = context;
    const uint32_t limit_ms = port->is_waiting ? OTK_WINDOW_POLL_MS : LOOK_INTERVAL_MS;

    if ((port->is_waiting || !port->is_up) && *timeout_ms > limit_ms) {
        *timeout_ms = limit_ms;
    }
    /* A line with nobody at its end would wake the loop again and again. */
    if (!port->is_up || room == 0) {
        return 0;
    }
    files[0] = (struct pollfd){.fd = port->line->fd, .events = POLLIN};
    if (port->queue_len > 0) {
        files[0].events |= POLLOUT;
    }
    return 1;
}

static void tell_ready(const struct otk_serial_port *port)
{
    struct otk_machine *machine = port->host->machine;
    const struct otk_serial_line *line = port->line;

    if (line->is_pty) {
        otk_log_line(&machine->log, "serial", "protocol C on %s, the pseudo-terminal %s",
                     line->link, line->pty);
    } else {
        otk_log_line(&machine->log, "serial", "protocol C on %s", line->name);
    }
    otk_event_begin(&machine->events, "serial_ready");
    otk_event_text(&machine->events, "path", line->is_pty ? line->link : line->name);
    otk_event_text(&machine->events, "pty", line->is_pty ? line->pty : NULL);
    otk_event_end(&machine->events);
}

enum otk_status otk_serial_port_open(const struct otk_host *host, struct otk_serial_port **port)
{
    struct otk_serial_port *opened = calloc(1, sizeof *opened);
    const struct otk_window_config config = {.owner = OTK_OWNER_SERIAL,
                                             .name = host->machine->name};
    const struct otk_window_link link = {.context = opened, .send = send_frame};

    if (!opened) {
        otk_log_error(host->machine->options, OTK_NO_MEMORY, "serial line", NULL, NULL);
        return OTK_NO_MEMORY;
    }
    opened->host = host;
    opened->line = &host->machine->serial_line;
    otk_window_init(&opened->window, host->updater, &config, &link);
    otk_serial_decoder_init(&opened->decoder, opened->frame, sizeof opened->frame);
    otk_loop_add(host->loop, (struct otk_loop_source){opened, watch, serve});
    tell_ready(opened);
    *port = opened;
    return OTK_OK;
}

void otk_serial_port_close(struct otk_serial_port *port)
{
    if (!port) {
        return;
    }
    otk_window_closed(&port->window);
    otk_loop_remove(port->host->loop, port);
    free(port);
}
