# SPDX-License-Identifier: Apache-2.0
# Sourced by ./dev: ./dev vectors

vectors_usage()
{
    cat <<'EOF'
usage: ./dev vectors DIR

Run every vector file in DIR against this tree. Prints a line a file, last `N passed, N failed`.
EOF
}

dev_vectors()
{
    case ${1:-} in
        -h | --help) vectors_usage; return ;;
        '') misused "vectors: which directory? See ./dev vectors --help" ;;
    esac
    local arguments=() argument
    for argument in "$@"; do
        if [[ $argument != /* && -e $called_from/$argument ]]; then
            argument=$called_from/$argument
        fi
        arguments+=("$argument")
    done
    need_packages "${build_packages[@]}"
    build_preset release otk_vectors >&2
    build/test/vectors/otk_vectors "${arguments[@]}"
}
