# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# `otakit push ble:` beyond the transfer: finding, stopping, pairing, and what it leaves behind in BlueZ.
# Limit: 420 s
source /source/test/lab/ble/air.sh

prepare()
{
    ble_up || return
    make_image "$scratch/old.bin" 1.0.0 --size 30000 --seed 1
    make_image "$scratch/small.bin" 2.0.0 --size 50000 --seed 2
    make_image "$scratch/long.bin" 3.0.0 --size 1000000 --seed 3
    make_flash "$scratch/fresh.flash" "$scratch/old.bin"
    ble_fill_air
}

# Whether the process with that number has ended.
has_ended() { ! kill -0 "$1" 2>/dev/null; }

# with_device [OPTION...]: a fresh device on hci1; the one of the case before ends.
with_device()
{
    if [[ -f $scratch/device.pid ]]; then
        kill -INT "$(<"$scratch/device.pid")" || :
        wait_for 20 has_ended "$(<"$scratch/device.pid")"
    fi
    cp "$scratch/fresh.flash" "$scratch/device.flash"
    start_device device "$scratch/device.flash" --ble hci1 "$@"
    echo "$!" >"$scratch/device.pid"
    wait_for 60 has_event device ble_ready
}

# push NAME IMAGE [OPTION...]: to the device esp32; the document is $work/NAME.json.log.
push()
{
    timeout 200 otakit push ble:esp32 "$scratch/$2" --json --timeout 90s "${@:3}" >"$work/$1.json.log"
}

# said NAME TEXT: whether the document holds the text.
said() { grep -qF -- "$2" "$work/$1.json.log"; }

# forget ADAPTER OTHER: what an adapter knows of the other one.
forget()
{
    printf 'select %s\nremove %s\n' "$(ble_address "$1")" "$(ble_address "$2")" |
        timeout 20 bluetoothctl || :
}

client_knows() { bluetoothctl devices | grep -qi "$(ble_address 1)"; }

test_nothing_is_left_of_an_update()
{
    with_device
    push whole small.bin --wait
    said whole '"outcome":	"confirmed"'
    if client_knows; then fail "BlueZ still knows the device"; fi
}

test_ctrl_c_leaves_what_arrived_and_nothing_else()
{
    with_device
    otakit push ble:esp32 "$scratch/long.bin" --json --l2cap off >"$work/stopped.json.log" &
    wait_for 60 has_written 200000
    kill -INT $!
    wait $! || [[ $? == 130 ]]
    said stopped '"code":	"INTERRUPTED"'
    said stopped 'goes on there'
    if client_knows; then fail "BlueZ still knows the device"; fi
    push again long.bin --wait
    said again '"outcome":	"confirmed"'
    if said again '"resumed_at":	0,'; then fail "it began at the start"; fi
}

test_a_device_that_is_not_there_and_one_by_its_address()
{
    with_device
    if otakit push ble:nobody "$scratch/small.bin" --timeout 5s 2>"$work/nobody.log"; then
        fail "it was found"
    fi
    log_has nobody 'no such device was heard within 5 s'
    log_has nobody "$(ble_address 1)  esp32"
    otakit push "ble:$(ble_address 1)" "$scratch/small.bin"
}

test_encryption_is_made_without_being_asked_for()
{
    with_device --ble-pairing encrypted
    push encrypted small.bin --wait
    said encrypted '"outcome":	"confirmed"'
    # Each side keeps its half of the pairing, or this one would not work.
    push once_more small.bin --wait
    said once_more '"outcome":	"confirmed"'
    forget 0 1
    forget 1 0
}

test_a_passkey_is_asked_for()
{
    with_device --ble-pairing authenticated
    if push none small.bin; then fail "it worked without a passkey"; fi
    said none '"code":	"PASSWORD_NEEDED"'
    mkfifo "$scratch/keyboard"
    timeout 200 otakit push ble:esp32 "$scratch/small.bin" --json --timeout 90s --wait --passkey \
        <"$scratch/keyboard" >"$work/typed.json.log" &
    exec 7>"$scratch/keyboard"
    wait_for 60 has_event device ble_passkey
    printf '%06d\n' "$((10#$(sed -n 's/.*"passkey": \([0-9]*\).*/\1/p' "$work/device.events" |
        tail -n 1)))" >&7
    wait $!
    said typed '"outcome":	"confirmed"'
}
