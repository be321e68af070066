# SPDX-License-Identifier: Apache-2.0
# Sourced by ./dev: Debian packages, installed when they are missing and only then.

readonly build_packages=(gcc libc6-dev cmake ninja-build pkg-config python3
    libmbedtls-dev libcurl4-openssl-dev libssl-dev libcjson-dev libmicrohttpd-dev
    libsystemd-dev libcmocka-dev)
readonly test_packages=(python3-venv nginx-light openssl curl dbus-daemon man-db zsh fish)
readonly browser_packages=(python3-venv chromium fonts-dejavu-core)
readonly micropython_packages=(python3-venv nginx-light openssl clang lld)
readonly node_packages=(nodejs npm) # where there is no node of another origin
readonly demo_packages=(nginx-light openssl curl)
readonly check_packages=(git clang clang-format codespell python3-venv
    libclang-rt-14-dev gcc-riscv64-unknown-elf binutils-riscv64-unknown-elf)
readonly fuzz_packages=(clang libclang-rt-14-dev llvm)
readonly lab_packages=(qemu-system-x86 squashfs-tools cpio kmod zstd)
readonly esp_idf_packages=(cmake python3 python3-kconfiglib gcc-riscv64-unknown-elf libnewlib-dev
    picolibc-riscv64-unknown-elf gcc-xtensa-lx106 picolibc-xtensa-lx106-elf)
readonly bench_packages=(gcc-multilib valgrind python3 nginx-light openssl
    gcc-riscv64-unknown-elf binutils-riscv64-unknown-elf picolibc-riscv64-unknown-elf)

is_installed()
{
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# as_root COMMAND...: run with root's rights.
as_root()
{
    if ((EUID == 0)); then
        "$@"
    else
        sudo "$@"
    fi
}

# Debian starts a daemon as soon as it is installed; the tests start nginx themselves and a
# developer's port 80 is not ours to take.
install_without_starting()
{
    local policy=/usr/sbin/policy-rc.d made= result=0
    if [[ ! -e $policy ]]; then
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
        as_root chmod 755 "$policy"
        made=1
    fi
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -qq -y --no-install-recommends "$@" >/dev/null || result=1
    if [[ $made ]]; then
        as_root rm -f "$policy"
    fi
    return "$result"
}

# need_packages PACKAGE...: see that all of them are there.
need_packages()
{
    local package missing=()
    if ! command -v dpkg-query >/dev/null; then
        say "not a Debian system; these have to be there already: $*"
        return
    fi
    for package in "$@"; do
        is_installed "$package" || missing+=("$package")
    done
    if ((${#missing[@]} == 0)); then
        return
    fi
    if [[ ${OTAKIT_NO_INSTALL:-} ]]; then
        die "missing packages: ${missing[*]}"
    fi
    if ((EUID != 0)) && ! command -v sudo >/dev/null; then
        die "missing packages, and neither root nor sudo: apt-get install ${missing[*]}"
    fi
    say "installing with apt-get: ${missing[*]}"
    as_root apt-get update -qq || say "apt-get update failed; trying with the lists at hand"
    install_without_starting "${missing[@]}" || die "apt-get could not install: ${missing[*]}"
}
