// SPDX-License-Identifier: Apache-2.0
/*
 * The device that a MicroPython on a laptop runs on: a flash file and what its reset decided.
 *
 *     static struct otk_laptop laptop;
 *     status = otk_laptop_boot(&laptop, 4u << 20, 0);
 *     if (status == OTK_OK)
 *         running = otk_laptop_running_partition(&laptop);
 */
#ifndef MICROPYTHON_LAPTOP_LAPTOP_H
#define MICROPYTHON_LAPTOP_LAPTOP_H

#include <stdint.h>

#include "micropython/laptop/nor.h"
#include "otakit/core/boot.h"
#include "otakit/core/device.h"
#include "otakit/format/partition.h"

/* The records of a table, and one for the file system. */
#define OTK_LAPTOP_PARTITION_COUNT (OTK_TABLE_SIZE / OTK_PARTITION_RECORD_SIZE + 1u)

/* It contains pointers to itself, so it stays where it is. All private. */
struct otk_laptop {
    struct otk_laptop_nor nor;
    struct otk_device device;
    struct otk_partition
        partitions[OTK_LAPTOP_PARTITION_COUNT]; /* as the table has them, vfs last */
    int32_t partition_count;
    uint8_t scratch[OTK_SECTOR_SIZE];
};

/*
 * One power-up: the bootloader decides, otadata is written as it writes it, and the table is read
 * as the application reads it. The chip is the one that the first image found in a slot is for.
 *
 * Where the table names no data partition "vfs" or "ffat", the rest of the flash behind the last one
 * becomes "vfs", as MicroPython's ESP32 port registers it at each start.
 *
 * size       bytes of the store
 * cut_after  the power is lost inside this flash operation, counted from 1; 0: never
 *
 * Returns  OTK_OK             an application runs
 *          OTK_BAD_FORMAT     the size is no chip's: a power of two, 64 KB to 128 MB
 *          OTK_NO_MD5         the bootloader takes such a table, the application does not
 *          others             as otk_boot
 * Power loss: as otk_boot.
 */
OTK_MUST_USE enum otk_status otk_laptop_boot(struct otk_laptop *laptop, uint32_t size,
                                             uint32_t cut_after);

#endif
