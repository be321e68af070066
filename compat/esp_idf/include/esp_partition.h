// SPDX-License-Identifier: Apache-2.0
/*
 * The partitions of the attached device: find them, read, write and erase within their bounds.
 *
 * Names, numbers and behaviour: ESP-IDF v6.0.1, esp_partition/include/esp_partition.h.
 *
 *     const esp_partition_t *p = esp_partition_find_first(ESP_PARTITION_TYPE_DATA,
 *                                                         ESP_PARTITION_SUBTYPE_DATA_NVS, NULL);
 *     ESP_ERROR_CHECK(esp_partition_read(p, 0, buffer, sizeof(buffer)));
 *
 * Pointers to partitions stay good until esp_partition_unload_all, otk_idf_attach or otk_idf_detach.
 * Where ESP-IDF asserts on a NULL partition or iterator, ESP_ERR_INVALID_ARG or NULL is returned.
 */
#ifndef COMPAT_ESP_IDF_INCLUDE_ESP_PARTITION_H
#define COMPAT_ESP_IDF_INCLUDE_ESP_PARTITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "esp_err.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct esp_flash_t esp_flash_t;

typedef enum { ESP_PARTITION_MMAP_DATA, ESP_PARTITION_MMAP_INST } esp_partition_mmap_memory_t;

typedef uint32_t esp_partition_mmap_handle_t;

/* 0x40 to 0xFE are the application's own. */
typedef enum {
    ESP_PARTITION_TYPE_APP = 0x00,
    ESP_PARTITION_TYPE_DATA = 0x01,
    ESP_PARTITION_TYPE_BOOTLOADER = 0x02,
    ESP_PARTITION_TYPE_PARTITION_TABLE = 0x03,
    ESP_PARTITION_TYPE_ANY = 0xff /* for searching */
} esp_partition_type_t;

/* What a number means depends on the type. */
typedef enum {
    ESP_PARTITION_SUBTYPE_BOOTLOADER_PRIMARY = 0x00,
    ESP_PARTITION_SUBTYPE_BOOTLOADER_OTA = 0x01,
    ESP_PARTITION_SUBTYPE_BOOTLOADER_RECOVERY = 0x02,

    ESP_PARTITION_SUBTYPE_PARTITION_TABLE_PRIMARY = 0x00,
    ESP_PARTITION_SUBTYPE_PARTITION_TABLE_OTA = 0x01,

    ESP_PARTITION_SUBTYPE_APP_FACTORY = 0x00,
    ESP_PARTITION_SUBTYPE_APP_OTA_MIN = 0x10,
    ESP_PARTITION_SUBTYPE_APP_OTA_0 = ESP_PARTITION_SUBTYPE_APP_OTA_MIN + 0,
    ESP_PARTITION_SUBTYPE_APP_OTA_1 = ESP_PARTITION_SUBTYPE_APP_OTA_MIN + 1,
    ESP_PARTITION_SUBTYPE_APP_OTA_2 = ESP_PARTITION_SUBTYPE_APP_OTA_MIN + 2,
    ESP_PARTITION_SUBTYPE_APP_OTA_3 = ESP_PARTITION_SUBTYPE_APP_OTA_MIN + 3,
    ESP_PARTITION_SUBTYPE_APP_OTA_4 = ESP_PARTITION_SUBTYPE_APP_OTA_MIN + 4,
    ESP_PARTITION_SUBTYPE_APP_OTA_5 = ESP_PARTITION_SUBTYPE_APP_OTA_MIN + 5,
    ESP_PARTITION_SUBTYPE_APP_OTA_6 = ESP_PARTITION_SUBTYPE_APP_OTA_MIN + 6,
    ESP_PARTITION_SUBTYPE_APP_OTA_7 = ESP_PARTITION_SUBTYPE_APP_OTA_MIN + 7,
    ESP_PARTITION_SUBTYPE_APP_OTA_8 = ESP_PARTITION_SUBTYPE_APP_OTA_MIN + 8,
    ESP_PARTITION_SUBTYPE_APP_OTA_9 = ESP_PARTITION_SUBTYPE_APP_OTA_MIN + 9,
    ESP_PARTITION_SUBTYPE_APP_OTA_10 = ESP_PARTITION_SUBTYPE_APP_OTA_MIN + 10,
    ESP_PARTITION_SUBTYPE_APP_OTA_11 = ESP_PARTITION_SUBTYPE_APP_OTA_MIN + 11,
    ESP_PARTITION_SUBTYPE_APP_OTA_12 = ESP_PARTITION_SUBTYPE_APP_OTA_MIN + 12,
    ESP_PARTITION_SUBTYPE_APP_OTA_13 = ESP_PARTITION_SUBTYPE_APP_OTA_MIN + 13,
    ESP_PARTITION_SUBTYPE_APP_OTA_14 = ESP_PARTITION_SUBTYPE_APP_OTA_MIN + 14,
    ESP_PARTITION_SUBTYPE_APP_OTA_15 = ESP_PARTITION_SUBTYPE_APP_OTA_MIN + 15,
    ESP_PARTITION_SUBTYPE_APP_OTA_MAX = ESP_PARTITION_SUBTYPE_APP_OTA_MIN +
                                        16, /* the first beyond */
    ESP_PARTITION_SUBTYPE_APP_TEST = 0x20,
    ESP_PARTITION_SUBTYPE_APP_TEE_MIN = 0x30,
    ESP_PARTITION_SUBTYPE_APP_TEE_0 = ESP_PARTITION_SUBTYPE_APP_TEE_MIN + 0,
    ESP_PARTITION_SUBTYPE_APP_TEE_1 = ESP_PARTITION_SUBTYPE_APP_TEE_MIN + 1,
    ESP_PARTITION_SUBTYPE_APP_TEE_MAX = ESP_PARTITION_SUBTYPE_APP_TEE_1,

    ESP_PARTITION_SUBTYPE_DATA_OTA = 0x00,
    ESP_PARTITION_SUBTYPE_DATA_PHY = 0x01,
    ESP_PARTITION_SUBTYPE_DATA_NVS = 0x02,
    ESP_PARTITION_SUBTYPE_DATA_COREDUMP = 0x03,
    ESP_PARTITION_SUBTYPE_DATA_NVS_KEYS = 0x04,
    ESP_PARTITION_SUBTYPE_DATA_EFUSE_EM = 0x05,
    ESP_PARTITION_SUBTYPE_DATA_UNDEFINED = 0x06,
    ESP_PARTITION_SUBTYPE_DATA_ESPHTTPD = 0x80,
    ESP_PARTITION_SUBTYPE_DATA_FAT = 0x81,
    ESP_PARTITION_SUBTYPE_DATA_SPIFFS = 0x82,
    ESP_PARTITION_SUBTYPE_DATA_LITTLEFS = 0x83,
    ESP_PARTITION_SUBTYPE_DATA_TEE_OTA = 0x90,

    ESP_PARTITION_SUBTYPE_ANY = 0xff /* for searching */
} esp_partition_subtype_t;

/* The subtype of OTA slot i, 0 to 15. */
#define ESP_PARTITION_SUBTYPE_OTA(i) \
    ((esp_partition_subtype_t)(ESP_PARTITION_SUBTYPE_APP_OTA_MIN + ((i)&0xf)))

typedef struct esp_partition_iterator_opaque_ *esp_partition_iterator_t;

/* One entry of the table. */
typedef struct {
    esp_flash_t *flash_chip;
    esp_partition_type_t type;
    esp_partition_subtype_t subtype;
    uint32_t address;    /* bytes from the start of the chip */
    uint32_t size;       /* bytes */
    uint32_t erase_size; /* bytes of the unit of erasing */
    char label[17];
    bool encrypted;
    bool readonly;
} esp_partition_t;

/*
 * Find all partitions that fit.
 *
 * type     or ESP_PARTITION_TYPE_ANY; a subtype needs a type
 * subtype  or ESP_PARTITION_SUBTYPE_ANY
 * label    or NULL; borrowed as long as the iterator
 *
 * Returns  an iterator on the first one, to be given to esp_partition_iterator_release unless
 *          esp_partition_next ran to the end; NULL when there is none
 */
esp_partition_iterator_t esp_partition_find(esp_partition_type_t type,
                                            esp_partition_subtype_t subtype, const char *label);

/*
 * The same, saying why there is none.
 *
 * it  NULL on failure
 *
 * Returns  ESP_OK
 *          ESP_ERR_INVALID_ARG    `it` is NULL, or a subtype is asked for without a type
 *          ESP_ERR_NOT_FOUND      none fits, or the table has no MD5
 *          ESP_ERR_INVALID_STATE  the table does not match its MD5, or no device is attached
 *          ESP_ERR_NO_MEM, ESP_ERR_FLASH_OP_FAIL
 */
esp_err_t esp_partition_find_err(esp_partition_type_t type, esp_partition_subtype_t subtype,
                                 const char *label, esp_partition_iterator_t *it);

/* The first partition that fits, or NULL. */
const esp_partition_t *esp_partition_find_first(esp_partition_type_t type,
                                                esp_partition_subtype_t subtype, const char *label);

/*
 * The same, saying why there is none.
 *
 * partition  NULL on failure
 *
 * Returns  as esp_partition_find_err
 */
esp_err_t esp_partition_find_first_err(esp_partition_type_t type, esp_partition_subtype_t subtype,
                                       const char *label, const esp_partition_t **partition);

/* The partition an iterator stands on. */
const esp_partition_t *esp_partition_get(esp_partition_iterator_t iterator);

/* The iterator on the next partition that fits; NULL at the end, where it is released. */
esp_partition_iterator_t esp_partition_next(esp_partition_iterator_t iterator);

/* Release an iterator. NULL is allowed. */
void esp_partition_iterator_release(esp_partition_iterator_t iterator);

/* The partition of the table that is like a copy of it: type, subtype, label, place, chip and
 * encryption agree. NULL: there is none. */
const esp_partition_t *esp_partition_verify(const esp_partition_t *partition);

/*
 * The same, saying why there is none.
 *
 * out_partition  NULL on failure
 *
 * Returns  as esp_partition_find_err
 */
esp_err_t esp_partition_verify_err(const esp_partition_t *partition,
                                   const esp_partition_t **out_partition);

/*
 * Read from a partition.
 *
 * src_offset, size  bytes, any alignment
 *
 * Returns  ESP_OK
 *          ESP_ERR_INVALID_ARG    an argument is NULL, or src_offset lies beyond the end
 *          ESP_ERR_INVALID_SIZE   the end lies beyond the end
 *          ESP_ERR_INVALID_STATE  no device is attached
 *          ESP_ERR_FLASH_OP_FAIL  the flash refused
 */
esp_err_t esp_partition_read(const esp_partition_t *partition, size_t src_offset, void *dst,
                             size_t size);

/*
 * Write to erased bytes of a partition.
 *
 * dst_offset, size  bytes, any alignment; multiples of 16 where the partition is encrypted
 *
 * Returns  as esp_partition_read, and
 *          ESP_ERR_NOT_ALLOWED   the partition is read-only
 *          ESP_ERR_INVALID_ARG, ESP_ERR_INVALID_SIZE  also against the alignment of an encrypted one
 *          ESP_ERR_INVALID_ARG   it holds the running application
 * Power loss: some of the bytes are written.
 */
esp_err_t esp_partition_write(const esp_partition_t *partition, size_t dst_offset, const void *src,
                              size_t size);

/* As esp_partition_read, without decryption. */
esp_err_t esp_partition_read_raw(const esp_partition_t *partition, size_t src_offset, void *dst,
                                 size_t size);

/* As esp_partition_write, without encryption and its alignment. */
esp_err_t esp_partition_write_raw(const esp_partition_t *partition, size_t dst_offset,
                                  const void *src, size_t size);

/*
 * Erase sectors of a partition.
 *
 * offset, size  bytes, multiples of its erase_size
 *
 * Returns  as esp_partition_write; ESP_ERR_INVALID_SIZE or ESP_ERR_INVALID_ARG also against the
 *          alignment
 * Power loss: some of the sectors are erased.
 */
esp_err_t esp_partition_erase_range(const esp_partition_t *partition, size_t offset, size_t size);

/*
 * Show a part of a partition as memory. What is written later does not appear in it.
 *
 * out_ptr     `size` bytes, good until esp_partition_munmap
 * out_handle  for esp_partition_munmap
 *
 * Returns  as esp_partition_read, and
 *          ESP_ERR_NOT_SUPPORTED  the partition is on another chip than the device's own
 *          ESP_ERR_NO_MEM
 */
esp_err_t esp_partition_mmap(const esp_partition_t *partition, size_t offset, size_t size,
                             esp_partition_mmap_memory_t memory, const void **out_ptr,
                             esp_partition_mmap_handle_t *out_handle);

/* Give a mapping back. An unknown handle is ignored. */
void esp_partition_munmap(esp_partition_mmap_handle_t handle);

/*
 * The SHA-256 of what a partition holds: an image's appended one, which has to match; of the image
 * where it has none; of the whole partition where that is neither app nor bootloader.
 *
 * sha_256  32 bytes
 *
 * Returns  ESP_OK
 *          ESP_ERR_INVALID_ARG    an argument is NULL, or the partition is empty
 *          ESP_ERR_IMAGE_INVALID  there is no image, or it does not match
 *          ESP_ERR_INVALID_STATE  no device is attached
 *          ESP_FAIL               the flash or the digest failed
 */
esp_err_t esp_partition_get_sha256(const esp_partition_t *partition, uint8_t *sha_256);

/* Whether two partitions have the same esp_partition_get_sha256; false where one has none. */
bool esp_partition_check_identity(const esp_partition_t *partition_1,
                                  const esp_partition_t *partition_2);

/*
 * Add a partition that the table does not name, on any chip.
 *
 * flash_chip     NULL: the device's own
 * offset, size   bytes
 * label          cut to 16 characters
 * out_partition  NULL: not wanted; NULL on failure
 *
 * Returns  ESP_OK
 *          ESP_ERR_INVALID_ARG   it overlaps another one on the same chip, or label is NULL
 *          ESP_ERR_INVALID_SIZE  it does not fit the chip
 *          others                as esp_partition_find_err
 */
esp_err_t esp_partition_register_external(esp_flash_t *flash_chip, size_t offset, size_t size,
                                          const char *label, esp_partition_type_t type,
                                          esp_partition_subtype_t subtype,
                                          const esp_partition_t **out_partition);

/*
 * Take such a partition away.
 *
 * Returns  ESP_OK
 *          ESP_ERR_NOT_FOUND    there is no such partition
 *          ESP_ERR_INVALID_ARG  the table names it
 */
esp_err_t esp_partition_deregister_external(const esp_partition_t *partition);

/* Forget all partitions; the next call reads the table again. */
void esp_partition_unload_all(void);

/* Bytes of a sector of the device's flash. */
uint32_t esp_partition_get_main_flash_sector_size(void);

/*
 * Erase a place in one partition and copy bytes of another one there.
 *
 * dest_offset, src_offset  bytes; that of the destination a multiple of the sector size
 * size                     bytes; SIZE_MAX: all behind src_offset, and the destination is erased to
 *                          its end
 *
 * Returns  as esp_partition_write, and
 *          ESP_ERR_INVALID_ARG    both are the same partition
 *          ESP_ERR_NOT_SUPPORTED  the source is on another chip than the device's own
 *          ESP_ERR_NO_MEM
 * Power loss: the destination holds a part of it.
 */
esp_err_t esp_partition_copy(const esp_partition_t *dest_part, uint32_t dest_offset,
                             const esp_partition_t *src_part, uint32_t src_offset, size_t size);

#ifdef __cplusplus
}
#endif

#endif
