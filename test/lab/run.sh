#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs one command in a fresh guest and ends with its exit status.
#
#     test/lab/run.sh [-t SECONDS] [-w FOLDER] [-l FOLDER] COMMAND [WORD...]
#     test/lab/run.sh [-w FOLDER] -i           a shell in the guest
#
#   -t  limit of the command (default 300)
#   -w  folder in which it works, /work in the guest, writable (default: the current one)
#   -l  keep this run's console.log, dmesg, status and uptime in that folder
#   -i  interactive; Ctrl-D ends it
#
# The source tree is /source in the guest and the programs under test are /build; both read-only.
# Environment: OTAKIT_LAB (where build.sh put the guest), OTAKIT_BUILD (the programs),
# OTAKIT_LAB_ACCEL (kvm or tcg), OTAKIT_LAB_CPUS, OTAKIT_LAB_MB.
#
# No root, no network, and nothing of the host is changed but the folders of -w and -l.
# Exit status: the command's; 124 when it took too long; 125 when the guest gave no answer.
set -euo pipefail

source_dir=$(cd "$(dirname "$0")/../.." && pwd)
lab=${OTAKIT_LAB:-$source_dir/build/lab}
build=$(cd "${OTAKIT_BUILD:-$source_dir/build}" && pwd)
limit=300
work=$PWD
log=
interactive=

fail()
{
    printf 'lab: error: %s\n' "$*" >&2
    exit 125
}

# A /dev/kvm alone says little: some cloud machines have one without the processor's support below
# it, and there QEMU starts but a stock kernel never comes up.
choose_accel()
{
    if [[ -r /dev/kvm && -w /dev/kvm ]] && grep -qwE 'vmx|svm' /proc/cpuinfo; then
        echo kvm
    else
        echo tcg
    fi
}

# share NAME PATH [OPTION]: make a folder known to the guest.
share()
{
    machine+=(-virtfs "local,path=$2,mount_tag=$1,security_model=none,multidevs=remap${3:-}")
}

clean_up()
{
    local file
    [[ -z $qemu ]] || kill "$qemu" 2>/dev/null || :
    if [[ $log ]]; then
        for file in console.log dmesg status uptime; do
            [[ ! -f $control/$file ]] || cp "$control/$file" "$log/"
        done
    fi
    rm -rf "$control"
}

while getopts t:w:l:i option; do
    case $option in
        t) limit=$OPTARG ;;
        w) work=$(cd "$OPTARG" && pwd) ;;
        l) mkdir -p "$OPTARG"; log=$(cd "$OPTARG" && pwd) ;;
        i) interactive=1 ;;
        *) exit 125 ;;
    esac
done
shift $((OPTIND - 1))
[[ $interactive ]] || (($# > 0)) || fail "no command"
[[ -f $lab/root.sqfs ]] || fail "there is no guest in $lab; \`./dev lab\` builds one"

case ${OTAKIT_LAB_ACCEL:-$(choose_accel)} in
    kvm) accel=(-accel kvm -cpu host) ;;
    # One thread for both processors: the kernel patches its code while it runs, and with a thread each
    # QEMU now and then leaves the other one in a loop there ("soft lockup").
    tcg) accel=(-accel tcg,thread=single -cpu max) ;;
    *) fail "OTAKIT_LAB_ACCEL is kvm or tcg" ;;
esac

qemu=
control=$(mktemp -d)
trap clean_up EXIT
trap 'exit 125' HUP INT TERM
echo "$limit" >"$control/limit"
printf '%q ' "$@" >"$control/command"
[[ ! $interactive ]] || echo "${TERM:-dumb}" >"$control/shell"

machine=(-nodefaults -no-user-config -no-reboot -display none -M q35 "${accel[@]}"
    -smp "${OTAKIT_LAB_CPUS:-2}" -m "${OTAKIT_LAB_MB:-1024}"
    -kernel "$lab/vmlinuz" -initrd "$lab/initrd.img"
    -append 'console=ttyS0 quiet panic=-1 mitigations=off random.trust_cpu=on'
    -serial "file:$control/console.log"
    -drive "if=virtio,format=raw,readonly=on,file=$lab/root.sqfs"
    -device virtio-rng-pci
    -chardev stdio,id=out,signal=off -device virtio-serial-pci -device virtconsole,chardev=out)
share control "$control"
share work "$work"
share source "$source_dir" ,readonly=on
share build "$build" ,readonly=on

if [[ $interactive ]]; then
    qemu-system-x86_64 "${machine[@]}" || :
else
    # In the background, so that a signal is heard at once.
    timeout -k 5 $((limit + 60)) qemu-system-x86_64 "${machine[@]}" </dev/null &
    qemu=$!
    wait "$qemu" || echo "lab: qemu ended with status $?" >&2
    qemu=
fi
if [[ -s $control/status ]]; then
    exit "$(<"$control/status")"
fi
echo "lab: no answer from the guest; its console said:" >&2
tail -n 20 "$control/console.log" >&2 || :
exit 125
