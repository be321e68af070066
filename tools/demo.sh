#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The whole job on this machine: a virtual ESP32 that updates itself over HTTPS from a real nginx,
# what becomes of a corrupt image, of one that fails its self-test, and of a power cut, and the page
# that the device serves itself.
#
#     tools/demo.sh              two images are made for it
#     tools/demo.sh my-app.bin   the update is your own application image
#
# Every step checks its own outcome; the script ends with 1 where reality differs from the story.
# Everything happens in a temporary directory, which is removed at the end (KEEP=1 keeps it).
set -u -o pipefail

here=$(cd "$(dirname "$0")/.." && pwd)
otakit=${OTAKIT:-$here/build/otakit}
user_image=
work=
nginx_pid=
device_pid=
PATH=$PATH:/usr/sbin # where Debian keeps nginx

usage() {
    cat <<'TEXT'
usage: ./dev demo [IMAGE]

Boots a virtual ESP32, updates it over HTTPS from a real web server, and shows that a corrupt image
is refused, that a failed self-test rolls back, and that a power cut resumes where it stopped. Then
the device serves its own page; on a terminal it stays there for a browser until Ctrl-C.

IMAGE   your own application image (the .bin of an app partition, any ESP32-class chip);
        without it two images are made for the occasion

environment:
  OTAKIT  the otakit program (default: build/otakit)
  KEEP=1  keep the working directory
TEXT
}

# ---- saying things --------------------------------------------------------------------------

bold=
plain=
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
    bold=$'\033[1m'
    plain=$'\033[0m'
fi

chapter() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
say() { printf '  %s\n' "$*"; }
checked() { printf '  %s[ok]%s %s\n' "$bold" "$plain" "$*"; }

fail() {
    printf 'otakit: error: demo: %s\n' "$1" >&2
    [ -z "${2:-}" ] || printf 'hint: %s\n' "$2" >&2
    exit 1
}

stop_device() {
    [ -n "$device_pid" ] || return 0
    kill -INT "$device_pid" 2>/dev/null
    wait "$device_pid" 2>/dev/null
    device_pid=
}

clean_up() {
    local status=$?

    trap - EXIT
    stop_device
    if [ -n "$nginx_pid" ]; then
        kill "$nginx_pid" 2>/dev/null
        wait "$nginx_pid" 2>/dev/null
    fi
    if [ -n "$work" ] && [ -n "${KEEP:-}" ]; then
        printf '\nkept: %s\n' "$work"
    elif [ -n "$work" ]; then
        rm -rf "$work"
    fi
    exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

need_tool() {
    command -v "$1" >/dev/null 2>&1 || fail "$1 is not installed" "$2"
}

# The value of the last such key in a JSON document; enough for the plain values used here.
json_value() {
    tr -d '\n' | sed -n "s/.*\"$1\":[[:space:]]*\"\{0,1\}\([^\",}]*\).*/\1/p"
}

# ---- what is needed -------------------------------------------------------------------------

make_images() {
    local chip=esp32c3 project=demo version

    update=$work/www/app.bin
    if [ -n "$user_image" ]; then
        cp "$user_image" "$update"
        chip=$("$otakit" image info "$update" --json | json_value chip)
        project=$("$otakit" image info "$update" --json | json_value project)
    else
        "$otakit" --quiet image create -o "$update" --chip $chip --project $project --version 2.0.0 \
            --size 900000 --seed 2 >/dev/null || fail "the new image could not be made"
    fi
    "$otakit" --quiet image create -o "$work/old.bin" --chip "$chip" --project "${project:-demo}" \
        --version 1.0.0 --size 600000 --seed 1 >/dev/null || fail "the old image could not be made"
    version=$("$otakit" image info "$update" --json | json_value version)
    update_size=$(stat -c %s "$update")
    say "on the device:  1.0.0 for $chip, $(stat -c %s "$work/old.bin") bytes"
    say "on the server:  ${version:-unnamed version} for $chip, $update_size bytes${user_image:+ (your $(basename "$user_image"))}"
}

show_esptool() {
    local python=$here/build/venv/bin/python

    if [ ! -x "$python" ] || ! "$python" -c 'import esptool' 2>/dev/null; then
        say "(esptool is not in build/venv, so it is not asked for its opinion)"
        return
    fi
    say "esptool's opinion of the update:"
    "$python" -m esptool image-info "$update" 2>&1 |
        grep -iE '^(checksum|validation hash|project name|app version)' | sed 's/^/    | /'
}

# The chip's layout: the usual one where the images fit, a larger one where they do not.
make_flash() {
    local label=factory

    if [ "$update_size" -le $((1024 * 1024)) ]; then
        say "flash: 4 MB, table two-ota (factory and two 1 MB slots)"
        set -- --size 4MB --preset two-ota
    elif [ "$update_size" -le $((1700 * 1024)) ]; then
        say "flash: 4 MB, table two-ota-large (two 1700 KB slots, no factory): the image is larger"
        say "than a slot of two-ota, so the old application stands in ota_0"
        set -- --size 4MB --preset two-ota-large
        label=ota_0
    else
        make_large_table
        set -- --size "${flash_mb}MB" --table "$work/table.bin"
        label=ota_0
    fi
    "$otakit" --quiet flash create -o "$work/fresh.flash" "$@" --app "$label=$work/old.bin" >/dev/null ||
        fail "the flash file could not be made"
    old_slot=$label
}

make_large_table() {
    local slot_kb

    for flash_mb in 8 16 32; do
        slot_kb=$(((flash_mb * 1024 - 128) / 2 / 64 * 64))
        [ "$update_size" -gt $((slot_kb * 1024)) ] || break
    done
    [ "$update_size" -le $((slot_kb * 1024)) ] ||
        fail "the image has $update_size bytes; an application has at most 16 MB"
    cat >"$work/table.csv" <<TEXT
nvs,      data, nvs,  0x9000,  24K,
otadata,  data, ota,  0xF000,  8K,
phy_init, data, phy,  0x11000, 4K,
ota_0,    app,  ota_0, 0x20000, ${slot_kb}K,
ota_1,    app,  ota_1, ,        ${slot_kb}K,
TEXT
    "$otakit" --quiet table build "$work/table.csv" -o "$work/table.bin" --flash-size "${flash_mb}MB" \
        >/dev/null || fail "the partition table could not be made"
    say "flash: ${flash_mb} MB, two slots of $slot_kb KB and no factory: the image is too large for"
    say "any usual table of 4 MB, so the old application stands in ota_0"
}

make_certificates() {
    local dir=$work/tls

    mkdir "$dir"
    {
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
            -subj "/CN=otakit demo CA" -addext keyUsage=critical,keyCertSign \
            -keyout "$dir/ca.key" -out "$dir/ca.pem" &&
            openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
                -subj "/CN=localhost" -keyout "$dir/server.key" -out "$dir/server.csr" &&
            openssl x509 -req -in "$dir/server.csr" -CA "$dir/ca.pem" -CAkey "$dir/ca.key" \
                -CAcreateserial -days 2 -out "$dir/server.pem" \
                -extfile <(printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\n')
    } 2>"$work/openssl.log" || fail "openssl: $(tail -n 1 "$work/openssl.log")"
    say "a CA of its own, and a certificate for localhost that it signed"
}

# nginx creates a directory for each of these modules that it was built with, and knows no
# directive for the others.
temp_paths() {
    local built module

    built=$(nginx -V 2>&1)
    printf 'client_body_temp_path %s/tmp/body;\n' "$work"
    for module in proxy fastcgi uwsgi scgi; do
        case $built in
        *--without-http_${module}_module*) ;;
        *) printf '%s_temp_path %s/tmp/%s;\n' "$module" "$work" "$module" ;;
        esac
    done
}

write_nginx_config() {
    cat >"$work/nginx.conf" <<TEXT
$([ "$(id -u)" -ne 0 ] || echo 'user root;')
daemon off;
worker_processes 1;
pid $work/nginx.pid;
error_log $work/nginx.error.log;
events { worker_connections 64; }
http {
    $(temp_paths)
    log_format story '\$request_uri \$status \$body_bytes_sent \$http_range';
    access_log $work/access.log story;
    server {
        listen 127.0.0.1:$1 ssl;
        ssl_certificate $work/tls/server.pem;
        ssl_certificate_key $work/tls/server.key;
        ssl_protocols TLSv1.2 TLSv1.3;
        root $work/www;
    }
}
TEXT
}

start_nginx() {
    local attempt wait_count

    mkdir -p "$work/tmp"
    for attempt in 1 2 3 4 5 6 7 8; do
        port=$((20000 + RANDOM % 20000))
        write_nginx_config "$port"
        nginx -p "$work" -e "$work/nginx.error.log" -c "$work/nginx.conf" 2>>"$work/nginx.out" &
        nginx_pid=$!
        for wait_count in $(seq 50); do
            kill -0 "$nginx_pid" 2>/dev/null || break
            if (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
                url=https://localhost:$port
                say "nginx serves $url"
                return
            fi
            sleep 0.1
        done
        kill "$nginx_pid" 2>/dev/null
        wait "$nginx_pid" 2>/dev/null
        nginx_pid=
        grep -qs 'Address already in use' "$work/nginx.out" "$work/nginx.error.log" || break
    done
    fail "nginx did not start: $(tail -n 1 "$work/nginx.out")"
}

# ---- running the device ---------------------------------------------------------------------

# A device of its own for every chapter, fresh from the factory.
new_device() {
    flash=$work/$1.flash
    events=$work/$1.events
    cp "$work/fresh.flash" "$flash"
}

# Run the device until one update is decided. Leaves its exit status in `status`.
run_device() {
    local path=$1
    shift
    say "\$ otakit device run --flash ${flash##*/} --pull $url/$path --ca ca.pem --once${*:+ $*}"
    "$otakit" device run --flash "$flash" --pull "$url/$path" --ca "$work/tls/ca.pem" --once \
        --events "$events" "$@" 2>&1 | sed "s|$work/||; s/^/    | /"
    status=${PIPESTATUS[0]}
}

expect_status() {
    [ "$status" -eq "$1" ] || fail "the device ended with $status, expected was $1"
}

expect_event() {
    grep -q "\"event\": \"$1\"" "$events" || fail "the device did not report \"$1\""
}

expect_no_event() {
    ! grep -q "\"event\": \"$1\"" "$events" || fail "the device reported \"$1\""
}

# Which slot the bootloader would start now, asked of the flash file alone.
expect_boots() {
    local found

    found=$("$otakit" boot "$flash" --dry-run --json | json_value booted)
    [ "$found" = "$1" ] || fail "the flash file boots \"$found\", expected was \"$1\""
}

# ---- the story ------------------------------------------------------------------------------

prepare() {
    need_tool openssl "Debian: apt install openssl"
    need_tool curl "Debian: apt install curl"
    need_tool nginx "Debian: apt install nginx-light"
    [ -x "$otakit" ] || fail "$otakit is not there" "run ./dev build"
    if [ -n "$user_image" ]; then
        [ -r "$user_image" ] || fail "$user_image cannot be read"
        "$otakit" image verify "$user_image" >/dev/null ||
            fail "$user_image is not an image that a device would take" \
                "it must be the application alone, as it stands in an app partition"
    fi
    work=$(mktemp -d "${TMPDIR:-/tmp}/otakit-demo.XXXXXX") || fail "no temporary directory"
    mkdir "$work/www"
    chapter "Setting the stage"
    make_images
    show_esptool
    make_flash
    make_certificates
    start_nginx
}

tell_update() {
    chapter "1. A device boots, fetches the update over HTTPS, proves it, and keeps it"
    new_device update
    expect_boots "$old_slot"
    run_device app.bin
    expect_status 0
    for event in boot update_begin verified switched reset self_test confirmed; do
        expect_event $event
    done
    new_slot=$(grep '"event": "confirmed"' "$events" | json_value slot)
    expect_boots "$new_slot"
    "$otakit" --quiet flash read "$flash" "$new_slot" -o "$work/read-back.bin" >/dev/null ||
        fail "the slot cannot be read"
    cmp -s -n "$update_size" "$work/read-back.bin" "$update" ||
        fail "$new_slot does not hold the image"
    checked "$new_slot holds the server's file byte for byte, is confirmed, and boots"
}

# The same length and head, one bit of the code flipped: only looking at all of it tells.
make_corrupt() {
    local offset=$((update_size / 2)) byte

    cp "$update" "$work/www/corrupt.bin"
    byte=$(od -An -tu1 -j "$offset" -N 1 "$update")
    # shellcheck disable=SC2059  # the octal escape has to be part of the format
    printf "\\$(printf '%03o' $((byte ^ 1)))" |
        dd of="$work/www/corrupt.bin" bs=1 seek="$offset" conv=notrunc status=none
}

tell_corrupt() {
    chapter "2. One bit of the image is wrong: refused before the switch"
    make_corrupt
    new_device corrupt
    run_device corrupt.bin
    expect_status 1
    expect_event refused
    expect_no_event switched
    expect_boots "$old_slot"
    checked "nothing was switched; the device still boots 1.0.0 from $old_slot"
}

tell_rollback() {
    chapter "3. The new application starts, but fails its self-test: rolled back"
    new_device rollback
    run_device app.bin --self-test fail
    expect_status 1
    for event in switched self_test rejected rolled_back; do
        expect_event $event
    done
    expect_boots "$old_slot"
    checked "the device went back by itself and boots 1.0.0 from $old_slot"
}

tell_power_cut() {
    local resumed

    chapter "4. The power goes in the middle of the download: it continues where it stopped"
    say "This time the device asks for a manifest, which names the image, its length and SHA-256."
    printf '{"firmware": "app.bin", "sha": "%s", "length": %s}\n' \
        "$(sha256sum "$update" | cut -d ' ' -f 1)" "$update_size" >"$work/www/manifest.json"
    new_device powercut
    # Most operations are page programs of 256 bytes, so this is about the middle.
    run_device manifest.json --cut-after $((update_size / 512))
    expect_status 1
    expect_event power_lost
    expect_no_event switched
    expect_boots "$old_slot"
    checked "the half-written slot is not taken for an application: $old_slot would boot"
    : >"$work/access.log"
    run_device manifest.json
    expect_status 0
    expect_event resumed
    expect_event confirmed
    resumed=$(grep '"event": "resumed"' "$events" | json_value offset)
    [ "$resumed" -gt 0 ] || fail "the device started again from the beginning"
    grep -q "206 [0-9]* bytes=$resumed-" "$work/access.log" ||
        fail "the server was not asked for the rest only"
    say "the server's log says: $(grep ' 206 ' "$work/access.log" | tail -n 1)"
    checked "only the $((update_size - resumed)) bytes behind offset $resumed were fetched again"
}

# Start a device that serves its page, and learn its address from its events.
serve_page() {
    local wait_count

    new_device page
    say "\$ otakit device run --flash page.flash --portal ${1}"
    "$otakit" device run --flash "$flash" --portal "$1" --events "$events" >"$work/page.log" 2>&1 &
    device_pid=$!
    for wait_count in $(seq 100); do
        page=$(grep -s '"event": "portal"' "$events" | tail -n 1 | json_value url)
        [ -z "$page" ] || return 0
        kill -0 "$device_pid" 2>/dev/null || break
        sleep 0.1
    done
    fail "the device does not serve its page: $(tail -n 1 "$work/page.log")"
}

expect_event_soon() {
    local wait_count

    for wait_count in $(seq 100); do
        ! grep -q "\"event\": \"$1\"" "$events" || return 0
        sleep 0.1
    done
    fail "the device did not report \"$1\""
}

tell_page() {
    local answer

    chapter "5. No server at all: the device serves a page of its own, and takes the image from there"
    serve_page 127.0.0.1:0
    say "\$ curl --data-binary @app.bin ${page}update"
    answer=$(curl -sS --max-time 60 --data-binary @"$update" "${page}update" 2>&1)
    say "    | $answer"
    [ "$answer" = "Firmware update complete, rebooting now!" ] || fail "the device said: $answer"
    expect_event_soon confirmed
    stop_device
    sed "s|$work/||; s/^/    | /" "$work/page.log"
    expect_boots "$(grep '"event": "confirmed"' "$events" | json_value slot)"
    checked "the image that was uploaded runs, confirmed"
}

# For a person to try; nothing is checked here.
offer_page() {
    [ -t 0 ] && [ -t 1 ] || return 0
    serve_page 127.0.0.1:0
    chapter "Your turn: open $page in a browser"
    say "An image for it is $update"
    say "On a chip, or with ./dev demo --softap, that page is at http://192.168.4.1, on the Wi-Fi"
    say "network \"ESP32 OTA Update\". Ctrl-C ends the device."
    trap 'stop_device' INT
    wait "$device_pid"
}

case ${1:-} in
-h | --help)
    usage
    exit 0
    ;;
-*)
    printf 'otakit: error: demo: unknown option %s\n' "$1" >&2
    exit 2
    ;;
esac
[ $# -le 1 ] || { usage >&2; exit 2; }
user_image=${1:-}

prepare
tell_update
tell_corrupt
tell_rollback
tell_power_cut
tell_page
chapter "All five stories ended as they should."
offer_page
