// SPDX-License-Identifier: Apache-2.0
/* What TLS and TCP say of a failure, in otakit's words. */
#include <errno.h>

#include <esp_tls.h>
#include <esp_tls_errors.h>

#include "port/espidf/pull_client.h"

/* What mbedTLS objects to in a certificate, a bit each, and its error for all of them. They are the same
 * in 2.x, 3.x and 4.x. Source: mbedTLS, x509.h, MBEDTLS_X509_BADCERT_* and
 * MBEDTLS_ERR_X509_CERT_VERIFY_FAILED. */
#define CERT_EXPIRED     0x01
#define CERT_WRONG_NAME  0x04
#define CERT_UNTRUSTED   0x08
#define CERT_FUTURE      0x0200
#define NOT_VERIFIED     (-0x2700)
#define NOT_VERIFIED_ABS 0x2700

static enum otk_status certificate_status(int flags)
{
    if ((flags & CERT_UNTRUSTED) != 0) {
        return OTK_TLS_UNTRUSTED;
    }
    if ((flags & CERT_WRONG_NAME) != 0) {
        return OTK_TLS_WRONG_HOST;
    }
    if ((flags & CERT_EXPIRED) != 0) {
        return OTK_TLS_EXPIRED;
    }
    return (flags & CERT_FUTURE) != 0 ? OTK_TLS_NOT_YET_VALID : OTK_OK;
}

/* With a certificate bundle there are no flags, only the error. */
static enum otk_status handshake_status(int code, int flags)
{
    const enum otk_status status = certificate_status(flags);

    if (status != OTK_OK) {
        return status;
    }
    return code == NOT_VERIFIED || code == NOT_VERIFIED_ABS ? OTK_TLS_UNTRUSTED : OTK_TLS_FAILED;
}

static enum otk_status connect_status(esp_tls_error_handle_t handle)
{
    int error = 0;

    (void)esp_tls_get_and_clear_error_type(handle, ESP_TLS_ERR_TYPE_SYSTEM, &error);
    return error == ETIMEDOUT || error == EINPROGRESS ? OTK_CONNECT_TIMEOUT : OTK_CONNECT_REFUSED;
}

enum otk_status otk_pull_error(const esp_http_client_event_t *event)
{
    const esp_tls_error_handle_t handle = event->data;
    int code = 0;
    int flags = 0;
    esp_err_t error;

    if (!handle) {
        return OTK_OK;
    }
    error = esp_tls_get_and_clear_last_error(handle, &code, &flags);
    switch (error) {
    case ESP_OK:
        return OTK_OK;
    case ESP_ERR_ESP_TLS_CANNOT_RESOLVE_HOSTNAME:
        return OTK_NAME_NOT_RESOLVED;
    case ESP_ERR_ESP_TLS_FAILED_CONNECT_TO_HOST:
        return connect_status(handle);
    case ESP_ERR_ESP_TLS_CONNECTION_TIMEOUT:
        return OTK_CONNECT_TIMEOUT;
    case ESP_ERR_ESP_TLS_TCP_CLOSED_FIN:
        return OTK_CONNECTION_LOST;
    case ESP_ERR_MBEDTLS_SSL_HANDSHAKE_FAILED:
        return handshake_status(code, flags);
    default:
        return error >= ESP_ERR_MBEDTLS_CERT_PARTLY_OK ? OTK_TLS_FAILED : OTK_CONNECTION_LOST;
    }
}
