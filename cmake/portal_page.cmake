# SPDX-License-Identifier: Apache-2.0
#
# otk_portal_page(VARIABLE): the C source of the page that the portal serves, made from web/ while
# building. 20 KB is what a device can spare for it.
find_package(Python3 3.9 REQUIRED COMPONENTS Interpreter)

function(otk_portal_page variable)
    set(source ${CMAKE_CURRENT_BINARY_DIR}/portal_page.c)
    set(bundler ${PROJECT_SOURCE_DIR}/tools/web/bundle.py)
    set(page ${PROJECT_SOURCE_DIR}/web/portal.html)
    add_custom_command(
        OUTPUT ${source}
        COMMAND Python3::Interpreter ${bundler} ${page}
                --c ${source} --symbol otk_portal_page
                --include otakit/transport/portal/page.h
                --limit 20480 --depfile ${source}.d
        DEPENDS ${bundler} ${page}
        DEPFILE ${source}.d
        COMMENT "Bundling the portal's page"
        VERBATIM)
    set(${variable} ${source} PARENT_SCOPE)
endfunction()
