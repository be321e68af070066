// SPDX-License-Identifier: Apache-2.0
/*
 * A device on the air that hears anything: otakit/transport/ble. Clients of the three protocols and one
 * on a serial line write, are silent, go and come back; a portal begins and cancels; the device resets.
 * Only the passive slot and otadata are written, every frame it sends can be read, only a verified image
 * is selected, and when all are gone nothing is in progress.
 *
 * Input: a mode byte (below), a length (16 bits) and the image, then steps, see take_step.
 */
#include "fuzz/chip.h"
#include "fuzz/expect.h"
#include "fuzz/input.h"
#include "fuzz/seal.h"
#include "otakit/base/crc16.h"
#include "otakit/core/boot.h"
#include "otakit/core/slot.h"
#include "otakit/core/trial.h"
#include "otakit/crypto/digest.h"
#include "otakit/transport/ble/ble.h"
#include "sim/nor_fault.h"

#define LAYOUT_MASK 0x03u /* chip.h */
#define SEAL_IMAGE  0x04u
#define POLICY      0x08u

#define IMAGE_SIZE_MAX 12288u
#define STEP_COUNT_MAX 400u
#define TURN_MS        10u
#define SERIAL         OTK_GATT_VALUE_COUNT

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* One run. */
struct scene {
    struct otk_nor *nor;
    struct otk_board board;
    struct otk_device device;
    struct otk_updater updater;
    struct otk_ble ble;
    struct otk_ble_link link;
    struct otk_window serial;
    uint8_t buffer[OTK_SECTOR_SIZE];
    uint8_t scratch[OTK_SECTOR_SIZE];
    uint8_t sector[OTK_SECTOR_FRAME_SECTOR_SIZE];
    uint8_t image[IMAGE_SIZE_MAX];
    uint32_t image_len;
    uint8_t sha256[OTK_SHA256_SIZE];
    uint8_t mode;
    uint32_t now_ms;
    uint32_t simple_offset; /* of the next packet of protocol A */
    bool is_full;
    bool is_fast;
};

static void check_window_frame(const uint8_t *frame, uint32_t len)
{
    struct otk_window_opened opened;
    struct otk_window_state state;
    struct otk_window_answer answer;
    struct otk_window_info info;

    EXPECT(otk_window_opened_decode(frame, len, &opened) == OTK_OK ||
           otk_window_state_decode(frame, len, &state) == OTK_OK ||
           otk_window_answer_decode(frame, len, &answer) == OTK_OK ||
           (frame[0] == OTK_WINDOW_INFO_IS &&
            otk_window_info_decode(frame + 1, len - 1, &info) == OTK_OK));
}

static enum otk_status send(void *context, enum otk_gatt_value value, const uint8_t *bytes,
                            uint32_t len)
{
    const struct scene *scene = context;
    struct otk_sector_command command;
    struct otk_sector_ack ack;

    if (scene->is_full)
        return OTK_BUSY;
    EXPECT(len <= 20); /* what every MTU takes */
    switch (value) {
    case OTK_GATT_SIMPLE_CONTROL:
        EXPECT(len == 1 && bytes[0] >= OTK_SIMPLE_REQUEST_ACK && bytes[0] <= OTK_SIMPLE_DONE_NAK &&
               bytes[0] != OTK_SIMPLE_DONE);
        break;
    case OTK_GATT_SECTOR_FIRMWARE:
        EXPECT(otk_sector_ack_decode(bytes, len, &ack) == OTK_OK && ack.result <= OTK_SECTOR_ENDED);
        break;
    case OTK_GATT_SECTOR_COMMAND:
        EXPECT(otk_sector_command_decode(bytes, len, &command) == OTK_OK &&
               command.id == OTK_SECTOR_ACK);
        break;
    case OTK_GATT_SECTOR_PROGRESS:
        EXPECT(len == 2 && bytes[0] <= 100 && bytes[1] < 100);
        break;
    default:
        EXPECT(value == OTK_GATT_WINDOW_CONTROL);
        check_window_frame(bytes, len);
    }
    return OTK_OK;
}

static enum otk_status send_serial(void *context, const uint8_t *frame, uint32_t len)
{
    const struct scene *scene = context;

    if (scene->is_full)
        return OTK_BUSY;
    check_window_frame(frame, len);
    return OTK_OK;
}

static void set_speed(void *context, bool fast)
{
    struct scene *scene = context;

    EXPECT(scene->is_fast != fast);
    scene->is_fast = fast;
}

/* Reset. Returns whether an application runs; the device is then ready. */
static bool boot(struct scene *scene)
{
    const struct otk_ble_config config = {
        .name = "esp32", .window = 4096, .sector_buffer = scene->sector, .sector_window = 2};
    const struct otk_window_config serial_config = {.owner = OTK_OWNER_SERIAL, .window = 1024};
    const struct otk_window_link serial_link = {.context = scene, .send = send_serial};
    struct otk_boot_result result;

    otk_session_close(&scene->updater.session);
    otk_nor_power_on(scene->nor);
    otk_nor_unprotect(scene->nor);
    if (otk_boot(&scene->board, scene->scratch, sizeof scene->scratch, &result) != OTK_OK)
        return false;
    chip_protect(scene->nor, scene->mode & LAYOUT_MASK, result.slot);
    EXPECT(otk_device_start(&scene->device, &scene->board, result.slot, OTK_RESET_SOFTWARE,
                            scene->scratch) == OTK_OK);
    if (scene->mode & POLICY)
        scene->device.policy = (struct otk_policy){true, true, true};
    scene->link = (struct otk_ble_link){scene, send, set_speed};
    scene->is_fast = false;
    scene->is_full = false;
    otk_updater_init(&scene->updater, &scene->device, scene->buffer, scene->updater.boot_id + 1u);
    otk_ble_init(&scene->ble, &scene->updater, &config, &scene->link);
    otk_window_init(&scene->serial, &scene->updater, &serial_config, &serial_link);
    return true;
}

/* One turn of the application's loop. Returns whether there is more to do. */
static bool turn(struct scene *scene)
{
    const bool updater_more = otk_updater_poll(&scene->updater, scene->now_ms) == OTK_MORE;
    const bool ble_more = otk_ble_poll(&scene->ble, scene->now_ms) == OTK_MORE;
    const bool serial_more = otk_window_poll(&scene->serial, scene->now_ms) == OTK_MORE;

    scene->now_ms += TURN_MS;
    return updater_more || ble_more || serial_more;
}

static void write_value(struct scene *scene, enum otk_gatt_value value, const uint8_t *bytes,
                        uint32_t len)
{
    /* Exactly as long as it is, for the sanitizer. */
    uint8_t *copy = malloc(len > 0 ? len : 1);

    EXPECT(copy);
    memcpy(copy, bytes, len);
    if (value == SERIAL) {
        otk_window_request(&scene->serial, copy, len, scene->now_ms);
    } else {
        const enum otk_status status = otk_ble_write(&scene->ble, value, copy, len, scene->now_ms);

        EXPECT((otk_gatt_error(status) == 0) == (status == OTK_OK));
    }
    free(copy);
}

static void write_byte(struct scene *scene, enum otk_gatt_value value, uint8_t byte)
{
    write_value(scene, value, &byte, 1);
}

static void write_anything(struct scene *scene, struct input *input)
{
    const enum otk_gatt_value value = input_u8(input) % (OTK_GATT_VALUE_COUNT + 1);
    uint8_t bytes[255];

    write_value(scene, value, bytes, input_copy(input, bytes, input_u8(input)));
}

static void open_window(struct scene *scene, enum otk_gatt_value channel)
{
    struct otk_window_open open = {.chip_id = OTK_CHIP_ESP32, .image_size = scene->image_len};
    uint8_t bytes[OTK_WINDOW_OPEN_SIZE];

    memcpy(open.sha256, scene->sha256, sizeof open.sha256);
    memcpy(open.version, "1.1.0", 6);
    memcpy(open.project, "lamp", 5);
    otk_window_open_encode(&open, bytes);
    write_value(scene, channel, bytes, sizeof bytes);
}

/* A data frame of the image, on the line with its op in front. */
static void send_window(struct scene *scene, enum otk_gatt_value channel, uint32_t offset,
                        uint32_t len)
{
    uint8_t bytes[3 + 1024] = {OTK_WINDOW_DATA};

    if (offset > scene->image_len)
        offset = scene->image_len;
    if (len > scene->image_len - offset)
        len = scene->image_len - offset;
    otk_store_le16(bytes + 1, (uint16_t)offset);
    memcpy(bytes + 3, scene->image + offset, len);
    if (channel == SERIAL)
        write_value(scene, SERIAL, bytes, len + 3u);
    else
        write_value(scene, OTK_GATT_WINDOW_DATA, bytes + 1, len + 2u);
}

static void send_simple(struct scene *scene, uint32_t len)
{
    if (len > scene->image_len - scene->simple_offset)
        len = scene->image_len - scene->simple_offset;
    write_value(scene, OTK_GATT_SIMPLE_DATA, scene->image + scene->simple_offset, len);
    scene->simple_offset += len;
}

static void send_command(struct scene *scene, uint16_t id)
{
    const struct otk_sector_command command = {.id = id, .image_size = scene->image_len};
    uint8_t bytes[OTK_SECTOR_FRAME_COMMAND_SIZE];

    otk_sector_command_encode(&command, bytes);
    write_value(scene, OTK_GATT_SECTOR_COMMAND, bytes, sizeof bytes);
}

/* A sector in packets, `what` having the last CRC wrong in bit 7 and one packet missing in bit 6. */
static void send_sector(struct scene *scene, uint16_t index, uint8_t what)
{
    const uint32_t offset = (uint32_t)index % 4u * OTK_SECTOR_FRAME_SECTOR_SIZE;
    const uint32_t rest = offset < scene->image_len ? scene->image_len - offset : 0;
    const uint32_t len = rest < sizeof scene->sector ? rest : (uint32_t)sizeof scene->sector;
    const uint8_t *data = scene->image + (rest > 0 ? offset : 0);
    uint8_t bytes[1100];
    uint32_t at;

    for (at = 0; at < len; at += 1000) {
        const struct otk_sector_packet packet = {
            .index = index,
            .sequence = (uint8_t)(at / 1000),
            .is_last = len - at <= 1000,
            .data = data + at,
            .len = len - at < 1000 ? len - at : 1000,
            .crc = otk_crc16(0, data, len) ^ (uint16_t)(what >> 7),
        };

        if (!(what & 0x40) || at != 1000)
            write_value(scene, OTK_GATT_SECTOR_FIRMWARE, bytes,
                        otk_sector_packet_encode(&packet, bytes, sizeof bytes));
    }
}

static void portal(struct scene *scene, uint8_t what)
{
    const struct otk_session_request request = {.image_size = scene->image_len,
                                                .sha256 = what & 1 ? scene->sha256 : NULL};
    enum otk_status status = OTK_OK;

    if (what & 2)
        status = otk_updater_cancel(&scene->updater, OTK_CANCELLED);
    else if (what & 4)
        otk_updater_leave(&scene->updater, OTK_OWNER_PORTAL);
    else
        status = otk_updater_begin(&scene->updater, OTK_OWNER_PORTAL, &request);
    (void)status; /* any */
}

static void read_everything(const struct scene *scene)
{
    uint8_t bytes[OTK_BLE_READ_SIZE];
    enum otk_gatt_value value;
    uint32_t len;

    for (value = 0; value < OTK_GATT_VALUE_COUNT; value++) {
        const enum otk_status status = otk_ble_read(&scene->ble, value, bytes, sizeof bytes, &len);

        EXPECT(status == OTK_OK ? len <= sizeof bytes : status == OTK_NOT_FOUND);
    }
}

/* Time, links, the portal and the power. */
static void take_event(struct scene *scene, uint8_t step, struct input *input)
{
    uint32_t count;

    switch (step & 0x0F) {
    case 10:
        for (count = input_u8(input); count > 0; count--)
            turn(scene);
        scene->now_ms += step & 0x80 ? OTK_WINDOW_SILENCE_MS : 0;
        break;
    case 11:
        if (step & 0x80)
            otk_window_closed(&scene->serial);
        else
            otk_ble_closed(&scene->ble);
        break;
    case 12:
        scene->is_full = !scene->is_full;
        break;
    case 13:
        portal(scene, step >> 4);
        break;
    case 14:
        read_everything(scene);
        break;
    default:
        otk_nor_arm_cut(scene->nor, &(struct otk_nor_cut){.after_ops = input_u8(input),
                                                          .fault = OTK_NOR_BEFORE,
                                                          .seed = step});
    }
}

/* The low half of the first byte says what happens; its highest bit, on which line. */
static void take_step(struct scene *scene, struct input *input)
{
    const uint8_t step = input_u8(input);
    const enum otk_gatt_value control = step & 0x80 ? SERIAL : OTK_GATT_WINDOW_CONTROL;
    uint16_t number;

    switch (step & 0x0F) {
    case 0:
        write_anything(scene, input);
        break;
    case 1:
        open_window(scene, control);
        break;
    case 2:
        number = input_u16(input);
        send_window(scene, control, number, input_u16(input) % 1024u);
        break;
    case 3: /* the next bytes that are wanted */
        send_window(scene, control, otk_updater_offset(&scene->updater), 1000);
        break;
    case 4:
        write_byte(scene, control, input_u8(input));
        break;
    case 5:
        scene->simple_offset = 0;
        write_byte(scene, OTK_GATT_SIMPLE_CONTROL, OTK_SIMPLE_REQUEST);
        break;
    case 6:
        send_simple(scene, input_u16(input) % 1200u);
        break;
    case 7:
        write_byte(scene, OTK_GATT_SIMPLE_CONTROL, OTK_SIMPLE_DONE);
        break;
    case 8:
        send_command(scene, step & 0x80 ? OTK_SECTOR_STOP : OTK_SECTOR_START);
        break;
    case 9:
        number = input_u8(input);
        send_sector(scene, number == 255 ? OTK_SECTOR_FRAME_LAST_INDEX : number, step);
        break;
    default:
        take_event(scene, step, input);
    }
}

/* What was selected is what boots, and it was verified. */
static bool reset(struct scene *scene)
{
    const bool switched = scene->updater.state == OTK_UPDATER_SWITCHED;
    const int slot = otk_slot_for_update(&scene->device);

    if (switched)
        EXPECT(otk_slot_check(&scene->device, slot, scene->scratch) == OTK_OK);
    if (!boot(scene))
        return false;
    EXPECT(!switched || scene->device.running == slot);
    return true;
}

static void run(struct scene *scene, struct input *input)
{
    unsigned step;

    for (step = 0; step < STEP_COUNT_MAX && input->size > 0; step++) {
        take_step(scene, input);
        if (otk_updater_reset_is_due(&scene->updater, scene->now_ms) ||
            !otk_nor_is_powered(scene->nor)) {
            EXPECT(reset(scene));
        }
    }
}

/* All clients go: what they left ends by itself, and the device can be updated. */
static void end(struct scene *scene)
{
    unsigned turns = 0;

    otk_nor_power_on(scene->nor);
    otk_ble_closed(&scene->ble);
    otk_window_closed(&scene->serial);
    otk_updater_leave(&scene->updater, OTK_OWNER_PORTAL);
    EXPECT(!scene->is_fast);
    while (turn(scene))
        EXPECT(++turns < 1000);
    EXPECT(scene->updater.state != OTK_UPDATER_RECEIVING &&
           scene->updater.state != OTK_UPDATER_FINISHING && !scene->device.session);
    EXPECT(reset(scene));
    EXPECT(otk_trial_is_pending(&scene->device) == false ||
           otk_trial_confirm(&scene->device) == OTK_OK);
    open_window(scene, OTK_GATT_WINDOW_CONTROL);
    otk_ble_closed(&scene->ble);
}

static void take_image(struct scene *scene, struct input *input)
{
    const uint32_t len = input_u16(input) % (IMAGE_SIZE_MAX + 1u);
    struct otk_sha256 sha;

    scene->image_len = input_copy(input, scene->image, len);
    if (scene->mode & SEAL_IMAGE)
        seal_image(scene->image, scene->image_len);
    EXPECT(otk_sha256_init(&sha) == OTK_OK);
    EXPECT(otk_sha256_update(&sha, scene->image, scene->image_len) == OTK_OK);
    EXPECT(otk_sha256_finish(&sha, scene->sha256) == OTK_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct scene scene;
    struct input input = {data, size};

    memset(&scene, 0, sizeof scene);
    scene.mode = input_u8(&input);
    scene.nor = chip_reset(scene.mode & LAYOUT_MASK, 4);
    scene.board.flash = otk_nor_flash(scene.nor);
    scene.board.chip_id = OTK_CHIP_ESP32;
    scene.board.revision = 100;
    chip_install(scene.nor, scene.mode & CHIP_FACTORY ? CHIP_FACTORY_AT : CHIP_OTA_AT(0));
    take_image(&scene, &input);
    EXPECT(boot(&scene));
    run(&scene, &input);
    end(&scene);
    otk_session_close(&scene.updater.session);
    return 0;
}
