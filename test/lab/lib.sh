# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Sourced inside the guest by every test file: waiting, programs in the background, virtual devices.

readonly work=/work    # logs and events; the folder is seen outside, and starts empty
readonly scratch=/tmp  # flash files and images; memory, so it is quick

# fail MESSAGE: end the case.
fail()
{
    echo "failed: $*" >&2
    exit 1
}

# wait_for SECONDS COMMAND...: until the command succeeds.
wait_for()
{
    local end=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        if ((SECONDS > end)); then
            echo "gave up waiting for: $*" >&2
            return 1
        fi
        sleep 0.2
    done
}

# start LOG COMMAND...: a program in the background, its output in $work/LOG.log, its process id
# in $!.
start()
{
    local log=$work/$1.log
    shift
    "$@" >"$log" 2>&1 </dev/null &
}

# log_has LOG TEXT: whether that program has printed the text.
log_has() { grep -qF -- "$2" "$work/$1.log"; }

# What there is to read when a case has failed.
show_logs()
{
    local log
    for log in "$work"/*.log; do
        printf -- '--- %s\n' "${log##*/}"
        tail -n 25 "$log"
    done
}

# make_image FILE VERSION [OPTION...]: an application image.
make_image()
{
    otakit image create -o "$1" --chip esp32c3 --project lamp --version "$2" "${@:3}"
}

# make_flash FILE IMAGE: the flash of a device that runs that image.
make_flash()
{
    otakit flash create -o "$1" --size 4MB --preset two-ota --app "factory=$2"
}

# start_device NAME FLASH OPTION...: a virtual device; its log is $work/NAME.log, its events are
# $work/NAME.events.
start_device()
{
    : >"$work/$1.events"
    start "$1" otakit device run --flash "$2" --name "$1" --events "$work/$1.events" "${@:3}"
    echo $! >"$scratch/$1.pid"
}

# signal_device NAME SIGNAL: send it, and wait until the device is gone.
signal_device()
{
    kill "-$2" "$(cat "$scratch/$1.pid")"
    wait_for 20 device_is_gone "$1"
}
device_is_gone() { ! kill -0 "$(cat "$scratch/$1.pid")"; }

# count_events NAME EVENT: how often that happened.
count_events() { grep -cF "\"event\": \"$2\"" "$work/$1.events" || :; }

# last_event NAME EVENT KEY: a value of the last one, as it stands there.
last_event()
{
    grep -F "\"event\": \"$2\"" "$work/$1.events" | tail -n 1 |
        sed -n "s/.*\"$3\": \"\{0,1\}\([^\",}]*\).*/\1/p"
}

# has_event NAME EVENT [COUNT]: whether it has happened that often.
has_event() { (($(count_events "$1" "$2") >= ${3:-1})); }

# runs_version NAME VERSION: whether the device has confirmed that version last.
runs_version() { [[ $(last_event "$1" confirmed version) == "$2" ]]; }
