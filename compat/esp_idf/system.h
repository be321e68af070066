// SPDX-License-Identifier: Apache-2.0
/*
 * What the runner tells the application's side: why it runs, and choices that are Kconfig's on a chip.
 */
#ifndef COMPAT_ESP_IDF_SYSTEM_H
#define COMPAT_ESP_IDF_SYSTEM_H

#include <stdbool.h>

#include <esp_system.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Set before the application starts; zero is ESP_RST_UNKNOWN, no store, and ESP-IDF's defaults. */
struct otk_idf_system {
    esp_reset_reason_t reset_reason;
    const char *nvs_path; /* of the key-value store; NULL: it forgets everything with the process */
    bool allow_http;      /* CONFIG_ESP_HTTPS_OTA_ALLOW_HTTP: update without authentication */
};

/* The one of this process. */
struct otk_idf_system *otk_idf_system(void);

#ifdef __cplusplus
}
#endif

#endif
