# SPDX-License-Identifier: Apache-2.0
# Sourced by ./dev: ./dev powercut

powercut_usage()
{
    cat <<'EOF'
usage: ./dev powercut [--scenario NAME] [--all]

Run updates on the emulated flash and cut the power before, inside and after flash operations; after
each cut the device is booted again and judged: the old image or the verified new one, never another.

  --scenario NAME   only this one
  --all             every cut of every scenario, cut again during recovery

The last line says CUTS cuts, BRICKS bricks, WRONG wrong images.
EOF
}

dev_powercut()
{
    case ${1:-} in
        -h | --help) powercut_usage; return ;;
    esac
    need_packages "${build_packages[@]}"
    build_preset release otk_powercut >&2
    build/test/power/otk_powercut "$@"
}
