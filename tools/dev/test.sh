# SPDX-License-Identifier: Apache-2.0
# Sourced by ./dev: ./dev test

test_usage()
{
    cat <<'EOF'
usage: ./dev test [PART...]

Build, then run the tests. PART is unit, powercut, vectors or e2e; without one all four run:

  unit       every unit test, and the corpus of every fuzz target
  powercut   a sample of the power cuts (./dev powercut --all runs every one)
  vectors    the vector files kept in test/vectors/data, if any
  e2e        the programs from outside: real web servers, real esptool and espsecure

Ends with one line a part. The exit status is 0 only when all of them passed.
EOF
}

# Each part prints its own output; the last line it leaves in build/test-PART.txt is its summary.
test_unit()
{
    local log=build/test-unit.log cases
    ctest --test-dir build --output-on-failure -j "$(nproc)" | tee "$log"
    cases=$(sed -n 's/^\[  PASSED  \] \([0-9]*\) test.*/\1/p' build/Testing/Temporary/LastTest.log |
        awk '{ sum += $1 } END { print sum + 0 }')
    echo "$(grep 'tests passed' "$log" | sed 's/^[0-9]*% //'), $cases cases passed" \
        >build/test-unit.txt
    grep -q '^100% tests passed' "$log"
}

test_powercut()
{
    build/test/power/otk_powercut | tee build/test-powercut.log
    tail -n 1 build/test-powercut.log >build/test-powercut.txt
}

test_vectors()
{
    if ! compgen -G 'test/vectors/data/*.json' >/dev/null; then
        echo "none are kept in the tree" | tee build/test-vectors.txt
        return
    fi
    build/test/vectors/otk_vectors test/vectors/data | tee build/test-vectors.log
    tail -n 1 build/test-vectors.log >build/test-vectors.txt
}

test_e2e()
{
    prepare_venv
    build/venv/bin/python -m pytest test | tee build/test-e2e.log
    tail -n 1 build/test-e2e.log | sed 's/^=* *//; s/ *=*$//' >build/test-e2e.txt
}

dev_test()
{
    local parts=() part failed=() summary
    while (($# > 0)); do
        case $1 in
            -h | --help) test_usage; return ;;
            unit | powercut | vectors | e2e) parts+=("$1") ;;
            *) misused "test: there is no part '$1'; see ./dev test --help" ;;
        esac
        shift
    done
    if ((${#parts[@]} == 0)); then
        parts=(unit powercut vectors e2e)
    fi
    need_packages "${build_packages[@]}" "${test_packages[@]}"
    say "building"
    build_preset release
    for part in "${parts[@]}"; do
        say "$part"
        rm -f "build/test-$part.txt"
        # A subshell of its own keeps set -e alive inside, which a condition would switch off.
        set +e
        (set -e; "test_$part")
        (($? == 0)) || failed+=("$part")
        set -e
    done
    echo
    for part in "${parts[@]}"; do
        summary=$(cat "build/test-$part.txt" 2>/dev/null) || summary="did not end"
        printf '%-10s %s\n' "$part" "${summary:-no summary}"
    done
    ((${#failed[@]} == 0)) || die "failed: ${failed[*]}"
    say "all passed"
}
