// SPDX-License-Identifier: Apache-2.0
/*
 * The rig on the air: an updater, the three Bluetooth engines and one on a serial line, a clock that is
 * turned by hand, and every frame that the device sends.
 *
 *     struct air air;
 *     air_open(&air, &rig);                                  // the rig runs an application
 *     air_write(&air, OTK_GATT_WINDOW_CONTROL, frame, len);
 *     air_turn(&air, 50);                                    // 50 ms go by
 *     frame = air_last(&air, OTK_GATT_WINDOW_CONTROL);
 *     slot = air_reset(&air);                                // the device resets; links are gone
 */
#ifndef TEST_SUPPORT_AIR_H
#define TEST_SUPPORT_AIR_H

#include <stdbool.h>
#include <stdint.h>

#include "otakit/transport/ble/ble.h"
#include "test/support/rig.h"

#define AIR_FRAME_COUNT 512u
#define AIR_FRAME_SIZE  160u

/* The serial line, where a value names a channel. */
#define AIR_SERIAL OTK_GATT_VALUE_COUNT

#define AIR_WINDOW 8192u
#define AIR_PSM    0x81u

struct air_frame {
    enum otk_gatt_value value;
    uint32_t at_ms;
    uint32_t len;
    uint8_t bytes[AIR_FRAME_SIZE];
};

struct air {
    struct rig *rig;
    struct otk_updater updater;
    struct otk_ble ble;
    struct otk_ble_link link;
    struct otk_window serial;
    uint8_t buffer[OTK_SECTOR_SIZE];
    uint8_t sector_buffer[OTK_SECTOR_FRAME_SECTOR_SIZE];
    uint32_t now_ms;
    bool is_full;      /* the link has no room */
    bool is_fast;      /* as the engines asked for */
    bool line_is_fast; /* the same for the serial line */
    bool is_reset_due;
    uint32_t speed_count;                     /* how often they asked */
    struct air_frame frames[AIR_FRAME_COUNT]; /* that the device sent, the first ones */
    uint32_t frame_count;
};

/* After rig_reset. */
void air_open(struct air *air, struct rig *rig);

/* The client writes; ends in a turn of 0 ms. Returns as otk_ble_write. */
enum otk_status air_write(struct air *air, enum otk_gatt_value value, const uint8_t *bytes,
                          uint32_t len);

/* The same with the one byte `byte`. */
enum otk_status air_write_byte(struct air *air, enum otk_gatt_value value, uint8_t byte);

/* Time goes by, 10 ms a turn, in which the application's loop polls everything. Stops where a reset is
 * due. */
void air_turn(struct air *air, uint32_t ms);

/* Time goes by until a reset is due or nothing is in progress. */
void air_settle(struct air *air);

/* The last frame that the device sent on a channel, or NULL. */
const struct air_frame *air_last(const struct air *air, enum otk_gatt_value value);

/* How many it sent there. */
uint32_t air_count(const struct air *air, enum otk_gatt_value value);

/* Forget what was sent. */
void air_forget(struct air *air);

/* The device resets, with power on. Returns the slot that runs then. */
int air_reset(struct air *air);

/* How many operations the flash has seen. */
uint64_t air_flash_ops(const struct air *air);

/* The power goes after so many more flash operations. */
void air_cut_power(struct air *air, uint64_t after_ops);

#endif
