# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# How fast protocol C is beside an L2CAP channel with nothing at its ends, in the same guest. The
# simulated air takes no time, so this measures the programs on the way; the figures are in
# throughput.log. The air is modelled in bench/.
# Limit: 600 s
source /source/test/lab/ble/air.sh

readonly size=600000

prepare()
{
    ble_up || return
    make_image "$scratch/1.bin" 1.0.0 --size 60000 --seed 1
    make_image "$scratch/2.bin" 2.0.0 --size $size --seed 2
    make_image "$scratch/3.bin" 3.0.0 --size $size --seed 3
    make_flash "$scratch/device.flash" "$scratch/1.bin"
    start_device device "$scratch/device.flash" --ble hci1
    wait_for 60 has_event device ble_ready
    ble_fill_air
}

# rate LOG: what a client reached, in bytes a second.
rate()
{
    sed -n 's/.* \([0-9]*\)\.\([0-9]\) kB\/s$/\1\200/p' "$work/$1.log"
}

# tell WHAT LOG: the rate and its share of the raw channel's.
tell()
{
    local own raw
    own=$(rate "$2")
    raw=$(rate raw)
    printf '%-28s %7d B/s, %3d %% of a raw L2CAP channel\n' "$1" "$own" $((100 * own / raw)) |
        tee -a "$work/throughput.log"
}

client()
{
    PYTHONPATH=/source/test/lab/ble/site PYTHONUNBUFFERED=1 \
        timeout 150 python3 -W ignore /source/test/lab/ble/window_client.py "$@"
}

test_a_raw_channel()
{
    timeout 60 python3 /source/test/lab/ble/raw_channel.py \
        "$(ble_address 1)" "$(ble_address 0)" $size | tee "$work/raw.log"
}

test_protocol_c_over_gatt()
{
    client "$scratch/2.bin" | tee "$work/gatt.log"
    log_has gatt "done: $size bytes"
    tell "protocol C, GATT, bleak" gatt
    wait_for 30 runs_version device 2.0.0
    wait_for 60 has_event device ble_ready 2
}

# The bound is far below what is reached, since other programs run beside the guest.
test_protocol_c_through_its_channel_is_a_tenth_of_that_at_least()
{
    client "$scratch/3.bin" --channel --frame 2048 | tee "$work/channel.log"
    log_has channel "done: $size bytes"
    tell "protocol C, L2CAP channel" channel
    (($(rate channel) * 10 > $(rate raw)))
    wait_for 30 runs_version device 3.0.0
}
