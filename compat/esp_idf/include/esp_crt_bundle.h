// SPDX-License-Identifier: Apache-2.0
/*
 * ESP-IDF's bundle of certificate authorities: on a laptop the store of the system.
 *
 *     config.crt_bundle_attach = esp_crt_bundle_attach;
 */
#ifndef COMPAT_ESP_IDF_INCLUDE_ESP_CRT_BUNDLE_H
#define COMPAT_ESP_IDF_INCLUDE_ESP_CRT_BUNDLE_H

#include <esp_err.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Trust what the system trusts; the environment variable SSL_CERT_FILE names another store.
 * Returns ESP_OK. */
esp_err_t esp_crt_bundle_attach(void *conf);

#ifdef __cplusplus
}
#endif

#endif
