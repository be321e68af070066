// SPDX-License-Identifier: Apache-2.0
/* Updates over a web page on the device's own access point. */
#include <esp_log.h>
#include <otakit_espidf.h>
#include <otakit_espidf_portal.h>

/* The access point and the page are up when this is called: the next update can come. Add what your
 * device is for. */
static bool does_its_job(void *context)
{
    (void)context;
    return true;
}

void app_main(void)
{
    const struct otk_espidf_portal_config portal = {.softap = true};
    const struct otk_espidf_config config = {
        .transports = {otk_espidf_portal(&portal)},
        .self_test = does_its_job,
    };

    ESP_ERROR_CHECK(otk_espidf_start(&config));
    ESP_LOGI("example", "put your application here");
}
