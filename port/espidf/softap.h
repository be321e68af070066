// SPDX-License-Identifier: Apache-2.0
/*
 * The access point and its name server, which sends every name to the page.
 *
 *     error = otk_softap_start("ESP32 OTA Update", "");
 *     if (error == ESP_OK)
 *         error = otk_dns_server_start(otk_softap_address);
 */
#ifndef PORT_ESPIDF_SOFTAP_H
#define PORT_ESPIDF_SOFTAP_H

#include <stdint.h>

#include <esp_err.h>
#include <esp_netif.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Where the page is. The address of ESP-IDF's access point interface, unless the application gave it
 * another one. */
#define OTK_SOFTAP_URL "http://192.168.4.1/"
extern const uint8_t otk_softap_address[4];

/*
 * Open the access point, after esp_netif_init. A station that the application runs goes on.
 *
 * ssid      1 to 32 characters
 * password  8 to 63 characters, or "": open
 *
 * Returns  ESP_OK
 *          ESP_ERR_INVALID_ARG  a text has the wrong length
 *          others               as esp_wifi_init, esp_wifi_set_config and esp_wifi_start
 */
esp_err_t otk_softap_start(const char *ssid, const char *password);

/* Have the DHCP server tell where the page is (RFC 8910, option 114), where ESP-IDF can: from v5.4. */
esp_err_t otk_softap_tell_url(esp_netif_t *netif);

/*
 * Answer name queries on UDP port 53 of `address`, on a task of its own.
 *
 * Returns  ESP_OK, ESP_ERR_NO_MEM, or ESP_FAIL: the port is taken, or there is no socket left
 */
esp_err_t otk_dns_server_start(const uint8_t address[4]);

#ifdef __cplusplus
}
#endif

#endif
