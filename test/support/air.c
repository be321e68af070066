// SPDX-License-Identifier: Apache-2.0
/* The rig on the air. */
#include "test/support/air.h"

#include <assert.h>
#include <string.h>

#include "sim/nor_fault.h"

#define TURN_MS 10u

static enum otk_status record(struct air *air, enum otk_gatt_value value, const uint8_t *bytes,
                              uint32_t len)
{
    struct air_frame *frame;

    if (air->is_full) {
        return OTK_BUSY;
    }
    assert(len <= AIR_FRAME_SIZE);
    assert(air->frame_count < AIR_FRAME_COUNT);
    frame = &air->frames[air->frame_count++];
    frame->value = value;
    frame->at_ms = air->now_ms;
    frame->len = len;
    memcpy(frame->bytes, bytes, len);
    return OTK_OK;
}

static enum otk_status send(void *context, enum otk_gatt_value value, const uint8_t *bytes,
                            uint32_t len)
{
    return record(context, value, bytes, len);
}

static enum otk_status send_serial(void *context, const uint8_t *frame, uint32_t len)
{
    return record(context, AIR_SERIAL, frame, len);
}

static void set_speed(void *context, bool fast)
{
    struct air *air = context;

    air->is_fast = fast;
    air->speed_count++;
}

static void set_line_speed(void *context, bool fast)
{
    struct air *air = context;

    air->line_is_fast = fast;
}

static void power_up(struct air *air, uint32_t boot_id)
{
    const struct otk_ble_config config = {.name = "esp32",
                                          .window = AIR_WINDOW,
                                          .psm = AIR_PSM,
                                          .sector_buffer = air->sector_buffer,
                                          .sector_window = 4};
    const struct otk_window_config serial_config = {.owner = OTK_OWNER_SERIAL, .name = "line"};
    const struct otk_window_link serial_link = {
        .context = air, .send = send_serial, .set_speed = set_line_speed};

    air->is_reset_due = false;
    air->line_is_fast = false;
    air->link = (struct otk_ble_link){.context = air, .send = send, .set_speed = set_speed};
    otk_updater_init(&air->updater, &air->rig->device, air->buffer, boot_id);
    otk_ble_init(&air->ble, &air->updater, &config, &air->link);
    otk_window_init(&air->serial, &air->updater, &serial_config, &serial_link);
}

void air_open(struct air *air, struct rig *rig)
{
    memset(air, 0, sizeof *air);
    air->rig = rig;
    air->now_ms = UINT32_MAX - 5000u; /* the clock wraps during the tests */
    power_up(air, 1);
}

enum otk_status air_write(struct air *air, enum otk_gatt_value value, const uint8_t *bytes,
                          uint32_t len)
{
    if (value == AIR_SERIAL) {
        otk_window_request(&air->serial, bytes, len, air->now_ms);
        return OTK_OK;
    }
    return otk_ble_write(&air->ble, value, bytes, len, air->now_ms);
}

enum otk_status air_write_byte(struct air *air, enum otk_gatt_value value, uint8_t byte)
{
    return air_write(air, value, &byte, 1);
}

/* One turn of the application's loop. Returns whether there is more to do. */
static bool turn(struct air *air)
{
    const bool updater_more = otk_updater_poll(&air->updater, air->now_ms) == OTK_MORE;
    const bool ble_more = otk_ble_poll(&air->ble, air->now_ms) == OTK_MORE;
    const bool serial_more = otk_window_poll(&air->serial, air->now_ms) == OTK_MORE;

    air->is_reset_due = otk_updater_reset_is_due(&air->updater, air->now_ms);
    return updater_more || ble_more || serial_more;
}

void air_turn(struct air *air, uint32_t ms)
{
    uint32_t gone;

    turn(air);
    for (gone = 0; gone < ms && !air->is_reset_due; gone += TURN_MS) {
        air->now_ms += TURN_MS;
        turn(air);
    }
}

void air_settle(struct air *air)
{
    while ((turn(air) || air->updater.wants_reset) && !air->is_reset_due) {
        air->now_ms += TURN_MS;
    }
}

const struct air_frame *air_last(const struct air *air, enum otk_gatt_value value)
{
    uint32_t index = air->frame_count;

    while (index > 0) {
        if (air->frames[--index].value == value) {
            return &air->frames[index];
        }
    }
    return NULL;
}

uint32_t air_count(const struct air *air, enum otk_gatt_value value)
{
    uint32_t count = 0;
    uint32_t index;

    for (index = 0; index < air->frame_count; index++) {
        count += air->frames[index].value == value;
    }
    return count;
}

void air_forget(struct air *air)
{
    air->frame_count = 0;
}

int air_reset(struct air *air)
{
    const uint32_t boot_id = air->updater.boot_id + 1u;
    int slot;

    otk_session_close(&air->updater.session);
    slot = rig_reset(air->rig);
    power_up(air, boot_id);
    air_forget(air);
    return slot;
}

uint64_t air_flash_ops(const struct air *air)
{
    struct otk_nor_counts counts;

    otk_nor_get_counts(air->rig->nor, &counts);
    return counts.ops;
}

void air_cut_power(struct air *air, uint64_t after_ops)
{
    const struct otk_nor_cut cut = {.after_ops = after_ops, .fault = OTK_NOR_BEFORE, .seed = 1};

    otk_nor_arm_cut(air->rig->nor, &cut);
}
