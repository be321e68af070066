# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Protocol A: a client that knows nothing of otakit updates the device.
# Limit: 240 s
source /source/test/lab/ble/air.sh

prepare()
{
    ble_up || return
    make_image "$scratch/old.bin" 1.0.0 --size 30000 --seed 1
    make_image "$scratch/new.bin" 2.0.0 --size 20000 --seed 2 # 20 bytes a packet, bleak's choice
    make_flash "$scratch/device.flash" "$scratch/old.bin"
    start_device device "$scratch/device.flash" --ble hci1
    wait_for 60 has_event device ble_ready
    ble_fill_air
}

test_a_client_that_knows_only_protocol_a_updates_the_device()
{
    PYTHONPATH=/source/test/lab/ble/site \
        timeout 120 python3 -W ignore /source/test/lab/ble/simple_client.py "$scratch/new.bin"
    wait_for 30 runs_version device 2.0.0
}

test_the_device_can_be_found_again_after_its_reset()
{
    has_event device ble_ready 2
}
