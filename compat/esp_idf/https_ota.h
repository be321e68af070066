// SPDX-License-Identifier: Apache-2.0
/*
 * An HTTPS update from inside: what begin, perform and finish share.
 */
#ifndef COMPAT_ESP_IDF_HTTPS_OTA_H
#define COMPAT_ESP_IDF_HTTPS_OTA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <esp_https_ota.h>
#include <esp_ota_ops.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of an image that are judged before any is written.
 * Source: ESP-IDF, esp_https_ota.c, IMAGE_HEADER_SIZE. */
#define OTK_IDF_HEAD_SIZE 1024

enum otk_idf_https_ota_stage {
    OTK_IDF_HTTPS_OTA_ASKED,   /* the server has answered; nothing is on flash */
    OTK_IDF_HTTPS_OTA_RESUMED, /* likewise, and the start of the image is on flash */
    OTK_IDF_HTTPS_OTA_WRITING, /* an esp_ota operation is open */
    OTK_IDF_HTTPS_OTA_RECEIVED /* likewise, and all of the image is written */
};

struct otk_idf_https_ota {
    esp_https_ota_config_t config; /* http_config is NULL: it was borrowed for begin */
    enum otk_idf_https_ota_stage stage;
    esp_http_client_handle_t client;
    const esp_partition_t *staging;
    const esp_partition_t *final;
    esp_ota_handle_t update;
    int image_len;      /* bytes, as the server says; -1: it does not */
    int written;        /* bytes of the image on flash */
    int redirect_count; /* so far */
    int redirect_max;
    int request_max; /* bytes of one request where they are partial */
    uint8_t *buffer; /* what was just received */
    size_t buffer_size;
    uint8_t *head; /* the start of the image, decrypted, until it is written */
    size_t head_len;
    int head_received; /* bytes received for it */
};

/* Post an event of the update. */
void otk_idf_https_ota_tell(esp_https_ota_event_t event, const void *data, size_t len);

/*
 * Ask for the image, or for the part of it that is missing, as often as redirects and authorization
 * want it; decides whether an update really is resumed.
 *
 * Returns  ESP_OK, ESP_ERR_HTTP_NOT_MODIFIED, ESP_ERR_HTTP_MAX_REDIRECT, ESP_FAIL, ESP_ERR_NO_MEM, or as
 *          esp_http_client_open
 */
esp_err_t otk_idf_https_ota_ask(struct otk_idf_https_ota *ota);

/* Ask for the next part of a partial download. Returns as otk_idf_https_ota_ask. */
esp_err_t otk_idf_https_ota_ask_next(struct otk_idf_https_ota *ota);

/*
 * Receive the first OTK_IDF_HEAD_SIZE bytes.
 *
 * Returns  ESP_OK                         ota->head holds them
 *          ESP_ERR_HTTPS_OTA_IN_PROGRESS  not yet: nothing came within the client's timeout
 *          ESP_FAIL                       there are not as many; or decrypt_cb refused
 *          ESP_ERR_NO_MEM
 */
esp_err_t otk_idf_https_ota_read_head(struct otk_idf_https_ota *ota);

#ifdef __cplusplus
}
#endif

#endif
