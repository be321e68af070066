# SPDX-License-Identifier: Apache-2.0
# Sourced by ./dev: ./dev fuzz

fuzz_usage()
{
    cat <<'EOF'
usage: ./dev fuzz [TARGET...] [--seconds N] [--list]

Feed generated input to the decoders under AddressSanitizer and UndefinedBehaviorSanitizer, each
target for N seconds (default 60), starting from its corpus in fuzz/corpus/TARGET and helped by the
words in fuzz/dictionary/TARGET.dict. New inputs stay in build/fuzz/corpus; what breaks a target is
kept in build/fuzz/findings. --list names the targets.
EOF
}

# fuzz_one TARGET SECONDS
fuzz_one()
{
    local target=$1 seconds=$2 log=build/fuzz/$1.log found=build/fuzz/corpus/$1
    mkdir -p "$found" build/fuzz/findings
    local seeds=()
    if [[ -d fuzz/corpus/$target ]]; then
        seeds=("fuzz/corpus/$target")
    fi
    if [[ -f fuzz/dictionary/$target.dict ]]; then
        seeds+=("-dict=fuzz/dictionary/$target.dict")
    fi
    if ! "build/fuzz/fuzz/fuzz_$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
        -print_final_stats=1 -artifact_prefix="build/fuzz/findings/$target-" \
        "$found" "${seeds[@]}" >"$log" 2>&1; then
        tail -40 "$log" >&2
        printf '%-16s FAILED, see %s\n' "$target" "$log"
        return 1
    fi
    printf '%-16s clean, %s inputs in %s s\n' "$target" \
        "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" "$seconds"
}

dev_fuzz()
{
    local seconds=60 targets=() list= target failures=0
    while (($# > 0)); do
        case $1 in
            -h | --help) fuzz_usage; return ;;
            --seconds) need_value "$@"; seconds=$2; shift ;;
            --list) list=1 ;;
            -*) misused "fuzz: unknown option $1; see ./dev fuzz --help" ;;
            *) targets+=("${1#fuzz_}") ;;
        esac
        shift
    done
    [[ $seconds =~ ^[1-9][0-9]*$ ]] || misused "fuzz: '$seconds' is no number of seconds"
    if ((${#targets[@]} == 0)); then
        for target in fuzz/fuzz_*.c; do
            target=${target#fuzz/fuzz_}
            targets+=("${target%.c}")
        done
    fi
    for target in "${targets[@]}"; do
        [[ -f fuzz/fuzz_$target.c ]] || misused "fuzz: there is no target '$target'"
    done
    [[ $seconds =~ ^[1-9][0-9]*$ ]] || misused "fuzz: --seconds takes a whole number, not '$seconds'"
    if [[ $list ]]; then
        printf '%s\n' "${targets[@]}"
        return
    fi
    need_packages "${build_packages[@]}" "${fuzz_packages[@]}"
    build_preset fuzz "${targets[@]/#/fuzz_}"
    for target in "${targets[@]}"; do
        fuzz_one "$target" "$seconds" || failures=$((failures + 1))
    done
    ((failures == 0)) || die "$failures of ${#targets[@]} fuzz targets failed"
}
