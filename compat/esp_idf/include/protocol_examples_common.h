// SPDX-License-Identifier: Apache-2.0
/*
 * What ESP-IDF's examples use to get onto a network. The laptop is on one.
 */
#ifndef COMPAT_ESP_IDF_INCLUDE_PROTOCOL_EXAMPLES_COMMON_H
#define COMPAT_ESP_IDF_INCLUDE_PROTOCOL_EXAMPLES_COMMON_H

#include <stdio.h>

#include <esp_err.h>
#include <esp_netif.h>
#include <sdkconfig.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Returns ESP_OK. */
static inline esp_err_t example_connect(void)
{
    return ESP_OK;
}

/* Returns ESP_OK. */
static inline esp_err_t example_disconnect(void)
{
    return ESP_OK;
}

/* Standard input is there already. Returns ESP_OK. */
static inline esp_err_t example_configure_stdin_stdout(void)
{
    return ESP_OK;
}

#ifdef __cplusplus
}
#endif

#endif
