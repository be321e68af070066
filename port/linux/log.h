// SPDX-License-Identifier: Apache-2.0
/*
 * What happens to the virtual device, as lines for people: the device's clock, who speaks, what.
 *
 *     otk_log_line(&log, "boot", "%s starts", label);
 */
#ifndef PORT_LINUX_LOG_H
#define PORT_LINUX_LOG_H

#include <stdio.h>

#include "otakit/base/status.h"
#include "port/linux/device_clock.h"
#include "sim/virtual_device.h"

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define OTK_LOG_FORMAT(format_index, first_index) \
    __attribute__((format(printf, format_index, first_index)))
#else
#define OTK_LOG_FORMAT(format_index, first_index)
#endif

/* Where the lines go. */
struct otk_log {
    FILE *out; /* NULL: nowhere */
    const struct otk_device_clock *clock;
};

/* One line. `who` is a short word: "boot", "app", "update". */
void otk_log_line(const struct otk_log *log, const char *who, const char *format, ...)
    OTK_LOG_FORMAT(3, 4);

/*
 * Say on standard error what failed, why, and how to mend it, and note it as otk_log_outcome does.
 * Not part of the device's own log, so `quiet` does not silence it.
 *
 * why   NULL: the sentence of the status
 * hint  a constant; NULL: the advice that belongs to the status, if there is any
 */
void otk_log_error(const struct otk_virtual_device_options *options, enum otk_status status,
                   const char *what, const char *why, const char *hint);

/* Note how the run stands in the options' result, where there is one; the last note counts.
 * what and why may be NULL where nothing failed. */
void otk_log_outcome(const struct otk_virtual_device_options *options, enum otk_status status,
                     const char *what, const char *why, const char *hint);

#ifdef __cplusplus
}
#endif

#endif
