# SPDX-License-Identifier: Apache-2.0
# Sourced by ./dev: ./dev demo

demo_usage()
{
    cat <<'EOF'
usage: ./dev demo [IMAGE]

A virtual ESP32 with 4 MB of flash boots from factory, pulls an image over HTTPS from a web server
whose CA it pins, verifies it, switches, resets, tests itself and confirms. Then a corrupt image is
refused, an image whose self-test fails is rolled back, and a download cut in the middle resumes.

IMAGE is your own application image; without it two are made.
EOF
}

dev_demo()
{
    local image=
    case ${1:-} in
        -h | --help) demo_usage; return ;;
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
