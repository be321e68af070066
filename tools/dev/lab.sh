# SPDX-License-Identifier: Apache-2.0
# Sourced by ./dev: ./dev lab

# Guests at the same time. They wait more than they work.
lab_guests=${OTAKIT_LAB_GUESTS:-$(($(nproc) > 1 ? 2 : 1))}
readonly lab_guests

lab_usage()
{
    cat <<'EOF'
usage: ./dev lab [TEST...]
       ./dev lab --shell

Run the tests that need radios, each file in a throw-away virtual machine with simulated Wi-Fi and
Bluetooth. TEST is a file below test/lab, or a folder of them: wifi, ble, wifi/open_network.
Without one all run. The guest is built first when it is missing or out of date.

  --shell    a shell in such a machine; Ctrl-D ends it

Without /dev/kvm everything works but takes longer. Logs stay in build/lab/run; the guest is built
once, into build/lab. With OTAKIT_BUILD the programs of that build directory are tested as they are.
EOF
}

# Packages that hold the libraries a program is linked with.
library_packages()
{
    local library package
    ldd "$1" | sed -n 's/^.* => \(\/[^ ]*\) .*/\1/p' | while read -r library; do
        library=$(realpath "$library")
        # dpkg may know /usr/lib/x as /lib/x.
        package=$(dpkg-query -S "*/${library#*/lib/}" 2>/dev/null | sed -n 's/:.*//p' | head -n 1)
        [[ $package ]] || die "$library belongs to no package, so the guest cannot have it"
        echo "$package"
    done | sort -u
}

# The guest, built when one of its inputs has changed.
prepare_guest()
{
    local libraries sum stamp=$lab_dir/guest.sum
    libraries=$(library_packages "$lab_dir/../otakit")
    sum=$(cat test/lab/build.sh test/lab/guest/* - <<<"$libraries" | sha256sum)
    if [[ -f $stamp && $(<"$stamp") == "$sum" ]]; then
        return
    fi
    say "building the guest of the lab from Debian's packages"
    rm -f "$stamp"
    # shellcheck disable=SC2086
    test/lab/build.sh "$lab_dir" $libraries || die "the guest could not be built"
    echo "$sum" >"$stamp"
}

# find_lab_tests NAME...: test files, for all names or for those given.
find_lab_tests()
{
    local name
    if (($# == 0)); then
        set -- wifi ble
    fi
    for name in "$@"; do
        name=${name#test/lab/}
        name=${name%.sh}
        if [[ -f test/lab/$name.sh ]]; then
            echo "$name"
        elif [[ -d test/lab/$name ]]; then
            grep -lE '^test_[a-z0-9_]+\(\)$' "test/lab/$name"/*.sh | sed 's|^test/lab/||; s|\.sh$||'
        else
            misused "lab: there is no test '$name'; see ./dev lab --help"
        fi
    done
}

# run_lab_test NAME: one file in its own guest. Prints a line for each of its cases.
run_lab_test()
{
    local folder=$lab_dir/run/$1 limit result=0
    limit=$(sed -n 's/^# Limit: \([0-9]*\) s$/\1/p' "test/lab/$1.sh")
    limit=${limit:-180}
    rm -rf "$folder"
    mkdir -p "$folder"
    OTAKIT_LAB=$lab_dir OTAKIT_BUILD=$lab_dir/.. test/lab/run.sh -t "$limit" \
        -w "$folder" -l "$folder/guest" bash /source/test/lab/cases.sh "/source/test/lab/$1.sh" 2>&1 |
        sed -u "s|^\(ok      \|FAILED  \)|\1$1: |" | tee "$folder/output" || result=$?
    if ((result != 0)) && ! grep -q '^FAILED ' "$folder/output"; then
        echo "FAILED  $1: did not end well within $limit s (exit status $result)"
    fi
}

# What one file had to say, in one piece: two of them run at a time. A guest without hardware
# virtualisation may be held up for seconds anywhere; so a file that fails gets a second guest, and
# the report says so.
report_lab_test()
{
    local text first
    text=$(run_lab_test "$1")
    if grep -q '^FAILED ' <<<"$text"; then
        rm -rf "$lab_dir/run/$1.first"
        mv "$lab_dir/run/$1" "$lab_dir/run/$1.first"
        first=$(sed 's/^\(ok\|FAILED\) /first try: &/' <<<"$text")
        text=$first$'\n'$(run_lab_test "$1")
    fi
    {
        flock 9
        tee -a "$lab_dir/run.log" <<<"$text"
    } 9>"$lab_dir/run.lock"
}

# run_lab_tests NAME...: all of them; last how many cases passed and failed.
run_lab_tests()
{
    local name passed failed again
    : >"$lab_dir/run.log"
    # What runs in the background does not hear Ctrl-C.
    trap 'trap - TERM; kill 0' INT TERM
    for name in "$@"; do
        while (($(jobs -rp | wc -l) >= lab_guests)); do
            wait -n || :
        done
        report_lab_test "$name" &
    done
    wait
    trap - INT TERM
    passed=$(grep -c '^ok ' "$lab_dir/run.log" || :)
    failed=$(grep -c '^FAILED ' "$lab_dir/run.log" || :)
    again=$(grep -c '^first try: FAILED ' "$lab_dir/run.log" || :)
    echo "$passed passed, $failed failed$( ((again == 0)) || echo "; $again failed in a first guest")"
    ((passed > 0 && failed == 0))
}

# What the tests need, made where it is missing.
prepare_lab()
{
    need_packages "${build_packages[@]}" "${lab_packages[@]}"
    if [[ ! ${OTAKIT_BUILD:-} ]]; then
        say "building"
        build_preset release otakit_cli
    fi
    mkdir -p "${OTAKIT_BUILD:-build}/lab"
    lab_dir=$(cd "${OTAKIT_BUILD:-build}/lab" && pwd)
    prepare_guest
}

dev_lab()
{
    local names=() shell= tests lab_dir
    while (($# > 0)); do
        case $1 in
            -h | --help) lab_usage; return ;;
            --shell) shell=1 ;;
            -*) misused "lab: unknown option $1; see ./dev lab --help" ;;
            *) names+=("$1") ;;
        esac
        shift
    done
    tests=$(find_lab_tests "${names[@]}")
    prepare_lab
    if [[ $shell ]]; then
        mkdir -p "$lab_dir/run/shell"
        say "/work is $lab_dir/run/shell; Ctrl-D ends"
        OTAKIT_LAB=$lab_dir OTAKIT_BUILD=$lab_dir/.. \
            exec test/lab/run.sh -w "$lab_dir/run/shell" -i
    fi
    # shellcheck disable=SC2086
    run_lab_tests $tests || die "tests of the lab failed; their logs are in $lab_dir/run"
}
