# SPDX-License-Identifier: Apache-2.0
# Sourced by ./dev: ./dev demo

demo_usage()
{
    cat <<'EOF'
usage: ./dev demo [IMAGE]
       ./dev demo --softap [INTERFACE]
       ./dev demo --ble [ADAPTER]

A virtual ESP32 with 4 MB of flash boots from factory, pulls an image over HTTPS from a web server
whose CA it pins, verifies it, switches, resets, tests itself and confirms. Then a corrupt image is
refused, an image whose self-test fails is rolled back, and a download cut in the middle resumes.

At the end the device serves its page on this machine, for a browser to try.

IMAGE is your own application image; without it two are made.

--softap   the device opens the network "ESP32 OTA Update" on a Wi-Fi interface of this machine, for
           a phone to join; the interface leaves its own network for as long
--ble      the device is found as "esp32" over a Bluetooth adapter of this machine
EOF
}

# demo_air WAY [RADIO] -- PACKAGE...
demo_air()
{
    local way=$1 radio=
    shift
    if [[ $1 != -- ]]; then
        radio=$1
        shift
    fi
    shift
    need_packages "${build_packages[@]}" "$@"
    say "building"
    build_preset release otakit_cli >&2
    bash tools/demo_air.sh "$way" ${radio:+"$radio"}
}

dev_demo()
{
    local image=
    case ${1:-} in
        -h | --help) demo_usage; return ;;
        --softap) demo_air softap "${@:2}" -- hostapd dnsmasq-base iw; return ;;
        --ble) demo_air ble "${@:2}" -- bluez; return ;;
        -*) misused "demo: unknown option $1; see ./dev demo --help" ;;
    esac
    if (($# > 1)); then
        misused "demo: one image at most; see ./dev demo --help"
    fi
    if (($# == 1)); then
        image=$1
        [[ $image == /* ]] || image=$called_from/$image
        [[ -f $image ]] || die "there is no file $image"
    fi
    need_packages "${build_packages[@]}" "${demo_packages[@]}"
    say "building"
    build_preset release otakit_cli >&2
    bash tools/demo.sh ${image:+"$image"}
}
