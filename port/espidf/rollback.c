// SPDX-License-Identifier: Apache-2.0
/* Whether the bootloader goes back: evidence, else the build. */
#include "port/espidf/rollback.h"

#include <esp_ota_ops.h>
#include <sdkconfig.h>

#if CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE
#define AS_BUILT OTK_ESPIDF_ROLLBACK_EXPECTED
#else
#define AS_BUILT OTK_ESPIDF_ROLLBACK_MISSING
#endif

enum otk_espidf_rollback otk_espidf_rollback(void)
{
    esp_ota_img_states_t state;

    /* The factory application has no entry, and no state. */
    if (esp_ota_get_state_partition(esp_ota_get_running_partition(), &state) != ESP_OK) {
        return AS_BUILT;
    }
    if (state == ESP_OTA_IMG_PENDING_VERIFY) {
        return OTK_ESPIDF_ROLLBACK_SEEN;
    }
    return state == ESP_OTA_IMG_NEW ? OTK_ESPIDF_ROLLBACK_MISSING : AS_BUILT;
}

const char *otk_espidf_rollback_text(enum otk_espidf_rollback rollback)
{
    switch (rollback) {
    case OTK_ESPIDF_ROLLBACK_SEEN:
        return "the bootloader goes back from an application that is not confirmed";
    case OTK_ESPIDF_ROLLBACK_EXPECTED:
        return "the bootloader should go back from an application that is not confirmed";
    case OTK_ESPIDF_ROLLBACK_MISSING:
        break;
    }
    return "the bootloader does NOT go back: an update that does not work stays. Build it with "
           "CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE and flash it over the cable";
}
