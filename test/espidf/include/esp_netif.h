// SPDX-License-Identifier: Apache-2.0
/* A network that is there. */
#ifndef TEST_ESPIDF_INCLUDE_ESP_NETIF_H
#define TEST_ESPIDF_INCLUDE_ESP_NETIF_H

#include_next <esp_netif.h>

#include <stdbool.h>

esp_netif_t *esp_netif_get_default_netif(void);
bool esp_netif_is_netif_up(esp_netif_t *netif);

#endif
