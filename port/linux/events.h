// SPDX-License-Identifier: Apache-2.0
/*
 * What happens to the virtual device, as one JSON object a line for programs.
 *
 * Every line has "t_ms" (the device's clock), "device" and "event"; the other keys depend on the
 * event and are listed in docs/virtual-device.md. A line is complete before the next thing happens,
 * so a reader sees everything up to a loss of power.
 *
 *     otk_event_begin(&events, "refused");
 *     otk_event_text(&events, "status", "BAD_HASH");
 *     otk_event_end(&events);
 */
#ifndef PORT_LINUX_EVENTS_H
#define PORT_LINUX_EVENTS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "otakit/base/status.h"
#include "port/linux/device_clock.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Where the events go. Zeroed: nowhere, and every function below does nothing. */
struct otk_events {
    FILE *out;
    const struct otk_device_clock *clock;
    const char *device;
};

/*
 * Open the destination of the events.
 *
 * path    file, created or emptied; "-" for standard output; NULL for nowhere
 * device  the device's name; borrowed until close
 * clock   borrowed until close
 *
 * Returns  OTK_OK       open
 *          OTK_HOST_IO  the file cannot be written
 */
OTK_MUST_USE enum otk_status otk_events_open(struct otk_events *events, const char *path,
                                             const char *device,
                                             const struct otk_device_clock *clock);

/* Start the line of an event. Nothing is written before otk_event_end. */
void otk_event_begin(struct otk_events *events, const char *event);

/* Add a key with a text; NULL becomes null. Bytes that are not ASCII are escaped. */
void otk_event_text(struct otk_events *events, const char *key, const char *text);

/* Add a key with a number. */
void otk_event_number(struct otk_events *events, const char *key, uint64_t number);

/* Add a key with true or false. */
void otk_event_flag(struct otk_events *events, const char *key, bool flag);

/* Add "status" (the name) and "message" (the sentence) of a status. */
void otk_event_status(struct otk_events *events, enum otk_status status);

/* End the line and hand it to the reader. */
void otk_event_end(struct otk_events *events);

/* Close what open opened. Allowed on a zeroed struct. */
void otk_events_close(struct otk_events *events);

#ifdef __cplusplus
}
#endif

#endif
