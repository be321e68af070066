// SPDX-License-Identifier: Apache-2.0
/*
 * The frames of protocol C, the windowed one: what a client and a device say to each other over
 * Bluetooth LE, a serial line, or anything else that carries frames. SPEC.md, "Protocol C".
 *
 *     client                              device
 *     OPEN size, sha, chip, version  ->
 *                                    <-   OPENED offset, window         (or why not)
 *     DATA ... DATA                  ->
 *                                    <-   STATE next, written           (now and then; on a gap)
 *     FINISH                         ->
 *                                    <-   STATE verified ... SWITCHED   (then the device resets)
 */
#ifndef OTAKIT_FORMAT_WINDOW_FRAME_H
#define OTAKIT_FORMAT_WINDOW_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#include "otakit/base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The version of the protocol that the info block names. */
#define OTK_WINDOW_VERSION 1u

/* Sizes of frames and of what stands in them, bytes. */
#define OTK_WINDOW_OPEN_SIZE        108u
#define OTK_WINDOW_OPENED_SIZE      12u
#define OTK_WINDOW_STATE_SIZE       16u
#define OTK_WINDOW_ANSWER_SIZE      3u
#define OTK_WINDOW_INFO_SIZE        128u
#define OTK_WINDOW_TEXT_SIZE        32u /* version, project, name: NUL padded */
#define OTK_WINDOW_DATA_HEADER_SIZE 2u  /* the low 16 bits of the first byte's offset */

/* More must never be under way: half of what 16 bits can tell apart. */
#define OTK_WINDOW_SIZE_MAX 32768u

/* First byte of every frame but DATA on a channel of its own. */
enum otk_window_op {
    OTK_WINDOW_OPEN = 0x01,
    OTK_WINDOW_QUERY = 0x02,   /* answered by STATE */
    OTK_WINDOW_FINISH = 0x03,  /* every byte was sent: verify, switch, reset. Answered by STATE */
    OTK_WINDOW_CANCEL = 0x04,  /* forget the update. Answered by ANSWER, as the next two */
    OTK_WINDOW_CONFIRM = 0x05, /* the running application is good */
    OTK_WINDOW_REJECT = 0x06,  /* it is bad: back to the one before, by a reset */
    OTK_WINDOW_INFO = 0x07,    /* answered by INFO; on GATT the info characteristic is read */
    OTK_WINDOW_DATA = 0x10,    /* only where data shares a channel with the other frames */

    OTK_WINDOW_OPENED = 0x81,
    OTK_WINDOW_STATE = 0x82,
    OTK_WINDOW_ANSWER = 0x83,
    OTK_WINDOW_INFO_IS = 0x87
};

/* OPEN: which update this is. Refused by it before anything is erased. */
struct otk_window_open {
    uint16_t chip_id;
    uint32_t image_size; /* bytes, not 0 */
    uint32_t secure_version;
    uint8_t sha256[32]; /* of the whole file */
    char version[OTK_WINDOW_TEXT_SIZE + 1];
    char project[OTK_WINDOW_TEXT_SIZE + 1];
};

/* OPENED: the answer. Beyond status all is 0 unless that is OTK_OK. */
struct otk_window_opened {
    enum otk_status status;
    uint16_t psm;    /* of the L2CAP channel for data, 0: none */
    uint32_t window; /* bytes that may be under way: sent, and not below a STATE's `next` */
    uint32_t offset; /* of the first byte to send */
};

/* What the device is doing, as STATE tells it. The numbers are those of enum otk_updater_state. */
enum otk_window_phase {
    OTK_WINDOW_PHASE_IDLE = 0,
    OTK_WINDOW_PHASE_RECEIVING = 1,
    OTK_WINDOW_PHASE_FINISHING = 2,
    OTK_WINDOW_PHASE_SWITCHED = 3,
    OTK_WINDOW_PHASE_FAILED = 4
};

/* STATE: where the update stands. */
struct otk_window_state {
    enum otk_status status; /* OTK_OK or OTK_MORE: all is well; else why the update ended, or
                               OTK_INCOMPLETE to FINISH, or OTK_GAP: send again from `next` */
    enum otk_window_phase phase;
    uint32_t next;     /* offset of the next byte that the device wants */
    uint32_t written;  /* bytes on flash and read back */
    uint32_t verified; /* bytes of the final verification */
};

/* ANSWER: what became of a request. */
struct otk_window_answer {
    enum otk_status status;
    uint8_t request; /* its first byte */
};

/* INFO: what the device is and runs. */
struct otk_window_info {
    uint8_t version;  /* OTK_WINDOW_VERSION */
    bool on_trial;    /* the running application waits for a verdict */
    bool is_updating; /* somebody's update is in progress */
    bool has_app;     /* the running application describes itself */
    uint16_t chip_id;
    uint16_t revision;       /* major * 100 + minor */
    int8_t running;          /* OTA slot, -1 factory, -2 test, -3 none */
    int8_t update_slot;      /* where an update goes, likewise */
    uint8_t stage;           /* of the last update: enum otk_update_stage */
    uint8_t status;          /* of the last update: enum otk_status */
    uint8_t reset_reason;    /* of the last update: enum otk_reset_reason */
    uint32_t boot_id;        /* another one after each reset */
    uint32_t slot_size;      /* bytes of the update slot */
    uint32_t secure_version; /* the least that is accepted; 0 without anti-rollback */
    uint32_t window;         /* as OPENED will say */
    uint16_t psm;
    char app_version[OTK_WINDOW_TEXT_SIZE + 1];
    char project[OTK_WINDOW_TEXT_SIZE + 1];
    char name[OTK_WINDOW_TEXT_SIZE + 1]; /* the device's */
};

/*
 * Read an OPEN request. A size of 0 cannot be; texts end at the first NUL.
 *
 * bytes  `len` bytes
 * open   written on success only
 *
 * Returns  OTK_OK
 *          OTK_BAD_FORMAT  another first byte or length, or a field that cannot be
 */
OTK_MUST_USE enum otk_status otk_window_open_decode(const uint8_t *bytes, uint32_t len,
                                                    struct otk_window_open *open);

/*
 * Read an OPENED answer.
 *
 * bytes  `len` bytes
 * opened written on success only
 *
 * Returns  OTK_OK
 *          OTK_BAD_FORMAT  another first byte or length, or a field that cannot be
 */
OTK_MUST_USE enum otk_status otk_window_opened_decode(const uint8_t *bytes, uint32_t len,
                                                      struct otk_window_opened *opened);

/*
 * Read a STATE answer. An unknown phase cannot be.
 *
 * bytes  `len` bytes
 * state  written on success only
 *
 * Returns  OTK_OK
 *          OTK_BAD_FORMAT  another first byte or length, or a field that cannot be
 */
OTK_MUST_USE enum otk_status otk_window_state_decode(const uint8_t *bytes, uint32_t len,
                                                     struct otk_window_state *state);

/*
 * Read an ANSWER.
 *
 * bytes  `len` bytes
 * answer written on success only
 *
 * Returns  OTK_OK
 *          OTK_BAD_FORMAT  another first byte or length, or a field that cannot be
 */
OTK_MUST_USE enum otk_status otk_window_answer_decode(const uint8_t *bytes, uint32_t len,
                                                      struct otk_window_answer *answer);

/*
 * Read an info block: what the info characteristic holds, and what follows the first byte of an INFO
 * frame. A newer version may be longer; what is behind is passed over.
 *
 * bytes  `len` bytes
 * info   written on success only
 *
 * Returns  OTK_OK
 *          OTK_BAD_FORMAT  it is too short, or its version is 0
 */
OTK_MUST_USE enum otk_status otk_window_info_decode(const uint8_t *bytes, uint32_t len,
                                                    struct otk_window_info *info);

/* Write an OPEN request. */
void otk_window_open_encode(const struct otk_window_open *open,
                            uint8_t bytes[OTK_WINDOW_OPEN_SIZE]);

/* Write an OPENED answer. */
void otk_window_opened_encode(const struct otk_window_opened *opened,
                              uint8_t bytes[OTK_WINDOW_OPENED_SIZE]);

/* Write a STATE answer. */
void otk_window_state_encode(const struct otk_window_state *state,
                             uint8_t bytes[OTK_WINDOW_STATE_SIZE]);

/* Write an ANSWER. */
void otk_window_answer_encode(const struct otk_window_answer *answer,
                              uint8_t bytes[OTK_WINDOW_ANSWER_SIZE]);

/* Write an info block. */
void otk_window_info_encode(const struct otk_window_info *info,
                            uint8_t bytes[OTK_WINDOW_INFO_SIZE]);

/*
 * The whole offset of a DATA frame from its low 16 bits.
 *
 * near  the offset that is expected; the true one is less than OTK_WINDOW_SIZE_MAX away
 *
 * Returns  the offset; a number beyond any image where it would be negative
 */
uint32_t otk_window_offset(uint16_t low, uint32_t near);

#ifdef __cplusplus
}
#endif

#endif
