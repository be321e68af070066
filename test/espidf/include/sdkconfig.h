// SPDX-License-Identifier: Apache-2.0
/* The configuration of the component in this test. */
#ifndef TEST_ESPIDF_INCLUDE_SDKCONFIG_H
#define TEST_ESPIDF_INCLUDE_SDKCONFIG_H

#define CONFIG_IDF_FIRMWARE_CHIP_ID   5 /* ESP32-C3 */
#define CONFIG_OTAKIT_DEVICE_NAME     "otakit"
#define CONFIG_OTAKIT_ERASE_SIZE      4096
#define CONFIG_OTAKIT_TRIAL_TIMEOUT_S 60
#define CONFIG_OTAKIT_TASK_STACK_SIZE 6144
#define CONFIG_OTAKIT_TASK_PRIORITY   5
#define CONFIG_HTTPD_MAX_REQ_HDR_LEN  2048
#define CONFIG_OTAKIT_SOFTAP_SSID     "ESP32 OTA Update"
#define CONFIG_OTAKIT_SOFTAP_PASSWORD ""
#define CONFIG_OTAKIT_PULL_STACK_SIZE 8192

#include_next <sdkconfig.h> /* of compat/esp_idf */

#endif
