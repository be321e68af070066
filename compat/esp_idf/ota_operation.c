// SPDX-License-Identifier: Apache-2.0
/*
 * Writing an image: begin or resume, write, end or abort.
 *
 * What reaches flash, in order, and what a reset finds: app slots are erased and written while
 * otadata still names the running application; nothing here makes another one boot. Only the entry
 * beside the active one is erased, which no longer decides anything.
 */
#include "compat/esp_idf/ota_operation.h"

#include <stdlib.h>
#include <string.h>

#include "compat/esp_idf/device.h"
#include "compat/esp_idf/flash.h"
#include "compat/esp_idf/include/esp_ota_ops.h"
#include "compat/esp_idf/ota_verify.h"
#include "compat/esp_idf/otadata.h"

/* Bytes that flash encryption takes at once. */
#define ENCRYPTION_UNIT 16u

struct operation {
    esp_ota_handle_t handle;
    const esp_partition_t *staging; /* where the image is written */
    const esp_partition_t *final;   /* what it is for */
    bool must_copy;                 /* from staging to final, at the end */
    bool erases_as_it_goes;
    bool is_resumed;
    uint32_t written;              /* bytes */
    uint32_t held_back;            /* bytes of `unit` that wait for the others */
    uint8_t unit[ENCRYPTION_UNIT]; /* what fills it up at the end is 0 at first, then FF */
    struct operation *next;
};

static struct operation *first;
static esp_ota_handle_t last_handle;

static struct operation *find(esp_ota_handle_t handle)
{
    struct operation *operation = first;

    while (operation && operation->handle != handle) {
        operation = operation->next;
    }
    return operation;
}

static void forget(struct operation *operation)
{
    struct operation **link = &first;

    while (*link != operation) {
        link = &(*link)->next;
    }
    *link = operation->next;
    free(operation);
}

void otk_idf_operations_forget(void)
{
    while (first) {
        forget(first);
    }
}

static bool is_for_boot_area(const esp_partition_t *partition)
{
    return partition->type == ESP_PARTITION_TYPE_BOOTLOADER ||
           partition->type == ESP_PARTITION_TYPE_PARTITION_TABLE;
}

static struct operation *open_operation(const esp_partition_t *partition)
{
    struct operation *operation = calloc(1, sizeof *operation);

    if (!operation) {
        return NULL;
    }
    operation->handle = ++last_handle;
    operation->staging = partition;
    operation->final = partition;
    operation->next = first;
    first = operation;
    if (is_for_boot_area(partition)) {
        otk_idf_flash_allow_boot_area();
    }
    return operation;
}

static bool is_app_but_no_slot(const esp_partition_t *partition)
{
    return partition->type == ESP_PARTITION_TYPE_APP && !otk_idf_is_ota_slot(partition);
}

static bool running_app_is_unconfirmed(void)
{
    esp_ota_img_states_t state;

    return esp_ota_get_state_partition(esp_ota_get_running_partition(), &state) == ESP_OK &&
           state == ESP_OTA_IMG_PENDING_VERIFY;
}

/* What esp_ota_begin refuses; the order decides which of two reasons is told. */
static esp_err_t check_begin(const esp_partition_t *partition)
{
    if (is_app_but_no_slot(partition)) {
        return ESP_ERR_INVALID_ARG;
    }
    if (partition->type != ESP_PARTITION_TYPE_APP) {
        return ESP_OK;
    }
    if (partition == esp_ota_get_running_partition()) {
        return ESP_ERR_OTA_PARTITION_CONFLICT;
    }
    return running_app_is_unconfirmed() ? ESP_ERR_OTA_ROLLBACK_INVALID_STATE : ESP_OK;
}

/* Whether a size is one of the two that mean something else. On the chip size_t has 32 bits, so that
 * (size_t)-1 is OTA_SIZE_UNKNOWN there. */
static bool is_code(size_t size, uint32_t code)
{
    return (uint32_t)size == code;
}

/* Erase room for an image before its first byte. */
static esp_err_t erase_for(const esp_partition_t *partition, size_t image_size)
{
    size_t size = partition->size;

    if (is_code(image_size, OTA_WITH_SEQUENTIAL_WRITES)) {
        return ESP_OK;
    }
    if (image_size != 0 && !is_code(image_size, OTA_SIZE_UNKNOWN)) {
        size = (image_size + partition->erase_size - 1) / partition->erase_size *
               partition->erase_size;
    }
    return esp_partition_erase_range(partition, 0, size);
}

esp_err_t esp_ota_begin(const esp_partition_t *partition, size_t image_size,
                        esp_ota_handle_t *out_handle)
{
    struct operation *operation;
    esp_err_t err;

    if (!partition || !out_handle) {
        return ESP_ERR_INVALID_ARG;
    }
    partition = esp_partition_verify(partition);
    if (!partition) {
        return ESP_ERR_NOT_FOUND;
    }
    err = check_begin(partition);
    if (err != ESP_OK) {
        return err;
    }
    operation = open_operation(partition);
    if (!operation) {
        return ESP_ERR_NO_MEM;
    }
    operation->erases_as_it_goes = is_code(image_size, OTA_WITH_SEQUENTIAL_WRITES);
    *out_handle = operation->handle;
    err = erase_for(partition, image_size);
    if (err == ESP_OK && otk_idf_is_ota_slot(partition)) {
        (void)esp_ota_invalidate_inactive_ota_data_slot(); /* there may be nothing to erase */
    }
    return err;
}

esp_err_t esp_ota_resume(const esp_partition_t *partition, const size_t erase_size,
                         const size_t image_offset, esp_ota_handle_t *out_handle)
{
    struct operation *operation;

    if (!partition || !out_handle || image_offset > partition->size) {
        return ESP_ERR_INVALID_ARG;
    }
    partition = esp_partition_verify(partition);
    if (!partition) {
        return ESP_ERR_NOT_FOUND;
    }
    if (is_app_but_no_slot(partition)) {
        return ESP_ERR_INVALID_ARG;
    }
    if (partition == esp_ota_get_running_partition()) {
        return ESP_ERR_OTA_PARTITION_CONFLICT;
    }
    operation = open_operation(partition);
    if (!operation) {
        return ESP_ERR_NO_MEM;
    }
    operation->is_resumed = true;
    operation->written = (uint32_t)image_offset;
    operation->erases_as_it_goes = is_code(erase_size, OTA_WITH_SEQUENTIAL_WRITES);
    *out_handle = operation->handle;
    return ESP_OK;
}

esp_err_t esp_ota_set_final_partition(esp_ota_handle_t handle,
                                      const esp_partition_t *final_partition,
                                      bool finalize_with_copy)
{
    struct operation *operation = find(handle);

    if (!final_partition) {
        return ESP_ERR_INVALID_ARG;
    }
    if (!operation) {
        return ESP_ERR_NOT_FOUND;
    }
    if (!operation->is_resumed && operation->written != 0) {
        return ESP_ERR_INVALID_STATE;
    }
    if (operation->staging == final_partition) {
        return ESP_OK;
    }
    final_partition = esp_partition_verify(final_partition);
    if (!final_partition) {
        return ESP_ERR_NOT_FOUND;
    }
    operation->final = final_partition;
    operation->must_copy = finalize_with_copy;
    if (is_for_boot_area(final_partition)) {
        otk_idf_flash_allow_boot_area();
    }
    return ESP_OK;
}

/* Erase the sectors that begin within the next `size` bytes. */
static esp_err_t erase_ahead(const struct operation *operation, size_t size)
{
    const size_t sector = operation->staging->erase_size;
    const size_t begin = (operation->written + sector - 1) / sector * sector;
    const size_t end = (operation->written + size + sector - 1) / sector * sector;

    return begin < end ? esp_partition_erase_range(operation->staging, begin, end - begin) : ESP_OK;
}

static esp_err_t write_now(struct operation *operation, const uint8_t *bytes, size_t size)
{
    const esp_err_t err = esp_partition_write(operation->staging, operation->written, bytes, size);

    if (err == ESP_OK) {
        operation->written += (uint32_t)size;
    }
    return err;
}

/* Whole units are written; the rest is held back. */
static esp_err_t write_in_units(struct operation *operation, const uint8_t *bytes, size_t size)
{
    size_t whole;
    esp_err_t err;

    if (operation->held_back > 0) {
        size_t step = ENCRYPTION_UNIT - operation->held_back;

        step = step < size ? step : size;
        memcpy(operation->unit + operation->held_back, bytes, step);
        operation->held_back += (uint32_t)step;
        if (operation->held_back < ENCRYPTION_UNIT) {
            return ESP_OK;
        }
        err = write_now(operation, operation->unit, ENCRYPTION_UNIT);
        if (err != ESP_OK) {
            return err;
        }
        operation->held_back = 0;
        memset(operation->unit, 0xFF, sizeof operation->unit);
        bytes += step;
        size -= step;
    }
    whole = size - size % ENCRYPTION_UNIT;
    err = write_now(operation, bytes, whole);
    if (err == ESP_OK) { /* only now is it sure that there are so many */
        operation->held_back = (uint32_t)(size - whole);
        memcpy(operation->unit, bytes + whole, size - whole);
    }
    return err;
}

esp_err_t esp_ota_write(esp_ota_handle_t handle, const void *data, size_t size)
{
    struct operation *operation = find(handle);
    esp_err_t err;

    if (!data) {
        return ESP_ERR_INVALID_ARG;
    }
    if (size == 0) {
        return ESP_OK;
    }
    if (!operation) {
        return ESP_ERR_INVALID_ARG;
    }
    if (operation->erases_as_it_goes) {
        err = erase_ahead(operation, size);
        if (err != ESP_OK) {
            return err;
        }
    }
    if (operation->written == 0 && operation->held_back == 0 &&
        !otk_idf_may_begin_with(operation->final, data, size)) {
        return ESP_ERR_OTA_VALIDATE_FAILED;
    }
    return otk_idf_attached()->has_flash_encryption ? write_in_units(operation, data, size)
                                                    : write_now(operation, data, size);
}

esp_err_t esp_ota_write_with_offset(esp_ota_handle_t handle, const void *data, size_t size,
                                    uint32_t offset)
{
    struct operation *operation = find(handle);
    esp_err_t err;

    if (!data || !operation) {
        return ESP_ERR_INVALID_ARG;
    }
    if (operation->erases_as_it_goes) {
        return ESP_ERR_INVALID_STATE;
    }
    if (otk_idf_attached()->has_flash_encryption && size % ENCRYPTION_UNIT != 0) {
        return ESP_ERR_INVALID_ARG;
    }
    err = esp_partition_write(operation->staging, offset, data, size);
    if (err == ESP_OK) {
        operation->written += (uint32_t)size;
    }
    return err;
}

static esp_err_t finish(struct operation *operation)
{
    esp_err_t err;

    if (operation->written == 0) {
        return ESP_ERR_INVALID_ARG;
    }
    if (operation->held_back > 0 &&
        write_now(operation, operation->unit, ENCRYPTION_UNIT) != ESP_OK) {
        return ESP_ERR_INVALID_STATE;
    }
    err = otk_idf_verify_staging(operation->staging, operation->final);
    if (err == ESP_OK && operation->must_copy) {
        err = esp_partition_copy(operation->final, 0, operation->staging, 0,
                                 operation->final->size);
    }
    return err;
}

esp_err_t esp_ota_end(esp_ota_handle_t handle)
{
    struct operation *operation = find(handle);
    esp_err_t err;

    if (!operation) {
        return ESP_ERR_NOT_FOUND;
    }
    err = finish(operation);
    forget(operation);
    return err;
}

esp_err_t esp_ota_abort(esp_ota_handle_t handle)
{
    struct operation *operation = find(handle);

    if (!operation) {
        return ESP_ERR_NOT_FOUND;
    }
    forget(operation);
    return ESP_OK;
}
