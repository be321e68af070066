// SPDX-License-Identifier: Apache-2.0
/*
 * Restart, reset reason, memory, and the eFuse of anti-rollback.
 */
#include "compat/esp_idf/system.h"

#include <stdlib.h>
#include <unistd.h>

#include <esp_efuse.h>

#include "compat/esp_idf/device.h"
#include "compat/esp_idf/event_loop.h"

/* Source: ESP-IDF, esp_system.c, SHUTDOWN_HANDLERS_NO. */
#define HANDLER_COUNT 5u

static shutdown_handler_t handlers[HANDLER_COUNT];

struct otk_idf_system *otk_idf_system(void)
{
    static struct otk_idf_system system;

    return &system;
}

esp_err_t esp_register_shutdown_handler(shutdown_handler_t handler)
{
    unsigned index;

    for (index = 0; index < HANDLER_COUNT && handlers[index]; index++) {
        if (handlers[index] == handler) {
            return ESP_ERR_INVALID_STATE;
        }
    }
    if (index == HANDLER_COUNT) {
        return ESP_ERR_NO_MEM;
    }
    handlers[index] = handler;
    return ESP_OK;
}

esp_err_t esp_unregister_shutdown_handler(shutdown_handler_t handler)
{
    unsigned index = 0;

    while (index < HANDLER_COUNT && handlers[index] != handler) {
        index++;
    }
    if (index == HANDLER_COUNT || !handler) {
        return ESP_ERR_INVALID_STATE;
    }
    for (; index + 1u < HANDLER_COUNT; index++) {
        handlers[index] = handlers[index + 1u];
    }
    handlers[HANDLER_COUNT - 1u] = NULL;
    return ESP_OK;
}

void esp_restart(void)
{
    const struct otk_idf_device *const device = otk_idf_attached();
    unsigned index;

    for (index = HANDLER_COUNT; index > 0; index--) {
        if (handlers[index - 1u]) {
            handlers[index - 1u]();
        }
    }
    otk_idf_event_loop_settle();
    if (device && device->restart) {
        device->restart(device->context);
    }
    exit(EXIT_SUCCESS);
}

esp_reset_reason_t esp_reset_reason(void)
{
    return otk_idf_system()->reset_reason;
}

uint32_t esp_get_free_heap_size(void)
{
    const long pages = sysconf(_SC_AVPHYS_PAGES);
    const long page_size = sysconf(_SC_PAGESIZE);
    const uint64_t bytes = pages > 0 && page_size > 0 ? (uint64_t)pages * (uint64_t)page_size : 0;

    return bytes > UINT32_MAX ? UINT32_MAX : (uint32_t)bytes;
}

uint32_t esp_get_minimum_free_heap_size(void)
{
    return esp_get_free_heap_size();
}

static const struct otk_secure_version *find_store(void)
{
    const struct otk_idf_device *const device = otk_idf_attached();

    return device ? device->board->secure_version : NULL;
}

uint32_t esp_efuse_read_secure_version(void)
{
    const struct otk_secure_version *const store = find_store();
    uint32_t version = 0;

    if (!store || store->read(store->context, &version) != OTK_OK) {
        return 0;
    }
    return version;
}

bool esp_efuse_check_secure_version(uint32_t secure_version)
{
    return secure_version >= esp_efuse_read_secure_version();
}

esp_err_t esp_efuse_update_secure_version(uint32_t secure_version)
{
    const struct otk_secure_version *const store = find_store();

    if (!store) {
        return ESP_ERR_NOT_SUPPORTED;
    }
    return store->raise(store->context, secure_version) == OTK_OK ? ESP_OK : ESP_FAIL;
}
