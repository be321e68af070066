// SPDX-License-Identifier: Apache-2.0
/*
 * otakit on ESP-IDF: updates over HTTPS, a web page and Bluetooth LE in a dozen lines.
 *
 *     #include <otakit_espidf.h>
 *     #include <otakit_espidf_portal.h>
 *     #include <otakit_espidf_pull.h>
 *
 *     const struct otk_espidf_portal_config portal = {.softap = true};
 *     const struct otk_espidf_pull_config pull = {.url = URL, .ca_pem = ca_pem};
 *     const struct otk_espidf_config config = {
 *         .transports = {otk_espidf_portal(&portal), otk_espidf_pull(&pull)},
 *         .self_test = main_job_is_done,
 *     };
 *     ESP_ERROR_CHECK(otk_espidf_start(&config));
 *
 * From there on a task of otakit's serves the transports, decides the trial of a new application, and
 * restarts the chip when an update is complete. Everything that happens is an event of OTAKIT_EVENT on
 * the default event loop. It runs until the next reset.
 */
#ifndef PORT_ESPIDF_INCLUDE_OTAKIT_ESPIDF_H
#define PORT_ESPIDF_INCLUDE_OTAKIT_ESPIDF_H

#include <stdbool.h>
#include <stdint.h>

#include <esp_err.h>
#include <esp_event.h>

#include "otakit/base/status.h"
#include "otakit/core/device.h"
#include "otakit/core/last_update.h"
#include "otakit/core/session.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OTK_ESPIDF_TRANSPORT_COUNT 6u

/* A way by which images come: otk_espidf_portal(), otk_espidf_pull(), otk_espidf_ble(). What is not
 * named is not linked. */
struct otk_espidf_transport;

/* What otakit is told once; copied. Zeros are the defaults. */
struct otk_espidf_config {
    struct otk_espidf_transport *transports[OTK_ESPIDF_TRANSPORT_COUNT]; /* NULL: none */
    const char *name; /* of the device, borrowed for ever; NULL: CONFIG_OTAKIT_DEVICE_NAME */
    /* The application is on trial: does it do its job, and can it be updated again? Called once, on
     * otakit's task, after the transports were started; may block. NULL: the application itself calls
     * otk_espidf_confirm or otk_espidf_reject, or a client does. */
    bool (*self_test)(void *context);
    void *context;             /* handed back to self_test */
    uint32_t trial_timeout_ms; /* from otk_espidf_start to the verdict, then the chip is reset and
                                  the bootloader goes back; 0: CONFIG_OTAKIT_TRIAL_TIMEOUT_S */
    struct otk_policy policy;  /* which images are refused beside those the hardware refuses */
};

/* Events on the default event loop; the data is a struct otk_espidf_event. */
ESP_EVENT_DECLARE_BASE(OTAKIT_EVENT);

enum otk_espidf_event_id {
    OTAKIT_EVENT_STARTED,     /* `rollback` says what the bootloader is known to do */
    OTAKIT_EVENT_ROLLED_BACK, /* the last update was taken back, `status` says why */
    OTAKIT_EVENT_ON_TRIAL,    /* the running application is to be confirmed */
    OTAKIT_EVENT_CONFIRMED,
    OTAKIT_EVENT_REJECTED,   /* `status` says why; a reset follows */
    OTAKIT_EVENT_BEGIN,      /* an image arrives, by `source` */
    OTAKIT_EVENT_PROGRESS,   /* `progress`, at most once in 64 KiB */
    OTAKIT_EVENT_FAILED,     /* `status` says why; the running application stays */
    OTAKIT_EVENT_UP_TO_DATE, /* a pull found that the device runs this image */
    OTAKIT_EVENT_SWITCHED,   /* the next reset boots the new image */
    OTAKIT_EVENT_RESTART     /* follows in half a second: close files, and ask otakit nothing more,
                                for it waits with its lock taken */
};

/* Whether the bootloader on the chip goes back from an application that is not confirmed. */
enum otk_espidf_rollback {
    OTK_ESPIDF_ROLLBACK_EXPECTED, /* the build says so; seen at the first update */
    OTK_ESPIDF_ROLLBACK_SEEN,     /* this bootloader put the running application on trial */
    OTK_ESPIDF_ROLLBACK_MISSING   /* it does not, whatever the build says: a bad update stays */
};

struct otk_espidf_event {
    enum otk_status status;
    enum otk_espidf_rollback rollback; /* STARTED */
    const char *source;                /* constant: otk_owner_name, or "pull" */
    struct otk_progress progress;      /* BEGIN, PROGRESS, SWITCHED */
};

/*
 * Start: take stock, start the transports, and watch over a trial.
 *
 * Call it once, from any task; where transports need the network, esp_netif_init and the application's
 * own Wi-Fi may come before or after. Creates the default event loop where there is none.
 *
 * Returns  ESP_OK                 running
 *          ESP_ERR_INVALID_STATE  it runs already
 *          ESP_ERR_INVALID_ARG    the configuration contradicts itself; the log says how
 *          ESP_ERR_NO_MEM
 *          ESP_ERR_NOT_FOUND      the partition table has no otadata or no OTA slots
 *          ESP_FAIL               the flash failed
 *          others                 a transport's; the others run, and an application on trial is not
 *                                 confirmed, for it might be the last one
 * Power loss: as otk_device_start.
 */
esp_err_t otk_espidf_start(const struct otk_espidf_config *config);

/*
 * The running application is good. Does nothing where it is not on trial.
 *
 * Returns  ESP_OK, ESP_ERR_INVALID_STATE (not started), or ESP_FAIL (the flash refused)
 * Power loss: as otk_trial_confirm.
 */
esp_err_t otk_espidf_confirm(void);

/*
 * The running application is bad: the one before it boots after the restart, which follows at once.
 *
 * Returns  ESP_OK                 the restart is on its way
 *          ESP_ERR_INVALID_STATE  not started, or an update is in progress
 *          ESP_ERR_NOT_FOUND      there is nothing good to go back to
 *          ESP_FAIL               the flash refused
 * Power loss: as otk_trial_reject.
 */
esp_err_t otk_espidf_reject(void);

/* Whether the running application still has to be confirmed. False before otk_espidf_start. */
bool otk_espidf_is_on_trial(void);

/* Where the update in progress stands, or the last one. Zeros before otk_espidf_start. */
void otk_espidf_progress(struct otk_progress *progress);

/*
 * What became of the last update, also behind a restart or a rollback.
 *
 * last_update  written on ESP_OK only
 *
 * Returns  ESP_OK, ESP_ERR_INVALID_STATE (not started), or ESP_FAIL (the flash refused)
 */
esp_err_t otk_espidf_last_update(struct otk_last_update *last_update);

#ifdef __cplusplus
}
#endif

#endif
