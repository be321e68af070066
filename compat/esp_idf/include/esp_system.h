// SPDX-License-Identifier: Apache-2.0
/*
 * Restart of the chip, and why it was reset. Names and numbers: ESP-IDF v6, esp_system.h.
 */
#ifndef COMPAT_ESP_IDF_INCLUDE_ESP_SYSTEM_H
#define COMPAT_ESP_IDF_INCLUDE_ESP_SYSTEM_H

#include <stdbool.h>
#include <stdint.h>

#include <esp_bit_defs.h>
#include <esp_err.h>
#include <esp_idf_version.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The runner tells POWERON (also after a cut), SW, PANIC (the application crashed or called abort). */
typedef enum {
    ESP_RST_UNKNOWN,
    ESP_RST_POWERON,
    ESP_RST_EXT,
    ESP_RST_SW,
    ESP_RST_PANIC,
    ESP_RST_INT_WDT,
    ESP_RST_TASK_WDT,
    ESP_RST_WDT,
    ESP_RST_DEEPSLEEP,
    ESP_RST_BROWNOUT,
    ESP_RST_SDIO,
    ESP_RST_USB,
    ESP_RST_JTAG,
    ESP_RST_EFUSE,
    ESP_RST_PWR_GLITCH,
    ESP_RST_CPU_LOCKUP
} esp_reset_reason_t;

typedef void (*shutdown_handler_t)(void);

/*
 * Reset the chip: shutdown handlers run, last registered first, then the device restarts and all
 * memory is as in a new process. Without a device that can restart, the program ends.
 */
void esp_restart(void) __attribute__((noreturn));

/* Up to 5 handlers. Returns ESP_OK, ESP_ERR_INVALID_STATE (registered already), ESP_ERR_NO_MEM. */
esp_err_t esp_register_shutdown_handler(shutdown_handler_t handler);

/* Returns ESP_OK, ESP_ERR_INVALID_STATE where it is not registered. */
esp_err_t esp_unregister_shutdown_handler(shutdown_handler_t handler);

esp_reset_reason_t esp_reset_reason(void);

/* Bytes of memory that are free: the laptop's, so a leak that would end a chip does not show here. */
uint32_t esp_get_free_heap_size(void);
uint32_t esp_get_minimum_free_heap_size(void);

#ifdef __cplusplus
}
#endif

#endif
