// SPDX-License-Identifier: Apache-2.0
/*
 * The client's end of an LE credit-based L2CAP channel, over the kernel's sockets. The link must be up.
 *
 *     status = otk_bluez_channel_open(&adapter, &device, psm, &fd, &sdu_size);
 *     send(fd, frame, len, 0);
 *     close(fd);
 */
#ifndef OTAKIT_HOST_BLUEZ_CHANNEL_H
#define OTAKIT_HOST_BLUEZ_CHANNEL_H

#include "host/bluez_bus.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Connect.
 *
 * fd        written on success only; does not block; the caller closes it
 * sdu_size  bytes that one frame may have
 *
 * Returns  OTK_OK
 *          OTK_UNSUPPORTED  this kernel has no such sockets
 *          OTK_REFUSED      the device does not take the channel, or not in time
 */
OTK_MUST_USE enum otk_status otk_bluez_channel_open(const struct otk_bluez_object *adapter,
                                                    const struct otk_bluez_object *device,
                                                    uint16_t psm, int *fd, uint32_t *sdu_size);

#ifdef __cplusplus
}
#endif

#endif
