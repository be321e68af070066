// SPDX-License-Identifier: Apache-2.0
/*
 * Bringing an image to a device that runs, over HTTP, Bluetooth LE or a serial line.
 *
 *     struct otk_push push = {
 *         .image = {.bytes = bytes, .len = len, .report = &report},
 *         .options = {.timeout_ms = 30000, .retry_count = 8, .must_wait = true},
 *         .hooks = {.context = me, .met = on_met, .progress = on_progress},
 *     };
 *     status = otk_push_run(&push, "http://192.168.4.1");
 *     if (status != OTK_OK)
 *         puts(push.error.message);
 *
 * Whatever interrupts a push, what the device has on flash stays there: the same push goes on.
 */
#ifndef OTAKIT_HOST_PUSH_H
#define OTAKIT_HOST_PUSH_H

#include <stdbool.h>
#include <stdint.h>

#include "host/error.h"
#include "host/image_inspect.h"
#include "otakit/base/status.h"
#include "otakit/core/last_update.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of a text that a device says of itself, its NUL included; longer ones are cut. */
#define OTK_PUSH_TEXT_SIZE 40u

/* How the image travels. */
enum otk_push_protocol {
    OTK_PUSH_AUTO, /* what the device offers, the best first; as a result: nothing was agreed */
    OTK_PUSH_PUT,  /* HTTP, in parts that can be resumed */
    OTK_PUSH_POST, /* HTTP, the image as it is */
    OTK_PUSH_MULTIPART, /* HTTP, as a form sends a file */
    OTK_PUSH_SERIAL,    /* protocol C in frames on a line */
    OTK_PUSH_WINDOW,    /* protocol C over Bluetooth LE */
    OTK_PUSH_SIMPLE,    /* protocol A */
    OTK_PUSH_SECTOR     /* protocol B */
};

/* Whether data takes an L2CAP channel. */
enum otk_push_l2cap { OTK_PUSH_L2CAP_AUTO, OTK_PUSH_L2CAP_ON, OTK_PUSH_L2CAP_OFF };

struct otk_push_image {
    const uint8_t *bytes; /* of the file, `len` of them */
    uint32_t len;
    const struct otk_image_report *report; /* what otk_image_inspect found */
};

struct otk_push_options {
    enum otk_push_protocol protocol; /* one that fits the target, or OTK_PUSH_AUTO */
    uint32_t timeout_ms;             /* how long the device may be silent, or away; not 0 */
    uint32_t retry_count;            /* broken connections in a row without progress */
    bool force;                      /* the device shall judge, not this computer */
    bool must_wait;                  /* for the reset, and for what becomes of the new image */

    const char *user;     /* HTTP Basic; NULL: "admin" */
    const char *password; /* HTTP; NULL: none */

    uint32_t baud; /* serial; 0: 115200 */

    const char *adapter; /* Bluetooth, "hci0"; NULL: the first one that is switched on */
    enum otk_push_l2cap l2cap;
    bool must_pair;   /* before anything else; without it BlueZ pairs where the device insists */
    bool has_passkey; /* the device's passkey; else hooks.ask_passkey is asked */
    uint32_t passkey;
};

/* What a device says of itself. Texts are "" where it does not. */
struct otk_push_device {
    char name[OTK_PUSH_TEXT_SIZE];
    char slot[OTK_PUSH_TEXT_SIZE]; /* label of the running one */
    char project[OTK_PUSH_TEXT_SIZE];
    char version[OTK_PUSH_TEXT_SIZE];
    bool has_chip;
    uint16_t chip_id;
    bool has_boot_id;
    uint32_t boot_id; /* another one after each reset */
    bool on_trial;
    uint32_t slot_size;      /* of the slot for an update; 0: not known */
    uint32_t secure_version; /* the least that is accepted */
    bool has_last;           /* the rest is known */
    enum otk_update_stage stage;
    enum otk_status last_status;
};

enum otk_push_phase {
    OTK_PUSH_SENDING,   /* bytes that left this computer; the device does not tell more */
    OTK_PUSH_WRITING,   /* bytes on the device's flash, by its own account */
    OTK_PUSH_VERIFYING, /* bytes of the final verification, likewise */
    OTK_PUSH_RESETTING, /* waiting for the device to come back */
    OTK_PUSH_ON_TRIAL   /* it is back; waiting for the new image to be confirmed */
};

struct otk_push_progress {
    enum otk_push_phase phase;
    uint32_t done;  /* bytes */
    uint32_t total; /* bytes; 0 where there is nothing to count */
};

/* What the caller wants to hear of. Each may be NULL; `context` is handed back. */
struct otk_push_hooks {
    void *context;
    /* The device is known, nothing was sent yet. */
    void (*met)(void *context, const struct otk_push_device *device);
    void (*progress)(void *context, const struct otk_push_progress *progress);
    /* Something that a person may want to know: a connection that broke, a protocol that was chosen. */
    void (*remark)(void *context, const char *text);
    /* The device shows six digits. Returns whether there is somebody who read them to us. */
    bool (*ask_passkey)(void *context, uint32_t *passkey);
    /* Whether to give up, as after Ctrl-C; asked several times a second. */
    bool (*must_stop)(void *context);
};

enum otk_push_outcome {
    OTK_PUSH_FAILED,      /* see status and error */
    OTK_PUSH_SWITCHED,    /* the device took the image and resets */
    OTK_PUSH_CONFIRMED,   /* it came back with it, confirmed */
    OTK_PUSH_TRIED,       /* it came back with it, still on trial */
    OTK_PUSH_ROLLED_BACK, /* it came back with the old one */
    OTK_PUSH_RETURNED     /* it came back and does not tell what it runs */
};

struct otk_push_result {
    enum otk_push_protocol protocol;
    enum otk_push_outcome outcome;
    bool has_before;
    struct otk_push_device before;
    bool has_after;
    struct otk_push_device after;
    uint32_t sent;        /* bytes of the image that the device has */
    uint32_t resumed_at;  /* where this push began; 0: at the start */
    uint32_t duration_ms; /* from the first byte until the device had switched */
};

struct otk_push {
    struct otk_push_image image;
    struct otk_push_options options;
    struct otk_push_hooks hooks;

    struct otk_push_result result; /* filled by otk_push_run */
    struct otk_error error;        /* why it did not work, and a hint; set where it did not */

    uint8_t sha256[32]; /* of the file; for the transports */
    uint64_t start_ms;  /* for the transports */
    bool has_boot_id;   /* likewise: boot_id is that of the device when it was last sent to */
    uint32_t boot_id;
};

/*
 * Push the image.
 *
 * push    image, options and hooks are set; the rest is filled here
 * target  "http://HOST[:PORT][/PATH]", "ble:NAME", "ble:ADDRESS" or "serial:PATH"
 *
 * Returns  OTK_OK           result.outcome says how far it is known to be good
 *          OTK_USAGE        no such kind of target, or options that do not go with it
 *          OTK_INTERRUPTED  hooks.must_stop said so
 *          OTK_UNSUPPORTED  this build or this device cannot do what was asked for
 *          others           why the device or the way to it refused; with OTK_PUSH_ROLLED_BACK, why
 *                           the new image was given up
 */
OTK_MUST_USE enum otk_status otk_push_run(struct otk_push *push, const char *target);

/* What it is called: "http-put", "ble-window"; "none" for OTK_PUSH_AUTO. */
const char *otk_push_protocol_name(enum otk_push_protocol protocol);

/* What it is called: "switched", "confirmed", "on_trial", "rolled_back", "returned", "failed". */
const char *otk_push_outcome_name(enum otk_push_outcome outcome);

#ifdef __cplusplus
}
#endif

#endif
