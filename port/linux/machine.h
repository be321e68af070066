// SPDX-License-Identifier: Apache-2.0
/*
 * The hardware of a virtual device, and the two places where it tells what happens.
 *
 * Survives a reset, as a board on a desk does. Whatever an application knows does not belong here.
 */
#ifndef PORT_LINUX_MACHINE_H
#define PORT_LINUX_MACHINE_H

#include "otakit/core/boot.h"
#include "port/linux/device_clock.h"
#include "port/linux/events.h"
#include "port/linux/fuse_file.h"
#include "port/linux/log.h"
#include "port/linux/serial_line.h"
#include "sim/nor.h"
#include "sim/virtual_device.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Opened by device.c; everybody else borrows it. Must not be moved. */
struct otk_machine {
    const struct otk_virtual_device_options *options;
    const char *name;
    uint8_t sha256[32]; /* of the image to pull; used where has_sha256 is set */
    bool has_sha256;
    struct otk_device_clock clock;
    struct otk_events events;
    struct otk_log log;
    struct otk_nor *nor;
    struct otk_nor_op last_op; /* the flash operation that began last; its data is not kept */
    struct otk_fuse_file fuse; /* used where the options name a file */
    uint16_t portal_port; /* the page's, kept over resets where any free one was asked for; 0 */
    bool ble_was_up;      /* kept over resets: a BlueZ that is gone by then is waited for */
    struct otk_board board;
    struct otk_serial_line serial_line; /* open where the options name one */
};

#ifdef __cplusplus
}
#endif

#endif
