// SPDX-License-Identifier: Apache-2.0
/*
 * An update on flash that holds anything: journal, record and marks behind otadata, old bytes in the
 * slot. The session ends, writes only to the passive slot and otadata, never takes away what runs,
 * and what it calls verified is the image.
 *
 * Input: two mode bytes (below), the length of the pieces (16 bits), where the power is cut in an
 * update that comes before (16 bits; 0: there is none) and how (8 bits; without one: which write or
 * erase of the update under test fails), the number of patches, then each patch: place (16 bits, see
 * patch_offset), length, bytes; the rest is the image.
 */
#include "fuzz/chip.h"
#include "fuzz/expect.h"
#include "fuzz/input.h"
#include "fuzz/seal.h"
#include "otakit/core/device.h"
#include "otakit/core/last_update.h"
#include "otakit/core/session.h"
#include "otakit/core/slot.h"
#include "otakit/core/trial.h"
#include "otakit/crypto/digest.h"
#include "sim/nor_fault.h"

/* First mode byte: 0-1 layout (chip.h), 2-3 write alignment, then: */
#define HAS_SHA256  0x10u /* the session knows the image's SHA-256 */
#define HAS_SIZE    0x20u /* and its size */
#define SEAL_IMAGE  0x40u
#define SEAL_PATCH  0x80u /* CRCs behind otadata are set right after patching */
/* Second one: */
#define POLICY      0x01u
#define SMALL_ERASE 0x02u
#define POLL        0x04u
#define ABORT       0x08u /* in the middle */
#define REJECT      0x10u /* the new application fails its self-test */
#define RUNS_OTA_1  0x20u /* and not factory or ota_0 */
#define REPEAT      0x40u /* bytes come twice and from too far back */
#define BY_HAND     0x80u /* no update: a slot is selected by hand, number = length of pieces */

#define IMAGE_SIZE_MAX 20480u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* One run. */
struct scene {
    struct otk_nor *nor;
    struct otk_flash flash; /* the chip's, failing once where it is told to */
    uint32_t fail_at;       /* the write or erase that fails, from 1, counted down; 0: none */
    struct otk_board board;
    struct otk_device device;
    struct otk_session session;
    uint8_t buffer[OTK_SECTOR_SIZE];
    uint8_t scratch[OTK_SECTOR_SIZE];
    uint8_t image[IMAGE_SIZE_MAX];
    uint32_t image_len;
    uint8_t sha256[32];
    uint8_t mode[2];
    uint32_t piece_len;
};

/* Whether this is the operation that fails. */
static bool fails(struct scene *scene)
{
    return scene->fail_at != 0 && --scene->fail_at == 0;
}

static enum otk_status flaky_read(void *context, uint32_t offset, void *data, uint32_t len)
{
    const struct otk_flash *chip = otk_nor_flash(((struct scene *)context)->nor);

    return chip->read(chip->context, offset, data, len);
}

static enum otk_status flaky_write(void *context, uint32_t offset, const void *data, uint32_t len)
{
    const struct otk_flash *chip = otk_nor_flash(((struct scene *)context)->nor);

    return fails(context) ? OTK_FLASH_IO : chip->write(chip->context, offset, data, len);
}

static enum otk_status flaky_erase(void *context, uint32_t offset, uint32_t len)
{
    const struct otk_flash *chip = otk_nor_flash(((struct scene *)context)->nor);

    return fails(context) ? OTK_FLASH_IO : chip->erase(chip->context, offset, len);
}

static void wire(struct scene *scene)
{
    scene->flash = *otk_nor_flash(scene->nor);
    scene->flash.context = scene;
    scene->flash.read = flaky_read;
    scene->flash.write = flaky_write;
    scene->flash.erase = flaky_erase;
    scene->board.flash = &scene->flash;
    scene->board.revision = 100;
}

/* The application that is there from the start. */
static void install(const struct scene *scene)
{
    uint8_t bytes[OTK_OTADATA_SIZE];
    struct otk_otadata entry;

    if (!(scene->mode[1] & RUNS_OTA_1)) {
        chip_install(scene->nor, scene->mode[0] & CHIP_FACTORY ? CHIP_FACTORY_AT : CHIP_OTA_AT(0));
        return;
    }
    otk_otadata_make(2, OTK_STATE_VALID, &entry);
    otk_otadata_encode(&entry, bytes);
    otk_nor_fill(scene->nor, CHIP_OTADATA, bytes, sizeof bytes);
    chip_install(scene->nor, CHIP_OTA_AT(1));
}

static uint32_t load_otadata(const struct scene *scene, int index)
{
    const uint8_t *content = otk_nor_content(scene->nor);

    return otk_load_le32(content + CHIP_OTADATA + (uint32_t)index * OTK_SECTOR_SIZE);
}

/* Reset. Returns the slot that runs; the device is then ready, and everything but otadata and the
 * passive slots is out of bounds. */
static int boot(struct scene *scene)
{
    struct otk_boot_result result;

    otk_nor_power_on(scene->nor);
    otk_nor_unprotect(scene->nor);
    if (otk_boot(&scene->board, scene->scratch, sizeof scene->scratch, &result) != OTK_OK)
        return OTK_SLOT_NONE;
    chip_protect(scene->nor, scene->mode[0] & (CHIP_FACTORY | CHIP_THREE), result.slot);
    EXPECT(otk_device_start(&scene->device, &scene->board, result.slot, OTK_RESET_SOFTWARE,
                            scene->scratch) == OTK_OK);
    if (scene->mode[1] & POLICY)
        scene->device.policy = (struct otk_policy){true, true, true};
    if (scene->mode[1] & SMALL_ERASE)
        scene->device.erase_size_max = OTK_SECTOR_SIZE;
    return result.slot;
}

static enum otk_status send(struct scene *scene)
{
    enum otk_status status = OTK_OK;
    uint32_t offset;

    while (status == OTK_OK && (offset = otk_session_offset(&scene->session)) < scene->image_len) {
        uint32_t start = offset;
        uint32_t len;

        if (scene->mode[1] & REPEAT)
            start -= start < 700 ? start : 700;
        len = scene->image_len - start;
        if (len > offset - start + scene->piece_len)
            len = offset - start + scene->piece_len;
        status = otk_session_write(&scene->session, start, scene->image + start, len);
        if (status == OTK_OK)
            EXPECT(otk_session_offset(&scene->session) > offset);
        while (status == OTK_OK && (scene->mode[1] & POLL) &&
               (status = otk_session_poll(&scene->session)) == OTK_MORE)
            status = OTK_OK;
        if ((scene->mode[1] & ABORT) && offset > scene->image_len / 2)
            return OTK_CANCELLED;
    }
    return status;
}

/* A session from its first byte to its verdict. */
static enum otk_status update(struct scene *scene)
{
    const struct otk_session_request request = {
        .image_size = scene->mode[0] & HAS_SIZE ? scene->image_len : 0,
        .sha256 = scene->mode[0] & HAS_SHA256 ? scene->sha256 : NULL,
    };
    enum otk_status status = otk_session_open(&scene->session, &scene->device, &request,
                                              scene->buffer);

    if (status != OTK_OK)
        return status;
    EXPECT(otk_session_offset(&scene->session) <= scene->image_len || !(scene->mode[0] & HAS_SIZE));
    status = send(scene);
    if (status != OTK_OK)
        return status;
    do
        status = otk_session_finish(&scene->session);
    while (status == OTK_MORE);
    return status;
}

/* Where a patch goes: otadata's two sectors, or the first 28 KB of an OTA slot. */
static uint32_t patch_offset(uint16_t place)
{
    if (place < 0x2000)
        return CHIP_OTADATA + place;
    if (place < 0x9000)
        return CHIP_OTA_AT(0) + (place - 0x2000u);
    return CHIP_OTA_AT(1) + (place - 0x9000u);
}

static void patch(struct scene *scene, struct input *input)
{
    uint8_t sector[OTK_SECTOR_SIZE];
    uint8_t bytes[255];

    for (unsigned count = input_u8(input) % 16; count > 0; count--) {
        const uint32_t offset = patch_offset(input_u16(input));
        const uint32_t len = input_copy(input, bytes, input_u8(input));

        otk_nor_fill(scene->nor, offset, bytes, len);
    }
    for (uint32_t index = 0; index < 2 && (scene->mode[0] & SEAL_PATCH); index++) {
        const uint32_t offset = CHIP_OTADATA + index * OTK_SECTOR_SIZE;

        memcpy(sector, otk_nor_content(scene->nor) + offset, sizeof sector);
        seal_otadata(sector);
        otk_nor_fill(scene->nor, offset, sector, sizeof sector);
    }
}

static void skip_patches(struct input *input)
{
    uint8_t skipped[255];

    for (unsigned count = input_u8(input) % 16; count > 0; count--) {
        (void)input_u16(input);
        (void)input_copy(input, skipped, input_u8(input));
    }
}

static void take_image(struct scene *scene, struct input *input)
{
    struct otk_sha256 sha;

    scene->image_len = input_copy(input, scene->image, sizeof scene->image);
    if (scene->mode[0] & SEAL_IMAGE)
        seal_image(scene->image, scene->image_len);
    EXPECT(otk_sha256_init(&sha) == OTK_OK);
    EXPECT(otk_sha256_update(&sha, scene->image, scene->image_len) == OTK_OK);
    EXPECT(otk_sha256_finish(&sha, scene->sha256) == OTK_OK);
}

/* An earlier update of the same image that loses power. */
static void update_before(struct scene *scene, uint16_t after_ops, uint8_t how)
{
    const struct otk_nor_cut cut = {.after_ops = after_ops - 1u,
                                    .fault = (enum otk_nor_fault)(how % (OTK_NOR_AFTER + 1)),
                                    .bytes = how & ~3u,
                                    .seed = how};
    enum otk_status status;

    EXPECT(boot(scene) != OTK_SLOT_NONE);
    otk_nor_arm_cut(scene->nor, &cut);
    status = update(scene);
    if (status == OTK_OK)
        status = otk_session_switch(&scene->session);
    EXPECT(status != OTK_FLASH_IO && status != OTK_FLASH_VERIFY);
    otk_session_close(&scene->session);
    otk_nor_power_on(scene->nor);
}

static bool slot_holds_image(const struct scene *scene, int slot)
{
    return memcmp(otk_nor_content(scene->nor) + CHIP_OTA_AT(slot), scene->image,
                  scene->image_len) == 0;
}

/* The new application is selected: it boots, on trial, and its verdict is final. */
static void try_out(struct scene *scene, int old, int slot)
{
    EXPECT(boot(scene) == slot);
    EXPECT(otk_trial_is_pending(&scene->device));
    if (!(scene->mode[1] & REJECT)) {
        EXPECT(otk_trial_confirm(&scene->device) == OTK_OK);
        EXPECT(boot(scene) == slot && !otk_trial_is_pending(&scene->device));
        return;
    }
    EXPECT(otk_trial_reject(&scene->device, OTK_SELF_TEST_FAILED, scene->scratch) == OTK_OK);
    EXPECT(boot(scene) == old);
}

/* The update did not come to its end: what ran runs, and the flash can be used again. */
static void give_up(struct scene *scene, int old, enum otk_status status)
{
    const bool flash_failed = status == OTK_FLASH_IO;

    scene->fail_at = 0;
    if (scene->device.session)
        EXPECT(otk_session_abort(&scene->session, status) == OTK_OK);
    EXPECT(boot(scene) == old);
    if (flash_failed)
        EXPECT(update(scene) != OTK_FLASH_IO);
}

/* The update under test, on whatever flash holds by now. */
static void run(struct scene *scene, uint32_t fail_at)
{
    const int old = boot(scene);
    struct otk_last_update last;
    enum otk_status status;
    int slot;

    if (old == OTK_SLOT_NONE)
        return;
    EXPECT(otk_last_update(&scene->device, &last) == OTK_OK);
    const bool was_pending = otk_trial_is_pending(&scene->device);

    scene->fail_at = fail_at;
    status = update(scene);
    slot = scene->session.slot;
    if (status == OTK_PENDING_VERIFY) {
        EXPECT(was_pending);
        return;
    }
    if (status != OTK_OK) {
        EXPECT(status != OTK_FLASH_IO || fail_at != 0);
        give_up(scene, old, status);
        return;
    }
    EXPECT(slot >= 0 && slot != old && slot_holds_image(scene, slot));
    status = otk_session_switch(&scene->session);
    scene->fail_at = 0;
    EXPECT(scene->device.session == NULL);
    if (status == OTK_FLASH_IO && fail_at != 0) {
        const int now = boot(scene);

        EXPECT(now == old || now == slot);
        return;
    }
    if (status == OTK_OUT_OF_RANGE) {
        EXPECT(load_otadata(scene, 0) > 0xFFFFFF00u || load_otadata(scene, 1) > 0xFFFFFF00u);
        return;
    }
    EXPECT(status == OTK_OK);
    try_out(scene, old, slot);
}

/* A selection by hand is refused and changes nothing, or it is what boots. */
static void select_by_hand(struct scene *scene)
{
    const int old = boot(scene);
    const int slot = (int)(scene->piece_len % 5) - 2;
    enum otk_status status;

    if (old == OTK_SLOT_NONE)
        return;
    const bool was_pending = otk_trial_is_pending(&scene->device);

    status = otk_slot_switch(&scene->device, slot, scene->scratch);
    EXPECT(status != OTK_BUSY && status != OTK_FLASH_IO);
    if (status == OTK_OK)
        EXPECT(boot(scene) == slot);
    else if (!was_pending)
        EXPECT(boot(scene) == old);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint32_t aligns[] = {1, 4, 16, 32};
    static struct scene scene;
    struct input input = {data, size};

    memset(&scene, 0, sizeof scene);
    scene.mode[0] = input_u8(&input);
    scene.mode[1] = input_u8(&input);
    scene.piece_len = 1u + input_u16(&input) % 9000;
    const uint16_t cut = input_u16(&input);
    const uint8_t how = input_u8(&input);

    scene.nor = chip_reset(scene.mode[0] & (CHIP_FACTORY | CHIP_THREE),
                           aligns[(scene.mode[0] >> 2) & 3]);
    wire(&scene);
    install(&scene);
    struct input patches = input;

    skip_patches(&input);
    take_image(&scene, &input);
    if (cut != 0)
        update_before(&scene, cut, how);
    patch(&scene, &patches);
    if (scene.mode[1] & BY_HAND)
        select_by_hand(&scene);
    else
        run(&scene, cut == 0 ? how : 0);
    otk_session_close(&scene.session);
    return 0;
}
