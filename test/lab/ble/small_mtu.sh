# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# A small MTU (BlueZ takes no smaller one): OPEN is a long write, the info block is read in pieces.
# Limit: 240 s
source /source/test/lab/ble/air.sh

prepare()
{
    ble_up ExchangeMTU=48 || return
    make_image "$scratch/1.bin" 1.0.0 --size 60000 --seed 1
    make_image "$scratch/2.bin" 2.0.0 --size 20000 --seed 2
    make_flash "$scratch/device.flash" "$scratch/1.bin"
    start_device device "$scratch/device.flash" --ble hci1
    wait_for 60 has_event device ble_ready
    ble_fill_air
}

test_protocol_c_at_an_mtu_of_48()
{
    PYTHONPATH=/source/test/lab/ble/site PYTHONUNBUFFERED=1 timeout 150 \
        python3 -W ignore /source/test/lab/ble/window_client.py --frame 45 "$scratch/2.bin" |
        tee "$work/client.log"
    log_has client "done: 20000 bytes"
    wait_for 30 runs_version device 2.0.0
}

test_push_at_an_mtu_of_48()
{
    wait_for 60 has_event device ble_ready 2
    make_image "$scratch/3.bin" 3.0.0 --size 20000 --seed 3
    timeout 150 otakit push ble:esp32 "$scratch/3.bin" --adapter hci0 --l2cap off --wait
    runs_version device 3.0.0
}
