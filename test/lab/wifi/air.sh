# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Sourced by the tests of Wi-Fi: two simulated radios in one air.
#
#   wlan0   the virtual device's, in the first network namespace
#   wlan1   the station's: somebody's phone or laptop, in the namespace "sta"
#
# The namespace is needed: with both addresses in one, the traffic would take the loopback device.

readonly device_address=192.168.4.1

# sta COMMAND...: run in the station's world.
sta() { ip netns exec sta "$@"; }

air_up()
{
    modprobe mac80211_hwsim radios=2
    ip netns add sta
    iw phy "$(cat /sys/class/net/wlan1/phy80211/name)" set netns name sta
    sta ip link set lo up
    # The station's own name server, which ip netns lays over everybody's.
    mkdir -p /etc/netns/sta
    touch /etc/resolv.conf /etc/netns/sta/resolv.conf
    # What udhcpc runs at each step: takes over the address that it was given.
    cat >"$scratch/lease" <<'LEASE'
#!/bin/sh
case $1 in
    bound | renew)
        ip addr replace "$ip/${mask:-24}" dev "$interface"
        ip route replace default via "$router"
        echo "nameserver $dns" >/etc/netns/sta/resolv.conf
        ;;
esac
LEASE
    chmod +x "$scratch/lease"
}

# sta_join SSID [PASSWORD]: start the station; it joins the network of that name, and again whenever
# it comes back.
sta_join()
{
    local security="key_mgmt=NONE"
    if [[ ${2:-} ]]; then
        security="psk=\"$2\""
    fi
    cat >"$scratch/sta.conf" <<CONF
network={
    ssid="$1"
    $security
}
CONF
    start station ip netns exec sta wpa_supplicant -Dnl80211 -iwlan1 -c"$scratch/sta.conf"
    echo $! >"$scratch/sta.pid"
}

# The station turns its Wi-Fi off.
sta_leave()
{
    kill "$(cat "$scratch/sta.pid")"
    wait_for 10 sta_is_off
}
sta_is_off() { ! kill -0 "$(cat "$scratch/sta.pid")"; }
sta_is_linked() { sta iw dev wlan1 link | grep -q '^Connected'; }

# Ask for an address, once the station is linked.
sta_lease()
{
    wait_for 30 sta_is_linked
    sta busybox udhcpc -q -n -f -t 10 -T 1 -i wlan1 -s "$scratch/lease"
}

# sta_curl ARGUMENT...: curl as the station, patient no longer than it has to be.
sta_curl() { sta curl --silent --show-error --max-time 60 "$@"; }

# What the device must leave as it found it.
interface_state()
{
    ip -o addr show dev wlan0
    ip link show dev wlan0 | grep -o 'state [A-Z]*'
    iw dev wlan0 info | grep -E 'type|ssid' || :
}

# open_device NAME OPTION...: a device that runs 1.0.0 behind its access point, and an image of 2.0.0
# for it in $scratch/new.bin.
open_device()
{
    make_image "$scratch/old.bin" 1.0.0
    make_image "$scratch/new.bin" 2.0.0 --size 400000
    make_flash "$scratch/$1.flash" "$scratch/old.bin"
    start_device "$1" "$scratch/$1.flash" --softap wlan0 "${@:2}"
    wait_for 40 has_event "$1" softap_up
}

hostapd_is_gone() { ! pgrep -x hostapd; }
dnsmasq_is_gone() { ! pgrep -x dnsmasq; }
