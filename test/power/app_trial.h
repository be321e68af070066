// SPDX-License-Identifier: Apache-2.0
/* What an application says of itself and of other slots, by the functions that the scenario names. */
#ifndef TEST_POWER_APP_TRIAL_H
#define TEST_POWER_APP_TRIAL_H

#include "test/power/world.h"

/* Whether the running application finds itself on trial. */
bool app_trial_is_pending(const struct world *world);

/* The running application is good. Returns as otk_trial_confirm. */
enum otk_status app_trial_confirm(struct world *world);

/* It is bad; the device is reset afterwards. Returns as otk_trial_reject. */
enum otk_status app_trial_reject(struct world *world);

/* Another slot is to boot. Returns as otk_slot_switch, or OTK_REFUSED. */
enum otk_status app_trial_select(struct world *world, int slot);

#endif
