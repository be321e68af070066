#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Runs one test file inside the guest: cases.sh FILE
#
# A test file is bash. Its function prepare, where it has one, makes the world; then each function
# test_NAME is a case, run in the order of the file, each in a subshell that ends at the first
# command that fails. One line is printed a case. When something fails, so is the end of every log.
set -uo pipefail

source /source/test/lab/lib.sh
# shellcheck source=/dev/null
source "$1"

failed=0

# Names of the cases, in the order of the file.
list_cases()
(
    shopt -s extdebug
    for name in $(compgen -A function test_); do
        declare -F "$name"
    done | sort -n -k 2 | cut -d ' ' -f 1
)

# run_case FUNCTION TITLE
run_case()
{
    local start=$SECONDS status
    # Not a condition: that would switch off what ends a case at its first failure.
    (set -e; "$1") >"$work/$1.log" 2>&1 </dev/null
    status=$?
    if ((status == 0)); then
        printf 'ok      %s (%d s)\n' "$2" $((SECONDS - start))
        return
    fi
    failed=$((failed + 1))
    printf 'FAILED  %s (%d s)\n' "$2" $((SECONDS - start))
    show_logs
}

# prepare runs in this very shell, so that what it starts and sets is there for the cases.
if declare -F prepare >/dev/null; then
    if ! prepare >"$work/prepare.log" 2>&1 </dev/null; then
        echo "FAILED  prepare"
        show_logs
        exit 1
    fi
fi
while read -r name; do
    title=${name#test_}
    run_case "$name" "${title//_/ }"
done < <(list_cases)
((failed == 0))
