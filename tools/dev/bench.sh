# SPDX-License-Identifier: Apache-2.0
# Sourced by ./dev: ./dev bench

bench_usage()
{
    cat <<'EOF'
usage: ./dev bench [ARGUMENTS]

Measure instruction counts, code size, flash time, goodput over Bluetooth and download time;
docs/benchmarks.md holds the results and says how they come about. ARGUMENTS are handed to
bench/run.py.
EOF
}

dev_bench()
{
    case ${1:-} in
        -h | --help) bench_usage; return ;;
    esac
    [[ -f bench/run.py ]] || die "bench/run.py is not there"
    need_packages "${build_packages[@]}" "${bench_packages[@]}"
    build_preset release
    "$(find_python)" bench/run.py "$@"
}
