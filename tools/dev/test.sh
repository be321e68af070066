# SPDX-License-Identifier: Apache-2.0
# Sourced by ./dev: ./dev test
source tools/dev/lab.sh
source tools/dev/micropython.sh

test_usage()
{
    cat <<'EOF'
usage: ./dev test [PART...]

Build, then run the tests. PART is one of these; without one all run:

  unit         every unit test, and the corpus of every fuzz target
  powercut     a sample of the power cuts (./dev powercut --all runs every one)
  vectors      the vector files kept in test/vectors/data, if any
  e2e          the programs from outside: real web servers, real esptool and espsecure
  browser      the web pages in Chromium, against the real device program
  micropython  the package for boards and the laptop's, on real MicroPython
  lab          Wi-Fi and Bluetooth over simulated radios in a virtual machine (./dev lab --help)

Ends with one line a part. The exit status is 0 only when all of them passed.
EOF
}

# Each part prints its own output, writes its summary to build/test-PART.txt, and returns whether it
# passed. logged PART COMMAND... runs the command and keeps its output in build/test-PART.log.
logged()
{
    local log=build/test-$1.log
    shift
    "$@" 2>&1 | tee "$log"
    return "${PIPESTATUS[0]}"
}

# pytest's processes at a time. Most tests wait for a device, so there is one more than processors.
workers=$(($(nproc) + 1))
readonly workers

test_unit()
{
    local result=0 cases
    logged unit ctest --test-dir build --output-on-failure -j "$(nproc)" || result=1
    cases=$(sed -n 's/^\[  PASSED  \] \([0-9]*\) test.*/\1/p' build/Testing/Temporary/LastTest.log |
        awk '{ sum += $1 } END { print sum + 0 }')
    sed -n 's/^.* \([0-9]*\) tests failed out of \([0-9]*\)$/\2 programs, \1 failed/p' \
        build/test-unit.log | sed "s/\$/; $cases cases passed/" >build/test-unit.txt
    return "$result"
}

test_powercut()
{
    local result=0
    logged powercut build/test/power/otk_powercut || result=1
    tail -n 1 build/test-powercut.log >build/test-powercut.txt
    return "$result"
}

test_vectors()
{
    local result=0
    if ! compgen -G 'test/vectors/data/*.json' >/dev/null; then
        echo "none are kept in the tree" | tee build/test-vectors.txt
        return
    fi
    logged vectors build/test/vectors/otk_vectors test/vectors/data || result=1
    tail -n 1 build/test-vectors.log >build/test-vectors.txt
    return "$result"
}

test_e2e()
{
    local result=0
    prepare_venv build/venv test/e2e
    logged e2e build/venv/bin/python -m pytest -q -n "$workers" test/e2e || result=1
    tail -n 1 build/test-e2e.log >build/test-e2e.txt
    return "$result"
}

test_browser()
{
    local result=0
    need_packages "${browser_packages[@]}"
    prepare_venv build/venv-browser test/browser
    logged browser build/venv-browser/bin/python -m pytest -q -n "$workers" test/browser || result=1
    tail -n 1 build/test-browser.log >build/test-browser.txt
    return "$result"
}

test_micropython()
{
    local result=0
    need_packages "${micropython_packages[@]}"
    if [[ ! -f build/otakit_partition.wasm ]]; then
        cmake --preset release >/dev/null # clang and lld may be new here
        build_preset release
    fi
    prepare_venv build/venv-micropython test/micropython
    prepare_micropython_wasm
    prepare_micropython_unix || say "no MicroPython with ffi; the unix port of PyPI stands in"
    logged micropython build/venv-micropython/bin/python -m pytest -q -n "$workers" \
        test/micropython || result=1
    tail -n 1 build/test-micropython.log >build/test-micropython.txt
    return "$result"
}

test_lab()
{
    local lab_dir result=0
    prepare_lab
    # shellcheck disable=SC2046
    logged lab run_lab_tests $(find_lab_tests) || result=1
    tail -n 1 build/test-lab.log >build/test-lab.txt
    return "$result"
}

dev_test()
{
    local parts=() part failed=() summary skipped=
    while (($# > 0)); do
        case $1 in
            -h | --help) test_usage; return ;;
            unit | powercut | vectors | e2e | browser | micropython | lab) parts+=("$1") ;;
            *) misused "test: there is no part '$1'; see ./dev test --help" ;;
        esac
        shift
    done
    if ((${#parts[@]} == 0)); then
        parts=(unit powercut vectors e2e browser micropython lab)
        skipped="skipped: needs ESP-IDF's headers, see docs/esp-idf-check.md"
    fi
    need_packages "${build_packages[@]}" "${test_packages[@]}"
    say "building"
    build_preset release
    for part in "${parts[@]}"; do
        say "$part"
        rm -f "build/test-$part.txt"
        # A subshell, because die ends the part and not the rest.
        ("test_$part") || failed+=("$part")
    done
    echo
    for part in "${parts[@]}"; do
        summary=$(cat "build/test-$part.txt" 2>/dev/null) || summary="did not end"
        printf '%-11s %s\n' "$part" "${summary:-no summary}"
    done
    if [[ $skipped ]]; then
        printf '%-11s %s\n' esp-idf "$skipped"
    fi
    ((${#failed[@]} == 0)) || die "failed: ${failed[*]}"
    say "all passed"
}
