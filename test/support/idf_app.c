// SPDX-License-Identifier: Apache-2.0
/*
 * An application of ESP-IDF's for the end-to-end tests: what it does is named by its environment.
 *
 *   OTA_MODE   once, store (its CA in the global store), steps, bulk, partial, resume, native, perform,
 *              decrypt, decrypt-partial, fatal, none
 *   OTA_URL    where the image lies
 *   OTA_CA     file with the authority to pin; empty: none; "bundle": the system's
 *   OTA_TRIAL  what becomes of a new image: pass (default), fail, crash
 *   OTA_STOP   steps: abort behind as many bytes; resume: crash there, once
 *   OTA_USER   "name:password"
 *
 * It says "result NAME" and restarts where that is ESP_OK.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "esp_crt_bundle.h"
#include "esp_event.h"
#include "esp_flash_partitions.h"
#include "esp_https_ota.h"
#include "esp_log.h"
#include "esp_ota_ops.h"
#include "esp_system.h"
#include "esp_tls.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "nvs_flash.h"

static char ca[65536];

static const char *setting(const char *name)
{
    const char *value = getenv(name);

    return value ? value : "";
}

static int number(const char *name)
{
    return atoi(setting(name));
}

static bool is_mode(const char *name)
{
    return strcmp(setting("OTA_MODE"), name) == 0;
}

static void end(esp_err_t error)
{
    printf("result %s\n", esp_err_to_name(error));
    if (error == ESP_OK) {
        esp_restart();
    }
}

static void on_event(void *argument, esp_event_base_t base, int32_t id, void *data)
{
    static const char *const names[] = {
        "START",      "CONNECTED",   "GET_IMG_DESC", "VERIFY_CHIP_ID", "VERIFY_REVISION",
        "DECRYPT_CB", "WRITE_FLASH", "UPDATE_BOOT",  "FINISH",         "ABORT"};

    (void)argument;
    (void)base;
    if (id == ESP_HTTPS_OTA_WRITE_FLASH) {
        printf("event WRITE_FLASH %d\n", *(int *)data);
    } else {
        printf("event %s\n", names[id]);
    }
}

static esp_err_t on_http(esp_http_client_event_t *event)
{
    if (event->event_id == HTTP_EVENT_ON_HEADER) {
        printf("field %s\n", event->header_key);
    } else if (event->event_id == HTTP_EVENT_ON_CONNECTED) {
        printf("connected\n");
    }
    return ESP_OK;
}

static void pin(esp_http_client_config_t *config)
{
    const char *path = setting("OTA_CA");
    FILE *file;
    size_t len;

    if (strcmp(path, "bundle") == 0) {
        config->crt_bundle_attach = esp_crt_bundle_attach;
        return;
    }
    file = path[0] ? fopen(path, "r") : NULL;
    if (file) {
        len = fread(ca, 1, sizeof ca - 1, file);
        ca[len] = '\0';
        fclose(file);
        config->cert_pem = ca;
    }
    if (file && is_mode("store")) {
        ESP_ERROR_CHECK(esp_tls_set_global_ca_store((const unsigned char *)ca, (unsigned)len + 1u));
        config->cert_pem = NULL;
        config->use_global_ca_store = true;
    }
}

static esp_http_client_config_t http_config(void)
{
    static char user[64];
    esp_http_client_config_t config = {
        .url = setting("OTA_URL"),
        .timeout_ms = 1000,
        .event_handler = on_http,
        .keep_alive_enable = true,
    };

    pin(&config);
    snprintf(user, sizeof user, "%s", setting("OTA_USER"));
    if (user[0]) {
        char *const colon = strchr(user, ':');

        *colon = '\0';
        config.username = user;
        config.password = colon + 1;
    }
    return config;
}

/* begin, description, perform, finish: with progress. */
static esp_err_t update_in_steps(const esp_https_ota_config_t *config)
{
    esp_https_ota_handle_t ota = NULL;
    esp_app_desc_t description;
    esp_err_t error = esp_https_ota_begin(config, &ota);

    if (error != ESP_OK) {
        return error;
    }
    printf("status %d, size %d, read %d\n", esp_https_ota_get_status_code(ota),
           esp_https_ota_get_image_size(ota), esp_https_ota_get_image_len_read(ota));
    error = esp_https_ota_get_img_desc(ota, &description);
    if (error == ESP_OK) {
        printf("offered %s %s\n", description.project_name, description.version);
    }
    while ((error = esp_https_ota_perform(ota)) == ESP_ERR_HTTPS_OTA_IN_PROGRESS) {
        const int len = esp_https_ota_get_image_len_read(ota);

        if (number("OTA_STOP") > 0 && len >= number("OTA_STOP")) {
            printf("stopped at %d\n", len);
            return esp_https_ota_abort(ota) == ESP_OK ? ESP_ERR_NOT_FINISHED : ESP_FAIL;
        }
    }
    printf("read %d, complete %d\n", esp_https_ota_get_image_len_read(ota),
           esp_https_ota_is_complete_data_received(ota));
    if (error != ESP_OK) {
        esp_https_ota_abort(ota);
        return error;
    }
    return esp_https_ota_finish(ota);
}

/* Store the progress, and go on from there; the first time it crashes at OTA_STOP. */
static esp_err_t update_resumed(esp_https_ota_config_t *config, nvs_handle_t nvs)
{
    esp_https_ota_handle_t ota = NULL;
    uint32_t written = 0;
    uint8_t crashed = 0;
    esp_err_t error;

    (void)nvs_get_u32(nvs, "written", &written);
    (void)nvs_get_u8(nvs, "crashed", &crashed);
    config->ota_resumption = true;
    config->ota_image_bytes_written = written;
    printf("resume at %u\n", (unsigned)written);
    error = esp_https_ota_begin(config, &ota);
    if (error != ESP_OK) {
        return error;
    }
    while ((error = esp_https_ota_perform(ota)) == ESP_ERR_HTTPS_OTA_IN_PROGRESS) {
        const int len = esp_https_ota_get_image_len_read(ota);

        ESP_ERROR_CHECK(nvs_set_u32(nvs, "written", (uint32_t)len));
        if (!crashed && number("OTA_STOP") > 0 && len >= number("OTA_STOP")) {
            ESP_ERROR_CHECK(nvs_set_u8(nvs, "crashed", 1));
            abort();
        }
    }
    printf("size %d\n", esp_https_ota_get_image_size(ota));
    ESP_ERROR_CHECK(nvs_set_u32(nvs, "written", 0));
    if (error != ESP_OK) {
        esp_https_ota_abort(ota);
        return error;
    }
    return esp_https_ota_finish(ota);
}

/* As native_ota_example does it: HTTP client and esp_ota functions by hand. */
static esp_err_t update_natively(const esp_http_client_config_t *config)
{
    const esp_partition_t *slot = esp_ota_get_next_update_partition(NULL);
    esp_http_client_handle_t client = esp_http_client_init(config);
    esp_ota_handle_t ota = 0;
    static char buffer[1500];
    esp_err_t error = client ? esp_http_client_open(client, 0) : ESP_FAIL;
    int count;

    if (error != ESP_OK) {
        esp_http_client_cleanup(client);
        return error;
    }
    printf("length %d\n", (int)esp_http_client_fetch_headers(client));
    ESP_ERROR_CHECK(esp_ota_begin(slot, OTA_WITH_SEQUENTIAL_WRITES, &ota));
    while ((count = esp_http_client_read(client, buffer, sizeof buffer)) > 0) {
        ESP_ERROR_CHECK(esp_ota_write(ota, buffer, (size_t)count));
    }
    printf("last %d, errno %d, complete %d\n", count, errno,
           esp_http_client_is_complete_data_received(client));
    error = count == 0 && esp_http_client_is_complete_data_received(client) ? esp_ota_end(ota)
                                                                            : ESP_FAIL;
    esp_http_client_close(client);
    esp_http_client_cleanup(client);
    return error == ESP_OK ? esp_ota_set_boot_partition(slot) : error;
}

/* A whole request: what does the server say? */
static esp_err_t ask(const esp_http_client_config_t *config)
{
    esp_http_client_handle_t client = esp_http_client_init(config);
    esp_err_t error = client ? esp_http_client_perform(client) : ESP_FAIL;

    printf("status %d, length %d\n", esp_http_client_get_status_code(client),
           (int)esp_http_client_get_content_length(client));
    esp_http_client_cleanup(client);
    return error == ESP_OK ? ESP_ERR_NOT_FINISHED : error;
}

/* A body into a buffer, as those do who expect little. */
static esp_err_t read_at_once(const esp_http_client_config_t *config)
{
    esp_http_client_handle_t client = esp_http_client_init(config);
    static char buffer[1500];

    if (!client || esp_http_client_open(client, 0) != ESP_OK) {
        esp_http_client_cleanup(client);
        return ESP_FAIL;
    }
    (void)esp_http_client_fetch_headers(client);
    printf("read %d\n", esp_http_client_read_response(client, buffer, sizeof buffer));
    esp_http_client_cleanup(client);
    return ESP_ERR_NOT_FINISHED;
}

/* Stands for an application that mends itself to death: where it finds that it was interrupted, it
 * overwrites the partition table. ESP-IDF's functions do not allow that, so it goes behind them. */
static esp_err_t mend_fatally(nvs_handle_t nvs)
{
    const esp_partition_t *slot = esp_ota_get_next_update_partition(NULL);
    uint8_t working = 0;
    int file;

    (void)nvs_get_u8(nvs, "working", &working);
    for (file = 3; working && file < 16; file++) {
        (void)!pwrite(file, "nothing at all", 14, ESP_PARTITION_TABLE_OFFSET);
    }
    if (working) {
        esp_restart();
    }
    ESP_ERROR_CHECK(nvs_set_u8(nvs, "working", 1));
    ESP_ERROR_CHECK(esp_partition_erase_range(slot, 0, 8192));
    ESP_ERROR_CHECK(esp_partition_write(slot, 0, ca, 4096));
    ESP_ERROR_CHECK(nvs_set_u8(nvs, "working", 0));
    return ESP_ERR_NOT_FINISHED;
}

/* What decrypt modes download: 64 bytes that are not the image's, then it, each byte inverted. */
#define ENCRYPTION_HEADER_SIZE 64u

static esp_err_t decrypt(decrypt_cb_arg_t *arguments, void *context)
{
    size_t *const received = context;
    size_t index;

    arguments->data_out = malloc(arguments->data_in_len + 1u);
    arguments->data_out_len = 0;
    for (index = 0; index < arguments->data_in_len; index++) {
        if ((*received)++ >= ENCRYPTION_HEADER_SIZE) {
            arguments->data_out[arguments->data_out_len++] = (char)~arguments->data_in[index];
        }
    }
    return ESP_OK;
}

static esp_err_t update(nvs_handle_t nvs)
{
    const esp_http_client_config_t http = http_config();
    esp_https_ota_config_t config = {.http_config = &http};
    size_t received = 0;

    if (is_mode("native")) {
        return update_natively(&http);
    }
    if (is_mode("fatal")) {
        return mend_fatally(nvs);
    }
    if (is_mode("perform")) {
        return ask(&http);
    }
    if (is_mode("read")) {
        return read_at_once(&http);
    }
    if (is_mode("resume")) {
        return update_resumed(&config, nvs);
    }
    config.partial_http_download = strstr(setting("OTA_MODE"), "partial") != NULL;
    config.max_http_request_size = config.partial_http_download ? 20000 : 0;
    if (strncmp(setting("OTA_MODE"), "decrypt", 7) == 0) {
        config.decrypt_cb = decrypt;
        config.decrypt_user_ctx = &received;
        config.enc_img_header_size = ENCRYPTION_HEADER_SIZE;
    }
    config.bulk_flash_erase = is_mode("bulk");
    return is_mode("once") || is_mode("store") ? esp_https_ota(&config) : update_in_steps(&config);
}

/* Whether the trial of a new image ends well, or there is none. */
static bool stands_trial(void)
{
    esp_ota_img_states_t state;

    if (esp_ota_get_state_partition(esp_ota_get_running_partition(), &state) != ESP_OK ||
        state != ESP_OTA_IMG_PENDING_VERIFY) {
        return false;
    }
    if (strcmp(setting("OTA_TRIAL"), "crash") == 0) {
        abort();
    }
    if (strcmp(setting("OTA_TRIAL"), "fail") == 0) {
        esp_ota_mark_app_invalid_rollback_and_reboot();
    }
    ESP_ERROR_CHECK(esp_ota_mark_app_valid_cancel_rollback());
    printf("confirmed\n");
    return true;
}

static void work(void *parameter)
{
    nvs_handle_t nvs;
    uint8_t done = 0;

    (void)parameter;
    ESP_ERROR_CHECK(nvs_open("app", NVS_READWRITE, &nvs));
    (void)nvs_get_u8(nvs, "done", &done);
    if (!done && !is_mode("none")) {
        const esp_err_t error = update(nvs);

        if (error == ESP_OK) {
            ESP_ERROR_CHECK(nvs_set_u8(nvs, "done", 1));
        }
        end(error);
    }
    vTaskDelete(NULL);
}

void app_main(void)
{
    ESP_ERROR_CHECK(nvs_flash_init());
    ESP_ERROR_CHECK(esp_event_loop_create_default());
    ESP_ERROR_CHECK(
        esp_event_handler_register(ESP_HTTPS_OTA_EVENT, ESP_EVENT_ANY_ID, on_event, NULL));
    printf("reset reason %d\n", (int)esp_reset_reason());
    if (!stands_trial()) {
        xTaskCreate(work, "work", 8192, NULL, 5, NULL);
    }
}
