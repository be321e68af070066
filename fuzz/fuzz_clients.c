// SPDX-License-Identifier: Apache-2.0
/*
 * The clients of protocols A, B and C against a device that says anything: host/{simple,sector,
 * window}_client.c. Each frame fits its link and carries the image's own bytes, no more is under way
 * than the device allowed, and whatever the device does, the client ends.
 *
 * Input: a mode byte (below), the frame size (16 bits), then what happens, see happen.
 */
#include "fuzz/expect.h"
#include "fuzz/input.h"
#include "host/sector_client.h"
#include "host/simple_client.h"
#include "host/window_client.h"
#include "otakit/base/crc16.h"

#define PROTOCOL_MASK 0x03u /* 0: A, 1: B, else C */
#define IS_LINE       0x04u
#define NEEDS_ANSWERS 0x08u
#define IS_SHORT      0x10u /* the image is one packet */

#define IMAGE_SIZE 20000u

/* Frames that a client may send without having heard anything in between: its largest window in the
 * smallest frames, or all sectors. */
#define BURST_MAX 3000u

/* Steps without any event after which a client must have ended. */
#define STEP_MAX 200000u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t image[IMAGE_SIZE];

struct scene {
    union {
        struct otk_client client;
        struct otk_simple_client simple;
        struct otk_sector_client sector;
        struct otk_window_client window;
    } is;
    uint8_t mode;
    uint32_t frame_size;
    uint32_t image_len;
    uint32_t now_ms;
    bool owes_answer;
    bool is_over;
};

static bool is_window(const struct scene *scene)
{
    return (scene->mode & PROTOCOL_MASK) > 1;
}

/* Data of protocol C: where it is from, and that it may be under way. */
static void check_window_data(const struct scene *scene, const uint8_t *frame, uint32_t len)
{
    const struct otk_window_client *const window = &scene->is.window;
    const uint32_t header = scene->mode & IS_LINE ? 3 : 2;
    const uint32_t offset = window->cursor - (len - header);

    EXPECT(len > header);
    EXPECT(otk_load_le16(frame + header - 2) == (uint16_t)offset);
    EXPECT(offset < scene->image_len && len - header <= scene->image_len - offset);
    EXPECT(memcmp(frame + header, image + offset, len - header) == 0);
    EXPECT(window->cursor - window->acked <= window->window);
    EXPECT(window->window <= OTK_WINDOW_SIZE_MAX);
}

static void check_packet(const struct scene *scene, const uint8_t *frame, uint32_t len)
{
    struct otk_sector_packet packet;
    uint32_t from;

    EXPECT(otk_sector_packet_decode(frame, len, &packet) == OTK_OK);
    from = packet.index * OTK_SECTOR_FRAME_SECTOR_SIZE;
    EXPECT(from < scene->image_len);
    EXPECT(packet.index - scene->is.sector.acked < scene->is.sector.window);
    EXPECT(packet.len > 0);
    if (packet.is_last) {
        const uint32_t rest = scene->image_len - from;
        const uint32_t whole = rest < OTK_SECTOR_FRAME_SECTOR_SIZE ? rest
                                                                   : OTK_SECTOR_FRAME_SECTOR_SIZE;

        EXPECT(packet.crc == otk_crc16(0, image + from, whole));
        EXPECT(memcmp(packet.data, image + from + whole - packet.len, packet.len) == 0);
    }
}

static void check_frame(const struct scene *scene, const struct otk_client_action *action,
                        const uint8_t *frame)
{
    const bool is_data = action->channel == OTK_CLIENT_DATA ||
                         ((scene->mode & IS_LINE) && frame[0] == OTK_WINDOW_DATA);

    EXPECT(action->len > 0);
    EXPECT(action->channel != OTK_CLIENT_INFO);
    EXPECT(!is_data || action->len <= scene->frame_size);
    EXPECT(is_data || action->len <= OTK_WINDOW_OPEN_SIZE);
    if (is_data && is_window(scene)) {
        check_window_data(scene, frame, action->len);
    } else if (is_data && (scene->mode & PROTOCOL_MASK) == 1) {
        check_packet(scene, frame, action->len);
    }
}

static void connect(struct scene *scene)
{
    const struct otk_client_link link = {.frame_size = scene->frame_size,
                                         .is_line = is_window(scene) && (scene->mode & IS_LINE)};

    scene->owes_answer = false;
    otk_client_connected(&scene->is.client, &link, scene->now_ms);
}

/* The client does what it can do now. Returns what it then waits for. */
static struct otk_client_action act(struct scene *scene)
{
    uint8_t frame[OTK_CLIENT_FRAME_SIZE];
    struct otk_client_action action;

    for (uint32_t i = 0; i < BURST_MAX; i++) {
        otk_client_next(&scene->is.client, scene->now_ms, frame, &action);
        switch (action.step) {
        case OTK_CLIENT_SEND:
            EXPECT(!scene->owes_answer);
            scene->owes_answer = action.has_response;
            check_frame(scene, &action, frame);
            break;
        case OTK_CLIENT_READ:
            scene->owes_answer = true;
            break;
        case OTK_CLIENT_DONE:
        case OTK_CLIENT_FAILED:
            EXPECT((action.step == OTK_CLIENT_DONE) == (action.status == OTK_OK));
            scene->is_over = true;
            return action;
        default:
            return action;
        }
    }
    EXPECT(false);
    return action;
}

/* A frame that makes sense, with the numbers of the input. */
static uint32_t make_frame(const struct scene *scene, struct input *input, uint8_t *frame)
{
    const uint8_t kind = input_u8(input);
    const uint32_t number = input_u32(input) % (scene->image_len + 5000u);

    switch (kind % 6) {
    case 0:
        otk_window_opened_encode(&(struct otk_window_opened){.status = OTK_OK,
                                                             .window = input_u16(input),
                                                             .offset = number},
                                 frame);
        return OTK_WINDOW_OPENED_SIZE;
    case 1:
    case 2:
        otk_window_state_encode(
            &(struct otk_window_state){.status = (enum otk_status)input_u8(input),
                                       .phase = (enum otk_window_phase)(input_u8(input) % 5),
                                       .next = number,
                                       .written = number,
                                       .verified = input_u16(input)},
            frame);
        return OTK_WINDOW_STATE_SIZE;
    case 3:
        otk_sector_command_encode(
            &(struct otk_sector_command){.id = OTK_SECTOR_ACK,
                                         .answered = (uint16_t)(input_u8(input) % 3),
                                         .verdict = (uint16_t)(number % 2),
                                         .window = input_u8(input)},
            frame);
        return OTK_SECTOR_FRAME_COMMAND_SIZE;
    case 4:
        otk_sector_ack_encode(&(struct otk_sector_ack){.index = (uint16_t)(number % 8),
                                                       .result = (uint16_t)(input_u8(input) % 5),
                                                       .expected = (uint16_t)(input_u8(input) % 8)},
                              frame);
        return OTK_SECTOR_FRAME_COMMAND_SIZE;
    default:
        frame[0] = (uint8_t)(number % 8);
        return 1;
    }
}

/* The device, the link or the clock does something. */
static void happen(struct scene *scene, struct input *input)
{
    struct otk_client *const client = &scene->is.client;
    const uint8_t what = input_u8(input);
    const enum otk_client_channel channel = (enum otk_client_channel)((what >> 4) % 3);
    uint8_t bytes[256];
    uint32_t len;

    switch (what % 8) {
    case 0:
        connect(scene);
        break;
    case 1:
        scene->owes_answer = false;
        otk_client_answered(client, otk_client_att_status(what & 0x80 ? input_u8(input) : 0),
                            scene->now_ms);
        break;
    case 2:
    case 3:
        len = input_copy(input, bytes, input_u8(input));
        scene->owes_answer = scene->owes_answer && channel != OTK_CLIENT_INFO;
        otk_client_received(client, channel, bytes, len, scene->now_ms);
        break;
    case 4:
    case 5:
        len = make_frame(scene, input, bytes);
        otk_client_received(client, channel == OTK_CLIENT_INFO ? OTK_CLIENT_CONTROL : channel,
                            bytes, len, scene->now_ms);
        break;
    case 6:
        scene->now_ms += input_u16(input);
        break;
    default:
        if (what & 0x80) {
            otk_client_cancel(client);
        } else {
            scene->owes_answer = false;
            otk_client_lost(client, scene->now_ms);
        }
        break;
    }
}

/* Nothing happens any more but time, and links that come up: the client ends. */
static void outlive(struct scene *scene)
{
    for (uint32_t i = 0; i < STEP_MAX && !scene->is_over; i++) {
        const struct otk_client_action action = act(scene);

        if (action.step == OTK_CLIENT_CONNECT) {
            connect(scene);
        } else if (!scene->is_over) {
            EXPECT((int32_t)(action.until_ms - scene->now_ms) > 0);
            EXPECT(action.until_ms - scene->now_ms <= OTK_CLIENT_STALL_MS);
            scene->now_ms = action.until_ms;
            scene->owes_answer = false; /* it is overdue, or was not owed */
        }
    }
    EXPECT(scene->is_over);
}

static void init(struct scene *scene)
{
    struct otk_client_image description = {.bytes = image, .len = scene->image_len};

    strcpy(description.version, "1.1.0");
    switch (scene->mode & PROTOCOL_MASK) {
    case 0:
        otk_simple_client_init(&scene->is.simple, &description);
        break;
    case 1:
        otk_sector_client_init(&scene->is.sector, &description);
        scene->is.sector.needs_response = scene->mode & NEEDS_ANSWERS;
        break;
    default:
        otk_window_client_init(&scene->is.window, &description);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct scene scene;
    struct input input = {data, size};

    memset(&scene, 0, sizeof scene);
    for (uint32_t i = 0; i < IMAGE_SIZE; i++) {
        image[i] = (uint8_t)(i * 7u + (i >> 8));
    }
    scene.mode = input_u8(&input);
    scene.frame_size = OTK_CLIENT_FRAME_SIZE_MIN + input_u16(&input) % 1024u;
    scene.image_len = scene.mode & IS_SHORT ? 12u : IMAGE_SIZE;
    scene.now_ms = UINT32_MAX - 3000u; /* the clock wraps */
    init(&scene);
    while (input.size > 0 && !scene.is_over) {
        happen(&scene, &input);
        (void)act(&scene);
    }
    outlive(&scene);
    return 0;
}
