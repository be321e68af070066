// SPDX-License-Identifier: Apache-2.0
/*
 * The network of a laptop needs no setting up: what application code calls before it connects.
 */
#ifndef COMPAT_ESP_IDF_INCLUDE_ESP_NETIF_H
#define COMPAT_ESP_IDF_INCLUDE_ESP_NETIF_H

#include <esp_err.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Opaque, and there is none. */
typedef struct otk_idf_netif esp_netif_t;

/* Returns ESP_OK. */
static inline esp_err_t esp_netif_init(void)
{
    return ESP_OK;
}

/* Returns ESP_ERR_NOT_SUPPORTED, as on a chip. */
static inline esp_err_t esp_netif_deinit(void)
{
    return ESP_ERR_NOT_SUPPORTED;
}

#ifdef __cplusplus
}
#endif

#endif
