// SPDX-License-Identifier: Apache-2.0
/* DHCP option 114. */
#include <string.h>

#include <esp_idf_version.h>

#include "port/espidf/softap.h"

#if ESP_IDF_VERSION >= ESP_IDF_VERSION_VAL(5, 4, 0)

esp_err_t otk_softap_tell_url(esp_netif_t *netif)
{
    static char url[] = OTK_SOFTAP_URL; /* the server keeps the pointer */
    esp_err_t error;

    error = esp_netif_dhcps_stop(netif); /* options are taken while it does not run */
    if (error != ESP_OK && error != ESP_ERR_ESP_NETIF_DHCP_ALREADY_STOPPED) {
        return error;
    }
    error = esp_netif_dhcps_option(netif, ESP_NETIF_OP_SET, ESP_NETIF_CAPTIVEPORTAL_URI, url,
                                   (uint32_t)strlen(url));
    if (error != ESP_OK) {
        return error;
    }
    error = esp_netif_dhcps_start(netif);
    return error == ESP_ERR_ESP_NETIF_DHCP_ALREADY_STARTED ? ESP_OK : error;
}

#else

esp_err_t otk_softap_tell_url(esp_netif_t *netif)
{
    (void)netif;
    return ESP_OK; /* phones find out by their detection addresses */
}

#endif
