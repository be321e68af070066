// SPDX-License-Identifier: Apache-2.0
/* Pushing over a serial line: protocol C in stuffed frames, on a line that may carry a log as well. */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "host/push_client.h"
#include "host/push_parts.h"
#include "host/terminal.h"
#include "otakit/format/serial_frame.h"

#define READ_SIZE 4096u

/* The driver of a line takes this long at most to make room; beyond it the line is broken. */
#define ROOM_TIMEOUT_MS 5000

/* How long the answer to a question may take when the device may be away. */
#define LOOK_TIMEOUT_MS 1000u

struct serial {
    struct otk_push *push;
    char name[OTK_TERMINAL_PATH_SIZE]; /* "PATH,SPEED" */
    int fd;                            /* -1: closed */
    bool was_open;
    struct otk_window_client window;
    struct otk_serial_decoder decoder;
    uint8_t frame[OTK_SERIAL_BUFFER_SIZE];
    uint8_t line[OTK_SERIAL_LINE_SIZE(OTK_SERIAL_FRAME_SIZE)];
    struct otk_push_device *wanted; /* of otk_push_look; NULL: frames go to the engine */
    bool has_device;
};

static void drop(void *context)
{
    struct serial *const serial = context;

    if (serial->fd >= 0) {
        close(serial->fd);
        serial->fd = -1;
    }
}

static enum otk_status open_line(void *context, struct otk_client_link *link)
{
    struct serial *const serial = context;
    const enum otk_status status = otk_terminal_open(serial->name, &serial->fd,
                                                     &serial->push->error);

    if (status != OTK_OK) {
        /* A line that was there may come back: USB adapters do, with the device that resets. */
        return serial->was_open && status != OTK_USAGE ? OTK_CONNECTION_LOST : status;
    }
    serial->was_open = true;
    otk_serial_decoder_init(&serial->decoder, serial->frame, sizeof serial->frame);
    *link = (struct otk_client_link){.frame_size = OTK_SERIAL_FRAME_SIZE, .is_line = true};
    return OTK_OK;
}

static void take_frame(struct serial *serial, uint32_t len)
{
    struct otk_window_info info;

    if (!serial->wanted) {
        otk_client_received(&serial->window.client, OTK_CLIENT_CONTROL, serial->frame, len,
                            (uint32_t)otk_push_now_ms());
    } else if (serial->frame[0] == OTK_WINDOW_INFO_IS &&
               otk_window_info_decode(serial->frame + 1, len - 1, &info) == OTK_OK) {
        otk_push_client_device(&info, serial->wanted);
        serial->has_device = true;
    }
}

static enum otk_status receive(struct serial *serial)
{
    uint8_t bytes[READ_SIZE];
    const ssize_t got = read(serial->fd, bytes, sizeof bytes);
    const uint8_t *next = bytes;
    uint32_t len = got > 0 ? (uint32_t)got : 0;

    if (got <= 0) {
        return OTK_CONNECTION_LOST;
    }
    while (len > 0) {
        uint32_t frame_len;
        const uint32_t taken = otk_serial_decode(&serial->decoder, next, len, &frame_len);

        next += taken;
        len -= taken;
        if (frame_len > 0) {
            take_frame(serial, frame_len);
        }
    }
    return OTK_OK;
}

/* Wait for bytes, and for room where that is wanted. */
static enum otk_status wait_for(struct serial *serial, short events, int timeout_ms, short *seen)
{
    struct pollfd file = {.fd = serial->fd, .events = events};
    const int count = poll(&file, 1, timeout_ms);

    *seen = count > 0 ? file.revents : 0;
    if (*seen & POLLIN) {
        return receive(serial);
    }
    return *seen & (POLLERR | POLLHUP | POLLNVAL) ? OTK_CONNECTION_LOST : OTK_OK;
}

static enum otk_status wait_line(void *context, uint32_t timeout_ms)
{
    short seen;

    return wait_for(context, POLLIN, (int)timeout_ms, &seen);
}

static enum otk_status write_line(struct serial *serial, uint32_t len)
{
    const uint64_t end_ms = otk_push_now_ms() + ROOM_TIMEOUT_MS;
    uint32_t offset = 0;

    while (offset < len) {
        short seen = 0;
        const ssize_t written = write(serial->fd, serial->line + offset, len - offset);

        offset += written > 0 ? (uint32_t)written : 0;
        if (offset < len && (otk_push_now_ms() > end_ms || otk_push_must_stop(serial->push) ||
                             wait_for(serial, POLLIN | POLLOUT, 100, &seen) != OTK_OK)) {
            return OTK_CONNECTION_LOST;
        }
    }
    return OTK_OK;
}

static enum otk_status send_frame(void *context, const struct otk_client_action *action,
                                  const uint8_t *frame)
{
    struct serial *const serial = context;

    return write_line(serial, otk_serial_encode(frame, action->len, serial->line));
}

/* Nothing is read on a line; the engine knows. */
static enum otk_status read_value(void *context, enum otk_client_channel channel)
{
    (void)context;
    (void)channel;
    return OTK_CONNECTION_LOST;
}

/* Ask for INFO, on the line as it is or opened anew. */
static enum otk_status look(void *context, struct otk_push_device *device)
{
    static const uint8_t question[] = {OTK_WINDOW_INFO};
    struct serial *const serial = context;
    const uint64_t end_ms = otk_push_now_ms() + LOOK_TIMEOUT_MS;
    struct otk_client_link link;
    enum otk_status status = OTK_OK;

    if (serial->fd < 0) {
        status = open_line(serial, &link);
    }
    serial->wanted = device;
    serial->has_device = false;
    if (status == OTK_OK) {
        status = write_line(serial, otk_serial_encode(question, sizeof question, serial->line));
    }
    while (status == OTK_OK && !serial->has_device && otk_push_now_ms() < end_ms) {
        status = otk_push_must_stop(serial->push) ? OTK_INTERRUPTED : wait_line(serial, 100);
    }
    serial->wanted = NULL;
    if (status == OTK_CONNECTION_LOST) {
        drop(serial);
    }
    return status == OTK_OK && !serial->has_device ? OTK_TIMEOUT : status;
}

static enum otk_status name_line(struct serial *serial, const char *path)
{
    const uint32_t baud = serial->push->options.baud;
    const int len = baud > 0 ? snprintf(serial->name, sizeof serial->name, "%s,%u", path, baud)
                             : snprintf(serial->name, sizeof serial->name, "%s", path);

    if (len < 0 || (size_t)len >= sizeof serial->name) {
        return otk_push_fail(serial->push, OTK_USAGE, "the name of the line is too long");
    }
    return OTK_OK;
}

enum otk_status otk_push_serial(struct otk_push *push, const char *path)
{
    static const struct otk_push_wire operations = {
        .connect = open_line,
        .disconnect = drop,
        .send = send_frame,
        .read = read_value,
        .wait = wait_line,
    };
    struct serial serial = {.push = push, .fd = -1};
    struct otk_push_wire wire = operations;
    struct otk_client_image image;
    enum otk_status status = name_line(&serial, path);

    if (status != OTK_OK) {
        return status;
    }
    wire.context = &serial;
    push->result.protocol = OTK_PUSH_SERIAL;
    otk_push_client_image(push, &image);
    otk_window_client_init(&serial.window, &image);
    status = otk_push_drive(push, &wire, &serial.window.client, &serial.window);
    if (status == OTK_OK && push->options.must_wait) {
        status = otk_push_await(push, look, &serial);
    }
    drop(&serial);
    return status;
}
