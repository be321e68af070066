// SPDX-License-Identifier: Apache-2.0
/* The access point. */
#include "port/espidf/softap.h"

#include <string.h>

#include <esp_wifi.h>
#include <sdkconfig.h>

#define SSID_MAX      32u
#define PASSWORD_MIN  8u
#define PASSWORD_MAX  63u
#define STATION_COUNT 4u

const uint8_t otk_softap_address[4] = {192, 168, 4, 1};

static bool are_usable(const char *ssid, const char *password)
{
    const size_t ssid_len = strlen(ssid);
    const size_t password_len = strlen(password);

    return ssid_len > 0 && ssid_len <= SSID_MAX &&
           (password_len == 0 || (password_len >= PASSWORD_MIN && password_len <= PASSWORD_MAX));
}

/* The interface, also where the application has made it. */
static esp_netif_t *open_netif(void)
{
    esp_netif_t *netif = esp_netif_get_handle_from_ifkey("WIFI_AP_DEF");

    return netif ? netif : esp_netif_create_default_wifi_ap();
}

/* Find the mode that leaves a station alone; Wi-Fi is initialised where the application has not. Our
 * settings are the same after each reset, so that they need no NVS. */
static esp_err_t choose_mode(wifi_mode_t *mode)
{
    wifi_init_config_t init = WIFI_INIT_CONFIG_DEFAULT();
    const esp_err_t error = esp_wifi_get_mode(mode);

    if (error == ESP_ERR_WIFI_NOT_INIT) {
        *mode = WIFI_MODE_AP;
        init.nvs_enable = 0;
        return esp_wifi_init(&init);
    }
    if (error == ESP_OK) {
        *mode = *mode == WIFI_MODE_STA || *mode == WIFI_MODE_APSTA ? WIFI_MODE_APSTA : WIFI_MODE_AP;
    }
    return error;
}

static wifi_config_t config_of(const char *ssid, const char *password)
{
    wifi_config_t config = {
        .ap = {.ssid_len = (uint8_t)strlen(ssid),
               .channel = CONFIG_OTAKIT_SOFTAP_CHANNEL,
               .authmode = password[0] ? WIFI_AUTH_WPA2_PSK : WIFI_AUTH_OPEN,
               .max_connection = STATION_COUNT},
    };

    memcpy(config.ap.ssid, ssid, config.ap.ssid_len);
    memcpy(config.ap.password, password, strlen(password));
    return config;
}

esp_err_t otk_softap_start(const char *ssid, const char *password)
{
    wifi_config_t config;
    wifi_mode_t mode;
    esp_netif_t *netif;
    esp_err_t error;

    if (!are_usable(ssid, password)) {
        return ESP_ERR_INVALID_ARG;
    }
    netif = open_netif();
    error = choose_mode(&mode);
    if (error == ESP_OK) {
        error = esp_wifi_set_mode(mode);
    }
    if (error == ESP_OK) {
        config = config_of(ssid, password);
        error = esp_wifi_set_config(WIFI_IF_AP, &config);
    }
    if (error != ESP_OK) {
        return error;
    }
    /* Before the interface comes up, so that its DHCP server starts with it. Phones that do not learn
     * it there find out by their detection addresses. */
    (void)otk_softap_tell_url(netif);
    return esp_wifi_start();
}
