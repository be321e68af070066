// SPDX-License-Identifier: Apache-2.0
/*
 * An application of ESP-IDF's that updates itself over HTTPS and confirms what it has become. The same
 * file builds in an ESP-IDF project and on a laptop.
 *
 * It gives every answer that update code has to give: a trial that is confirmed, a version that it runs
 * already, a download that is continued after a restart, a restart into what is new.
 */
#include <string.h>

#include "esp_event.h"
#include "esp_http_client.h"
#include "esp_https_ota.h"
#include "esp_log.h"
#include "esp_netif.h"
#include "esp_ota_ops.h"
#include "esp_system.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "nvs.h"
#include "nvs_flash.h"
#include "protocol_examples_common.h"

static const char *TAG = "app";

/* ca_cert.pem, by EMBED_TXTFILES. */
extern const char ca_cert_pem_start[] asm("_binary_ca_cert_pem_start");

/* What is on flash of a download that was interrupted. */
static uint32_t load_progress(nvs_handle_t nvs)
{
    uint32_t written = 0;

    return nvs_get_u32(nvs, "written", &written) == ESP_OK ? written : 0;
}

static void store_progress(nvs_handle_t nvs, uint32_t written)
{
    ESP_ERROR_CHECK(nvs_set_u32(nvs, "written", written));
    ESP_ERROR_CHECK(nvs_commit(nvs));
}

static bool is_news(esp_https_ota_handle_t ota)
{
    esp_app_desc_t running;
    esp_app_desc_t offered;

    if (esp_https_ota_get_img_desc(ota, &offered) != ESP_OK ||
        esp_ota_get_partition_description(esp_ota_get_running_partition(), &running) != ESP_OK) {
        return false;
    }
    ESP_LOGI(TAG, "%s runs, %s is offered", running.version, offered.version);
    return strcmp(running.version, offered.version) != 0;
}

/* Receive and write; the progress is stored every 64 KB. */
static esp_err_t download(esp_https_ota_handle_t ota, nvs_handle_t nvs)
{
    uint32_t stored = load_progress(nvs);
    esp_err_t err;

    while ((err = esp_https_ota_perform(ota)) == ESP_ERR_HTTPS_OTA_IN_PROGRESS) {
        const uint32_t written = (uint32_t)esp_https_ota_get_image_len_read(ota);

        if (written >= stored + 65536) {
            stored = written / 4096 * 4096;
            store_progress(nvs, stored);
            ESP_LOGI(TAG, "%u bytes are written", (unsigned)written);
        }
    }
    return err;
}

/* Returns whether it is worth another attempt. */
static bool update(nvs_handle_t nvs)
{
    const esp_http_client_config_t http = {
        .url = CONFIG_EXAMPLE_FIRMWARE_UPGRADE_URL,
        .cert_pem = ca_cert_pem_start,
        .timeout_ms = 5000,
        .keep_alive_enable = true,
    };
    const esp_https_ota_config_t config = {
        .http_config = &http,
        .ota_resumption = true,
        .ota_image_bytes_written = load_progress(nvs),
    };
    esp_https_ota_handle_t ota;

    if (esp_https_ota_begin(&config, &ota) != ESP_OK) {
        return true;
    }
    if (!is_news(ota)) {
        esp_https_ota_abort(ota);
        return false;
    }
    if (download(ota, nvs) != ESP_OK) {
        esp_https_ota_abort(ota);
        return true;
    }
    /* Whatever finish says of the image, it is not continued. */
    store_progress(nvs, 0);
    if (esp_https_ota_finish(ota) == ESP_OK) {
        esp_restart();
    }
    return true;
}

static void update_task(void *parameter)
{
    nvs_handle_t nvs;
    int attempt;

    (void)parameter;
    ESP_ERROR_CHECK(nvs_open("update", NVS_READWRITE, &nvs));
    for (attempt = 0; attempt < 3 && update(nvs); attempt++) {
        vTaskDelay(pdMS_TO_TICKS(1000));
    }
    nvs_close(nvs);
    ESP_LOGI(TAG, "no update");
    vTaskDelete(NULL);
}

/* A new image has to prove itself; here it is enough that it got as far as this. */
static void confirm(void)
{
    esp_ota_img_states_t state;

    if (esp_ota_get_state_partition(esp_ota_get_running_partition(), &state) == ESP_OK &&
        state == ESP_OTA_IMG_PENDING_VERIFY) {
        ESP_ERROR_CHECK(esp_ota_mark_app_valid_cancel_rollback());
        ESP_LOGI(TAG, "confirmed");
    }
}

void app_main(void)
{
    ESP_ERROR_CHECK(nvs_flash_init());
    ESP_ERROR_CHECK(esp_netif_init());
    ESP_ERROR_CHECK(esp_event_loop_create_default());
    ESP_ERROR_CHECK(example_connect());
    confirm();
    xTaskCreate(update_task, "update", 8192, NULL, 5, NULL);
}
