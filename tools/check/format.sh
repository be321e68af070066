#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every C file is laid out as .clang-format says. --fix lays them out.
# Debian 12's version, 14, is the judge: other versions differ in details.
cd "$(dirname "$0")/../.." || exit 2

formatter=clang-format-14
command -v "$formatter" >/dev/null || formatter=clang-format
files=$(git ls-files --cached --others --exclude-standard '*.c' '*.h')
if [ "$1" = --fix ]; then
    # shellcheck disable=SC2086
    exec "$formatter" -i $files
fi

# The first line that differs stands for the file.
status=0
for file in $files; do
    [ -f "$file" ] || continue
    if ! difference=$("$formatter" "$file" | diff "$file" -); then
        line=$(printf '%s\n' "$difference" | sed -n '1s/^\([0-9]*\).*/\1/p')
        echo "$file:$line: not in the format of .clang-format; tools/check/format.sh --fix mends it"
        status=1
    fi
done
[ $status -ne 0 ] || echo "all C files are in format"
exit $status
