# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The simulated air itself: where this fails, no other test of Bluetooth says anything.
# Limit: 90 s
source /source/test/lab/ble/air.sh

prepare()
{
    ble_up && ble_fill_air
}

test_both_controllers_have_an_address()
{
    [[ $(ble_address 0) == ??:??:??:??:??:?? && $(ble_address 1) == ??:??:??:??:??:?? ]]
    [[ $(ble_address 0) != "$(ble_address 1)" ]]
}
