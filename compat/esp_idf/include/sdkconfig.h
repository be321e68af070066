// SPDX-License-Identifier: Apache-2.0
/*
 * What menuconfig would have said, as far as application code asks.
 *
 * These are facts about this build: nothing in the library changes when they do. A project's own
 * choices (CONFIG_EXAMPLE_...) go on the compiler's command line, or into a sdkconfig.h of its own that
 * is found before this one and includes it by #include_next.
 */
#ifndef COMPAT_ESP_IDF_INCLUDE_SDKCONFIG_H
#define COMPAT_ESP_IDF_INCLUDE_SDKCONFIG_H

/* The code runs on a laptop, with ESP-IDF's words for it; the chip is the one that the flash file's
 * images are for. */
#define CONFIG_IDF_TARGET       "linux"
#define CONFIG_IDF_TARGET_LINUX 1

#define CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE 1

/* Bytes; 0x1000 on ESP32 and ESP32-S2, 0x2000 on ESP32-P4 and ESP32-C5. */
#ifndef CONFIG_BOOTLOADER_OFFSET_IN_FLASH
#define CONFIG_BOOTLOADER_OFFSET_IN_FLASH 0x0
#endif
#define CONFIG_PARTITION_TABLE_OFFSET 0x8000

#ifndef CONFIG_FREERTOS_HZ
#define CONFIG_FREERTOS_HZ 100
#endif

/* 1 error, 2 warning, 3 info, 4 debug, 5 verbose. */
#define CONFIG_LOG_DEFAULT_LEVEL 3
#define CONFIG_LOG_MAXIMUM_LEVEL 5

#define CONFIG_MBEDTLS_CERTIFICATE_BUNDLE               1
#define CONFIG_ESP_HTTP_CLIENT_ENABLE_HTTPS             1
#define CONFIG_ESP_HTTP_CLIENT_ENABLE_BASIC_AUTH        1
#define CONFIG_ESP_HTTP_CLIENT_ENABLE_DIGEST_AUTH       1
#define CONFIG_ESP_HTTP_CLIENT_ENABLE_GET_CONTENT_RANGE 1
#define CONFIG_ESP_HTTPS_OTA_ENABLE_PARTIAL_DOWNLOAD    1
#define CONFIG_ESP_HTTPS_OTA_VERIFY_SPI_MODE            1
#define CONFIG_ESP_HTTPS_OTA_EVENT_POST_TIMEOUT         2000

#endif
