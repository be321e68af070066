# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# otakit push over Bluetooth: each protocol, and a link that breaks in the middle.
# Limit: 600 s
source /source/test/lab/ble/air.sh

prepare()
{
    local version
    ble_up || return
    make_image "$scratch/1.bin" 1.0.0 --size 60000 --seed 1
    make_image "$scratch/2.bin" 2.0.0 --size 600000 --seed 2
    for version in 3 4 5; do
        make_image "$scratch/$version.bin" "$version.0.0" --size 200000 --seed "$version"
    done
    make_flash "$scratch/device.flash" "$scratch/1.bin"
    # Flash as slow as a chip's: else all may have arrived before the link can be broken.
    start_device device "$scratch/device.flash" --ble hci1 --timing real
    wait_for 60 has_event device ble_ready
    ble_fill_air
}

# push LOG IMAGE OPTION...: from the client's adapter, until the new version came back.
push()
{
    timeout 150 otakit push ble:esp32 "$scratch/$2" --adapter hci0 --wait "${@:3}" 2>&1 |
        tee "$work/$1.log"
}

test_protocol_c_survives_a_broken_link()
{
    push window 2.bin &
    wait_for 60 has_written 100000
    break_link
    wait $!
    has_event device link_lost
    runs_version device 2.0.0
}

test_protocol_c_over_gatt_alone()
{
    push gatt 3.bin --l2cap off
    runs_version device 3.0.0
}

test_protocol_b()
{
    push sector 4.bin --protocol sector
    runs_version device 4.0.0
}

test_protocol_a()
{
    push simple 5.bin --protocol simple
    runs_version device 5.0.0
}
