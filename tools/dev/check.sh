# SPDX-License-Identifier: Apache-2.0
# Sourced by ./dev: ./dev check

readonly quick_checks=(format includes limits headers documented registered texts spelling selftest)
readonly slow_checks=(rv32 gcc clang asan)

check_usage()
{
    cat <<'EOF'
usage: ./dev check [--quick] [CHECK...]

Check what a machine can of the rules in CONTRIBUTING.md. Each finding is a line file:line: message.

  format       clang-format (tools/check/format.py --fix mends it)
  includes     an #include reaches downwards only
  limits       lines of a file and a function, nesting
  headers      every header compiles alone, the library's as C++ too
  documented   every function in a header carries its contract
  registered   every C file is built, every test registered
  texts        licence lines, paths of one machine, registries, notes to oneself
  spelling     codespell
  selftest     each check fails on a bad sample
  rv32         otakit/ freestanding for rv32imc: no variables, no libc, sizes
  gcc, clang   both compilers without a warning; unit tests with the latter
  asan         the unit tests under AddressSanitizer and UndefinedBehaviorSanitizer

--quick leaves out the last four, which build.
EOF
}

check_format() { "$(find_python)" tools/check/format.py; }
check_spelling() { "$(find_python)" tools/check/spelling.py; }
check_includes() { "$(find_python)" tools/check/includes.py; }
check_limits() { "$(find_python)" tools/check/limits.py; }
check_headers() { "$(find_python)" tools/check/headers.py; }
check_documented() { "$(find_python)" tools/check/documented.py; }
check_registered() { "$(find_python)" tools/check/registered.py; }
check_texts() { "$(find_python)" tools/check/texts.py; }

check_selftest()
{
    prepare_venv build/venv test/e2e
    build/venv/bin/python -m pytest -q test/tools
}

check_rv32()
{
    build_preset rv32
    "$(find_python)" tools/check/device_objects.py build/rv32
}

check_gcc()
{
    build_preset release
}

check_clang()
{
    build_preset clang
    ctest --test-dir build/clang --output-on-failure -j "$(nproc)"
}

check_asan()
{
    build_preset asan
    ctest --test-dir build/asan --output-on-failure -j "$(nproc)"
}

# Runs one check; prints its output when it fails or has something to show.
run_check()
{
    local name=$1 log=build/check/$1.log
    mkdir -p build/check
    # The subshell keeps set -e alive inside, which a condition would switch off.
    set +e
    (set -e; "check_$name") >"$log" 2>&1
    local result=$?
    set -e
    if ((result != 0)); then
        tail -n 80 "$log"
        printf 'FAIL  %-11s see %s\n' "$name" "$log"
        return 1
    fi
    if [[ $name == rv32 ]]; then
        sed -n '/^object/,$p' "$log"
    fi
    printf 'ok    %-11s %s\n' "$name" "$(grep -v '^$' "$log" | tail -n 1)"
}

dev_check()
{
    local checks=() name failed=()
    while (($# > 0)); do
        case $1 in
            -h | --help) check_usage; return ;;
            --quick) checks+=("${quick_checks[@]}") ;;
            -*) misused "check: unknown option $1; see ./dev check --help" ;;
            *)
                declare -F "check_$1" >/dev/null && [[ $1 != usage ]] ||
                    misused "check: there is no check '$1'; see ./dev check --help"
                checks+=("$1")
                ;;
        esac
        shift
    done
    if ((${#checks[@]} == 0)); then
        checks=("${quick_checks[@]}" "${slow_checks[@]}")
    fi
    need_packages "${build_packages[@]}" "${check_packages[@]}"
    for name in "${checks[@]}"; do
        run_check "$name" || failed+=("$name")
    done
    ((${#failed[@]} == 0)) || die "failed: ${failed[*]}"
    say "all ${#checks[@]} checks passed"
}
