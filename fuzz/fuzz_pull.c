// SPDX-License-Identifier: Apache-2.0
/*
 * A pull from a server that answers anything: otakit/transport/pull. It ends, shows credentials to
 * nobody but the server they are for, writes only to the passive slot and otadata, and what it calls
 * done is a verified image.
 *
 * Input: a mode byte (below), a length and the URL, a length (16 bits) and the image, then what the
 * server does, see serve_step.
 */
#include "fuzz/chip.h"
#include "fuzz/expect.h"
#include "fuzz/input.h"
#include "fuzz/seal.h"
#include "otakit/crypto/digest.h"
#include "otakit/transport/pull/pull.h"

#define KIND_MASK       0x03u
#define ALLOW_HTTP      0x04u
#define HAS_CREDENTIALS 0x08u
#define HAS_SHA256      0x10u
#define SEAL_IMAGE      0x20u
#define HAS_TOTAL_TIME  0x40u
#define POLICY          0x80u

#define IMAGE_SIZE_MAX 24576u
#define ATTEMPT_LIMIT  4u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Device and server of one run. */
struct scene {
    struct otk_nor *nor;
    struct otk_device device;
    struct otk_session session;
    struct otk_pull pull;
    uint8_t buffer[OTK_SECTOR_SIZE];
    uint8_t image[IMAGE_SIZE_MAX];
    uint32_t image_len;
    uint8_t sha256[32];
    char url[256];
    struct otk_pull_config config;
    uint32_t now_ms;
    uint32_t position; /* of the server, in the image */
    bool head_is_done;
};

static struct otk_text text_of(const char *chars)
{
    return otk_text(chars, (uint32_t)strlen(chars));
}

/* What the engine asks for is what it may ask for. */
static void check_request(const struct scene *scene, const struct otk_pull_request *request)
{
    struct otk_url url;

    EXPECT(otk_url_decode(text_of(request->url), &url) == OTK_OK);
    EXPECT(url.is_secure || scene->config.allow_http);
    if (request->send_credentials) {
        EXPECT(scene->config.has_credentials);
        EXPECT(otk_url_is_same_origin(text_of(request->url), text_of(scene->url)));
    }
    EXPECT(request->offset == 0 || request->if_range[0] != 0 || scene->pull.has_sha256);
    EXPECT(request->attempt >= 1 && request->attempt <= ATTEMPT_LIMIT);
}

static enum otk_status send_field(struct scene *scene, const char *name, const char *value)
{
    otk_pull_field(&scene->pull, text_of(name), text_of(value));
    return OTK_OK;
}

/* An answer that makes sense, up to the end of its head. */
static enum otk_status send_head(struct scene *scene, const struct otk_pull_request *request)
{
    char text[64];
    const bool is_part = request->offset > 0 && request->offset < scene->image_len;

    scene->position = is_part ? request->offset : 0;
    otk_pull_status(&scene->pull, scene->now_ms, is_part ? 206 : 200);
    (void)send_field(scene, "ETag", "\"1\"");
    (void)snprintf(text, sizeof text, "%u", scene->image_len - scene->position);
    (void)send_field(scene, "Content-Length", text);
    (void)snprintf(text, sizeof text, "bytes %u-%u/%u", scene->position, scene->image_len - 1,
                   scene->image_len);
    if (is_part)
        (void)send_field(scene, "Content-Range", text);
    scene->head_is_done = true;
    return otk_pull_head_end(&scene->pull, scene->now_ms);
}

static enum otk_status send_image(struct scene *scene, uint32_t len)
{
    const uint32_t rest = scene->image_len - scene->position;
    const uint8_t *data = scene->image + scene->position;

    len = len < rest ? len : rest;
    scene->position += len;
    return otk_pull_body(&scene->pull, scene->now_ms, data, len);
}

static enum otk_status send_line(struct scene *scene, struct input *input)
{
    char line[256];
    const uint32_t len = input_copy(input, line, input_u8(input));
    const struct otk_text text = otk_text(line, len);
    const uint32_t colon = otk_text_find(text, ':');

    if (colon < len)
        otk_pull_field(&scene->pull, otk_text(line, colon), otk_text_from(text, colon + 1));
    return OTK_OK;
}

static enum otk_status send_bytes(struct scene *scene, struct input *input)
{
    uint8_t bytes[256];
    const uint32_t len = input_copy(input, bytes, input_u8(input));

    return otk_pull_body(&scene->pull, scene->now_ms, bytes, len);
}

/*
 * One thing that a server can do. `ended`: the transfer is over, with the status returned.
 * Body and end of head come in their order, as whoever speaks HTTP sees to.
 */
static enum otk_status serve_step(struct scene *scene, struct input *input,
                                  const struct otk_pull_request *request, bool *ended)
{
    const uint8_t step = input_u8(input);
    const bool in_body = scene->head_is_done;

    switch (step % 8) {
    case 0:
        return in_body ? OTK_OK : send_head(scene, request);
    case 1:
        /* It may have sent other bytes than the image's before, and more of them. */
        scene->position = request->offset < scene->image_len ? request->offset : scene->image_len;
        if (!in_body)
            otk_pull_status(&scene->pull, scene->now_ms, input_u16(input));
        return OTK_OK;
    case 2:
        return send_line(scene, input);
    case 3:
        scene->head_is_done = true;
        return in_body ? OTK_OK : otk_pull_head_end(&scene->pull, scene->now_ms);
    case 4:
        return in_body ? send_bytes(scene, input) : OTK_OK;
    case 5:
        return in_body ? send_image(scene, input_u16(input)) : OTK_OK;
    case 6:
        scene->now_ms += input_u16(input);
        return otk_pull_tick(&scene->pull, scene->now_ms);
    default:
        *ended = true;
        return step & 0x80 ? OTK_CONNECTION_LOST : OTK_OK;
    }
}

static void serve(struct scene *scene, struct input *input, const struct otk_pull_request *request)
{
    enum otk_status status = OTK_CONNECT_REFUSED;
    bool ended = input->size == 0;

    scene->head_is_done = false;
    scene->now_ms = request->start_ms;
    if (!ended)
        otk_pull_status(&scene->pull, scene->now_ms, 200);
    while (!ended) {
        status = serve_step(scene, input, request, &ended);
        if (!ended && status == OTK_OK && input->size == 0) {
            status = OTK_CONNECTION_LOST;
            ended = true;
        }
        ended = ended || status != OTK_OK;
    }
    EXPECT(status == OTK_OK || status == OTK_CANCELLED || status == OTK_CONNECTION_LOST ||
           status == OTK_CONNECT_REFUSED);
    otk_pull_end(&scene->pull, scene->now_ms, status);
}

static void check_done(const struct scene *scene)
{
    const struct otk_board *board = &scene->device.board;
    const struct otk_image_target target = {
        .area = scene->session.area, .chip_id = board->chip_id, .revision = board->revision};
    uint8_t scratch[1024];

    EXPECT(scene->session.state == OTK_SESSION_VERIFIED);
    EXPECT(otk_image_verify(board->flash, &target, scratch, sizeof scratch, NULL) == OTK_OK);
    if (scene->config.sha256)
        EXPECT(memcmp(otk_nor_content(scene->nor) + target.area.offset, scene->image,
                      scene->image_len) == 0);
}

static void pull(struct scene *scene, struct input *input)
{
    struct otk_pull_request request;
    enum otk_pull_step step;
    unsigned refused = 0;

    do {
        step = otk_pull_next(&scene->pull, scene->now_ms, scene->now_ms * 2654435761u, &request);
        if (step == OTK_PULL_FETCH) {
            refused += input->size == 0;
            EXPECT(refused <= ATTEMPT_LIMIT);
            check_request(scene, &request);
            serve(scene, input, &request);
        }
    } while (step == OTK_PULL_FETCH || step == OTK_PULL_VERIFY);

    if (step == OTK_PULL_DONE) {
        check_done(scene);
        EXPECT(otk_session_switch(&scene->session) == OTK_OK);
        return;
    }
    EXPECT(otk_pull_outcome(&scene->pull) != OTK_OK);
    EXPECT(otk_pull_outcome(&scene->pull) != OTK_FLASH_IO);
    EXPECT(scene->device.session == NULL);
}

static void take_image(struct scene *scene, struct input *input, bool seal)
{
    const uint32_t len = input_u16(input);
    struct otk_sha256 sha;

    scene->image_len = input_copy(input, scene->image, len < IMAGE_SIZE_MAX ? len : IMAGE_SIZE_MAX);
    if (seal)
        seal_image(scene->image, scene->image_len);
    EXPECT(otk_sha256_init(&sha) == OTK_OK);
    EXPECT(otk_sha256_update(&sha, scene->image, scene->image_len) == OTK_OK);
    EXPECT(otk_sha256_finish(&sha, scene->sha256) == OTK_OK);
}

static void start_device(struct scene *scene, uint8_t mode)
{
    struct otk_board board = {.revision = 100};

    scene->nor = chip_reset(CHIP_FACTORY, 4);
    chip_install(scene->nor, CHIP_FACTORY_AT);
    chip_protect(scene->nor, CHIP_FACTORY, OTK_SLOT_FACTORY);
    board.flash = otk_nor_flash(scene->nor);
    EXPECT(otk_device_start(&scene->device, &board, OTK_SLOT_FACTORY, OTK_RESET_SOFTWARE,
                            scene->buffer) == OTK_OK);
    if (mode & POLICY)
        scene->device.policy = (struct otk_policy){true, true, true};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct scene scene;
    struct input input = {data, size};
    const uint8_t mode = input_u8(&input);

    memset(&scene, 0, sizeof scene);
    (void)input_copy(&input, scene.url, input_u8(&input));
    scene.url[sizeof scene.url - 1] = '\0';
    take_image(&scene, &input, mode & SEAL_IMAGE);
    start_device(&scene, mode);
    scene.config = (struct otk_pull_config){
        .url = scene.url,
        .kind = (enum otk_pull_kind)((mode & KIND_MASK) % 3),
        .sha256 = mode & HAS_SHA256 ? scene.sha256 : NULL,
        .allow_http = mode & ALLOW_HTTP,
        .has_credentials = mode & HAS_CREDENTIALS,
        .attempt_limit = ATTEMPT_LIMIT,
        .total_timeout_ms = mode & HAS_TOTAL_TIME ? 100000 : 0,
    };
    if (otk_pull_init(&scene.pull, &scene.config, &scene.device, &scene.session, scene.buffer,
                      scene.now_ms) == OTK_OK)
        pull(&scene, &input);
    otk_session_close(&scene.session);
    return 0;
}
