// SPDX-License-Identifier: Apache-2.0
/* The one lock around engines and updater. A mutex, so that a waiting task lends its priority. */
#include "port/espidf/app_parts.h"

static SemaphoreHandle_t mutex;

bool otk_app_create_lock(void)
{
    if (!mutex) {
        mutex = xSemaphoreCreateMutex();
    }
    return mutex != NULL;
}

void otk_espidf_lock(void)
{
    (void)xSemaphoreTake(mutex, portMAX_DELAY);
}

void otk_espidf_unlock(void)
{
    (void)xSemaphoreGive(mutex);
}
