# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# A phone's way to an update: the open network, an address, names, the page, the image.
# Limit: 150 s
source /source/test/lab/wifi/air.sh

prepare()
{
    air_up
    interface_state >"$work/before"
    open_device device
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
    sta ip route | grep -F "default via $device_address"
    wait_for 5 has_event device station_address
}

test_every_name_leads_to_the_device()
{
    local name
    for name in connectivitycheck.gstatic.com captive.apple.com example.org; do
        sta busybox nslookup -type=a "$name" "$device_address" | grep -F "Address: $device_address"
    done
    # No answer but that there is none: a phone asks for IPv6 at the same time.
    sta busybox nslookup -type=aaaa example.org "$device_address" >"$work/aaaa" || :
    ! grep -Ei 'refused|timed out|no servers' "$work/aaaa"
}

# detect URL STATUS [TEXT]: what a phone is answered, by the name it asks for.
detect()
{
    [[ $(sta_curl -o "$work/body" -w '%{http_code}' "$1") == "$2" ]] || fail "$1 is not answered $2"
    [[ $(<"$work/body") == *"${3:-}"* ]] || fail "$1 is not answered '${3:-}'"
}

test_phones_are_led_to_the_page_first()
{
    detect http://connectivitycheck.gstatic.com/generate_204 302 "http://$device_address/"
    detect http://captive.apple.com/hotspot-detect.html 302 "http://$device_address/"
    detect http://www.msftconnecttest.com/connecttest.txt 302 "http://$device_address/"
    detect http://detectportal.firefox.com/success.txt 302 "http://$device_address/"
}

test_the_page_is_there()
{
    sta_curl --compressed "http://$device_address/" >"$work/page.html"
    grep -qi '<!doctype html' "$work/page.html"
    sta_curl "http://$device_address/info" | grep -F '"1.0.0"'
}

test_phones_that_saw_the_page_stay()
{
    : >"$work/body"
    detect http://connectivitycheck.gstatic.com/generate_204 204
    detect http://captive.apple.com/hotspot-detect.html 200 Success
    detect http://www.msftconnecttest.com/connecttest.txt 200 'Microsoft Connect Test'
    detect http://detectportal.firefox.com/success.txt 200 success
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
    signal_device device INT
    interface_state >"$work/after"
    diff "$work/before" "$work/after"
    hostapd_is_gone
    dnsmasq_is_gone
}
