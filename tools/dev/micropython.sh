# SPDX-License-Identifier: Apache-2.0
# Sourced by ./dev: the two MicroPythons that the tests of micropython/ run on.
#
# Debian 12 has no package of MicroPython's unix port, Debian 13 does. Its program and libraries are
# unpacked into a folder of the build directory, beside which nothing of the system changes.

readonly micropython_suite=trixie

# Whether a program is MicroPython with the ffi module, which calls otakit's C code.
is_micropython_with_ffi()
{
    command -v "$1" >/dev/null && "$1" -c 'import ffi' >/dev/null 2>&1
}

# apt_of_suite DIR COMMAND...: apt as if the machine had that suite and nothing else.
apt_of_suite()
{
    local dir=$1 command=$2
    shift 2
    "$command" -qq -o "Dir::Etc::sourcelist=$dir/sources.list" -o Dir::Etc::sourceparts=/dev/null \
        -o "Dir::State::lists=$dir/lists" -o "Dir::Cache=$dir/cache" -o APT::Sandbox::User=root "$@"
}

# The mirror this machine already uses, for the other suite.
write_suite_sources()
{
    local mirror
    # shellcheck disable=SC2016 # apt's own placeholders
    mirror=$(apt-get indextargets 'Created-By: Packages' 'Component: main' \
        --format '$(REPO_URI)' | head -n 1)
    [[ $mirror ]] || return 1
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]" \
        "$mirror $micropython_suite main" >"$1/sources.list"
}

# unpack_micropython DIR: the program, its libraries and the loader they belong to.
unpack_micropython()
{
    local dir packages
    mkdir -p "$1/lists/partial" "$1/cache/archives/partial" "$1/packages"
    dir=$(cd "$1" && pwd)
    write_suite_sources "$dir" && apt_of_suite "$dir" apt-get update || return 1
    packages=$(apt_of_suite "$dir" apt-cache depends --recurse --no-recommends --no-suggests \
        --no-conflicts --no-breaks --no-replaces --no-enhances micropython | grep '^[a-z]') || return 1
    # shellcheck disable=SC2086 # words
    (cd "$dir/packages" && apt_of_suite "$dir" apt-get download $packages) || return 1
    for package in "$dir"/packages/*.deb; do
        dpkg-deb -x "$package" "$dir/root" || return 1
    done
    rm -rf "$dir/lists" "$dir/cache" "$dir/packages"
}

# Sets and exports MICROPYTHON to a unix port with ffi: the machine's own, or one in build/. Returns 1
# where neither can be had.
prepare_micropython_unix()
{
    local dir=build/micropython-unix loader
    if is_micropython_with_ffi "${MICROPYTHON:-micropython}"; then
        export MICROPYTHON=${MICROPYTHON:-micropython}
        return
    fi
    export MICROPYTHON=$root/$dir/micropython
    if is_micropython_with_ffi "$MICROPYTHON"; then
        return
    fi
    say "unpacking MicroPython's unix port of Debian $micropython_suite into $dir"
    rm -rf "$dir"
    unpack_micropython "$dir" || return 1
    loader=$(find "$dir/root" -name 'ld-linux*' -type f -print -quit)
    cat >"$MICROPYTHON" <<EOF
#!/bin/sh
root=$root/$dir/root
exec "$root/$loader" --library-path "\$(echo "\$root"/usr/lib/*-linux-gnu)" "\$root/usr/bin/micropython" "\$@"
EOF
    chmod +x "$MICROPYTHON"
    is_micropython_with_ffi "$MICROPYTHON"
}

# The WebAssembly build for node, in build/node_modules, where the launcher looks for it.
prepare_micropython_wasm()
{
    local tests=test/micropython stamp=build/node_modules/requirements.sum sum
    command -v node >/dev/null && command -v npm >/dev/null || need_packages "${node_packages[@]}"
    sum=$(sha256sum <"$tests/package-lock.json")
    if [[ -f $stamp && $(<"$stamp") == "$sum" ]]; then
        return
    fi
    say "installing MicroPython's WebAssembly build with npm into build/node_modules"
    cp "$tests/package.json" "$tests/package-lock.json" "$tests/.npmrc" build/
    npm ci --prefix build --no-audit --no-fund --silent ||
        die "npm could not install MicroPython; that takes the network"
    echo "$sum" >"$stamp"
}
