# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Protocol B: sectors with checksums, several of them on their way, one of them damaged.
# Limit: 240 s
source /source/test/lab/ble/air.sh

prepare()
{
    ble_up || return
    make_image "$scratch/1.bin" 1.0.0 --size 60000 --seed 1
    make_image "$scratch/2.bin" 2.0.0 --size 150000 --seed 2
    make_flash "$scratch/device.flash" "$scratch/1.bin"
    start_device device "$scratch/device.flash" --ble hci1
    wait_for 60 has_event device ble_ready
    ble_fill_air
}

test_a_damaged_sector_is_sent_again()
{
    PYTHONPATH=/source/test/lab/ble/site \
        timeout 150 python3 -W ignore /source/test/lab/ble/sector_client.py --damage 3 "$scratch/2.bin" |
        tee "$work/client.log"
    log_has client "window 4"
    log_has client "done: 150000 bytes, 1 repeated"
    wait_for 30 runs_version device 2.0.0
}
