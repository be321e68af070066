// SPDX-License-Identifier: Apache-2.0
/* What the files of otakit's task share: its RAM, which is taken from the heap by otk_espidf_start. */
#ifndef PORT_ESPIDF_APP_PARTS_H
#define PORT_ESPIDF_APP_PARTS_H

#include <stdbool.h>
#include <stdint.h>

#include <esp_timer.h>
#include <freertos/FreeRTOS.h>
#include <freertos/semphr.h>
#include <freertos/task.h>

#include "otakit/core/device.h"
#include "otakit/core/updater.h"
#include "port/espidf/flash.h"
#include "port/espidf/include/otakit_espidf.h"
#include "port/espidf/transport.h"

#ifdef __cplusplus
extern "C" {
#endif

struct app {
    struct otk_espidf_config config;
    struct otk_espidf_host host;
    struct otk_espidf_flash flash;
    struct otk_device device;
    struct otk_updater updater;
    uint8_t buffer[OTK_SECTOR_SIZE]; /* of the updater */
    TaskHandle_t task;
    SemaphoreHandle_t has_started;     /* for the task that waits in otk_espidf_start */
    esp_err_t start_error;             /* of taking stock: nothing runs */
    esp_err_t transport_error;         /* of the first transport that did not start */
    bool was_rolled_back;              /* by this reset */
    esp_timer_handle_t deadline;       /* of the trial; NULL: none runs */
    uint32_t told_count;               /* updates whose begin was told */
    enum otk_updater_state told_state; /* of the last of them */
    uint32_t told_offset;              /* of its last progress event */
};

/* The task: start, then turn after turn. context: the struct app. */
void otk_app_run(void *context);

/* The updater is there: from now on the functions of otakit_espidf.h reach it. */
void otk_app_publish(struct app *app);

/* The application on trial: begin to count, before anything can go wrong. Under no lock. */
esp_err_t otk_app_begin_trial(struct app *app);

/* The transports are up: self-test, where there is one, and its verdict. Under no lock. */
void otk_app_stand_trial(struct app *app);

/* What a client or the application itself decided since the last call. Under the lock. */
void otk_app_look_at_verdict(struct app *app);

/* What became of pushed images since the last call. Under the lock. */
void otk_app_look_at_update(struct app *app);

/* Whether everything is there that the lock needs. Once, before the first otk_espidf_lock. */
bool otk_app_create_lock(void);

#ifdef __cplusplus
}
#endif

#endif
