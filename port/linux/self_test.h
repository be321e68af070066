// SPDX-License-Identifier: Apache-2.0
/*
 * The self-test of a virtual application on trial, under a watchdog.
 *
 *     status = otk_self_test_run("./check.sh", &subject, 10000, &clock, STDOUT_FILENO);
 *     if (status == OTK_SELF_TEST_TIMEOUT)
 *         reset(OTK_RESET_WATCHDOG);
 */
#ifndef PORT_LINUX_SELF_TEST_H
#define PORT_LINUX_SELF_TEST_H

#include <stdint.h>

#include "otakit/base/status.h"
#include "port/linux/device_clock.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a command is told about the application that it tests, as environment variables. */
struct otk_self_test_subject {
    const char *slot;    /* OTAKIT_SLOT */
    const char *project; /* OTAKIT_PROJECT */
    const char *version; /* OTAKIT_VERSION */
    const char *device;  /* OTAKIT_DEVICE */
    const char *flash;   /* OTAKIT_FLASH: path of the flash file; to be read, not written */
};

/*
 * Run the self-test.
 *
 * test        "pass", "fail", "hang", or a command for /bin/sh
 * timeout_ms  until the watchdog bites; a command and all its children are killed then
 * clock       takes the time of a hang
 * output      file descriptor that a command's output goes to
 *
 * Returns  OTK_OK                 passed
 *          OTK_SELF_TEST_FAILED   failed; a command that is killed by a signal has failed
 *          OTK_SELF_TEST_TIMEOUT  the watchdog bit
 *          OTK_INTERRUPTED        Ctrl-C
 *          OTK_HOST_IO            the command could not be started
 */
OTK_MUST_USE enum otk_status otk_self_test_run(const char *test,
                                               const struct otk_self_test_subject *subject,
                                               uint32_t timeout_ms, struct otk_device_clock *clock,
                                               int output);

#ifdef __cplusplus
}
#endif

#endif
