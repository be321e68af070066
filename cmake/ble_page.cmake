# SPDX-License-Identifier: Apache-2.0
#
# web/ota-ble.html in the build directory: the Bluetooth page as one file, to be put on any web server.
find_package(Python3 3.9 REQUIRED COMPONENTS Interpreter)

set(bundler ${PROJECT_SOURCE_DIR}/tools/web/bundle.py)
set(ble_page ${PROJECT_BINARY_DIR}/web/ota-ble.html)
file(GLOB ble_page_sources CONFIGURE_DEPENDS
     ${PROJECT_SOURCE_DIR}/web/*.js ${PROJECT_SOURCE_DIR}/web/ble/*.js)
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/web)
add_custom_command(
    OUTPUT ${ble_page}
    COMMAND Python3::Interpreter ${bundler} ${PROJECT_SOURCE_DIR}/web/ble.html --html ${ble_page}
    DEPENDS ${bundler} ${PROJECT_SOURCE_DIR}/web/ble.html ${PROJECT_SOURCE_DIR}/web/style.css
            ${ble_page_sources}
    COMMENT "Bundling the Bluetooth page"
    VERBATIM)
add_custom_target(otakit_ble_page ALL DEPENDS ${ble_page})
