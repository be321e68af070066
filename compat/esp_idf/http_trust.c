// SPDX-License-Identifier: Apache-2.0
/*
 * Whom the HTTP client trusts: the certificates given, the global store, or the system's; nobody
 * otherwise. Also what it shows of itself.
 */
#include <stdlib.h>
#include <string.h>

#include <esp_crt_bundle.h>
#include <esp_log.h>
#include <esp_tls.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "compat/esp_idf/http_client.h"

static const char TAG[] = "esp_http_client";

/* esp_tls.h speaks of the one store of the program. */
static struct {
    char *pem;
    size_t len;
} global_store;

esp_err_t esp_tls_init_global_ca_store(void)
{
    esp_tls_free_global_ca_store();
    return ESP_OK;
}

esp_err_t esp_tls_set_global_ca_store(const unsigned char *cacert_pem_buf,
                                      const unsigned int cacert_pem_bytes)
{
    char *copy;

    if (!cacert_pem_buf || cacert_pem_bytes == 0) {
        return ESP_ERR_INVALID_ARG;
    }
    copy = malloc(cacert_pem_bytes);
    if (!copy) {
        return ESP_ERR_NO_MEM;
    }
    memcpy(copy, cacert_pem_buf, cacert_pem_bytes);
    esp_tls_free_global_ca_store();
    global_store.pem = copy;
    global_store.len = strnlen(copy, cacert_pem_bytes);
    return ESP_OK;
}

void esp_tls_free_global_ca_store(void)
{
    free(global_store.pem);
    global_store.pem = NULL;
    global_store.len = 0;
}

esp_err_t esp_crt_bundle_attach(void *conf)
{
    (void)conf; /* libcurl uses the system's store where it is not given another */
    return ESP_OK;
}

static bool set_blob(CURL *easy, CURLoption option, const void *data, size_t len)
{
    struct curl_blob blob = {.data = (void *)(uintptr_t)data, .len = len, .flags = CURL_BLOB_COPY};

    return curl_easy_setopt(easy, option, &blob) == CURLE_OK;
}

static bool is_pem(const char *data, size_t len)
{
    return len == 0 || memmem(data, len, "-----BEGIN", 10) != NULL;
}

/* libcurl takes authorities as text only. */
static esp_err_t set_authority_der(CURL *easy, const char *data, size_t len)
{
    const unsigned char *bytes = (const unsigned char *)data;
    X509 *certificate = d2i_X509(NULL, &bytes, (long)len);
    BIO *text = BIO_new(BIO_s_mem());
    esp_err_t error = ESP_ERR_HTTP_CONNECT;
    char *pem;

    if (certificate && text && PEM_write_bio_X509(text, certificate) == 1) {
        const long pem_len = BIO_get_mem_data(text, &pem);

        if (pem_len > 0 && set_blob(easy, CURLOPT_CAINFO_BLOB, pem, (size_t)pem_len)) {
            error = ESP_OK;
        }
    }
    BIO_free(text);
    X509_free(certificate);
    return error;
}

/* A text without any certificate in it would only be noticed as a server that is not trusted. */
static bool holds_certificate(const char *pem, size_t len)
{
    BIO *text = BIO_new_mem_buf(pem, (int)len);
    X509 *certificate = text ? PEM_read_bio_X509(text, NULL, NULL, NULL) : NULL;
    const bool good = certificate != NULL;

    X509_free(certificate);
    BIO_free(text);
    return good;
}

static esp_err_t set_authority(struct esp_http_client *client)
{
    const char *data = client->config.cert_pem;
    size_t len = client->config.cert_len;

    if (!is_pem(data, len)) {
        return set_authority_der(client->easy, data, len);
    }
    len = len ? strnlen(data, len) : strlen(data);
    if (!holds_certificate(data, len)) {
        ESP_LOGE(TAG, "cert_pem holds no certificate in PEM format");
        return ESP_ERR_HTTP_CONNECT;
    }
    return set_blob(client->easy, CURLOPT_CAINFO_BLOB, data, len) ? ESP_OK : ESP_ERR_NO_MEM;
}

/* The one built into libcurl, or what the environment names as other programs understand it. */
static esp_err_t set_system_store(CURL *easy)
{
    const char *path = getenv("SSL_CERT_FILE");

    if (path && curl_easy_setopt(easy, CURLOPT_CAINFO, path) != CURLE_OK) {
        return ESP_ERR_NO_MEM;
    }
    return ESP_OK;
}

static esp_err_t set_authorities(struct esp_http_client *client)
{
    const esp_http_client_config_t *config = &client->config;

    if (config->crt_bundle_attach) {
        return config->crt_bundle_attach(NULL) == ESP_OK ? set_system_store(client->easy)
                                                         : ESP_ERR_HTTP_CONNECT;
    }
    /* Distributions build a system store into libcurl. */
    (void)curl_easy_setopt(client->easy, CURLOPT_CAPATH, NULL);
    (void)curl_easy_setopt(client->easy, CURLOPT_CAINFO, NULL);
    if (config->use_global_ca_store && global_store.pem) {
        return set_blob(client->easy, CURLOPT_CAINFO_BLOB, global_store.pem, global_store.len)
                   ? ESP_OK
                   : ESP_ERR_NO_MEM;
    }
    if (config->cert_pem && !config->use_global_ca_store) {
        return set_authority(client);
    }
    ESP_LOGE(TAG, "nothing to trust: set cert_pem, use_global_ca_store or crt_bundle_attach");
    return ESP_ERR_HTTP_CONNECT;
}

static bool set_own_certificate(struct esp_http_client *client)
{
    const esp_http_client_config_t *config = &client->config;
    const char *certificate = config->client_cert_pem;
    size_t len = config->client_cert_len;
    bool good = true;

    if (!certificate || !config->client_key_pem) {
        return true;
    }
    good &= curl_easy_setopt(client->easy, CURLOPT_SSLCERTTYPE,
                             is_pem(certificate, len) ? "PEM" : "DER") == CURLE_OK;
    len = len ? len : strlen(certificate);
    good &= set_blob(client->easy, CURLOPT_SSLCERT_BLOB, certificate, len);
    len = config->client_key_len ? config->client_key_len : strlen(config->client_key_pem);
    good &= set_blob(client->easy, CURLOPT_SSLKEY_BLOB, config->client_key_pem, len);
    good &= curl_easy_setopt(client->easy, CURLOPT_KEYPASSWD, config->client_key_password) ==
            CURLE_OK;
    return good;
}

/* Note why OpenSSL objects to a chain: libcurl does not tell in every case. */
static int on_certificate(int is_good, X509_STORE_CTX *store)
{
    SSL *const ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    struct esp_http_client *const client = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));

    if (!is_good) {
        client->certificate = X509_STORE_CTX_get_error(store);
    }
    return is_good;
}

/* A common name of its own is judged by OpenSSL, since libcurl knows the host's only. */
static CURLcode on_tls_context(CURL *easy, void *tls, void *context)
{
    struct esp_http_client *const client = context;

    (void)easy;
    SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, on_certificate);
    if (SSL_CTX_set_app_data(tls, client) != 1) {
        return CURLE_OUT_OF_MEMORY;
    }
    if (client->common_name && !client->config.skip_cert_common_name_check &&
        X509_VERIFY_PARAM_set1_host(SSL_CTX_get0_param(tls), client->common_name, 0) != 1) {
        return CURLE_OUT_OF_MEMORY;
    }
    return CURLE_OK;
}

static long tls_versions(esp_http_client_proto_ver_t version)
{
    switch (version) {
    case ESP_HTTP_CLIENT_TLS_VER_TLS_1_2:
        return CURL_SSLVERSION_TLSv1_2 | CURL_SSLVERSION_MAX_TLSv1_2;
    case ESP_HTTP_CLIENT_TLS_VER_TLS_1_3:
        return CURL_SSLVERSION_TLSv1_3;
    default:
        return CURL_SSLVERSION_TLSv1_2;
    }
}

esp_err_t otk_idf_http_set_trust(struct esp_http_client *client)
{
    const esp_http_client_config_t *config = &client->config;
    const bool libcurl_checks_name = !config->skip_cert_common_name_check && !client->common_name;
    CURL *const easy = client->easy;
    bool good = true;

    if (esp_http_client_get_transport_type(client) != HTTP_TRANSPORT_OVER_SSL) {
        return ESP_OK;
    }
    good &= curl_easy_setopt(easy, CURLOPT_SSLVERSION, tls_versions(config->tls_version)) ==
            CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, libcurl_checks_name ? 2L : 0L) ==
            CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, on_tls_context) == CURLE_OK;
    good &= curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, client) == CURLE_OK;
    if (!good || !set_own_certificate(client)) {
        return ESP_ERR_NO_MEM;
    }
    return set_authorities(client);
}
