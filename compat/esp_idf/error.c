// SPDX-License-Identifier: Apache-2.0
/* Names of ESP-IDF's error codes, and the complaint behind ESP_ERROR_CHECK. */
#include "compat/esp_idf/include/esp_err.h"

#include <stdio.h>
#include <string.h>

#include "compat/esp_idf/include/esp_flash.h"
#include "compat/esp_idf/include/esp_image_format.h"
#include "compat/esp_idf/include/esp_ota_ops.h"

/* The codes of the headers here, and of what an application beside an update calls.
 * Source of the numbers: ESP-IDF v6.0.1, esp_err_to_name.c; ALREADY_IN_PROGRESS and on: v6.1. */
static const struct {
    esp_err_t code;
    const char *name;
} names[] = {
#define NAME(code)  \
    {               \
        code, #code \
    }
    NAME(ESP_FAIL),
    NAME(ESP_OK),
    NAME(ESP_ERR_NO_MEM),
    NAME(ESP_ERR_INVALID_ARG),
    NAME(ESP_ERR_INVALID_STATE),
    NAME(ESP_ERR_INVALID_SIZE),
    NAME(ESP_ERR_NOT_FOUND),
    NAME(ESP_ERR_NOT_SUPPORTED),
    NAME(ESP_ERR_TIMEOUT),
    NAME(ESP_ERR_INVALID_RESPONSE),
    NAME(ESP_ERR_INVALID_CRC),
    NAME(ESP_ERR_INVALID_VERSION),
    NAME(ESP_ERR_INVALID_MAC),
    NAME(ESP_ERR_NOT_FINISHED),
    NAME(ESP_ERR_NOT_ALLOWED),
    {0x1100, "ESP_ERR_NVS_BASE"},
    {0x1101, "ESP_ERR_NVS_NOT_INITIALIZED"},
    {0x1102, "ESP_ERR_NVS_NOT_FOUND"},
    {0x1103, "ESP_ERR_NVS_TYPE_MISMATCH"},
    {0x1104, "ESP_ERR_NVS_READ_ONLY"},
    {0x1105, "ESP_ERR_NVS_NOT_ENOUGH_SPACE"},
    {0x1106, "ESP_ERR_NVS_INVALID_NAME"},
    {0x1107, "ESP_ERR_NVS_INVALID_HANDLE"},
    {0x1108, "ESP_ERR_NVS_REMOVE_FAILED"},
    {0x1109, "ESP_ERR_NVS_KEY_TOO_LONG"},
    {0x110A, "ESP_ERR_NVS_PAGE_FULL"},
    {0x110B, "ESP_ERR_NVS_INVALID_STATE"},
    {0x110C, "ESP_ERR_NVS_INVALID_LENGTH"},
    {0x110D, "ESP_ERR_NVS_NO_FREE_PAGES"},
    {0x110E, "ESP_ERR_NVS_VALUE_TOO_LONG"},
    {0x110F, "ESP_ERR_NVS_PART_NOT_FOUND"},
    {0x1110, "ESP_ERR_NVS_NEW_VERSION_FOUND"},
    {0x1111, "ESP_ERR_NVS_XTS_ENCR_FAILED"},
    {0x1112, "ESP_ERR_NVS_XTS_DECR_FAILED"},
    {0x1113, "ESP_ERR_NVS_XTS_CFG_FAILED"},
    {0x1114, "ESP_ERR_NVS_XTS_CFG_NOT_FOUND"},
    {0x1115, "ESP_ERR_NVS_ENCR_NOT_SUPPORTED"},
    {0x1116, "ESP_ERR_NVS_KEYS_NOT_INITIALIZED"},
    {0x1117, "ESP_ERR_NVS_CORRUPT_KEY_PART"},
    {0x1118, "ESP_ERR_NVS_CONTENT_DIFFERS"},
    {0x1119, "ESP_ERR_NVS_WRONG_ENCRYPTION"},
    NAME(ESP_ERR_OTA_BASE),
    NAME(ESP_ERR_OTA_PARTITION_CONFLICT),
    NAME(ESP_ERR_OTA_SELECT_INFO_INVALID),
    NAME(ESP_ERR_OTA_VALIDATE_FAILED),
    NAME(ESP_ERR_OTA_SMALL_SEC_VER),
    NAME(ESP_ERR_OTA_ROLLBACK_FAILED),
    NAME(ESP_ERR_OTA_ROLLBACK_INVALID_STATE),
    NAME(ESP_ERR_OTA_ALREADY_IN_PROGRESS),
    NAME(ESP_ERR_OTA_SPI_MODE_MISMATCH),
    {0x1600, "ESP_ERR_EFUSE"},
    {0x1602, "ESP_ERR_EFUSE_CNT_IS_FULL"},
    {0x1603, "ESP_ERR_EFUSE_REPEATED_PROG"},
    NAME(ESP_ERR_IMAGE_BASE),
    NAME(ESP_ERR_IMAGE_FLASH_FAIL),
    NAME(ESP_ERR_IMAGE_INVALID),
    NAME(ESP_ERR_WIFI_BASE),
    NAME(ESP_ERR_MESH_BASE),
    NAME(ESP_ERR_FLASH_BASE),
    NAME(ESP_ERR_FLASH_OP_FAIL),
    NAME(ESP_ERR_FLASH_OP_TIMEOUT),
    NAME(ESP_ERR_FLASH_NOT_INITIALISED),
    NAME(ESP_ERR_FLASH_UNSUPPORTED_HOST),
    NAME(ESP_ERR_FLASH_UNSUPPORTED_CHIP),
    NAME(ESP_ERR_FLASH_PROTECTED),
    {0x7000, "ESP_ERR_HTTP_BASE"},
    {0x7001, "ESP_ERR_HTTP_MAX_REDIRECT"},
    {0x7002, "ESP_ERR_HTTP_CONNECT"},
    {0x7003, "ESP_ERR_HTTP_WRITE_DATA"},
    {0x7004, "ESP_ERR_HTTP_FETCH_HEADER"},
    {0x7005, "ESP_ERR_HTTP_INVALID_TRANSPORT"},
    {0x7006, "ESP_ERR_HTTP_CONNECTING"},
    {0x7007, "ESP_ERR_HTTP_EAGAIN"},
    {0x7008, "ESP_ERR_HTTP_CONNECTION_CLOSED"},
    {0x7009, "ESP_ERR_HTTP_NOT_MODIFIED"},
    {0x700A, "ESP_ERR_HTTP_RANGE_NOT_SATISFIABLE"},
    {0x700B, "ESP_ERR_HTTP_READ_TIMEOUT"},
    {0x700C, "ESP_ERR_HTTP_INCOMPLETE_DATA"},
    {0x700D, "ESP_ERR_HTTP_REDIRECT_DOWNGRADE"}, /* v6.1 */
    {0x8000, "ESP_ERR_ESP_TLS_BASE"},
    {0x8001, "ESP_ERR_ESP_TLS_CANNOT_RESOLVE_HOSTNAME"},
    {0x8002, "ESP_ERR_ESP_TLS_CANNOT_CREATE_SOCKET"},
    {0x8003, "ESP_ERR_ESP_TLS_UNSUPPORTED_PROTOCOL_FAMILY"},
    {0x8004, "ESP_ERR_ESP_TLS_FAILED_CONNECT_TO_HOST"},
    {0x8005, "ESP_ERR_ESP_TLS_SOCKET_SETOPT_FAILED"},
    {0x8006, "ESP_ERR_ESP_TLS_CONNECTION_TIMEOUT"},
    {0x8007, "ESP_ERR_ESP_TLS_SE_FAILED"},
    {0x8008, "ESP_ERR_ESP_TLS_TCP_CLOSED_FIN"},
    {0x8009, "ESP_ERR_ESP_TLS_SERVER_HANDSHAKE_TIMEOUT"},
    {0x8010, "ESP_ERR_MBEDTLS_CERT_PARTLY_OK"},
    {0x8011, "ESP_ERR_MBEDTLS_CTR_DRBG_SEED_FAILED"},
    {0x8012, "ESP_ERR_MBEDTLS_SSL_SET_HOSTNAME_FAILED"},
    {0x8013, "ESP_ERR_MBEDTLS_SSL_CONFIG_DEFAULTS_FAILED"},
    {0x8014, "ESP_ERR_MBEDTLS_SSL_CONF_ALPN_PROTOCOLS_FAILED"},
    {0x8015, "ESP_ERR_MBEDTLS_X509_CRT_PARSE_FAILED"},
    {0x8016, "ESP_ERR_MBEDTLS_SSL_CONF_OWN_CERT_FAILED"},
    {0x8017, "ESP_ERR_MBEDTLS_SSL_SETUP_FAILED"},
    {0x8018, "ESP_ERR_MBEDTLS_SSL_WRITE_FAILED"},
    {0x8019, "ESP_ERR_MBEDTLS_PK_PARSE_KEY_FAILED"},
    {0x801A, "ESP_ERR_MBEDTLS_SSL_HANDSHAKE_FAILED"},
    {0x801B, "ESP_ERR_MBEDTLS_SSL_CONF_PSK_FAILED"},
    {0x801C, "ESP_ERR_MBEDTLS_SSL_TICKET_SETUP_FAILED"},
    {0x801D, "ESP_ERR_MBEDTLS_SSL_READ_FAILED"},
    {0x9000, "ESP_ERR_HTTPS_OTA_BASE"},
    {0x9001, "ESP_ERR_HTTPS_OTA_IN_PROGRESS"},
    NAME(ESP_ERR_HW_CRYPTO_BASE),
    NAME(ESP_ERR_MEMPROT_BASE),
#undef NAME
};

static const char unknown[] = "ERROR";

const char *esp_err_to_name(esp_err_t code)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].code == code) {
            return names[i].name;
        }
    }
    return unknown;
}

const char *esp_err_to_name_r(esp_err_t code, char *buf, size_t buflen)
{
    const char *name = esp_err_to_name(code);

    if (name == unknown) {
        snprintf(buf, buflen, "%s 0x%x(%d)", unknown, (unsigned)code, code);
    } else {
        snprintf(buf, buflen, "%s", name);
    }
    return buf;
}

esp_err_t otk_idf_report_error(esp_err_t code, const char *file, int line, const char *function,
                               const char *expression)
{
    if (code != ESP_OK) {
        fflush(stdout);
        fprintf(stderr, "ESP_ERROR_CHECK failed: esp_err_t 0x%x (%s) at %s:%d\n", (unsigned)code,
                esp_err_to_name(code), file, line);
        fprintf(stderr, "func: %s\nexpression: %s\n", function, expression);
    }
    return code;
}
