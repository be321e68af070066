// SPDX-License-Identifier: Apache-2.0
/*
 * The smallest update there is: an image from a file, into the passive slot of a flash file.
 *
 * The board is an ESP32-C3, the chip of the images in README's "By hand":
 *
 *     update_from_file lamp.flash new.bin
 *
 * On a chip the flash is a `struct otk_flash` over esp_partition or the SPI driver, and the bytes
 * come from a socket or a radio; the calls between are these.
 */
#include <stdio.h>

#include "otakit/core/boot.h"
#include "otakit/core/session.h"
#include "otakit/core/trial.h"
#include "sim/nor.h"

static uint8_t sector[OTK_SECTOR_SIZE];

/* Everything is handed over by offset, so a resumed session just starts further on. */
static enum otk_status send(struct otk_session *session, FILE *image)
{
    enum otk_status status = OTK_OK;
    uint8_t piece[1000];
    uint32_t offset = otk_session_offset(session);
    size_t len;

    printf("starts at byte %u\n", (unsigned)offset);
    if (fseek(image, (long)offset, SEEK_SET) != 0) {
        return OTK_HOST_IO;
    }
    while (status == OTK_OK && (len = fread(piece, 1, sizeof piece, image)) > 0) {
        status = otk_session_write(session, offset, piece, (uint32_t)len);
        offset += (uint32_t)len;
    }
    return status;
}

static enum otk_status update(struct otk_device *device, FILE *image)
{
    const struct otk_session_request request = {0}; /* neither size nor hash is known */
    struct otk_session session;
    enum otk_status status = otk_session_open(&session, device, &request, sector);

    if (status == OTK_OK) {
        status = send(&session, image);
    }
    if (status == OTK_OK) {
        do {
            status = otk_session_finish(&session);
        } while (status == OTK_MORE);
    }
    if (status == OTK_OK) {
        status = otk_session_switch(&session);
    }
    otk_session_close(&session); /* what is on flash can be continued */
    return status;
}

/* One life of the device: boot, prove yourself if you are new, update. */
static enum otk_status live(const struct otk_board *board, FILE *image)
{
    struct otk_boot_result boot;
    struct otk_device device;
    enum otk_status status = otk_boot(board, sector, sizeof sector, &boot);

    if (status == OTK_OK) {
        status = otk_device_start(&device, board, boot.slot, OTK_RESET_POWER_ON, sector);
    }
    if (status == OTK_OK && otk_trial_is_pending(&device)) {
        printf("%s is new and confirms itself\n", device.app.version);
        status = otk_trial_confirm(&device);
    }
    if (status == OTK_OK) {
        printf("%s runs\n", device.app.version);
        status = update(&device, image);
    }
    return status;
}

int main(int argc, char **argv)
{
    struct otk_board board = {.chip_id = OTK_CHIP_ESP32C3};
    enum otk_status status;
    struct otk_nor *nor;
    FILE *image;

    if (argc != 3) {
        fprintf(stderr, "usage: update_from_file FLASH IMAGE\n");
        return 2;
    }
    image = fopen(argv[2], "rb");
    if (!image) {
        perror(argv[2]);
        return 1;
    }
    status = otk_nor_open_file(argv[1], NULL, &nor);
    if (status == OTK_OK) {
        board.flash = otk_nor_flash(nor);
        status = live(&board, image);
        otk_nor_close(nor);
    }
    fclose(image);
    printf("%s\n",
           status == OTK_OK ? "the next reset boots the new image" : otk_status_text(status));
    return status == OTK_OK ? 0 : 1;
}
