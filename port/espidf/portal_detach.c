// SPDX-License-Identifier: Apache-2.0
/*
 * An upload on a task of its own, so that the server answers others meanwhile. Needs the asynchronous
 * handlers of ESP-IDF v5.2; before, an upload is served on the server's task, and others wait.
 */
#include <esp_idf_version.h>
#include <freertos/FreeRTOS.h>
#include <freertos/task.h>
#include <lwip/sockets.h>
#include <sdkconfig.h>

#include "port/espidf/portal_parts.h"

#if ESP_IDF_VERSION >= ESP_IDF_VERSION_VAL(5, 2, 0)

static void do_nothing(void *context)
{
    (void)context;
}

/* The server did not watch this connection, and has to look at it again. */
static void give_back(httpd_req_t *request, bool must_close)
{
    const httpd_handle_t server = request->handle;
    const int file = httpd_req_to_sockfd(request);

    if (must_close) {
        (void)shutdown(file, SHUT_RDWR); /* the server reads the end, and closes it */
    }
    (void)httpd_req_async_handler_complete(request);
    (void)httpd_queue_work(server, do_nothing, NULL); /* wakes it */
}

static void run(void *context)
{
    struct otk_portal_visit *const visit = context;
    httpd_req_t *request;
    bool must_close;

    (void)ulTaskNotifyTake(pdTRUE, portMAX_DELAY); /* the request is this task's now */
    request = visit->request;
    otk_portal_visit_finish(visit);
    must_close = visit->must_close;
    otk_portal_visit_close(visit);
    give_back(request, must_close);
    vTaskDelete(NULL);
}

/* The task comes first: a request that was handed over cannot be taken back. */
bool otk_portal_detach(struct otk_portal_visit *visit)
{
    TaskHandle_t task;

    if (xTaskCreate(run, "otakit upload", CONFIG_OTAKIT_TASK_STACK_SIZE, visit,
                    CONFIG_OTAKIT_TASK_PRIORITY, &task) != pdPASS) {
        return false;
    }
    if (httpd_req_async_handler_begin(visit->request, &visit->request) != ESP_OK) {
        vTaskDelete(task);
        return false;
    }
    xTaskNotifyGive(task);
    return true;
}

#else

bool otk_portal_detach(struct otk_portal_visit *visit)
{
    (void)visit;
    return false;
}

#endif
