# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# A phone's way to an update: the open network, an address, the name server, the page, the image.
# Limit: 150 s
source /source/test/lab/wifi/air.sh

prepare()
{
    air_up
    make_image "$scratch/old.bin" 1.0.0
    make_image "$scratch/new.bin" 2.0.0 --size 400000
    make_flash "$scratch/device.flash" "$scratch/old.bin"
    interface_state >"$work/before"
    start_device device "$scratch/device.flash" --softap wlan0
    echo $! >"$scratch/device.pid"
    wait_for 30 has_event device softap_up
}

test_a_station_joins_the_open_network_of_that_name()
{
    sta_join 'ESP32 OTA Update'
    wait_for 30 sta_is_linked
    sta iw dev wlan1 link | grep -F 'SSID: ESP32 OTA Update'
    sta iw dev wlan1 link | grep -F 'freq: 2437'
    wait_for 5 has_event device station_joined
}

test_it_gets_an_address()
{
    sta_lease
    sta ip -4 -o addr show dev wlan1 | grep -F ' 192.168.4.'
    [[ $(cat /tmp/lease.dns) == "$device_address" ]]
    wait_for 5 has_event device station_address
}

test_every_name_leads_to_the_device()
{
    local name
    for name in connectivitycheck.gstatic.com captive.apple.com example.org; do
        sta busybox nslookup -type=a "$name" "$device_address" | grep -F "Address: $device_address"
    done
}

test_the_page_is_there()
{
    sta_curl --compressed "http://$device_address/" >"$work/page.html"
    grep -qi '<!doctype html' "$work/page.html"
    sta_curl "http://$device_address/info" | grep -F '"1.0.0"'
}

test_curl_updates_the_device()
{
    sta_curl --data-binary "@$scratch/new.bin" "http://$device_address/update" |
        grep -F 'Firmware update complete, rebooting now!'
    wait_for 30 runs_version device 2.0.0
}

test_the_network_comes_back_after_the_reset()
{
    wait_for 30 has_event device softap_up 2
    wait_for 30 sta_is_linked
    sta_lease
    sta_curl "http://$device_address/info" | grep -F '"2.0.0"'
}

test_the_interface_is_left_as_it_was_found()
{
    kill -INT "$(cat "$scratch/device.pid")"
    wait_for 15 device_is_gone
    interface_state >"$work/after"
    diff "$work/before" "$work/after"
    ! pgrep -x 'hostapd|dnsmasq'
}
device_is_gone() { ! kill -0 "$(cat "$scratch/device.pid")"; }
