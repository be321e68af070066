// SPDX-License-Identifier: Apache-2.0
/*
 * The web portal under any requests, two at a time: otakit/transport/portal. It answers every one that
 * is brought to its end, writes only to the passive slot and otadata, changes nothing for a page of
 * somebody else, and what it calls complete is a verified image.
 *
 * Input: a mode byte (below), a length (16 bits) and the image, then what the clients do, see act.
 */
#include <cjson/cJSON.h>

#include "fuzz/chip.h"
#include "fuzz/expect.h"
#include "fuzz/input.h"
#include "fuzz/seal.h"
#include "otakit/crypto/digest.h"
#include "otakit/transport/portal/portal.h"

#define IS_CAPTIVE   0x01u
#define HAS_PASSWORD 0x02u
#define SEAL_IMAGE   0x04u
#define POLICY       0x08u

#define IMAGE_SIZE_MAX 24576u
#define CLIENT_COUNT   2u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Where a client is with its request. */
enum stage { IDLE, SENDING, WAITING, ANSWERED };

struct client {
    enum stage stage;
    bool is_foreign;   /* a page of somebody else asks */
    uint32_t position; /* in the image, of the next byte it sends */
    struct otk_portal_exchange exchange;
};

struct scene {
    struct otk_nor *nor;
    struct otk_device device;
    struct otk_updater updater;
    struct otk_portal portal;
    struct client clients[CLIENT_COUNT];
    uint8_t buffer[OTK_SECTOR_SIZE];
    uint8_t image[IMAGE_SIZE_MAX];
    uint32_t image_len;
    char sha256[65];
    uint32_t now_ms;
};

static struct otk_text text_of(const char *chars)
{
    return otk_text(chars, (uint32_t)strlen(chars));
}

/* Fields that a client may send as they are. "@": the image's SHA-256, "#": its length. */
static const char *const lines[] = {
    "Host:192.168.4.1",
    "Host:lamp.local",
    "Host:evil.example",
    "Origin:http://192.168.4.1",
    "Origin:http://evil.example",
    "Sec-Fetch-Site:cross-site",
    "X-Otakit-Token:0001020304050607",
    "X-Otakit-Password:pw",
    "Authorization:Basic YTpwdw==",
    "Transfer-Encoding:chunked",
    "Content-Length:#",
    "Content-Length:0",
    "X-Otakit-Sha256:@",
    "Content-Type:multipart/form-data; boundary=B",
    "Expect:100-continue",
    "User-Agent:x; wv)",
};

#define LINE_COUNT (sizeof lines / sizeof lines[0])

static void send_line(struct otk_portal_request *request, const char *line, uint32_t len)
{
    const struct otk_text text = otk_text(line, len);
    const uint32_t colon = otk_text_find(text, ':');

    if (colon < len)
        otk_portal_request_field(request, otk_text(line, colon), otk_text_from(text, colon + 1));
}

/* One of the lines above, a range of the image, or anything. */
static void send_field(struct scene *scene, struct input *input, struct otk_portal_request *request)
{
    const uint8_t kind = input_u8(input);
    char line[256];
    uint32_t len;

    if (kind < LINE_COUNT) {
        const char *const known = lines[kind];
        const size_t mark = strcspn(known, "@#");

        len = (uint32_t)snprintf(line, sizeof line, "%.*s", (int)mark, known);
        if (known[mark] == '@')
            len += (uint32_t)snprintf(line + len, sizeof line - len, "%s", scene->sha256);
        if (known[mark] == '#')
            len += (uint32_t)snprintf(line + len, sizeof line - len, "%u", scene->image_len);
    } else if (kind < 64) {
        const uint32_t first = input_u16(input);
        const uint32_t last = first + input_u16(input);

        len = (uint32_t)snprintf(line, sizeof line, "Content-Range:bytes %u-%u/%u", first, last,
                                 scene->image_len);
    } else if (kind < 80) {
        len = (uint32_t)snprintf(line, sizeof line, "Content-Range:bytes */%u", scene->image_len);
    } else {
        len = input_copy(input, line, kind);
    }
    send_line(request, line, len);
}

static bool is_foreign(const struct otk_portal_request *request)
{
    return strcmp(request->own, "http://evil.example") == 0 || request->own[0] == '\0' ||
           strcmp(request->origin, "http://evil.example") == 0 || request->is_cross_site ||
           (request->is_from_page && !request->has_token) ||
           (request->portal->config.password && !request->has_password);
}

static void send_bytes(struct scene *scene, struct client *client, const uint8_t *data,
                       uint32_t len)
{
    if (otk_portal_body(&client->exchange, data, len, scene->now_ms) == OTK_PORTAL_RESPOND)
        client->stage = ANSWERED; /* more than anybody drops */
}

static void send_image(struct scene *scene, struct client *client, uint32_t len)
{
    const uint32_t at = client->position < scene->image_len ? client->position : scene->image_len;
    const uint32_t rest = scene->image_len - at;

    len = len < rest ? len : rest;
    client->position = at + len;
    send_bytes(scene, client, scene->image + at, len);
}

static void send_anything(struct scene *scene, struct client *client, struct input *input)
{
    uint8_t bytes[256];
    const uint32_t len = input_copy(input, bytes, input_u8(input));

    send_bytes(scene, client, bytes, len);
}

static void check_json(const struct otk_portal_answer *answer)
{
    cJSON *const json = cJSON_ParseWithLength((const char *)answer->body, answer->body_len);
    const cJSON *error;

    EXPECT(cJSON_IsObject(json));
    EXPECT(cJSON_IsObject(cJSON_GetObjectItemCaseSensitive(json, "session")));
    error = cJSON_GetObjectItemCaseSensitive(json, "error");
    EXPECT((answer->status == 200) == (error == NULL));
    EXPECT(!error || cJSON_IsString(cJSON_GetObjectItemCaseSensitive(error, "code")));
    cJSON_Delete(json);
}

static void check_headers(const struct otk_portal_answer *answer)
{
    EXPECT(answer->header_count <= OTK_PORTAL_HEADER_COUNT);
    for (uint32_t index = 0; index < answer->header_count; index++) {
        EXPECT(strpbrk(answer->headers[index].name, "\r\n:") == NULL);
        EXPECT(strpbrk(answer->headers[index].value, "\r\n") == NULL);
        if (strcmp(answer->headers[index].value, "application/json") == 0)
            check_json(answer);
    }
}

/* The image that the next reset boots is whole. */
static void check_switched(const struct scene *scene)
{
    const struct otk_board *board = &scene->device.board;
    const struct otk_image_target target = {.area = scene->updater.session.area,
                                            .chip_id = board->chip_id,
                                            .revision = board->revision};
    uint8_t scratch[1024];

    EXPECT(otk_image_verify(board->flash, &target, scratch, sizeof scratch, NULL) == OTK_OK);
}

static void answer(struct scene *scene, struct client *client)
{
    static char buffer[OTK_PORTAL_ANSWER_SIZE];
    struct otk_portal_answer found;

    memset(buffer, 0, sizeof buffer);
    EXPECT(client->exchange.outcome != OTK_MORE);
    otk_portal_answer(&client->exchange, buffer, scene->now_ms, &found);
    EXPECT(found.status >= 200 && found.status < 600);
    EXPECT(found.body_len <= OTK_PORTAL_ANSWER_SIZE);
    check_headers(&found);
    if (client->is_foreign && client->exchange.is_upload)
        EXPECT(found.status == 401 || found.status == 403);
    if (client->exchange.is_upload && client->exchange.method == OTK_PORTAL_POST &&
        found.status == 200)
        check_switched(scene);
    client->stage = ANSWERED;
}

static void begin(struct scene *scene, struct client *client, struct input *input)
{
    static const char *const requests[] = {
        "POST /update",  "PUT /update",    "GET /info",         "GET /",     "POST /cancel",
        "POST /confirm", "POST /rollback", "GET /generate_204", "GET /stay", "DELETE /update",
    };
    const char *const line = requests[input_u8(input) % (sizeof requests / sizeof requests[0])];
    const struct otk_text text = text_of(line);
    const uint32_t blank = otk_text_find(text, ' ');
    const struct otk_portal_station station = {{input_u8(input)}};
    const uint32_t update_count = scene->updater.update_count;
    const enum otk_updater_state state = scene->updater.state;
    struct otk_portal_request request;
    uint32_t fields = input_u8(input) % 12u;
    enum otk_portal_step step;

    otk_portal_request_init(&request, &scene->portal, otk_portal_method(otk_text(line, blank)),
                            otk_text_from(text, blank + 1));
    while (fields-- > 0)
        send_field(scene, input, &request);
    step = otk_portal_begin(&client->exchange, &scene->portal, &request, &station, scene->now_ms);
    EXPECT(step == OTK_PORTAL_BODY || step == OTK_PORTAL_RESPOND);
    client->stage = SENDING;
    client->position = request.has_range && request.range.has_bytes ? request.range.first : 0;
    client->is_foreign = is_foreign(&request);
    if (client->is_foreign) {
        EXPECT(scene->updater.update_count == update_count && scene->updater.state == state);
        EXPECT(!scene->updater.wants_reset || state == OTK_UPDATER_SWITCHED ||
               scene->updater.verdict == OTK_VERDICT_REJECTED);
    }
    if (step == OTK_PORTAL_RESPOND)
        answer(scene, client);
}

static void end(struct scene *scene, struct client *client)
{
    if (otk_portal_end(&client->exchange, scene->now_ms) == OTK_PORTAL_RESPOND)
        answer(scene, client);
    else
        client->stage = WAITING;
}

static void hang_up(struct scene *scene, struct client *client)
{
    if (client->stage != IDLE)
        otk_portal_close(&client->exchange, scene->now_ms);
    client->stage = IDLE;
}

/* The application's loop. */
static void turn(struct scene *scene, uint32_t count)
{
    while (count-- > 0 && otk_updater_poll(&scene->updater, scene->now_ms) == OTK_MORE) {
    }
    for (uint32_t index = 0; index < CLIENT_COUNT; index++) {
        struct client *const client = &scene->clients[index];

        if (client->stage == WAITING && otk_portal_poll(&client->exchange) == OTK_PORTAL_RESPOND)
            answer(scene, client);
    }
    otk_portal_tick(&scene->portal, scene->now_ms);
}

/* One thing that a client does; it is done by one that is in a stage for it. */
static void act(struct scene *scene, struct input *input)
{
    const uint8_t step = input_u8(input);
    struct client *const client = &scene->clients[step >> 7];

    switch (step % 8u) {
    case 0:
        hang_up(scene, client);
        begin(scene, client, input);
        return;
    case 1:
    case 2:
        if (client->stage == SENDING)
            send_image(scene, client, input_u16(input));
        return;
    case 3:
        if (client->stage == SENDING)
            send_anything(scene, client, input);
        return;
    case 4:
        if (client->stage == SENDING)
            end(scene, client);
        return;
    case 5:
        hang_up(scene, client);
        return;
    case 6:
        scene->now_ms += input_u16(input);
        turn(scene, 1);
        return;
    default:
        turn(scene, input_u16(input));
    }
}

static void take_image(struct scene *scene, struct input *input, bool seal)
{
    const uint32_t len = input_u16(input);
    struct otk_sha256 sha;
    uint8_t digest[32];

    scene->image_len = input_copy(input, scene->image, len < IMAGE_SIZE_MAX ? len : IMAGE_SIZE_MAX);
    if (seal)
        seal_image(scene->image, scene->image_len);
    EXPECT(otk_sha256_init(&sha) == OTK_OK);
    EXPECT(otk_sha256_update(&sha, scene->image, scene->image_len) == OTK_OK);
    EXPECT(otk_sha256_finish(&sha, digest) == OTK_OK);
    for (size_t index = 0; index < sizeof digest; index++)
        (void)snprintf(scene->sha256 + 2 * index, 3, "%02x", digest[index]);
}

static void start(struct scene *scene, uint8_t mode)
{
    struct otk_board board = {.revision = 100};
    const struct otk_portal_config config = {
        .name = "lamp",
        .url = "http://192.168.4.1/",
        .password = mode & HAS_PASSWORD ? "pw" : NULL,
        .page = (const uint8_t *)"page",
        .page_len = 4,
        .random = {0, 1, 2, 3, 4, 5, 6, 7},
        .is_captive = mode & IS_CAPTIVE,
    };

    scene->nor = chip_reset(CHIP_FACTORY, 4);
    chip_install(scene->nor, CHIP_FACTORY_AT);
    chip_protect(scene->nor, CHIP_FACTORY, OTK_SLOT_FACTORY);
    board.flash = otk_nor_flash(scene->nor);
    EXPECT(otk_device_start(&scene->device, &board, OTK_SLOT_FACTORY, OTK_RESET_SOFTWARE,
                            scene->buffer) == OTK_OK);
    if (mode & POLICY)
        scene->device.policy = (struct otk_policy){true, true, true};
    otk_updater_init(&scene->updater, &scene->device, scene->buffer, 1);
    otk_portal_init(&scene->portal, &scene->updater, &config, scene->now_ms);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct scene scene;
    struct input input = {data, size};
    const uint8_t mode = input_u8(&input);

    memset(&scene, 0, sizeof scene);
    take_image(&scene, &input, mode & SEAL_IMAGE);
    start(&scene, mode);
    while (input.size > 0)
        act(&scene, &input);
    for (uint32_t index = 0; index < CLIENT_COUNT; index++)
        hang_up(&scene, &scene.clients[index]);
    turn(&scene, UINT32_MAX);
    otk_portal_leave(&scene.portal);
    EXPECT(scene.device.session == NULL);
    if (scene.updater.state == OTK_UPDATER_SWITCHED)
        check_switched(&scene);
    return 0;
}
