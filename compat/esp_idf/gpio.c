// SPDX-License-Identifier: Apache-2.0
/*
 * Pins that nothing is wired to.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <driver/gpio.h>

struct pin {
    bool drives; /* an output */
    bool pulls_up;
    bool level; /* of the output */
};

static struct pin pins[GPIO_PIN_COUNT];

static bool exists(gpio_num_t pin)
{
    return pin >= 0 && pin < GPIO_PIN_COUNT;
}

/* The level that OTAKIT_GPIO holds a pin at; -1: it does not. */
static int find_held(gpio_num_t pin)
{
    const char *text = getenv("OTAKIT_GPIO");

    while (text && *text != '\0') {
        int number;
        int level;

        if (sscanf(text, "%d=%d", &number, &level) == 2 && number == pin) {
            return level != 0;
        }
        text = strchr(text, ',');
        text = text ? text + 1 : NULL;
    }
    return -1;
}

esp_err_t gpio_config(const gpio_config_t *config)
{
    gpio_num_t pin;

    if (!config || config->pin_bit_mask == 0 || config->pin_bit_mask >> GPIO_PIN_COUNT != 0) {
        return ESP_ERR_INVALID_ARG;
    }
    for (pin = 0; pin < GPIO_PIN_COUNT; pin++) {
        if (config->pin_bit_mask >> pin & 1u) {
            pins[pin].drives = (config->mode & GPIO_MODE_OUTPUT) != 0;
            pins[pin].pulls_up = config->pull_up_en == GPIO_PULLUP_ENABLE;
        }
    }
    return ESP_OK;
}

esp_err_t gpio_set_direction(gpio_num_t pin, gpio_mode_t mode)
{
    if (!exists(pin)) {
        return ESP_ERR_INVALID_ARG;
    }
    pins[pin].drives = (mode & GPIO_MODE_OUTPUT) != 0;
    return ESP_OK;
}

esp_err_t gpio_set_level(gpio_num_t pin, uint32_t level)
{
    if (!exists(pin)) {
        return ESP_ERR_INVALID_ARG;
    }
    pins[pin].level = level != 0;
    return ESP_OK;
}

esp_err_t gpio_reset_pin(gpio_num_t pin)
{
    if (!exists(pin)) {
        return ESP_ERR_INVALID_ARG;
    }
    pins[pin] = (struct pin){.pulls_up = true};
    return ESP_OK;
}

int gpio_get_level(gpio_num_t pin)
{
    int held;

    if (!exists(pin)) {
        return 0;
    }
    held = find_held(pin);
    if (held >= 0) {
        return held;
    }
    return pins[pin].drives ? pins[pin].level : pins[pin].pulls_up;
}
