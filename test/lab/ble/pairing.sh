# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Pairing: encrypted without proof, and authenticated by a passkey.
# Limit: 600 s
source /source/test/lab/ble/air.sh

prepare()
{
    ble_up || return
    make_image "$scratch/1.bin" 1.0.0 --size 60000 --seed 1
    make_image "$scratch/2.bin" 2.0.0 --size 60000 --seed 2
    make_flash "$scratch/one.flash" "$scratch/1.bin"
    make_flash "$scratch/two.flash" "$scratch/1.bin"
    ble_fill_air
}

# begin NAME PAIRING: a device that asks for it; its process id in $device.
begin()
{
    start_device "$1" "$scratch/$1.flash" --ble hci1 --ble-pairing "$2"
    device=$!
    wait_for 60 has_event "$1" ble_ready
}

# The device ends, and both sides forget each other.
end()
{
    kill -INT "$device"
    wait_for 20 device_has_ended
    forget 0 1
    forget 1 0
}

# forget ADAPTER OTHER: what an adapter knows of the other one.
forget()
{
    printf 'select %s\nremove %s\n' "$(ble_address "$1")" "$(ble_address "$2")" |
        timeout 20 bluetoothctl || :
}

device_has_ended() { ! kill -0 "$device"; }

pair() { timeout 60 python3 -W ignore /source/test/lab/ble/pair.py "$(ble_address 1)" "$@"; }

client()
{
    PYTHONPATH=/source/test/lab/ble/site PYTHONUNBUFFERED=1 \
        timeout 100 python3 -W ignore /source/test/lab/ble/window_client.py "$@"
}

test_an_encrypted_device_takes_a_paired_client()
{
    begin one encrypted
    pair | tee "$work/encrypted.log"
    log_has encrypted "is paired"
    log_has one "pairs without a passkey"
    client "$scratch/2.bin" | tee "$work/encrypted_update.log"
    log_has encrypted_update "done:"
    wait_for 30 runs_version one 2.0.0
    end
}

test_an_authenticated_device_refuses_a_client_without_the_passkey()
{
    begin two authenticated
    if client "$scratch/2.bin" 2>&1 | tee "$work/without.log"; then fail "it was let in"; fi
    log_has without "runs lamp 1.0.0" # so far anybody comes
    if has_event two push; then fail "an update began"; fi
    pair --events "$work/two.events" --wrong | tee "$work/wrong.log"
    log_has wrong "refused: org.bluez.Error.Authentication"
    end
}

test_an_authenticated_device_takes_a_client_that_knows_the_passkey()
{
    begin two authenticated
    pair --events "$work/two.events" | tee "$work/passkey.log"
    log_has passkey "is paired"
    client "$scratch/2.bin" --channel --frame 1024 | tee "$work/passkey_update.log"
    log_has passkey_update "done:"
    wait_for 30 runs_version two 2.0.0
    end
}
