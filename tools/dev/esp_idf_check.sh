# SPDX-License-Identifier: Apache-2.0
# Sourced by ./dev: ./dev esp-idf-check

esp_idf_check_usage()
{
    cat <<'EOF'
usage: ./dev esp-idf-check DIR [OPTION...]

Compile the ESP-IDF component and its examples against ESP-IDF's own headers in DIR, for each target
and version that is there. Nothing is fetched, and what is missing is named; nothing is linked either.
docs/esp-idf-check.md says what DIR may contain.

  --target NAME     only this chip: esp32, esp32s3, esp32c3, esp32c6; may be repeated
  --version V       only this version, as v5.4; may be repeated
  --example NAME    only this example; may be repeated
  --set CONFIG_X=Y  a line for the examples' configuration; may be repeated
  --json            the outcome as JSON

examples:
  ./dev esp-idf-check ~/esp                                 everything that is there
  ./dev esp-idf-check ~/esp --target esp32c3 --example ble
  ./dev esp-idf-check ~/esp --set CONFIG_BOOTLOADER_APP_ANTI_ROLLBACK=y
  ./dev esp-idf-check ~/esp --json >outcome.json

Exit status: 0 all that was found compiles, 1 something does not, 2 misused, 3 nothing was found.
EOF
}

dev_esp_idf_check()
{
    local arguments=() argument
    if (($# == 0)); then
        misused "esp-idf-check: where is ESP-IDF? See ./dev esp-idf-check --help"
    fi
    for argument in "$@"; do
        case $argument in
            -h | --help) esp_idf_check_usage; return ;;
        esac
        if [[ $argument != /* && -d $called_from/$argument ]]; then
            argument=$called_from/$argument
        fi
        arguments+=("$argument")
    done
    need_packages "${esp_idf_packages[@]}"
    "$(find_python)" -B tools/esp_idf/check.py "${arguments[@]}"
}
