// SPDX-License-Identifier: Apache-2.0
/*
 * ESP-IDF's HTTPS updates on a laptop: the interface of esp_https_ota.h of ESP-IDF v6, over the HTTP
 * client and the esp_ota functions of this directory.
 *
 *     const esp_http_client_config_t http = {.url = "https://host/app.bin", .cert_pem = ca};
 *     const esp_https_ota_config_t config = {.http_config = &http};
 *     if (esp_https_ota(&config) == ESP_OK)
 *         esp_restart();
 *
 * What Kconfig switches on a chip is always here, as no field depends on the configuration: a NULL
 * decrypt_cb means that nothing is decrypted. The first 1024 bytes are judged before anything is
 * erased or written.
 */
#ifndef COMPAT_ESP_IDF_INCLUDE_ESP_HTTPS_OTA_H
#define COMPAT_ESP_IDF_INCLUDE_ESP_HTTPS_OTA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <esp_app_desc.h>
#include <esp_bootloader_desc.h>
#include <esp_err.h>
#include <esp_event.h>
#include <esp_http_client.h>
#include <esp_partition.h>
#include <sdkconfig.h>

#ifdef __cplusplus
extern "C" {
#endif

ESP_EVENT_DECLARE_BASE(ESP_HTTPS_OTA_EVENT);

/* Posted to the default event loop, if there is one. The comment names the event's data. */
typedef enum {
    ESP_HTTPS_OTA_START,
    ESP_HTTPS_OTA_CONNECTED,
    ESP_HTTPS_OTA_GET_IMG_DESC,
    ESP_HTTPS_OTA_VERIFY_CHIP_ID,        /* esp_chip_id_t of the image */
    ESP_HTTPS_OTA_VERIFY_CHIP_REVISION,  /* uint16_t: the least one that the image wants */
    ESP_HTTPS_OTA_DECRYPT_CB,            /* before decrypt_cb is called */
    ESP_HTTPS_OTA_WRITE_FLASH,           /* int: bytes of the image written so far */
    ESP_HTTPS_OTA_UPDATE_BOOT_PARTITION, /* esp_partition_subtype_t of what boots next */
    ESP_HTTPS_OTA_FINISH,
    ESP_HTTPS_OTA_ABORT
} esp_https_ota_event_t;

typedef void *esp_https_ota_handle_t;
typedef esp_err_t (*http_client_init_cb_t)(esp_http_client_handle_t client);

/* A piece to decrypt. */
typedef struct {
    const char *data_in;
    size_t data_in_len;
    char *data_out; /* from malloc(); freed by the update when it is written */
    size_t data_out_len;
} decrypt_cb_arg_t;

typedef esp_err_t (*decrypt_cb_t)(decrypt_cb_arg_t *args, void *user_ctx);

/* Zero is the default of every field but http_config. */
typedef struct {
    const esp_http_client_config_t *http_config; /* borrowed for the call */
    http_client_init_cb_t http_client_init_cb;   /* may set fields of the request */
    bool bulk_flash_erase; /* erase all that the image needs before its first byte is written */
    bool partial_http_download;     /* in several requests, each for a range */
    int max_http_request_size;      /* bytes of one; 0: 64 KB */
    uint32_t buffer_caps;           /* taken: a laptop has one kind of memory */
    bool ota_resumption;            /* continue behind the bytes that were written before */
    size_t ota_image_bytes_written; /* of this image; below 1024 the update starts at zero */
    decrypt_cb_t decrypt_cb;        /* not together with ota_resumption */
    void *decrypt_user_ctx;
    uint16_t enc_img_header_size; /* bytes before the image in what is downloaded */
    struct {
        const esp_partition_t *staging; /* where the image is written; NULL: the next OTA slot */
        const esp_partition_t *final;   /* what it is for, which decides how it is judged; NULL:
                                           staging */
        bool finalize_with_copy;        /* copy it there at the end */
    } partition;
} esp_https_ota_config_t;

/* Source: ESP-IDF, esp_https_ota.h. */
#define ESP_ERR_HTTPS_OTA_BASE        0x9000
#define ESP_ERR_HTTPS_OTA_IN_PROGRESS (ESP_ERR_HTTPS_OTA_BASE + 1)

/*
 * A whole update: begin, perform until it is over, finish. Restart afterwards.
 *
 * Returns  ESP_OK                       the next restart boots the new image
 *          ESP_ERR_INVALID_ARG          no configuration, or none that authenticates the server
 *          ESP_ERR_NOT_SUPPORTED        ota_resumption, which needs the functions below
 *          ESP_ERR_OTA_VALIDATE_FAILED  what came is no application, or not a whole one
 *          ESP_ERR_INVALID_VERSION      it is for another revision of the chip
 *          ESP_ERR_HTTP_NOT_MODIFIED    304
 *          ESP_FAIL                     the connection broke, or another status than 200 and 206
 *          others                       of esp_http_client_open and of esp_ota_begin, _write, _end,
 *                                       esp_ota_set_boot_partition
 * Power loss: what runs now boots, until esp_ota_set_boot_partition has selected the new image.
 */
esp_err_t esp_https_ota(const esp_https_ota_config_t *ota_config);

/*
 * Ask the server for the image; up to the head of its answer.
 *
 * handle  NULL where the result is not ESP_OK; otherwise it ends in esp_https_ota_finish or _abort
 *
 * Returns  ESP_OK, or as esp_https_ota
 */
esp_err_t esp_https_ota_begin(const esp_https_ota_config_t *ota_config,
                              esp_https_ota_handle_t *handle);

/*
 * Receive a buffer and write it.
 *
 * Returns  ESP_ERR_HTTPS_OTA_IN_PROGRESS  call again
 *          ESP_OK                         everything is written
 *          others                         as esp_https_ota; the update can only be aborted then
 * Power loss: only the staging partition is written.
 */
esp_err_t esp_https_ota_perform(esp_https_ota_handle_t https_ota_handle);

/* Whether the whole image came. */
bool esp_https_ota_is_complete_data_received(esp_https_ota_handle_t https_ota_handle);

/*
 * Verify the image; select it where everything was received and it is for an OTA slot. The handle is
 * gone afterwards, whatever the result.
 *
 * Returns  ESP_OK, ESP_ERR_INVALID_ARG, ESP_ERR_OTA_VALIDATE_FAILED, or as esp_ota_end and
 *          esp_ota_set_boot_partition
 * Power loss: as esp_ota_set_boot_partition.
 */
esp_err_t esp_https_ota_finish(esp_https_ota_handle_t https_ota_handle);

/* Give up an update: what is written stays, nothing is selected. The handle is gone afterwards.
 * Returns ESP_OK, ESP_ERR_INVALID_ARG, ESP_ERR_NOT_FOUND. */
esp_err_t esp_https_ota_abort(esp_https_ota_handle_t https_ota_handle);

/*
 * The image's description, before the first esp_https_ota_perform. When an update is resumed it comes
 * from flash.
 *
 * Returns  ESP_OK, ESP_ERR_INVALID_ARG, ESP_ERR_NOT_SUPPORTED (decrypt_cb is set),
 *          ESP_FAIL: less than 1024 bytes came, or they hold no description
 */
esp_err_t esp_https_ota_get_img_desc(esp_https_ota_handle_t https_ota_handle,
                                     esp_app_desc_t *new_app_info);

/* The same of a bootloader. */
esp_err_t esp_https_ota_get_bootloader_img_desc(esp_https_ota_handle_t https_ota_handle,
                                                esp_bootloader_desc_t *new_img_info);

/* Bytes of the image so far, those of earlier attempts included; -1 before the first perform. */
int esp_https_ota_get_image_len_read(esp_https_ota_handle_t https_ota_handle);

/* Status of the last answer; -1: no handle. */
int esp_https_ota_get_status_code(esp_https_ota_handle_t https_ota_handle);

/* Bytes of the image; when an update is resumed, of the part that still comes; -1: the server does not
 * say. */
int esp_https_ota_get_image_size(esp_https_ota_handle_t https_ota_handle);

#ifdef __cplusplus
}
#endif

#endif
