#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds the guest of the test lab: DIR/vmlinuz, DIR/initrd.img and DIR/root.sqfs.
#
#     test/lab/build.sh DIR [PACKAGE...]      the PACKAGEs besides those of guest/packages.txt
#
# The guest is this Debian's own packages, unpacked and never installed: no maintainer script runs
# and nothing is mounted, so this needs no root, no name spaces and works in any container. Packages
# come from where this machine's apt gets its own. Takes about a minute and fetches about 110 MB.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
PATH=$PATH:/usr/sbin:/sbin

fail()
{
    printf 'lab: error: %s\n' "$*" >&2
    exit 1
}

# List a file's lines without comments.
entries() { sed -e 's/#.*//' -e '/^ *$/d' "$1"; }

# A configuration of apt whose state is a folder of ours and in which nothing is installed yet.
prepare_apt()
{
    mkdir -p "$tmp/apt/state/lists/partial" "$tmp/apt/cache/archives/partial"
    : >"$tmp/apt/status"
    cat >"$tmp/apt/conf" <<CONF
Dir::State "$tmp/apt/state";
Dir::State::status "$tmp/apt/status";
Dir::Cache "$tmp/apt/cache";
APT::Sandbox::User "root";
APT::Install-Recommends "false";
CONF
    export APT_CONFIG=$tmp/apt/conf
    apt-get -qq update || fail "apt-get update failed"
}

# The kernel is fetched by itself: as a dependency it would bring what installs it.
fetch_packages()
{
    local kernel
    kernel=$(apt-cache depends linux-image-amd64 |
        sed -n 's/^ *Depends: \(linux-image-[0-9][^ ]*\)$/\1/p' | head -n 1)
    [[ $kernel ]] || fail "apt knows no package linux-image-amd64"
    mkdir "$tmp/kernel"
    (cd "$tmp/kernel" && apt-get -qq download "$kernel") || fail "cannot fetch $kernel"
    apt-get -qq -y --download-only install "$@" || fail "cannot fetch the guest's packages"
}

# /bin, /lib, /sbin and /var/run are links, and stay so where a package has them as directories.
# Drivers of graphics cards and the compiler they bring would be half of the guest; it has no card.
unpack_root()
{
    local package directory

    for directory in bin sbin lib lib64; do
        mkdir -p "$tmp/root/usr/$directory"
        ln -s "usr/$directory" "$tmp/root/$directory"
    done
    mkdir -p "$tmp/root"/{run,var}
    ln -s /run "$tmp/root/var/run"
    for package in "$tmp"/apt/cache/archives/*.deb; do
        dpkg-deb --fsys-tarfile "$package" |
            tar -x -C "$tmp/root" --keep-directory-symlink --no-same-owner \
                --exclude='./usr/share/doc/*' --exclude='./usr/share/man/*' \
                --exclude='./usr/share/locale/*' --exclude='./usr/lib/*/dri/*' \
                --exclude='libLLVM*' --exclude='libz3.*'
    done
}

# What maintainer scripts would have done, as far as a test needs it.
finish_root()
{
    mkdir -p "$tmp/root"/{dev,proc,sys,tmp,root,etc,var/lib/misc}
    cat >"$tmp/root/etc/passwd" <<'PASSWD'
root:x:0:0:root:/root:/bin/bash
messagebus:x:100:100::/nonexistent:/usr/sbin/nologin
dnsmasq:x:102:65534::/var/lib/misc:/usr/sbin/nologin
user:x:1000:1000::/tmp:/bin/bash
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
PASSWD
    cat >"$tmp/root/etc/group" <<'GROUP'
root:x:0:
messagebus:x:100:
netdev:x:101:
bluetooth:x:103:
user:x:1000:
nogroup:x:65534:
GROUP
    echo '127.0.0.1 localhost lab' >"$tmp/root/etc/hosts"
    ln -sf mawk "$tmp/root/usr/bin/awk"
    ln -sf regulatory.db-debian "$tmp/root/usr/lib/firmware/regulatory.db"
    ln -sf regulatory.db.p7s-debian "$tmp/root/usr/lib/firmware/regulatory.db.p7s"
    install -m 755 "$here/guest/lab-init" "$tmp/root/usr/sbin/lab-init"
}

# needed_modules NAME: paths of a module and of all that it needs, in the order of loading.
needed_modules()
{
    modprobe -d "$tmp/unpacked" -S "$release" --show-depends "$1" |
        sed -n "s|^insmod $tmp/unpacked/*||p" | tr -d ' '
}

# Only the modules that are used: the kernel package has four thousand.
take_modules()
{
    local kind module path name modules
    dpkg-deb -x "$tmp"/kernel/*.deb "$tmp/unpacked"
    release=$(ls "$tmp/unpacked/lib/modules")
    cp "$tmp/unpacked/boot/vmlinuz-$release" "$tmp/vmlinuz"
    depmod -b "$tmp/unpacked" "$release"
    modules=$tmp/root/usr/lib/modules/$release
    mkdir -p "$modules" "$tmp/initrd/lib"
    cp "$tmp/unpacked/lib/modules/$release"/modules.{builtin,builtin.modinfo,order} "$modules"
    while read -r kind module; do
        for path in $(needed_modules "$module"); do
            name=${path##*/}
            install -D -m 644 "$tmp/unpacked/$path" "$tmp/root/usr/$path"
            if [[ $kind == boot && ! -e $tmp/initrd/lib/$name ]]; then
                cp "$tmp/unpacked/$path" "$tmp/initrd/lib/$name"
                echo "$name" >>"$tmp/initrd/lib/order"
            fi
        done
    done < <(entries "$here/guest/modules.txt")
    depmod -b "$tmp/root" "$release"
}

pack()
{
    mkdir -p "$tmp/initrd"/{bin,proc,sys,dev,ro,rw,new}
    install -m 755 "$tmp/root/bin/busybox" "$tmp/initrd/bin/busybox"
    install -m 755 "$here/guest/initrd-init" "$tmp/initrd/init"
    (cd "$tmp/initrd" && find . | cpio --quiet -o -H newc -R 0:0) |
        zstd -q -f -o "$tmp/initrd.img"
    mksquashfs "$tmp/root" "$tmp/root.sqfs" -all-root -comp zstd -Xcompression-level 6 -quiet -no-progress
    mv -f "$tmp"/{vmlinuz,initrd.img,root.sqfs} "$dir"
}

(($# > 0)) || fail "usage: build.sh DIR [PACKAGE...]"
for tool in apt-get dpkg-deb modprobe depmod mksquashfs cpio zstd; do
    command -v "$tool" >/dev/null || fail "$tool is not installed"
done
[[ $(dpkg --print-architecture) == amd64 ]] || fail "the guest is made of amd64 packages only"
mkdir -p "$1"
dir=$(cd "$1" && pwd)
shift
tmp=$(mktemp -d "$dir/tmp.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

mapfile -t packages < <(entries "$here/guest/packages.txt")
prepare_apt
fetch_packages "${packages[@]}" "$@"
unpack_root
finish_root
take_modules
pack
echo "lab: the guest is ready: Linux $release, $(du -cm "$dir"/{vmlinuz,initrd.img,root.sqfs} |
    sed -n 's/\t.*total//p') MB"
