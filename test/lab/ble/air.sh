# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Sourced by the tests of Bluetooth: two simulated LE controllers in one air, and BlueZ.
#
#   hci0   the client's, which a program takes when it is not told which
#   hci1   the virtual device's
#
# One daemon serves both: Bluetooth sockets exist in the first network namespace only, and every
# bluetoothd manages every controller.

ble_address() { hciconfig "hci$1" | sed -n 's/.*BD Address: \([0-9A-F:]*\).*/\1/p'; }

both_adapters_are_there() { [[ $(bluetoothctl list | grep -c '^Controller') == 2 ]]; }

no_adapter_is_there() { [[ ! -e /sys/class/bluetooth/hci0 && ! -e /sys/class/bluetooth/hci1 ]]; }

# BlueZ on both ends would open several ATT channels, and writes without response then arrive in
# another order; no device of this class has more than one. The [GATT] section may get more lines:
# ble_up [LINE...]
ble_up()
{
    mkdir -p /run/dbus /var/lib/bluetooth /etc/bluetooth
    printf '%s\n' '[Policy]' AutoEnable=true '[GATT]' Channels=1 "$@" >/etc/bluetooth/main.conf
    dbus-uuidgen --ensure
    dbus-daemon --system --fork || return
    start bluetoothd /usr/libexec/bluetooth/bluetoothd -n
    ble_controllers_up
}

# On a busy machine btvirt may answer the kernel's first command too late, and the controller is then
# none: it gets more than one chance.
ble_controllers_up()
{
    local attempt
    modprobe hci_vhci
    for attempt in 1 2 3; do
        start btvirt btvirt -L -l2
        wait_for 20 both_adapters_are_there && return
        echo "attempt $attempt to get two controllers has failed"
        kill $!
        wait_for 20 no_adapter_is_there
    done
    return 1
}

# Simulated advertisements are seen only while this runs (filler.py says why).
ble_fill_air()
{
    start filler python3 /source/test/lab/ble/filler.py hci1
    wait_for 30 log_has filler ready
}

# How far the device is, by its own account.
has_written()
{
    (($(sed -n 's/.*"written": \([0-9]*\).*/\1/p' "$work/device.events" | tail -n 1) >= $1))
}

# The client's controller ends its connection at once, and no program knows why. (BlueZ, asked to
# disconnect, waits two seconds first.)
break_link()
{
    local handle
    handle=$(hcitool -i hci0 con | sed -n 's/.* handle \([0-9]*\) .*/\1/p')
    hcitool -i hci0 ledc "$handle"
}
