# SPDX-License-Identifier: Apache-2.0
# Sourced by ./dev: messages, building, and the Python environment of the tests.

say()
{
    printf '== %s\n' "$*"
}

# die MESSAGE: end with status 1.
die()
{
    printf 'dev: error: %s\n' "$*" >&2
    exit 1
}

# misused MESSAGE: end with status 2.
misused()
{
    printf 'dev: error: %s\n' "$*" >&2
    exit 2
}

# need_value OPTION [VALUE...]: an option that takes a value has one.
need_value()
{
    (($# >= 2)) || misused "$1 needs a value"
}

# The system's Python where there is one: a version manager's may lack the venv module.
find_python()
{
    if [[ -x /usr/bin/python3 ]]; then
        echo /usr/bin/python3
    else
        command -v python3 || die "python3 is not installed"
    fi
}

# preset_dir NAME: where that preset builds.
preset_dir()
{
    if [[ $1 == release ]]; then
        echo build
    else
        echo "build/$1"
    fi
}

# build_preset NAME [TARGET...]: configure where needed, then build. CMake speaks only on failure.
build_preset()
{
    local preset=$1 dir log
    shift
    dir=$(preset_dir "$preset")
    if [[ ! -f $dir/build.ninja ]]; then
        mkdir -p "$dir"
        log=$dir/configure.log
        cmake --preset "$preset" >"$log" 2>&1 || { cat "$log" >&2; die "cmake failed"; }
    fi
    local targets=()
    if (($# > 0)); then
        targets=(--target "$@")
    fi
    cmake --build "$dir" "${targets[@]}" || die "the build failed (preset $preset)"
}

# prepare_venv VENV TESTS: a virtual environment with what the tests in a directory use, made anew when
# the versions change.
prepare_venv()
{
    local venv=$1 tests=$2 python stamp=$1/requirements.sum sum
    sum=$(cat "$tests/requirements.txt" "$tests/constraints.txt" | sha256sum)
    if [[ -f $stamp && $(<"$stamp") == "$sum" ]]; then
        return
    fi
    python=$(find_python)
    say "making $venv: $(grep -v -e '^#' -e '^-' "$tests/requirements.txt" | tr '\n' ' ')"
    rm -rf "$venv"
    mkdir -p "$(dirname "$venv")"
    "$python" -m venv "$venv" || die "no virtual environment could be made"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
        -r "$tests/requirements.txt" ||
        die "the Python packages of the tests could not be installed; that takes the network" \
            "(./dev test unit powercut vectors does without)"
    echo "$sum" >"$stamp"
}
