// SPDX-License-Identifier: Apache-2.0
/*
 * A terminal, or the controlling side of a pseudo-terminal.
 *
 * Nobody holds the other side of a pseudo-terminal open but the client, so its end shows as a read
 * error: the device learns that the client is gone, which a real line does not tell.
 */
#include "port/linux/serial_line.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PTY_FOLDER "/dev/pts/"

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* The other side is raw from the start: else it would send our frames back as an echo. */
static enum otk_status set_other_side_raw(const char *pty)
{
    const int other = open(pty, O_RDWR | O_NOCTTY | O_CLOEXEC);
    enum otk_status status = OTK_HOST_IO;

    if (other >= 0) {
        status = otk_terminal_set_raw(other, OTK_TERMINAL_SPEED);
        close(other);
    }
    return status;
}

static enum otk_status make_pty(struct otk_serial_line *line)
{
    line->fd = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (line->fd < 0 || grantpt(line->fd) != 0 || unlockpt(line->fd) != 0 ||
        ptsname_r(line->fd, line->pty, sizeof line->pty) != 0 ||
        set_other_side_raw(line->pty) != OTK_OK || symlink(line->pty, line->link) != 0) {
        return OTK_HOST_IO;
    }
    line->is_pty = true;
    return OTK_OK;
}

static enum otk_status open_pty(struct otk_serial_line *line, struct otk_error *error)
{
    const enum otk_status status = make_pty(line);

    if (status != OTK_OK) {
        otk_error_set(error, 0, "%s: no link to a pseudo-terminal: %s", line->link,
                      strerror(errno));
        if (line->fd >= 0) {
            close(line->fd);
        }
    }
    return status;
}

/*
 * A link to a pseudo-terminal is a running device's, or a killed one's. The number in it may belong
 * to somebody's shell by now, so it is never opened; that of a terminal which is gone is replaced.
 */
static enum otk_status settle_link(const char *path, struct otk_error *error)
{
    char target[OTK_TERMINAL_PATH_SIZE] = "";
    struct stat found;

    if (readlink(path, target, sizeof target - 1u) < 0 || !starts_with(target, PTY_FOLDER)) {
        return OTK_OK;
    }
    if (stat(path, &found) == 0) {
        otk_error_set(error, 0, "%s: a link to the pseudo-terminal %s", path, target);
        otk_error_hint(error, "another program uses it, or a device that was killed left the link: "
                              "end that, remove the link, or name the terminal itself");
        return OTK_BUSY;
    }
    if (unlink(path) != 0) {
        otk_error_set(error, 0, "%s: %s", path, strerror(errno));
        return OTK_HOST_IO;
    }
    return OTK_OK;
}

enum otk_status otk_serial_line_open(struct otk_serial_line *line, const char *name,
                                     struct otk_error *error)
{
    struct otk_serial_line opened = {.name = name, .fd = -1};
    struct stat found;
    uint32_t speed;
    enum otk_status status = OTK_OK;

    if (otk_terminal_name(name, opened.link, &speed) == OTK_OK) {
        status = settle_link(opened.link, error);
    }
    if (status != OTK_OK) {
        return status;
    }
    if (opened.link[0] == '\0' || starts_with(opened.link, "/dev/") ||
        lstat(opened.link, &found) == 0) {
        status = otk_terminal_open(name, &opened.fd, error);
    } else {
        status = open_pty(&opened, error);
    }
    if (status == OTK_OK) {
        *line = opened;
    }
    return status;
}

/* A terminal that was unplugged may be plugged in again. */
static bool is_there(struct otk_serial_line *line)
{
    return line->fd >= 0 || otk_terminal_open(line->name, &line->fd, NULL) == OTK_OK;
}

static enum otk_status lose(struct otk_serial_line *line)
{
    if (!line->is_pty) {
        close(line->fd);
        line->fd = -1;
    }
    return OTK_CONNECTION_LOST;
}

enum otk_status otk_serial_line_read(struct otk_serial_line *line, uint8_t *bytes, uint32_t size,
                                     uint32_t *len)
{
    ssize_t count;

    if (!is_there(line)) {
        return OTK_CONNECTION_LOST;
    }
    count = read(line->fd, bytes, size);
    if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) {
        return lose(line);
    }
    *len = count > 0 ? (uint32_t)count : 0;
    return OTK_OK;
}

enum otk_status otk_serial_line_write(struct otk_serial_line *line, const uint8_t *bytes,
                                      uint32_t len, uint32_t *taken)
{
    ssize_t count;

    if (!is_there(line)) {
        return OTK_CONNECTION_LOST;
    }
    count = write(line->fd, bytes, len);
    if (count < 0 && errno != EAGAIN && errno != EINTR) {
        return lose(line);
    }
    *taken = count > 0 ? (uint32_t)count : 0;
    return OTK_OK;
}

void otk_serial_line_close(struct otk_serial_line *line)
{
    char target[OTK_SERIAL_LINE_PTY_SIZE] = "";

    if (!line->name) {
        return;
    }
    if (line->fd >= 0) {
        close(line->fd);
    }
    /* Only our own link: somebody may have put something else there. */
    if (line->is_pty && readlink(line->link, target, sizeof target - 1u) > 0 &&
        strcmp(target, line->pty) == 0) {
        (void)unlink(line->link);
    }
    *line = (struct otk_serial_line){.name = NULL};
}
