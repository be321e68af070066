// SPDX-License-Identifier: Apache-2.0
/*
 * The virtual device as a program sees it: one process that behaves like a chip with a flash file.
 *
 * A link-time seam. It is declared here so that the command line can ask for a device without
 * including a port; port/linux implements it, and a build links exactly one implementation.
 *
 *     const struct otk_virtual_device_options options = {
 *         .flash_path = "device.flash", .pull_url = "https://host/app.bin",
 *         .ca_path = "ca.pem", .once = true,
 *     };
 *     return otk_virtual_device_run(&options);
 *
 * The human log goes to standard output, or to standard error when the events go to standard
 * output. Errors go to standard error, with a hint.
 */
#ifndef SIM_VIRTUAL_DEVICE_H
#define SIM_VIRTUAL_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "otakit/core/session.h"
#include "otakit/format/image.h"
#include "otakit/format/partition.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Milliseconds until the watchdog bites, where the options say 0. */
#define OTK_VIRTUAL_DEVICE_SELF_TEST_TIMEOUT_MS 10000u

/* Bytes of a text of a result with its NUL; longer ones are cut. */
#define OTK_VIRTUAL_DEVICE_TEXT_SIZE 256u

/* What the access point and the Bluetooth device are called where the options say nothing: the names
 * that clients of esp32-softap-ota and esp32_ble_ota look for. */
#define OTK_VIRTUAL_DEVICE_SSID     "ESP32 OTA Update"
#define OTK_VIRTUAL_DEVICE_CHANNEL  6u
#define OTK_VIRTUAL_DEVICE_BLE_NAME "esp32"

/* What a Bluetooth client has to do before it may write. */
enum otk_virtual_device_pairing {
    OTK_VIRTUAL_DEVICE_OPEN,         /* nothing */
    OTK_VIRTUAL_DEVICE_ENCRYPTED,    /* pair, without proof of who it is */
    OTK_VIRTUAL_DEVICE_AUTHENTICATED /* pair with the passkey that the device shows */
};

/* How a run ended, for programs. */
struct otk_virtual_device_result {
    /* OTK_OK, OTK_UP_TO_DATE, or why the exit status is not 0; the three texts belong to that. */
    enum otk_status outcome;
    char what[OTK_VIRTUAL_DEVICE_TEXT_SIZE]; /* what failed; "" where nothing did */
    char why[OTK_VIRTUAL_DEVICE_TEXT_SIZE];
    const char *hint; /* how to mend it, a constant; or NULL */

    bool is_running; /* an application ran when the run ended; the rest describes it */
    bool confirmed;  /* it is neither on trial nor given up */
    char label[OTK_PARTITION_LABEL_SIZE + 1]; /* of its slot */
    bool has_app;                             /* it carries an application description */
    struct otk_app_desc app;                  /* zero where has_app is false */
};

/* What the device is, what it does, and how it misbehaves. All pointers are borrowed until the run
 * ends. Zero is the default of every field but flash_path, which must be set. */
struct otk_virtual_device_options {
    /* The hardware. */
    const char *flash_path; /* the chip's content; must exist */
    const char *name;       /* in the log and the events; NULL: "otakit" */
    /* File that stands for the eFuses, made at the first raise. NULL: no anti-rollback. */
    const char *secure_version_path;
    uint32_t table_offset; /* bytes; 0: OTK_TABLE_OFFSET */
    uint16_t chip_id;      /* enum otk_chip; used where has_chip is set */
    bool has_chip;         /* false: the chip of the first image found in the slots */
    uint16_t revision;     /* major * 100 + minor */
    bool real_timing;      /* flash and boot take the time that the chip would take */
    /* Power is lost inside this flash operation, counted from 1 over the whole run. 0: never. */
    uint64_t cut_after;

    /* Where updates come from. At most one of the two URLs. */
    const char *pull_url;     /* an image, or a manifest that names one; NULL: nowhere */
    const char *manifest_url; /* a manifest; NULL: none */
    const char *ca_path;      /* PEM file with the CAs that are pinned; needed for https */
    const char *sha256;       /* of the image of pull_url, 64 hex digits; or NULL */
    bool insecure_http;       /* take http:// too */
    /* The device does not know the date: certificate dates are not judged, all else is. */
    bool no_clock;
    /* Limits; 0: the defaults of otakit/transport/pull/pull.h. */
    uint32_t connect_timeout_ms; /* for name, connection and TLS together */
    uint32_t stall_timeout_ms;   /* no byte for that long */
    uint32_t total_timeout_ms;   /* of a whole download */
    uint32_t attempt_count;      /* transfers in a row that may fail without progress */
    uint32_t poll_interval_ms;   /* asks again after that time; 0: once per run */
    struct otk_policy policy;    /* which images are refused */

    /* The web page. */
    const char *portal_address;  /* "ADDRESS:PORT" to listen on; NULL: no page */
    const char *portal_password; /* for every request that changes something; NULL: none */
    bool portal_captive;         /* answer the detection addresses of phones */

    /* The access point that the page is served from. It brings address, page and captive mode. */
    const char *softap_interface; /* a Wi-Fi interface; NULL: none */
    const char *softap_ssid;      /* NULL: OTK_VIRTUAL_DEVICE_SSID */
    const char *softap_password;  /* WPA2; NULL: open */
    const char *softap_country;   /* two letters; NULL: as the system has it */
    uint32_t softap_channel;      /* 0: OTK_VIRTUAL_DEVICE_CHANNEL */

    /* Bluetooth LE. */
    bool ble;
    const char *ble_adapter; /* "hci1"; NULL: the first */
    const char *ble_name;    /* that is advertised; NULL: OTK_VIRTUAL_DEVICE_BLE_NAME */
    enum otk_virtual_device_pairing ble_pairing;

    /* A serial line: a terminal, also with a speed ("/dev/ttyUSB0,921600"), or where to put the link
     * to a new pseudo-terminal. NULL: none */
    const char *serial_path;

    /* The application whose behaviour is under test. */
    /* "pass", "fail", "hang", or a shell command that passes by exit status 0. NULL: pass. */
    const char *self_test;
    uint32_t self_test_timeout_ms; /* until the watchdog bites; 0: see above */
    /* A passed self-test is not enough: a line on standard input decides, "confirm" or "reject". */
    bool confirm_manual;

    /* The run. */
    bool once;               /* ends when one update attempt is decided */
    bool quiet;              /* no human log; errors and events only */
    const char *events_path; /* file for JSON lines, "-" for standard output; NULL: none */
    struct otk_virtual_device_result *result; /* filled when the run ends; NULL: nobody asks */
};

/*
 * Boot the flash file and live: bootloader decision, application, self-test, updates, true resets in
 * which all state is read from flash again. Ends at an interrupt (SIGINT), at a loss of power, when
 * nothing boots, or as options->once says. Whatever is printed for the user is printed here.
 *
 * Returns  the program's exit status:
 *          0    once: the new image runs confirmed, or the offered image was running already, or
 *               there was nothing to decide and a confirmed application runs
 *          1    once: refused, rolled back or undecided; always: power lost, nothing bootable, or
 *               the flash file cannot be used
 *          2    the options contradict each other
 *          130  interrupted
 * Power loss: SIGKILL at any moment leaves in the flash file what the chip would hold.
 */
OTK_MUST_USE int otk_virtual_device_run(const struct otk_virtual_device_options *options);

#ifdef __cplusplus
}
#endif

#endif
