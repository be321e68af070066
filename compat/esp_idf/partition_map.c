// SPDX-License-Identifier: Apache-2.0
/* A mapping on a laptop is a copy: the flash seam has no address to show. */
#include "compat/esp_idf/partition_map.h"

#include <stdlib.h>

#include "compat/esp_idf/flash.h"
#include "compat/esp_idf/include/esp_partition.h"

struct mapping {
    esp_partition_mmap_handle_t handle;
    struct mapping *next;
    uint8_t bytes[];
};

static struct mapping *first;
static esp_partition_mmap_handle_t last_handle;

esp_err_t esp_partition_mmap(const esp_partition_t *partition, size_t offset, size_t size,
                             esp_partition_mmap_memory_t memory, const void **out_ptr,
                             esp_partition_mmap_handle_t *out_handle)
{
    struct mapping *mapping;
    esp_err_t err;

    (void)memory; /* data and instructions look alike here */
    if (!partition || !out_ptr || !out_handle || offset > partition->size) {
        return ESP_ERR_INVALID_ARG;
    }
    if (size > partition->size - offset) {
        return ESP_ERR_INVALID_SIZE;
    }
    if (!otk_idf_is_main_flash(partition->flash_chip)) {
        return ESP_ERR_NOT_SUPPORTED;
    }
    mapping = malloc(sizeof *mapping + size);
    if (!mapping) {
        return ESP_ERR_NO_MEM;
    }
    err = esp_partition_read(partition, offset, mapping->bytes, size);
    if (err != ESP_OK) {
        free(mapping);
        return err;
    }
    mapping->handle = ++last_handle;
    mapping->next = first;
    first = mapping;
    *out_ptr = mapping->bytes;
    *out_handle = mapping->handle;
    return ESP_OK;
}

void esp_partition_munmap(esp_partition_mmap_handle_t handle)
{
    struct mapping **link = &first;
    struct mapping *mapping;

    while (*link && (*link)->handle != handle) {
        link = &(*link)->next;
    }
    mapping = *link;
    if (mapping) {
        *link = mapping->next;
        free(mapping);
    }
}

void otk_idf_unmap_all(void)
{
    while (first) {
        esp_partition_munmap(first->handle);
    }
}
