# SPDX-License-Identifier: Apache-2.0
# Sourced by ./dev: ./dev bench

bench_usage()
{
    cat <<'EOF'
usage: ./dev bench [ARGUMENTS]

Measure instruction counts, code size, flash time and download time; docs/benchmarks.md holds the
results and says how they come about. ARGUMENTS are handed to bench/run.py (--help lists them).
EOF
}

dev_bench()
{
    local python
    need_packages "${build_packages[@]}" "${bench_packages[@]}"
    python=$(find_python)
    case ${1:-} in
        -h | --help)
            bench_usage
            "$python" bench/run.py --help
            return
            ;;
    esac
    build_preset release
    "$python" bench/run.py "$@"
}
