// SPDX-License-Identifier: Apache-2.0
/*
 * Pins of a laptop: nothing is wired to them. An output reads as it was set, an input as its pull
 * resistor draws it; the environment variable OTAKIT_GPIO may hold some at a level ("4=0,5=1").
 *
 *     gpio_get_level(GPIO_NUM_4);
 */
#ifndef COMPAT_ESP_IDF_INCLUDE_DRIVER_GPIO_H
#define COMPAT_ESP_IDF_INCLUDE_DRIVER_GPIO_H

#include <stdint.h>

#include <esp_err.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GPIO_PIN_COUNT 55

typedef int gpio_num_t;

typedef enum {
    GPIO_MODE_DISABLE = 0,
    GPIO_MODE_INPUT = 1,
    GPIO_MODE_OUTPUT = 2,
    GPIO_MODE_INPUT_OUTPUT = 3,
    GPIO_MODE_OUTPUT_OD = 6,
    GPIO_MODE_INPUT_OUTPUT_OD = 7
} gpio_mode_t;

typedef enum { GPIO_PULLUP_DISABLE, GPIO_PULLUP_ENABLE } gpio_pullup_t;
typedef enum { GPIO_PULLDOWN_DISABLE, GPIO_PULLDOWN_ENABLE } gpio_pulldown_t;

/* Interrupts do not happen. */
typedef enum {
    GPIO_INTR_DISABLE,
    GPIO_INTR_POSEDGE,
    GPIO_INTR_NEGEDGE,
    GPIO_INTR_ANYEDGE,
    GPIO_INTR_LOW_LEVEL,
    GPIO_INTR_HIGH_LEVEL
} gpio_int_type_t;

typedef struct {
    uint64_t pin_bit_mask;
    gpio_mode_t mode;
    gpio_pullup_t pull_up_en;
    gpio_pulldown_t pull_down_en;
    gpio_int_type_t intr_type;
} gpio_config_t;

/* Each returns ESP_OK, or ESP_ERR_INVALID_ARG for a pin that does not exist. */
esp_err_t gpio_config(const gpio_config_t *config);
esp_err_t gpio_set_direction(gpio_num_t pin, gpio_mode_t mode);
esp_err_t gpio_set_level(gpio_num_t pin, uint32_t level);
esp_err_t gpio_reset_pin(gpio_num_t pin);

/* Returns 0 or 1; 0 for a pin that does not exist. */
int gpio_get_level(gpio_num_t pin);

#ifdef __cplusplus
}
#endif

#endif
