#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# A virtual ESP32 on this machine's own radio: join its Wi-Fi with a phone and open its page, or find
# it by Bluetooth LE. Runs until Ctrl-C.
#
#     tools/demo_air.sh softap [INTERFACE]
#     tools/demo_air.sh ble [ADAPTER]
#
# Everything happens in a temporary directory, which is removed at the end.
set -u -o pipefail

here=$(cd "$(dirname "$0")/.." && pwd)
otakit=${OTAKIT:-$here/build/otakit}
PATH=$PATH:/usr/sbin:/sbin # where Debian keeps hostapd and dnsmasq
work=

fail() {
    printf 'otakit: error: demo: %s\n' "$1" >&2
    [ -z "${2:-}" ] || printf 'hint: %s\n' "$2" >&2
    exit 1
}

clean_up() {
    local status=$?

    trap - EXIT
    [ -z "$work" ] || rm -rf "$work"
    exit "$status"
}
trap clean_up EXIT
trap ':' INT # Ctrl-C is the device's; then this script goes on to its end

# The first interface with a wireless side.
find_interface() {
    local path

    for path in /sys/class/net/*/phy80211; do
        [ -e "$path" ] || continue
        basename "$(dirname "$path")"
        return
    done
    fail "this machine has no Wi-Fi interface" \
        "./dev demo shows the same page without one; test/lab has simulated radios"
}

find_adapter() {
    local path

    for path in /sys/class/bluetooth/hci*; do
        [ -e "$path" ] || continue
        basename "$path"
        return
    done
    fail "this machine has no Bluetooth adapter" \
        "test/lab has simulated radios: ./dev lab --help"
}

make_device() {
    work=$(mktemp -d "${TMPDIR:-/tmp}/otakit-demo.XXXXXX") || fail "no temporary directory"
    "$otakit" --quiet image create -o "$work/old.bin" --chip esp32c3 --project demo \
        --version 1.0.0 --size 600000 --seed 1 >/dev/null &&
        "$otakit" --quiet image create -o "$work/demo-2.0.0.bin" --chip esp32c3 --project demo \
            --version 2.0.0 --size 900000 --seed 2 >/dev/null &&
        "$otakit" --quiet flash create -o "$work/demo.flash" --size 4MB --preset two-ota \
            --app factory="$work/old.bin" >/dev/null || fail "the flash file could not be made"
}

# Root is needed for the access point alone.
run_device() {
    local root=()

    if [ "$1" = --softap ] && [ "$(id -u)" -ne 0 ]; then
        root=(sudo)
    fi
    printf '\n$ otakit device run --flash demo.flash %s --timing real\n\n' "$*"
    "${root[@]}" "$otakit" device run --flash "$work/demo.flash" --timing real "$@"
    [ $? -eq 130 ] || fail "the device did not run until Ctrl-C"
}

demo_softap() {
    local interface=${1:-}

    [ -n "$interface" ] || interface=$(find_interface) || exit 1
    make_device
    cat <<TEXT

The device opens the Wi-Fi network "ESP32 OTA Update" on $interface, which leaves its own network
for as long.

    1. Join "ESP32 OTA Update" with a phone or a laptop. It has no password.
    2. Open http://192.168.4.1 there, if the phone does not do so by itself.
    3. Choose an application image for an esp32c3. One that fits is $work/demo-2.0.0.bin, or, from a
       laptop on that network:

           curl --data-binary @demo-2.0.0.bin http://192.168.4.1/update

Ctrl-C ends the device and gives the interface back.
TEXT
    run_device --softap "$interface"
}

demo_ble() {
    local adapter=${1:-}

    [ -n "$adapter" ] || adapter=$(find_adapter) || exit 1
    make_device
    cat <<TEXT

The device advertises itself as "esp32" on $adapter. From another machine with Bluetooth:

    otakit push ble:esp32 $work/demo-2.0.0.bin --wait

or with Chrome on an Android phone: the page build/web/ota-ble.html, see docs/web-bluetooth.md.
Ctrl-C ends the device.
TEXT
    run_device --ble "$adapter"
}

[ -x "$otakit" ] || fail "$otakit is not there" "run ./dev build"
case ${1:-} in
    softap) demo_softap "${2:-}" ;;
    ble) demo_ble "${2:-}" ;;
    *)
        echo "usage: tools/demo_air.sh softap [INTERFACE] | ble [ADAPTER]" >&2
        exit 2
        ;;
esac
