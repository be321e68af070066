# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# What breaks: the station goes away in the middle, a program of the access point dies, the device is
# killed.
# Limit: 200 s
source /source/test/lab/wifi/air.sh

prepare()
{
    air_up
    interface_state >"$work/before"
    open_device device
    make_image "$scratch/big.bin" 3.0.0 --size 900000
    sta_join 'ESP32 OTA Update'
    sta_lease
}

# The upload is slowed down so that there is a middle: it would take nine seconds.
test_a_station_that_leaves_in_the_middle_finishes_where_it_stopped()
{
    sta curl --silent --limit-rate 100k --max-time 60 -X PUT \
        -H "X-Otakit-Sha256: $(sha256sum "$scratch/big.bin" | cut -d ' ' -f 1)" \
        -H 'Content-Range: bytes 0-899999/900000' \
        --data-binary "@$scratch/big.bin" "http://$device_address/update" >"$work/upload" &
    wait_for 30 has_event device progress 3
    sta_leave
    pkill -x curl
    wait_for 30 has_event device station_left
    sta_join 'ESP32 OTA Update'
    sta_lease
    wait_for 30 sta_curl "http://$device_address/info" # a station that is back is not heard at once
    sta otakit push "http://$device_address" "$scratch/big.bin" --wait --json >"$work/push"
    cat "$work/push"
    grep -F '3.0.0' "$work/push"
    runs_version device 3.0.0
    # What had arrived was not sent again.
    grep -P "\"resumed_at\":\s*[1-9]" "$work/push"
}

# Another session, as on another day.
test_its_programs_end_with_a_device_that_is_killed()
{
    signal_device device KILL
    wait_for 10 hostapd_is_gone
    wait_for 10 dnsmasq_is_gone
    iw dev wlan0 info | grep -F 'type managed'
}

test_the_next_run_takes_over_what_the_killed_one_left()
{
    start_device again "$scratch/device.flash" --softap wlan0
    wait_for 40 has_event again softap_up
    wait_for 30 sta_is_linked
    sta_lease
    sta_curl "http://$device_address/info" | grep -F '"3.0.0"'
}

test_hostapd_is_started_again_when_it_dies()
{
    pkill -9 -x hostapd
    wait_for 10 has_event again softap_down
    wait_for 30 has_event again softap_up 2
    wait_for 30 sta_is_linked
    sta_lease
}

test_dnsmasq_is_started_again_when_it_dies()
{
    pkill -9 -x dnsmasq
    wait_for 10 has_event again softap_down 2
    wait_for 30 has_event again softap_up 3
    sta_lease
}

test_the_interface_is_a_station_again_after_all_that()
{
    signal_device again INT
    hostapd_is_gone
    dnsmasq_is_gone
    iw dev wlan0 info | grep -F 'type managed'
}
