// SPDX-License-Identifier: Apache-2.0
/*
 * What the files of protocol C's engine share among themselves. Not for use outside.
 *
 * window.c decides; window_send.c writes what is due; window_info.c describes the device.
 */
#ifndef OTAKIT_TRANSPORT_BLE_WINDOW_PARTS_H
#define OTAKIT_TRANSPORT_BLE_WINDOW_PARTS_H

#include "otakit/transport/ble/window.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Whether this client's update is receiving or being finished. */
static inline bool otk_window_is_active(const struct otk_window *window)
{
    return window->phase == OTK_WINDOW_PHASE_RECEIVING ||
           window->phase == OTK_WINDOW_PHASE_FINISHING;
}

/* Whether frames wait for room on the link. */
bool otk_window_is_waiting(const struct otk_window *window);

/* An ANSWER is due. */
void otk_window_answer(struct otk_window *window, uint8_t request, enum otk_status status);

/* Send what is due, as far as there is room. Without a client nothing is. */
void otk_window_flush(struct otk_window *window);

#ifdef __cplusplus
}
#endif

#endif
