// SPDX-License-Identifier: Apache-2.0
/*
 * A program that runs beside the device and never outlives it, however the device ends.
 *
 *     status = otk_child_open(&child, argv, input);
 *     while (otk_child_read(&child, line))         // its output, as it comes
 *         puts(line);
 *     if (child.has_ended)
 *         printf("it has ended: %d\n", otk_child_close(&child));
 */
#ifndef PORT_LINUX_CHILD_H
#define PORT_LINUX_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "otakit/base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of a line with its NUL; longer ones are cut into several. */
#define OTK_CHILD_LINE_SIZE 256u

/* Zeroed: no program. */
struct otk_child {
    pid_t keeper;   /* 0: there is none */
    int lifeline;   /* closing it ends the program */
    int output;     /* to wait for (POLLIN): both output streams of the program */
    bool has_ended; /* the output is at its end; set by otk_child_read */
    uint32_t len;   /* bytes in `buffer` */
    char buffer[OTK_CHILD_LINE_SIZE];
};

/*
 * Start a program. It gets a process group of its own, so Ctrl-C at the terminal does not reach it.
 *
 * argv   argv[0] is the program's path; no shell is involved
 * input  file that becomes its standard input, borrowed for the call; -1: nothing to read
 *
 * Returns  OTK_OK       started; whether it can be executed, its output tells
 *          OTK_HOST_IO  the system has no process or file left
 */
OTK_MUST_USE enum otk_status otk_child_open(struct otk_child *child, char *const argv[], int input);

/* Take the next line of the output, without its end. Returns false where none is complete yet; never
 * waits. At the end of the output an incomplete line counts as one. */
bool otk_child_read(struct otk_child *child, char line[OTK_CHILD_LINE_SIZE]);

/* End the program, by force where it does not follow within seconds, and wait for that. Allowed on a
 * zeroed struct; zeroes it. Returns its exit status, as a shell does: 128 and more after a signal. */
int otk_child_close(struct otk_child *child);

#ifdef __cplusplus
}
#endif

#endif
