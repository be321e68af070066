// SPDX-License-Identifier: Apache-2.0
/*
 * HTTPS updates: begin, the questions in between, and the end.
 */
#include "compat/esp_idf/https_ota.h"

#include <stdlib.h>
#include <string.h>

#include <esp_app_format.h>
#include <esp_log.h>

#include "compat/esp_idf/system.h"

/* Source: ESP-IDF, esp_https_ota.c, DEFAULT_REQUEST_SIZE; esp_http_client.c, DEFAULT_MAX_REDIRECT. */
#define REQUEST_SIZE       (64 * 1024)
#define MAX_REDIRECT_COUNT 10

/* With flash encryption a resumed write starts at such a multiple. */
#define ENCRYPTION_BLOCK 16u

static const char TAG[] = "esp_https_ota";

ESP_EVENT_DEFINE_BASE(ESP_HTTPS_OTA_EVENT);

void otk_idf_https_ota_tell(esp_https_ota_event_t event, const void *data, size_t len)
{
    const TickType_t timeout = pdMS_TO_TICKS(CONFIG_ESP_HTTPS_OTA_EVENT_POST_TIMEOUT);
    const esp_err_t error = esp_event_post(ESP_HTTPS_OTA_EVENT, (int32_t)event, data, len, timeout);

    /* Without a loop nobody listens. */
    if (error != ESP_OK && error != ESP_ERR_INVALID_STATE) {
        ESP_LOGE(TAG, "event %d was not posted: %s", (int)event, esp_err_to_name(error));
    }
}

static esp_err_t check_config(const esp_https_ota_config_t *config)
{
    const esp_http_client_config_t *http = config ? config->http_config : NULL;

    if (!http) {
        ESP_LOGE(TAG, "esp_https_ota_begin: Invalid argument");
        return ESP_ERR_INVALID_ARG;
    }
    if (!http->cert_pem && !http->use_global_ca_store && !http->crt_bundle_attach) {
        if (!otk_idf_system()->allow_http) {
            ESP_LOGE(TAG,
                     "No option for server verification is enabled in esp_http_client config.");
            return ESP_ERR_INVALID_ARG;
        }
        ESP_LOGW(TAG, "the server is not authenticated (--allow-http)");
    }
    if (config->decrypt_cb && config->ota_resumption) {
        ESP_LOGE(TAG, "an update that is decrypted cannot be resumed");
        return ESP_ERR_NOT_SUPPORTED;
    }
    return ESP_OK;
}

static esp_err_t find_partitions(struct otk_idf_https_ota *ota)
{
    const esp_partition_t *staging = ota->config.partition.staging;
    const esp_partition_t *final = ota->config.partition.final;

    ota->staging = staging ? esp_partition_verify(staging)
                           : esp_ota_get_next_update_partition(NULL);
    if (!ota->staging) {
        ESP_LOGE(TAG, "there is no partition to write to");
        return ESP_FAIL;
    }
    ota->final = final ? esp_partition_verify(final) : ota->staging;
    if (!ota->final) {
        ESP_LOGE(TAG, "the final partition does not exist");
        return ESP_FAIL;
    }
    ESP_LOGI(TAG, "Writing to <%s> partition at offset 0x%x", ota->staging->label,
             (unsigned)ota->staging->address);
    return ESP_OK;
}

/* How much of the image is known to be on flash. */
static int resumed_len(const esp_https_ota_config_t *config, bool is_encrypted)
{
    size_t len = config->ota_image_bytes_written;

    if (!config->ota_resumption || len < OTK_IDF_HEAD_SIZE || len > INT32_MAX) {
        return 0;
    }
    if (is_encrypted) {
        len -= len % ENCRYPTION_BLOCK;
    }
    return (int)len;
}

static esp_err_t open_client(struct otk_idf_https_ota *ota, const esp_http_client_config_t *http)
{
    esp_err_t error = ESP_OK;

    ota->client = esp_http_client_init(http);
    if (!ota->client) {
        ESP_LOGE(TAG, "Failed to initialise HTTP connection");
        return ESP_FAIL;
    }
    if (ota->config.http_client_init_cb) {
        error = ota->config.http_client_init_cb(ota->client);
    }
    if (error != ESP_OK) {
        ESP_LOGE(TAG, "http_client_init_cb failed: %s", esp_err_to_name(error));
    }
    return error;
}

static void release(struct otk_idf_https_ota *ota)
{
    if (ota->client) {
        (void)esp_http_client_cleanup(ota->client);
    }
    free(ota->head);
    free(ota->buffer);
    free(ota);
}

static esp_err_t fill(struct otk_idf_https_ota *ota, const esp_https_ota_config_t *config)
{
    const esp_http_client_config_t *const http = config->http_config;
    const esp_partition_t *const running = esp_ota_get_running_partition();
    esp_err_t error;

    ota->config = *config;
    ota->config.http_config = NULL;
    ota->image_len = -1;
    ota->request_max = config->max_http_request_size > 0 ? config->max_http_request_size
                                                         : REQUEST_SIZE;
    ota->redirect_max = http->max_redirection_count > 0 ? http->max_redirection_count
                                                        : MAX_REDIRECT_COUNT;
    ota->written = resumed_len(config, running && running->encrypted);
    ota->buffer_size = http->buffer_size > OTK_IDF_HEAD_SIZE ? (size_t)http->buffer_size
                                                             : OTK_IDF_HEAD_SIZE;
    ota->buffer = malloc(ota->buffer_size);
    if (!ota->buffer) {
        return ESP_ERR_NO_MEM;
    }
    error = open_client(ota, http);
    return error == ESP_OK ? otk_idf_https_ota_ask(ota) : error;
}

esp_err_t esp_https_ota_begin(const esp_https_ota_config_t *ota_config,
                              esp_https_ota_handle_t *handle)
{
    struct otk_idf_https_ota *ota;
    esp_err_t error;

    otk_idf_https_ota_tell(ESP_HTTPS_OTA_START, NULL, 0);
    if (!handle) {
        return ESP_ERR_INVALID_ARG;
    }
    *handle = NULL;
    error = check_config(ota_config);
    if (error != ESP_OK) {
        return error;
    }
    ota = calloc(1, sizeof *ota);
    if (!ota) {
        return ESP_ERR_NO_MEM;
    }
    error = fill(ota, ota_config);
    if (error == ESP_OK) {
        otk_idf_https_ota_tell(ESP_HTTPS_OTA_CONNECTED, NULL, 0);
        ESP_LOGI(TAG, "Starting OTA...");
        error = find_partitions(ota);
    }
    if (error != ESP_OK) {
        release(ota);
        return error;
    }
    ota->stage = ota->written > 0 ? OTK_IDF_HTTPS_OTA_RESUMED : OTK_IDF_HTTPS_OTA_ASKED;
    *handle = ota;
    return ESP_OK;
}

/* The description behind the image's first headers: from flash where the update is resumed. */
static esp_err_t read_description(struct otk_idf_https_ota *ota, void *description, size_t len)
{
    const size_t offset = sizeof(esp_image_header_t) + sizeof(esp_image_segment_header_t);

    if (ota->written > 0) {
        return esp_partition_read(ota->staging, offset, description, len);
    }
    if (otk_idf_https_ota_read_head(ota) != ESP_OK) {
        return ESP_FAIL;
    }
    memcpy(description, ota->head + offset, len);
    return ESP_OK;
}

static esp_err_t get_description(struct otk_idf_https_ota *ota, esp_partition_type_t type,
                                 void *description, size_t len)
{
    otk_idf_https_ota_tell(ESP_HTTPS_OTA_GET_IMG_DESC, NULL, 0);
    if (!ota || !description) {
        return ESP_ERR_INVALID_ARG;
    }
    if (ota->config.decrypt_cb) {
        return ESP_ERR_NOT_SUPPORTED;
    }
    if (ota->final->type != type) {
        ESP_LOGE(TAG, "the final partition is not for such an image");
        return ESP_FAIL;
    }
    return read_description(ota, description, len);
}

esp_err_t esp_https_ota_get_img_desc(esp_https_ota_handle_t https_ota_handle,
                                     esp_app_desc_t *new_app_info)
{
    esp_app_desc_t description;
    const esp_err_t error = get_description(https_ota_handle, ESP_PARTITION_TYPE_APP,
                                            new_app_info ? &description : NULL, sizeof description);

    if (error != ESP_OK) {
        return error;
    }
    if (description.magic_word != ESP_APP_DESC_MAGIC_WORD) {
        ESP_LOGE(TAG, "Incorrect app descriptor magic");
        return ESP_FAIL;
    }
    *new_app_info = description;
    return ESP_OK;
}

esp_err_t esp_https_ota_get_bootloader_img_desc(esp_https_ota_handle_t https_ota_handle,
                                                esp_bootloader_desc_t *new_img_info)
{
    esp_bootloader_desc_t description;
    const esp_err_t error = get_description(https_ota_handle, ESP_PARTITION_TYPE_BOOTLOADER,
                                            new_img_info ? &description : NULL, sizeof description);

    if (error != ESP_OK) {
        return error;
    }
    if (description.magic_byte != ESP_BOOTLOADER_DESC_MAGIC_BYTE) {
        ESP_LOGE(TAG, "Incorrect bootloader descriptor magic");
        return ESP_FAIL;
    }
    *new_img_info = description;
    return ESP_OK;
}

bool esp_https_ota_is_complete_data_received(esp_https_ota_handle_t https_ota_handle)
{
    const struct otk_idf_https_ota *const ota = https_ota_handle;

    if (!ota) {
        return false;
    }
    if (ota->config.partial_http_download) {
        return ota->written == ota->image_len;
    }
    return esp_http_client_is_complete_data_received(ota->client);
}

/* Select what was written, where it is for an OTA slot. */
static esp_err_t select_image(const struct otk_idf_https_ota *ota)
{
    const esp_partition_t *const final = ota->final;
    esp_err_t error;

    if (final->type != ESP_PARTITION_TYPE_APP) {
        return ESP_OK;
    }
    if (final->subtype < ESP_PARTITION_SUBTYPE_APP_OTA_MIN ||
        final->subtype >= ESP_PARTITION_SUBTYPE_APP_OTA_MAX) {
        /* Selecting factory would erase otadata; the application may want that, or not. */
        return ESP_OK;
    }
    error = esp_ota_set_boot_partition(ota->staging);
    if (error != ESP_OK) {
        ESP_LOGE(TAG, "esp_ota_set_boot_partition failed: %s", esp_err_to_name(error));
        return error;
    }
    otk_idf_https_ota_tell(ESP_HTTPS_OTA_UPDATE_BOOT_PARTITION, &final->subtype,
                           sizeof final->subtype);
    return ESP_OK;
}

esp_err_t esp_https_ota_finish(esp_https_ota_handle_t https_ota_handle)
{
    struct otk_idf_https_ota *const ota = https_ota_handle;
    esp_err_t error = ESP_OK;

    if (!ota) {
        return ESP_ERR_INVALID_ARG;
    }
    if (ota->stage >= OTK_IDF_HTTPS_OTA_WRITING) {
        error = esp_ota_end(ota->update);
    }
    if (error != ESP_OK) {
        ESP_LOGE(TAG, "esp_ota_end failed: %s", esp_err_to_name(error));
    } else if (ota->stage == OTK_IDF_HTTPS_OTA_RECEIVED) {
        error = select_image(ota);
    }
    release(ota);
    otk_idf_https_ota_tell(ESP_HTTPS_OTA_FINISH, NULL, 0);
    return error;
}

esp_err_t esp_https_ota_abort(esp_https_ota_handle_t https_ota_handle)
{
    struct otk_idf_https_ota *const ota = https_ota_handle;
    esp_err_t error = ESP_OK;

    otk_idf_https_ota_tell(ESP_HTTPS_OTA_ABORT, NULL, 0);
    if (!ota) {
        return ESP_ERR_INVALID_ARG;
    }
    if (ota->stage >= OTK_IDF_HTTPS_OTA_WRITING) {
        error = esp_ota_abort(ota->update);
    }
    release(ota);
    return error;
}

int esp_https_ota_get_image_len_read(esp_https_ota_handle_t https_ota_handle)
{
    const struct otk_idf_https_ota *const ota = https_ota_handle;

    return ota && ota->stage >= OTK_IDF_HTTPS_OTA_WRITING ? ota->written : -1;
}

int esp_https_ota_get_status_code(esp_https_ota_handle_t https_ota_handle)
{
    const struct otk_idf_https_ota *const ota = https_ota_handle;

    return ota ? esp_http_client_get_status_code(ota->client) : -1;
}

int esp_https_ota_get_image_size(esp_https_ota_handle_t https_ota_handle)
{
    const struct otk_idf_https_ota *const ota = https_ota_handle;

    return ota ? ota->image_len : -1;
}

esp_err_t esp_https_ota(const esp_https_ota_config_t *ota_config)
{
    esp_https_ota_handle_t handle = NULL;
    esp_err_t error;

    if (!ota_config || !ota_config->http_config) {
        ESP_LOGE(TAG, "esp_https_ota: Invalid argument");
        return ESP_ERR_INVALID_ARG;
    }
    if (ota_config->ota_resumption) {
        ESP_LOGE(TAG, "OTA resumption is not supported in esp_https_ota API");
        return ESP_ERR_NOT_SUPPORTED;
    }
    error = esp_https_ota_begin(ota_config, &handle);
    if (error != ESP_OK) {
        return error;
    }
    do {
        error = esp_https_ota_perform(handle);
    } while (error == ESP_ERR_HTTPS_OTA_IN_PROGRESS);
    if (error != ESP_OK) {
        (void)esp_https_ota_abort(handle);
        return error;
    }
    return esp_https_ota_finish(handle);
}
