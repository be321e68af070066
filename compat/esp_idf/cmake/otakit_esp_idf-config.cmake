# SPDX-License-Identifier: Apache-2.0
#
# For projects that run ESP-IDF's application code on a laptop:
#
#     find_package(otakit_esp_idf REQUIRED)
#     otakit_esp_idf_app(app SRCS main.c EMBED_TXTFILES ca.pem)
find_package(PkgConfig REQUIRED)
set(ENV{PKG_CONFIG_PATH} "${CMAKE_CURRENT_LIST_DIR}/../../pkgconfig:$ENV{PKG_CONFIG_PATH}")
pkg_check_modules(OTAKIT_ESP_IDF REQUIRED IMPORTED_TARGET GLOBAL otakit-esp-idf)

# A C file that holds the bytes of FILE under the names that ESP-IDF's build gives them:
# _binary_NAME_start and _binary_NAME_end, every character of NAME that is not one of C's as "_".
function(_otakit_esp_idf_embed target file is_text)
    get_filename_component(path "${file}" ABSOLUTE)
    get_filename_component(name "${file}" NAME)
    string(MAKE_C_IDENTIFIER "${name}" symbol)
    if(NOT EXISTS "${path}")
        message(FATAL_ERROR "otakit_esp_idf_app: there is no file ${path}")
    endif()
    set(source "${CMAKE_CURRENT_BINARY_DIR}/${target}_${symbol}.c")
    if(is_text)
        set(end "  \".byte 0\\n\"\n")
    else()
        set(end "")
    endif()
    file(WRITE "${source}"
        "__asm__(\".section .rodata\\n\"\n"
        "  \".global _binary_${symbol}_start\\n_binary_${symbol}_start:\\n\"\n"
        "  \".incbin \\\"${path}\\\"\\n\"\n${end}"
        "  \".global _binary_${symbol}_end\\n_binary_${symbol}_end:\\n\"\n"
        "  \".previous\\n\");\n")
    set_source_files_properties("${source}" PROPERTIES OBJECT_DEPENDS "${path}")
    target_sources(${target} PRIVATE "${source}")
endfunction()

# A program around an application that has app_main().
#   SRCS            C and C++ files
#   INCLUDE_DIRS    where its own headers lie; a sdkconfig.h there is found before otakit's
#   EMBED_TXTFILES  files that become texts in the program; EMBED_FILES: bytes
function(otakit_esp_idf_app target)
    cmake_parse_arguments(PARSE_ARGV 1 APP "" "" "SRCS;INCLUDE_DIRS;EMBED_TXTFILES;EMBED_FILES")
    if(NOT APP_SRCS)
        message(FATAL_ERROR "otakit_esp_idf_app: SRCS names no file")
    endif()
    add_executable(${target} ${APP_SRCS})
    foreach(file IN LISTS APP_EMBED_TXTFILES)
        _otakit_esp_idf_embed(${target} "${file}" TRUE)
    endforeach()
    foreach(file IN LISTS APP_EMBED_FILES)
        _otakit_esp_idf_embed(${target} "${file}" FALSE)
    endforeach()
    target_include_directories(${target} BEFORE PRIVATE ${APP_INCLUDE_DIRS})
    target_compile_definitions(${target} PRIVATE _GNU_SOURCE)
    target_link_libraries(${target} PRIVATE PkgConfig::OTAKIT_ESP_IDF)
endfunction()
