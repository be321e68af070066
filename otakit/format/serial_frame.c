// SPDX-License-Identifier: Apache-2.0
/*
 * COBS: a run of up to 254 bytes that are not 0 stands behind a code, its length + 1. Between two runs
 * there was a 0, but not behind a run of 254, which ended only because it was full.
 */
#include "otakit/format/serial_frame.h"

#include "otakit/base/bytes.h"
#include "otakit/base/crc32.h"
#include "otakit/base/memory.h"

#define CRC_SIZE 4u

/* The code of a full run. */
#define FULL 0xFFu

void otk_serial_decoder_init(struct otk_serial_decoder *decoder, uint8_t *buffer, uint32_t size)
{
    memset(decoder, 0, sizeof *decoder);
    decoder->buffer = buffer;
    decoder->size = size;
}

static void start_frame(struct otk_serial_decoder *decoder)
{
    decoder->len = 0;
    decoder->run = 0;
    decoder->owes_zero = false;
    decoder->is_lost = false;
}

/* A byte of the frame; one that does not fit shows that this is none. */
static void put(struct otk_serial_decoder *decoder, uint8_t byte)
{
    if (decoder->len == decoder->size) {
        decoder->is_lost = true;
        return;
    }
    decoder->buffer[decoder->len++] = byte;
}

/* A byte that is not 0: of a run, or the code of the next one. */
static void take(struct otk_serial_decoder *decoder, uint8_t byte)
{
    if (decoder->is_lost) {
        return;
    }
    if (decoder->run > 0) {
        decoder->run--;
        put(decoder, byte);
        return;
    }
    if (decoder->owes_zero) {
        put(decoder, 0);
    }
    decoder->run = (uint8_t)(byte - 1u);
    decoder->owes_zero = byte != FULL;
}

/* The line came to a 0. Returns the length of the frame before it, 0 where that is none. */
static uint32_t end_frame(const struct otk_serial_decoder *decoder)
{
    const uint32_t len = decoder->len - CRC_SIZE;

    if (decoder->is_lost || decoder->run > 0 || decoder->len <= CRC_SIZE) {
        return 0;
    }
    return otk_load_le32(decoder->buffer + len) == otk_crc32(0, decoder->buffer, len) ? len : 0;
}

uint32_t otk_serial_decode(struct otk_serial_decoder *decoder, const uint8_t *bytes, uint32_t len,
                           uint32_t *frame_len)
{
    uint32_t index;

    for (index = 0; index < len; index++) {
        if (bytes[index] != 0) {
            take(decoder, bytes[index]);
            continue;
        }
        *frame_len = end_frame(decoder);
        start_frame(decoder);
        if (*frame_len > 0) {
            return index + 1u;
        }
    }
    *frame_len = 0;
    return len;
}

/* Where the encoder stands in a line. */
struct stuffing {
    uint8_t *line;
    uint32_t code; /* place of the open run's code */
    uint32_t len;
};

static void open_run(struct stuffing *stuffing)
{
    stuffing->code = stuffing->len++;
    stuffing->line[stuffing->code] = 1;
}

static void stuff(struct stuffing *stuffing, const uint8_t *bytes, uint32_t len)
{
    uint32_t index;

    for (index = 0; index < len; index++) {
        if (stuffing->line[stuffing->code] == FULL) {
            open_run(stuffing);
        }
        if (bytes[index] == 0) {
            open_run(stuffing);
            continue;
        }
        stuffing->line[stuffing->len++] = bytes[index];
        stuffing->line[stuffing->code]++;
    }
}

uint32_t otk_serial_encode(const uint8_t *frame, uint32_t len, uint8_t *line)
{
    struct stuffing stuffing = {.line = line};
    uint8_t crc[CRC_SIZE];

    otk_store_le32(crc, otk_crc32(0, frame, len));
    line[stuffing.len++] = 0;
    open_run(&stuffing);
    stuff(&stuffing, frame, len);
    stuff(&stuffing, crc, sizeof crc);
    line[stuffing.len++] = 0;
    return stuffing.len;
}
