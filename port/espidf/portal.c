// SPDX-License-Identifier: Apache-2.0
/* The portal's server: esp_http_server with one handler for everything, on the access point or not. */
#include <string.h>

#include <esp_http_server.h>
#include <esp_log.h>
#include <esp_netif.h>
#include <esp_random.h>
#include <sdkconfig.h>

#include "otakit/transport/portal/page.h"
#include "otakit/transport/portal/portal.h"
#include "port/espidf/include/otakit_espidf_portal.h"
#include "port/espidf/portal_parts.h"
#include "port/espidf/softap.h"
#include "port/espidf/transport.h"
#include "port/espidf/uptime.h"

#define HTTP_PORT 80u

/* Sockets that the page may have; lwIP has ten by default, and the server takes three for itself. */
#define CONNECTION_COUNT 5u

/* SPEC.md, "The portal over HTTP", limits. */
#define HEAD_TIMEOUT_S 10u

/* Bytes of a browser's head, at least. */
#define HEAD_MIN 1024

static const char *const tag = "otakit";

static struct {
    struct otk_espidf_portal_config config;
    struct otk_portal engine;
    httpd_handle_t server;
} portal;

static esp_err_t serve(httpd_req_t *request)
{
    return otk_portal_serve(&portal.engine, request, true);
}

/* There is a handler for every path, but not for every method. */
static esp_err_t serve_other(httpd_req_t *request, httpd_err_code_t error)
{
    (void)error;
    return otk_portal_serve(&portal.engine, request, false);
}

static esp_err_t add_handlers(void)
{
    static const httpd_method_t methods[] = {HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_PUT};
    esp_err_t error = ESP_OK;

    for (size_t index = 0; error == ESP_OK && index < sizeof methods / sizeof methods[0]; index++) {
        const httpd_uri_t uri = {.uri = "/*", .method = methods[index], .handler = serve};

        error = httpd_register_uri_handler(portal.server, &uri);
    }
    if (error == ESP_OK) {
        error = httpd_register_err_handler(portal.server, HTTPD_405_METHOD_NOT_ALLOWED,
                                           serve_other);
    }
    return error;
}

static esp_err_t start_server(void)
{
    httpd_config_t config = HTTPD_DEFAULT_CONFIG();
    esp_err_t error;

    config.server_port = portal.config.port ? portal.config.port : HTTP_PORT;
    config.stack_size = CONFIG_OTAKIT_TASK_STACK_SIZE;
    config.task_priority = CONFIG_OTAKIT_TASK_PRIORITY;
    config.max_open_sockets = CONNECTION_COUNT;
    config.lru_purge_enable = true; /* browsers keep connections that they do not use */
    config.recv_wait_timeout = HEAD_TIMEOUT_S;
    config.uri_match_fn = httpd_uri_match_wildcard;
    error = httpd_start(&portal.server, &config);
    if (error != ESP_OK) {
        return error;
    }
    error = add_handlers();
    if (error != ESP_OK) {
        (void)httpd_stop(portal.server);
    }
    return error;
}

static esp_err_t start_softap(void)
{
    const char *const ssid = portal.config.softap_ssid ? portal.config.softap_ssid
                                                       : CONFIG_OTAKIT_SOFTAP_SSID;
    const char *const password = portal.config.softap_password ? portal.config.softap_password
                                                               : CONFIG_OTAKIT_SOFTAP_PASSWORD;
    const esp_err_t error = otk_softap_start(ssid, password);

    if (error != ESP_OK) {
        ESP_LOGE(tag, "the access point does not start: %s", esp_err_to_name(error));
        return error;
    }
    ESP_LOGI(tag, "access point \"%s\", %s, then %s", ssid, password[0] ? "WPA2" : "open",
             OTK_SOFTAP_URL);
    return otk_dns_server_start(otk_softap_address);
}

static esp_err_t start(const struct otk_espidf_host *host)
{
    struct otk_portal_config config = {
        .name = host->name,
        .url = OTK_SOFTAP_URL,
        .password = portal.config.password,
        .page = otk_portal_page,
        .page_len = otk_portal_page_len,
        .is_captive = portal.config.softap,
    };
    esp_err_t error;

    if (CONFIG_HTTPD_MAX_REQ_HDR_LEN < HEAD_MIN) {
        ESP_LOGE(tag, "browsers send longer heads: set CONFIG_HTTPD_MAX_REQ_HDR_LEN=2048");
        return ESP_ERR_INVALID_SIZE;
    }
    error = esp_netif_init(); /* does nothing the second time */
    if (error == ESP_OK && portal.config.softap) {
        error = start_softap();
    }
    if (error != ESP_OK) {
        return error;
    }
    esp_fill_random(config.random,
                    sizeof config.random); /* with the radio on, true random numbers */
    otk_portal_init(&portal.engine, host->updater, &config, otk_uptime_ms());
    return start_server();
}

static enum otk_status poll(uint32_t now_ms)
{
    otk_portal_tick(&portal.engine, now_ms);
    return OTK_OK;
}

struct otk_espidf_transport *otk_espidf_portal(const struct otk_espidf_portal_config *config)
{
    static struct otk_espidf_transport transport = {.name = "portal", .start = start, .poll = poll};

    portal.config = *config;
    return &transport;
}
