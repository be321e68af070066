// SPDX-License-Identifier: Apache-2.0
/*
 * What the ways of pushing have in common; for host/push_*.c only.
 *
 *     otk_push_meet(push, &device);
 *     status = otk_push_judge(push, &device);
 *     ...
 *     return otk_push_await(push, look, context);
 */
#ifndef OTAKIT_HOST_PUSH_PARTS_H
#define OTAKIT_HOST_PUSH_PARTS_H

#include <stddef.h>

#include "host/push.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Over HTTP; `url` is the whole target. Fills push->result and, where it fails, push->error. Returns
 * as otk_push_run. */
OTK_MUST_USE enum otk_status otk_push_http(struct otk_push *push, const char *url);

/* Over Bluetooth LE; `target` is a name or an address. Likewise. Returns as otk_push_run. */
OTK_MUST_USE enum otk_status otk_push_ble(struct otk_push *push, const char *target);

/* Over the serial line at `path`. Likewise. Returns as otk_push_run. */
OTK_MUST_USE enum otk_status otk_push_serial(struct otk_push *push, const char *path);

/* Milliseconds of a clock that only goes forward. */
uint64_t otk_push_now_ms(void);

/* Sleep, but wake up to stop. Returns whether to go on. */
bool otk_push_sleep(const struct otk_push *push, uint32_t ms);

/* Whether the caller wants to stop. */
bool otk_push_must_stop(const struct otk_push *push);

/* Tell the caller something that a person may want to know. */
void otk_push_remark(const struct otk_push *push, const char *format, ...) OTK_PRINTF(2, 3);

/* Tell the caller how far it is; `done` is in bytes. */
void otk_push_progress(const struct otk_push *push, enum otk_push_phase phase, uint32_t done);

/* Note why it failed. Returns the status, so that a refusal is one line. The hint is empty then;
 * otk_error_hint adds one. */
enum otk_status otk_push_fail(struct otk_push *push, enum otk_status status, const char *format,
                              ...) OTK_PRINTF(3, 4);

/* The caller wanted to stop: says what stays on the device. Returns OTK_INTERRUPTED. */
enum otk_status otk_push_interrupted(struct otk_push *push);

/* The device is known. */
void otk_push_meet(struct otk_push *push, const struct otk_push_device *device);

/* This run of the device is sent to; otk_push_await waits for another one. */
void otk_push_note_boot(struct otk_push *push, const struct otk_push_device *device);

/*
 * Whether the device can take the image, as far as it tells; with options.force it always can.
 *
 * Returns  OTK_OK
 *          OTK_WRONG_CHIP, OTK_TOO_BIG, OTK_SECURE_VERSION  it never could; push->error says why
 */
OTK_MUST_USE enum otk_status otk_push_judge(struct otk_push *push,
                                            const struct otk_push_device *device);

/* Sending begins at this offset. The first call of a push also starts its clock. */
void otk_push_begin(struct otk_push *push, uint32_t offset);

/* The device has switched to the image. Without otk_push_begin it had all of it already. */
void otk_push_switched(struct otk_push *push);

/*
 * Ask a device what it runs.
 *
 * device  written on success only
 *
 * Returns  OTK_OK
 *          OTK_BAD_FORMAT   it is there, but does not tell
 *          OTK_INTERRUPTED  the caller wants to stop
 *          others           it is not there now
 */
typedef enum otk_status otk_push_look(void *context, struct otk_push_device *device);

/*
 * Wait until the device is back after its reset, and until it has decided about the new image.
 *
 * Returns  OTK_OK       push->result says what became of it
 *          OTK_TIMEOUT  it did not come back
 *          OTK_INTERRUPTED
 *          others       why the image was rolled back
 */
OTK_MUST_USE enum otk_status otk_push_await(struct otk_push *push, otk_push_look *look,
                                            void *context);

/* How long to pause before the attempt after that many failures in a row, milliseconds. */
uint32_t otk_push_pause_ms(uint32_t failure_count);

/* Copy a text from a device, cut where it does not fit. */
void otk_push_copy(char to[OTK_PUSH_TEXT_SIZE], const char *from);

#ifdef __cplusplus
}
#endif

#endif
