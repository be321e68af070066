# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Protocol C: a link that is lost in the middle, a gap, the L2CAP channel.
# Limit: 600 s
source /source/test/lab/ble/air.sh

prepare()
{
    ble_up || return
    make_image "$scratch/1.bin" 1.0.0 --size 60000 --seed 1
    make_image "$scratch/2.bin" 2.0.0 --size 400000 --seed 2
    make_image "$scratch/3.bin" 3.0.0 --size 150000 --seed 3
    make_image "$scratch/4.bin" 4.0.0 --size 400000 --seed 4
    make_flash "$scratch/device.flash" "$scratch/1.bin"
    start_device device "$scratch/device.flash" --ble hci1
    wait_for 60 has_event device ble_ready
    ble_fill_air
}

# client OPTION...: the client, with bleak's two faults mended.
client()
{
    PYTHONPATH=/source/test/lab/ble/site PYTHONUNBUFFERED=1 \
        timeout 150 python3 -W ignore /source/test/lab/ble/window_client.py "$@"
}

# First: BlueZ as the central remembers what it was asked for, and refuses more the next time.
test_a_short_interval_is_asked_for_and_given_back()
{
    client "$scratch/3.bin" --drop-at 40000 --cancel | tee "$work/cancel.log"
    log_has cancel "cancelled: status 0"
    grep -ao '"us": [0-9]*' "$work/device.events" | tee "$work/intervals.log"
    [[ $(tail -n 2 "$work/intervals.log" | head -n 1) == '"us": 15000' ]]
    [[ $(tail -n 1 "$work/intervals.log") != '"us": 15000' ]]
}

test_a_lost_link_is_continued_where_it_was()
{
    client "$scratch/2.bin" --drop-at 200000 | tee "$work/first.log"
    log_has first "opened at 0,"
    log_has first "dropped at"
    wait_for 20 has_event device link_lost
    wait_for 20 has_event device ble_client_gone
    client "$scratch/2.bin" --expect-offset | tee "$work/second.log"
    log_has second "done:"
    wait_for 30 runs_version device 2.0.0
}

test_a_gap_is_repaired()
{
    wait_for 60 has_event device ble_ready 2
    client "$scratch/3.bin" --stale 990 | tee "$work/gap.log"
    log_has gap "done:"
    if log_has gap "gaps 0"; then fail "no gap was noticed"; fi
    wait_for 30 runs_version device 3.0.0
}

test_data_goes_through_the_l2cap_channel()
{
    wait_for 60 has_event device ble_ready 3
    client "$scratch/4.bin" --channel --frame 2048 | tee "$work/channel.log"
    log_has channel "opened at 0,"
    log_has channel "done: 400000 bytes"
    log_has channel "gaps 0"
    wait_for 30 runs_version device 4.0.0
}
