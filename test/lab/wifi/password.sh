# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# A network with a name of one's own, a password, a country and another channel.
# Limit: 120 s
source /source/test/lab/wifi/air.sh

readonly ssid='Küche = "1"'
readonly password='tr0ub4dor & "3"'

prepare()
{
    air_up
    open_device device --softap-ssid "$ssid" --softap-password "$password" --softap-channel 11 \
        --softap-country DE
}

test_the_wrong_password_is_refused()
{
    sta_join "$ssid" 'not the password'
    wait_for 40 has_event device station_refused 2
    ! has_event device station_joined
    sta_leave
}

test_the_right_password_opens_the_network()
{
    sta_join "$ssid" "$password"
    sta_lease
    sta iw dev wlan1 link | grep -F 'freq: 2462'
    sta iw dev wlan1 scan dump >"$work/scan"
    grep -F 'RSN:' "$work/scan"
    grep -F 'Country: DE' "$work/scan"
    sta_curl "http://$device_address/info" | grep -F '"1.0.0"'
}

test_the_password_is_in_no_file_and_no_list_of_processes()
{
    ! grep -rqF "$password" /tmp /run /var /etc/hostapd --exclude='sta.conf'
    [[ $(pgrep -af 'hostapd|dnsmasq' | grep -cF "$password") == 0 ]]
}

test_a_station_that_leaves_is_told()
{
    sta_leave
    wait_for 20 has_event device station_left
}
