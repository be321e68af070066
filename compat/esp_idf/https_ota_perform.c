// SPDX-License-Identifier: Apache-2.0
/*
 * The work of an HTTPS update: receive, decrypt, judge the head, write.
 */
#include <stdlib.h>
#include <string.h>

#include <esp_app_format.h>
#include <esp_log.h>

#include "compat/esp_idf/https_ota.h"

/* What of the head is looked at. */
#define NEEDED_SIZE \
    (sizeof(esp_image_header_t) + sizeof(esp_image_segment_header_t) + sizeof(esp_app_desc_t))

static const char TAG[] = "esp_https_ota";

/* A received piece, as it goes to flash. */
struct piece {
    uint8_t *data;
    size_t len;
    bool is_owned; /* decrypt_cb made it */
};

static void release(struct piece *piece)
{
    if (piece->is_owned) {
        free(piece->data);
    }
}

static esp_err_t decrypt(struct otk_idf_https_ota *ota, size_t received, struct piece *piece)
{
    decrypt_cb_arg_t arguments = {
        .data_in = (const char *)ota->buffer,
        .data_in_len = received,
    };
    esp_err_t error;

    otk_idf_https_ota_tell(ESP_HTTPS_OTA_DECRYPT_CB, NULL, 0);
    error = ota->config.decrypt_cb(&arguments, ota->config.decrypt_user_ctx);
    if (error != ESP_OK) {
        ESP_LOGE(TAG, "decrypt_cb failed: %s", esp_err_to_name(error));
        return error;
    }
    *piece = (struct piece){
        .data = (uint8_t *)arguments.data_out,
        .len = arguments.data_out_len,
        .is_owned = true,
    };
    return ESP_OK;
}

/* Receive up to `len` bytes. Returns what esp_http_client_read said; `piece` is written above 0. */
static int receive(struct otk_idf_https_ota *ota, int len, struct piece *piece, esp_err_t *error)
{
    const int count = esp_http_client_read(ota->client, (char *)ota->buffer, len);

    *error = ESP_OK;
    if (count <= 0) {
        return count;
    }
    *piece = (struct piece){.data = ota->buffer, .len = (size_t)count};
    if (ota->config.decrypt_cb) {
        *error = decrypt(ota, (size_t)count, piece);
    }
    return count;
}

static esp_err_t append_head(struct otk_idf_https_ota *ota, const struct piece *piece)
{
    uint8_t *head = realloc(ota->head, ota->head_len + piece->len + 1u);

    if (!head) {
        return ESP_ERR_NO_MEM;
    }
    ota->head = head;
    if (piece->len > 0) {
        memcpy(head + ota->head_len, piece->data, piece->len);
    }
    ota->head_len += piece->len;
    return ESP_OK;
}

/* Whether enough has come. Decrypting may give less than it takes. */
static bool has_head(const struct otk_idf_https_ota *ota)
{
    return ota->head_received >= OTK_IDF_HEAD_SIZE && ota->head_len >= NEEDED_SIZE;
}

esp_err_t otk_idf_https_ota_read_head(struct otk_idf_https_ota *ota)
{
    while (!has_head(ota)) {
        const int rest = OTK_IDF_HEAD_SIZE - ota->head_received;
        struct piece piece = {.data = NULL};
        esp_err_t error;
        const int count = receive(ota, rest > 0 ? rest : OTK_IDF_HEAD_SIZE, &piece, &error);

        if (count == -ESP_ERR_HTTP_EAGAIN) {
            return ESP_ERR_HTTPS_OTA_IN_PROGRESS;
        }
        if (count <= 0 || error != ESP_OK) {
            ESP_LOGE(TAG, "the first %d bytes of the image did not come", OTK_IDF_HEAD_SIZE);
            return ESP_FAIL;
        }
        ota->head_received += count;
        error = append_head(ota, &piece);
        release(&piece);
        if (error != ESP_OK) {
            return error;
        }
    }
    return ESP_OK;
}

/* Whether the image is for this chip, before anything is written. */
static esp_err_t judge_head(struct otk_idf_https_ota *ota)
{
    const bool is_app = ota->final->type == ESP_PARTITION_TYPE_APP;
    esp_image_header_t header;
    esp_app_desc_t description;
    esp_err_t error;

    memcpy(&header, ota->head, sizeof header);
    memcpy(&description, ota->head + sizeof header + sizeof(esp_image_segment_header_t),
           sizeof description);
    otk_idf_https_ota_tell(ESP_HTTPS_OTA_VERIFY_CHIP_ID, &header.chip_id, sizeof header.chip_id);
    otk_idf_https_ota_tell(ESP_HTTPS_OTA_VERIFY_CHIP_REVISION, &header.min_chip_rev_full,
                           sizeof header.min_chip_rev_full);
    if (header.magic != ESP_IMAGE_HEADER_MAGIC) {
        ESP_LOGE(TAG, "what the server sends is no image: its first byte is 0x%02x", header.magic);
        return ESP_ERR_OTA_VALIDATE_FAILED;
    }
    error = esp_ota_check_image_validity(ota->final->type, &header, is_app ? &description : NULL);
    if (error != ESP_OK) {
        ESP_LOGE(TAG, "the image is not for this device: %s", esp_err_to_name(error));
    }
    return error;
}

static esp_err_t write_bytes(struct otk_idf_https_ota *ota, const void *data, size_t len)
{
    const esp_err_t error = esp_ota_write(ota->update, data, len);

    if (error != ESP_OK) {
        ESP_LOGE(TAG, "esp_ota_write failed: %s", esp_err_to_name(error));
        return error;
    }
    ota->written += (int)len;
    ESP_LOGD(TAG, "Written image length %d", ota->written);
    otk_idf_https_ota_tell(ESP_HTTPS_OTA_WRITE_FLASH, &ota->written, sizeof ota->written);
    return ESP_ERR_HTTPS_OTA_IN_PROGRESS;
}

/* How much esp_ota_begin erases. */
static size_t erase_size(const struct otk_idf_https_ota *ota)
{
    if (!ota->config.bulk_flash_erase) {
        return OTA_WITH_SEQUENTIAL_WRITES;
    }
    return ota->image_len > 0 ? (size_t)ota->image_len : OTA_SIZE_UNKNOWN;
}

/* An operation is open: name what it is for. */
static esp_err_t start_writing(struct otk_idf_https_ota *ota)
{
    const esp_err_t error = esp_ota_set_final_partition(ota->update, ota->final,
                                                        ota->config.partition.finalize_with_copy);

    ota->stage = OTK_IDF_HTTPS_OTA_WRITING;
    if (error != ESP_OK) {
        ESP_LOGE(TAG, "esp_ota_set_final_partition failed: %s", esp_err_to_name(error));
    }
    return error;
}

static esp_err_t write_head(struct otk_idf_https_ota *ota)
{
    const bool is_image = ota->final->type == ESP_PARTITION_TYPE_APP ||
                          ota->final->type == ESP_PARTITION_TYPE_BOOTLOADER;
    esp_err_t error = is_image ? otk_idf_https_ota_read_head(ota) : ESP_OK;

    if (error == ESP_OK && is_image) {
        error = judge_head(ota);
    }
    if (error != ESP_OK) {
        return error;
    }
    error = esp_ota_begin(ota->staging, erase_size(ota), &ota->update);
    if (error != ESP_OK) {
        ESP_LOGE(TAG, "esp_ota_begin failed: %s", esp_err_to_name(error));
        return error;
    }
    error = start_writing(ota);
    if (error != ESP_OK || ota->head_len == 0) {
        return error == ESP_OK ? ESP_ERR_HTTPS_OTA_IN_PROGRESS : error;
    }
    error = write_bytes(ota, ota->head, ota->head_len);
    free(ota->head);
    ota->head = NULL;
    ota->head_len = 0;
    return error;
}

static esp_err_t resume(struct otk_idf_https_ota *ota)
{
    esp_err_t error = esp_ota_resume(ota->staging, erase_size(ota), (size_t)ota->written,
                                     &ota->update);

    if (error != ESP_OK) {
        ESP_LOGE(TAG, "esp_ota_resume failed: %s", esp_err_to_name(error));
        return error;
    }
    error = start_writing(ota);
    return error == ESP_OK ? ESP_ERR_HTTPS_OTA_IN_PROGRESS : error;
}

/* Nothing more comes with this answer. */
static esp_err_t end_answer(struct otk_idf_https_ota *ota)
{
    esp_err_t error;

    if (!esp_http_client_is_complete_data_received(ota->client)) {
        ESP_LOGE(TAG, "Connection closed before complete data was received!");
        return ESP_FAIL;
    }
    if (!ota->config.partial_http_download || ota->written >= ota->image_len) {
        ota->stage = OTK_IDF_HTTPS_OTA_RECEIVED;
        return ESP_OK;
    }
    error = otk_idf_https_ota_ask_next(ota);
    if (error != ESP_OK) {
        ESP_LOGE(TAG, "the next part of the image did not come: %s", esp_err_to_name(error));
        return ESP_FAIL;
    }
    return ESP_ERR_HTTPS_OTA_IN_PROGRESS;
}

static esp_err_t write_next(struct otk_idf_https_ota *ota)
{
    struct piece piece = {.data = NULL};
    esp_err_t error;
    const int count = receive(ota, (int)ota->buffer_size, &piece, &error);

    if (count == -ESP_ERR_HTTP_EAGAIN) {
        return ESP_ERR_HTTPS_OTA_IN_PROGRESS;
    }
    if (count < 0) {
        ESP_LOGE(TAG, "the connection broke behind %d bytes", ota->written);
        return ESP_FAIL;
    }
    if (count == 0) {
        return end_answer(ota);
    }
    if (error != ESP_OK) {
        return error;
    }
    error = piece.len > 0 ? write_bytes(ota, piece.data, piece.len) : ESP_ERR_HTTPS_OTA_IN_PROGRESS;
    release(&piece);
    return error;
}

esp_err_t esp_https_ota_perform(esp_https_ota_handle_t https_ota_handle)
{
    struct otk_idf_https_ota *const ota = https_ota_handle;

    if (!ota) {
        return ESP_ERR_INVALID_ARG;
    }
    switch (ota->stage) {
    case OTK_IDF_HTTPS_OTA_ASKED:
        return write_head(ota);
    case OTK_IDF_HTTPS_OTA_RESUMED:
        return resume(ota);
    case OTK_IDF_HTTPS_OTA_WRITING:
        return write_next(ota);
    default:
        ESP_LOGE(TAG, "the image is complete: finish the update");
        return ESP_FAIL;
    }
}
