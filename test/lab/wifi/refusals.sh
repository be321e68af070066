# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Why there is no access point: each reason is said, with what to do, and nothing is left changed.
# Limit: 200 s
source /source/test/lab/wifi/air.sh

prepare()
{
    air_up
    make_image "$scratch/old.bin" 1.0.0
    make_flash "$scratch/device.flash" "$scratch/old.bin"
    interface_state >"$work/before"
}

# refused STATUS TEXT HINT OPTION...: such a run ends with that exit status, error and hint, and leaves
# the interface alone.
refused()
{
    local status=0
    timeout 60 "${as_user[@]}" otakit device run --flash "$scratch/device.flash" "${@:4}" \
        >"$work/out" 2>"$work/err" </dev/null || status=$?
    cat "$work/err"
    ((status == $1)) || fail "exit status $status, not $1"
    grep -F 'otakit: error: ' "$work/err" | grep -qF -- "$2" || fail "no error with '$2'"
    grep -F 'hint: ' "$work/err" | grep -qF -- "$3" || fail "no hint with '$3'"
    interface_state >"$work/after"
    diff "$work/before" "$work/after"
    hostapd_is_gone
    dnsmasq_is_gone
}
as_user=()

test_an_interface_that_does_not_exist()
{
    refused 1 'wlan7: there is no such network interface' 'iw dev' --softap wlan7
}

test_an_interface_that_is_no_wifi()
{
    refused 1 'lo: this is no Wi-Fi interface' 'iw dev' --softap lo
}

test_a_user_without_rights()
{
    chmod 666 "$scratch/device.flash"
    as_user=(setpriv --reuid 1000 --regid 1000 --clear-groups)
    refused 1 "wlan0: an access point takes root's rights" sudo --softap wlan0
}

test_settings_that_make_no_sense()
{
    refused 2 '8 to 63 characters' '--help' --softap wlan0 --softap-password short
    refused 2 'printable ASCII' '--help' --softap wlan0 --softap-password $'secret12\nssid=other'
    refused 2 '1 to 32 bytes' '--help' --softap wlan0 --softap-ssid "$(printf '%033d' 0)"
    refused 2 'two capital letters' '--help' --softap wlan0 --softap-country Germany
    refused 2 'channels are' '--help' --softap wlan0 --softap-channel 15
}

test_a_channel_that_the_rules_forbid()
{
    refused 1 'hostapd: it ended' '--softap-channel' --softap wlan0 --softap-channel 14
}

test_programs_that_are_not_installed()
{
    mv /usr/sbin/dnsmasq "$scratch/dnsmasq"
    refused 1 'dnsmasq: it is not installed' 'apt-get install dnsmasq-base' --softap wlan0
    mv "$scratch/dnsmasq" /usr/sbin/dnsmasq
    mv /usr/sbin/hostapd "$scratch/hostapd"
    refused 1 'hostapd: it is not installed' 'apt-get install hostapd' --softap wlan0
    mv "$scratch/hostapd" /usr/sbin/hostapd
}

test_a_radio_that_is_switched_off()
{
    rfkill block wifi
    refused 1 'its radio is switched off' 'rfkill unblock wifi' --softap wlan0
    rfkill unblock wifi
}

test_port_80_that_is_taken()
{
    busybox httpd -f -p 80 -h "$scratch" &
    local server=$!
    sleep 1
    refused 1 'another program listens' '' --softap wlan0
    kill "$server"
}

test_another_dhcp_server()
{
    local other
    # One that does not share its port.
    start other python3 -c 'import socket, time
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("0.0.0.0", 67))
print("ready", flush=True)
time.sleep(60)'
    other=$!
    wait_for 10 log_has other ready
    refused 1 'dnsmasq: it ended' 'another DNS or DHCP server' --softap wlan0
    kill "$other"
}

test_wpa_supplicant_that_has_the_interface()
{
    printf 'ctrl_interface=/run/wpa_supplicant\n' >"$scratch/other.conf"
    start other wpa_supplicant -Dnl80211 -iwlan0 -c"$scratch/other.conf"
    local other=$!
    wait_for 10 test -e /run/wpa_supplicant/wlan0
    interface_state >"$work/before"
    refused 1 'wpa_supplicant uses this interface' 'wpa_cli' --softap wlan0
    kill "$other"
    wait "$other" || :
}

test_network_manager_that_has_the_interface()
{
    mkdir -p /run/dbus
    dbus-uuidgen --ensure
    dbus-daemon --system --fork
    /lib/systemd/systemd-udevd --daemon
    udevadm trigger --subsystem-match=net --action=add
    udevadm settle --timeout=10
    start manager NetworkManager --no-daemon
    wait_for 30 manager_has_interface
    interface_state >"$work/before"
    refused 1 'NetworkManager uses this interface' 'nmcli device set' --softap wlan0
    # What the hint says helps.
    nmcli device set wlan0 managed no
    start_device device "$scratch/device.flash" --softap wlan0
    wait_for 30 has_event device softap_up
    signal_device device INT
}
manager_has_interface() { nmcli -g DEVICE,STATE device | grep -E '^wlan0:(disconnected|unavailable)'; }
