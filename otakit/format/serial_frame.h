// SPDX-License-Identifier: Apache-2.0
/*
 * Frames on a serial line: a CRC-32 behind them, stuffed by COBS, ended by a byte 0. SPEC.md,
 * "Protocol C".
 *
 *     len = otk_serial_encode(frame, frame_len, line);          // send line[0..len)
 *
 *     otk_serial_decoder_init(&decoder, buffer, sizeof buffer);
 *     while (len > 0) {                                         // bytes that came
 *         taken = otk_serial_decode(&decoder, bytes, len, &frame_len);
 *         bytes += taken, len -= taken;
 *         if (frame_len > 0)
 *             use buffer[0..frame_len);
 *     }
 *
 * What is no frame, such as a boot log on the same line, is passed over.
 */
#ifndef OTAKIT_FORMAT_SERIAL_FRAME_H
#define OTAKIT_FORMAT_SERIAL_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of the longest frame, without CRC. */
#define OTK_SERIAL_FRAME_SIZE 1030u

/* Bytes of a decoder's buffer: the longest frame with its CRC. */
#define OTK_SERIAL_BUFFER_SIZE (OTK_SERIAL_FRAME_SIZE + 4u)

/* Bytes that a frame takes on the line at most: a 0 on either side, one code for each 254 bytes. */
#define OTK_SERIAL_LINE_SIZE(frame_len) ((frame_len) + 4u + ((frame_len) + 4u) / 254u + 3u)

/* Takes a line apart, in pieces of any length. Borrow no field. */
struct otk_serial_decoder {
    uint8_t *buffer;
    uint32_t size;
    uint32_t len;   /* bytes decoded into the buffer */
    uint8_t run;    /* bytes to copy before the next code */
    bool owes_zero; /* a 0 stands before the next code's bytes */
    bool is_lost;   /* not a frame: pass over everything up to the next 0 */
};

/*
 * Begin at the start of a line.
 *
 * buffer  `size` bytes, borrowed as long as the decoder is used; OTK_SERIAL_BUFFER_SIZE of them take
 *         every frame
 */
void otk_serial_decoder_init(struct otk_serial_decoder *decoder, uint8_t *buffer, uint32_t size);

/*
 * Take bytes from the line, up to the end of a good frame.
 *
 * bytes      `len` bytes
 * frame_len  bytes of a frame that now stands in the buffer until the next call; 0: none yet
 *
 * Returns  how many bytes were taken; less than `len` only behind a good frame
 */
uint32_t otk_serial_decode(struct otk_serial_decoder *decoder, const uint8_t *bytes, uint32_t len,
                           uint32_t *frame_len);

/*
 * Write a frame as it goes over the line, with a byte 0 in front too, so that whatever came before is
 * no part of it.
 *
 * frame  `len` bytes, 1 to OTK_SERIAL_FRAME_SIZE
 * line   OTK_SERIAL_LINE_SIZE(len) bytes
 *
 * Returns  bytes written to `line`
 */
uint32_t otk_serial_encode(const uint8_t *frame, uint32_t len, uint8_t *line);

#ifdef __cplusplus
}
#endif

#endif
