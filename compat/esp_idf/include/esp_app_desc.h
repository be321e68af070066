// SPDX-License-Identifier: Apache-2.0
/*
 * What an application says of itself: version, project, when it was built.
 *
 * Layout and names: ESP-IDF v6.0.1, esp_app_format/include/esp_app_desc.h; spi_flash_mode is of v6.1.
 *
 *     printf("%s\n", esp_app_get_description()->version);
 */
#ifndef COMPAT_ESP_IDF_INCLUDE_ESP_APP_DESC_H
#define COMPAT_ESP_IDF_INCLUDE_ESP_APP_DESC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "esp_err.h"

#ifdef __cplusplus
extern "C" {
#endif

#define ESP_APP_DESC_MAGIC_WORD 0xABCD5432U

/* 256 bytes at the start of the first segment. Texts that fill their field have no NUL. */
typedef struct {
    uint32_t magic_word; /* ESP_APP_DESC_MAGIC_WORD */
    uint32_t secure_version;
    uint32_t reserv1[2];
    char version[32];
    char project_name[32];
    char time[16];
    char date[16];
    char idf_ver[32];
    uint8_t app_elf_sha256[32];
    uint16_t min_efuse_blk_rev_full; /* major * 100 + minor */
    uint16_t max_efuse_blk_rev_full;
    uint8_t mmu_page_size;  /* log2 of the bytes; 0: the chip's usual one */
    uint8_t spi_flash_mode; /* 0: not told */
    uint8_t reserv3[2];
    uint32_t reserv2[18];
} esp_app_desc_t;

#ifdef __cplusplus
static_assert(sizeof(esp_app_desc_t) == 256, "256 bytes in flash");
#else
_Static_assert(sizeof(esp_app_desc_t) == 256, "256 bytes in flash");
#endif

/*
 * The description of the running application: what the image in the running slot says.
 *
 * Returns  never NULL; all zero where there is no image with a description, or no device. It stays
 *          as it is until the next call.
 */
const esp_app_desc_t *esp_app_get_description(void);

/*
 * The start of the SHA-256 of the running application's ELF file, in lower-case hexadecimal digits.
 *
 * dst   receives 9 digits (ESP-IDF's default), fewer where `size` leaves no room, and a NUL
 * size  bytes
 *
 * Returns  bytes written, the NUL among them; 0 when dst is NULL or size below 2
 */
int esp_app_get_elf_sha256(char *dst, size_t size);

#ifdef __cplusplus
}
#endif

#endif
