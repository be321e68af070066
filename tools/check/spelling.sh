#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# No misspelt word in any text of the tree; tools/check/spelling-ignore.txt holds what is meant so.
cd "${1:-$(dirname "$0")/../..}" || exit 2
ignore=$(pwd)/tools/check/spelling-ignore.txt
[ -f "$ignore" ] || ignore=/dev/null

git ls-files -z --cached --others --exclude-standard |
    grep -z -v -e '^LICENSE$' -e '^fuzz/corpus/' -e '/data/' |
    xargs -0 -r codespell --ignore-words "$ignore" || exit 1
echo "no misspelt word"
