// SPDX-License-Identifier: Apache-2.0
/*
 * The serial line of a virtual device: a terminal of this computer, or a new pseudo-terminal with a
 * link to it. Part of the machine: it survives resets, as a cable does.
 *
 *     status = otk_serial_line_open(&line, "/tmp/device", &error);
 *     ...
 *     status = otk_serial_line_read(&line, bytes, sizeof bytes, &len);
 *     otk_serial_line_close(&line);
 */
#ifndef PORT_LINUX_SERIAL_LINE_H
#define PORT_LINUX_SERIAL_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "host/error.h"
#include "host/terminal.h"
#include "otakit/base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of the name of a pseudo-terminal, with its NUL. */
#define OTK_SERIAL_LINE_PTY_SIZE 64u

/* Zeroed: not open. */
struct otk_serial_line {
    const char *name; /* NULL: not open */
    int fd;           /* -1: a terminal that was unplugged */
    bool is_pty;      /* made by us; link and pty are set */
    char link[OTK_TERMINAL_PATH_SIZE];
    char pty[OTK_SERIAL_LINE_PTY_SIZE];
};

/*
 * Open a line.
 *
 * name   as in host/terminal.h: a terminal, or where to put the link to a new pseudo-terminal;
 *        borrowed until close
 * error  says what is wrong
 *
 * Returns  OTK_OK
 *          OTK_BUSY       there is a link to somebody's pseudo-terminal, or the terminal is in use
 *          OTK_NOT_FOUND  no such terminal below /dev
 *          OTK_USAGE, OTK_HOST_IO  as otk_terminal_open; no pseudo-terminal or link could be made
 */
OTK_MUST_USE enum otk_status otk_serial_line_open(struct otk_serial_line *line, const char *name,
                                                  struct otk_error *error);

/*
 * Take what has come.
 *
 * bytes  `size` bytes
 * len    0: nothing now
 *
 * Returns  OTK_OK
 *          OTK_CONNECTION_LOST  nobody is at the other end; ask again now and then
 */
OTK_MUST_USE enum otk_status otk_serial_line_read(struct otk_serial_line *line, uint8_t *bytes,
                                                  uint32_t size, uint32_t *len);

/*
 * Send what there is room for.
 *
 * taken  bytes that are on their way; 0: no room now
 *
 * Returns  as otk_serial_line_read
 */
OTK_MUST_USE enum otk_status otk_serial_line_write(struct otk_serial_line *line,
                                                   const uint8_t *bytes, uint32_t len,
                                                   uint32_t *taken);

/* Close it and remove the link. Allowed on a zeroed struct. */
void otk_serial_line_close(struct otk_serial_line *line);

#ifdef __cplusplus
}
#endif

#endif
