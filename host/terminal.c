// SPDX-License-Identifier: Apache-2.0
/* A serial line over termios. */
#include "host/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

/* The speeds that termios names. */
static const struct speed {
    uint32_t bits_per_s;
    speed_t code;
} speeds[] = {
    {9600, B9600},       {19200, B19200},     {38400, B38400},     {57600, B57600},
    {115200, B115200},   {230400, B230400},   {460800, B460800},   {500000, B500000},
    {576000, B576000},   {921600, B921600},   {1000000, B1000000}, {1152000, B1152000},
    {1500000, B1500000}, {2000000, B2000000}, {2500000, B2500000}, {3000000, B3000000},
    {3500000, B3500000}, {4000000, B4000000},
};

static const struct speed *find_speed(uint32_t bits_per_s)
{
    size_t index;

    for (index = 0; index < sizeof speeds / sizeof speeds[0]; index++) {
        if (speeds[index].bits_per_s == bits_per_s) {
            return &speeds[index];
        }
    }
    return NULL;
}

enum otk_status otk_terminal_name(const char *name, char path[OTK_TERMINAL_PATH_SIZE],
                                  uint32_t *speed)
{
    const char *comma = strrchr(name, ',');
    uint32_t wanted = OTK_TERMINAL_SPEED;
    size_t len = strlen(name);

    if (comma && comma[1] != '\0' && comma[1 + strspn(comma + 1, "0123456789")] == '\0') {
        len = (size_t)(comma - name);
        wanted = (uint32_t)strtoul(comma + 1, NULL, 10);
    }
    if (len >= OTK_TERMINAL_PATH_SIZE) {
        return OTK_NO_SPACE;
    }
    if (!find_speed(wanted)) {
        return OTK_USAGE;
    }
    memcpy(path, name, len);
    path[len] = '\0';
    *speed = wanted;
    return OTK_OK;
}

enum otk_status otk_terminal_set_raw(int fd, uint32_t speed)
{
    const struct speed *found = find_speed(speed);
    struct termios settings;

    if (!found) {
        return OTK_USAGE;
    }
    if (tcgetattr(fd, &settings) != 0) {
        return OTK_HOST_IO;
    }
    cfmakeraw(&settings);
    settings.c_cflag &= ~(tcflag_t)(CSTOPB | CRTSCTS | HUPCL);
    settings.c_cflag |= CLOCAL | CREAD;
    settings.c_cc[VMIN] = 1;
    settings.c_cc[VTIME] = 0;
    cfsetispeed(&settings, found->code);
    cfsetospeed(&settings, found->code);
    return tcsetattr(fd, TCSANOW, &settings) == 0 ? OTK_OK : OTK_HOST_IO;
}

/* errno says why the path did not open. */
static enum otk_status fail_open(const char *path, struct otk_error *error)
{
    const int reason = errno;

    otk_error_set(error, 0, "%s: %s", path, strerror(reason));
    switch (reason) {
    case ENOENT:
        otk_error_hint(error, "is it plugged in? `ls /dev/ttyUSB* /dev/ttyACM*` shows how "
                              "it is called");
        return OTK_NOT_FOUND;
    case EBUSY:
        otk_error_hint(error, "another program has the line open; end it first");
        return OTK_BUSY;
    case EACCES:
        otk_error_hint(error, "serial lines belong to a group, often dialout: "
                              "`sudo usermod -aG dialout $USER`, then log in again");
        return OTK_HOST_IO;
    default:
        return OTK_HOST_IO;
    }
}

enum otk_status otk_terminal_open(const char *name, int *fd, struct otk_error *error)
{
    char path[OTK_TERMINAL_PATH_SIZE];
    uint32_t speed;
    int opened;

    if (otk_terminal_name(name, path, &speed) != OTK_OK) {
        otk_error_set(error, 0, "%s: no speed of a serial line", name);
        otk_error_hint(error, "write it as in /dev/ttyUSB0,921600");
        return OTK_USAGE;
    }
    opened = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (opened < 0) {
        return fail_open(path, error);
    }
    if (!isatty(opened)) {
        otk_error_set(error, 0, "%s: not a serial line", path);
        otk_error_hint(error, "name one, as in /dev/ttyUSB0 or /dev/ttyACM0");
        close(opened);
        return OTK_HOST_IO;
    }
    if (otk_terminal_set_raw(opened, speed) != OTK_OK) {
        otk_error_set(error, 0, "%s: %s", path, strerror(errno));
        close(opened);
        return OTK_HOST_IO;
    }
    (void)ioctl(opened, TIOCEXCL); /* a courtesy; not every terminal has it */
    (void)tcflush(opened, TCIOFLUSH);
    *fd = opened;
    return OTK_OK;
}
