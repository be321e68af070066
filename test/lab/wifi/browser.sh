# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The page itself over the air: Chromium on the station opens it, picks a file, installs it, and sees
# which version came back.
# Limit: 400 s
source /source/test/lab/wifi/air.sh

prepare()
{
    air_up
    open_device device
    sta_join 'ESP32 OTA Update'
    sta_lease
}

test_a_person_updates_the_device_through_the_page()
{
    sta python3 /source/test/lab/wifi/browser.py "http://$device_address/" "$scratch/new.bin" 2.0.0
    runs_version device 2.0.0
    # The page sends parts that can be resumed, and the device counted what the page showed.
    has_event device progress
}
