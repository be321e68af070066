// SPDX-License-Identifier: Apache-2.0
/* Verdicts by otakit's functions, or by ESP-IDF's. */
#include "test/power/app_trial.h"

#include "otakit/core/slot.h"
#include "otakit/core/trial.h"
#include "test/power/esp_app.h"

bool app_trial_is_pending(const struct world *world)
{
    return world->scenario->by_esp_ota ? esp_app_is_pending()
                                       : otk_trial_is_pending(&world->device);
}

enum otk_status app_trial_confirm(struct world *world)
{
    return world->scenario->by_esp_ota ? esp_app_confirm(world) : otk_trial_confirm(&world->device);
}

enum otk_status app_trial_reject(struct world *world)
{
    return world->scenario->by_esp_ota
               ? esp_app_reject()
               : otk_trial_reject(&world->device, OTK_SELF_TEST_FAILED, world->scratch);
}

enum otk_status app_trial_select(struct world *world, int slot)
{
    return world->scenario->by_esp_ota ? esp_app_select(slot)
                                       : otk_slot_switch(&world->device, slot, world->scratch);
}
