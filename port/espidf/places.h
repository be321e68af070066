// SPDX-License-Identifier: Apache-2.0
/*
 * Where flash offsets belong: otakit counts from the start of the chip, esp_partition within one
 * partition. No ESP-IDF in here, so that a computer can test it.
 *
 *     place = otk_places_find(places, count, offset, len);
 *     if (place)
 *         esp_partition_read(place->partition, offset - place->offset, data, len);
 */
#ifndef PORT_ESPIDF_PLACES_H
#define PORT_ESPIDF_PLACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes that flash encryption turns into others as one: a whole unit was written, or none of it.
 * Source: ESP-IDF, esp_flash_write_encrypted. */
#define OTK_PLACES_UNIT 16u

/* A partition that otakit may touch. */
struct otk_place {
    uint32_t offset;       /* bytes from the start of the chip */
    uint32_t size;         /* bytes */
    const void *partition; /* esp_partition_t */
    bool is_locked;        /* it is the running application: nothing may change there */
};

/* The place that holds all of [offset, offset + len), or NULL. */
const struct otk_place *otk_places_find(const struct otk_place *places, uint32_t count,
                                        uint32_t offset, uint32_t len);

/* Whether any place holds a byte of [offset, offset + len). */
bool otk_places_touch(const struct otk_place *places, uint32_t count, uint32_t offset,
                      uint32_t len);

/*
 * Make erased bytes of encrypted flash read as 0xFF: what decryption makes of them is noise.
 *
 * data  `len` decrypted bytes, changed where their unit is erased
 * raw   what stands on the chip from the unit on in which `data` begins, whole units
 * lead  bytes of that unit before `data`, below OTK_PLACES_UNIT
 */
void otk_places_show_erased(uint8_t *data, uint32_t len, const uint8_t *raw, uint32_t lead);

#ifdef __cplusplus
}
#endif

#endif
