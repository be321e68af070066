// SPDX-License-Identifier: Apache-2.0
/*
 * What the key-value store holds, in memory and in its file.
 *
 * The file is text, a line for each value, behind a first line that names the format:
 *
 *     otakit nvs 1
 *     <namespace> <key> <type, decimal> <value, hexadecimal>
 *
 * It is replaced as a whole, so a kill leaves the old content or the new one.
 */
#ifndef COMPAT_ESP_IDF_NVS_STORE_H
#define COMPAT_ESP_IDF_NVS_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <nvs.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Source: ESP-IDF, nvs.h, nvs_type_t. */
enum otk_idf_nvs_type {
    OTK_IDF_NVS_NAMESPACE = 0, /* ours: a namespace that may hold nothing */
    OTK_IDF_NVS_U8 = 0x01,
    OTK_IDF_NVS_U16 = 0x02,
    OTK_IDF_NVS_U32 = 0x04,
    OTK_IDF_NVS_U64 = 0x08,
    OTK_IDF_NVS_I8 = 0x11,
    OTK_IDF_NVS_I16 = 0x12,
    OTK_IDF_NVS_I32 = 0x14,
    OTK_IDF_NVS_I64 = 0x18,
    OTK_IDF_NVS_STR = 0x21,
    OTK_IDF_NVS_BLOB = 0x42
};

struct otk_idf_nvs_value {
    struct otk_idf_nvs_value *next;
    char space[NVS_NS_NAME_MAX_SIZE];
    char key[NVS_KEY_NAME_MAX_SIZE]; /* "-": of OTK_IDF_NVS_NAMESPACE */
    unsigned type;                   /* enum otk_idf_nvs_type */
    size_t len;
    uint8_t bytes[];
};

/* Values, owned. Zero is empty. */
struct otk_idf_nvs_store {
    struct otk_idf_nvs_value *first;
};

/* The value, or NULL. */
const struct otk_idf_nvs_value *otk_idf_nvs_find(const struct otk_idf_nvs_store *store,
                                                 const char *space, const char *key);

/* Put a value in the place of the one under that key. Returns ESP_OK or ESP_ERR_NO_MEM. */
esp_err_t otk_idf_nvs_put(struct otk_idf_nvs_store *store, const struct otk_idf_nvs_value *name,
                          const void *bytes, size_t len);

/* Take away what lies under a key; NULL: all values of the namespace. Returns whether there was any. */
bool otk_idf_nvs_remove(struct otk_idf_nvs_store *store, const char *space, const char *key);

/* Forget everything in memory. */
void otk_idf_nvs_clear(struct otk_idf_nvs_store *store);

/* Fill an empty store from a file; one that does not exist is empty. Returns ESP_OK, ESP_ERR_NO_MEM,
 * ESP_ERR_NVS_NO_FREE_PAGES: the file holds something else. */
esp_err_t otk_idf_nvs_load(struct otk_idf_nvs_store *store, const char *path);

/* Replace the file. Returns ESP_OK or ESP_FAIL. Power loss: the old content or the new one. */
esp_err_t otk_idf_nvs_save(const struct otk_idf_nvs_store *store, const char *path);

#ifdef __cplusplus
}
#endif

#endif
