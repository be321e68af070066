# SPDX-License-Identifier: Apache-2.0
# Sourced by ./dev: ./dev build

build_usage()
{
    cat <<'EOF'
usage: ./dev build [--preset NAME] [TARGET...]

Build into build/ (preset release) or build/NAME. Presets: release, debug, asan, clang, fuzz, rv32.
Afterwards build/otakit runs from there. TARGET names what to build instead of everything.

To install:  cmake --install build --prefix /usr/local
EOF
}

dev_build()
{
    local preset=release targets=()
    while (($# > 0)); do
        case $1 in
            -h | --help) build_usage; return ;;
            --preset) need_value "$@"; preset=$2; shift ;;
            -*) misused "build: unknown option $1; see ./dev build --help" ;;
            *) targets+=("$1") ;;
        esac
        shift
    done
    case $preset in
        release | debug | asan) need_packages "${build_packages[@]}" ;;
        clang | fuzz) need_packages "${build_packages[@]}" "${fuzz_packages[@]}" ;;
        rv32) need_packages "${build_packages[@]}" "${check_packages[@]}" ;;
        *) misused "build: there is no preset '$preset'; see ./dev build --help" ;;
    esac
    build_preset "$preset" "${targets[@]}"
}
