// SPDX-License-Identifier: Apache-2.0
/*
 * A serial line by its name: "/dev/ttyUSB0", or "/dev/ttyUSB0,921600" for another speed than 115200.
 *
 *     status = otk_terminal_open("/dev/ttyUSB0,921600", &fd, &error);
 *     ...                                       // raw: 8 bits, no parity, one stop bit, no flow control
 *     close(fd);
 */
#ifndef OTAKIT_HOST_TERMINAL_H
#define OTAKIT_HOST_TERMINAL_H

#include <stdint.h>

#include "host/error.h"
#include "otakit/base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bits a second where the name says nothing. */
#define OTK_TERMINAL_SPEED 115200u

/* Room for the path in a name, with its NUL. */
#define OTK_TERMINAL_PATH_SIZE 256u

/*
 * Take a name apart.
 *
 * path   the name up to the last comma that only digits follow
 * speed  bits a second
 *
 * Returns  OTK_OK
 *          OTK_NO_SPACE  the path is too long
 *          OTK_USAGE     no terminal runs at that speed
 */
OTK_MUST_USE enum otk_status otk_terminal_name(const char *name, char path[OTK_TERMINAL_PATH_SIZE],
                                               uint32_t *speed);

/*
 * Make an open terminal raw.
 *
 * Returns  OTK_OK
 *          OTK_USAGE    no terminal runs at that speed
 *          OTK_HOST_IO  the terminal refuses; errno says why
 */
OTK_MUST_USE enum otk_status otk_terminal_set_raw(int fd, uint32_t speed);

/*
 * Open a terminal, raw, for this program alone; reads and writes do not block. What it received
 * before is dropped.
 *
 * name   as above
 * fd     written on success only; the caller closes it
 * error  says what is wrong; may be NULL
 *
 * Returns  OTK_OK
 *          OTK_USAGE      the name has a speed that there is none of, or is too long
 *          OTK_NOT_FOUND  there is no such file
 *          OTK_BUSY       another program has it for itself
 *          OTK_HOST_IO    it cannot be opened, or is no terminal
 */
OTK_MUST_USE enum otk_status otk_terminal_open(const char *name, int *fd, struct otk_error *error);

#ifdef __cplusplus
}
#endif

#endif
