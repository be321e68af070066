// SPDX-License-Identifier: Apache-2.0
/*
 * The global store of certificate authorities, for clients with use_global_ca_store. TLS connections
 * of one's own are not here.
 */
#ifndef COMPAT_ESP_IDF_INCLUDE_ESP_TLS_H
#define COMPAT_ESP_IDF_INCLUDE_ESP_TLS_H

#include <esp_err.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Make it empty. Returns ESP_OK. */
esp_err_t esp_tls_init_global_ca_store(void);

/*
 * Replace what is in it.
 *
 * cacert_pem_buf    copied
 * cacert_pem_bytes  bytes, with or without the NUL
 *
 * Returns  ESP_OK, ESP_ERR_INVALID_ARG, ESP_ERR_NO_MEM
 */
esp_err_t esp_tls_set_global_ca_store(const unsigned char *cacert_pem_buf,
                                      const unsigned int cacert_pem_bytes);

/* Empty it. */
void esp_tls_free_global_ca_store(void);

#ifdef __cplusplus
}
#endif

#endif
