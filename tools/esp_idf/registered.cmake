# SPDX-License-Identifier: Apache-2.0
#
# What components register, asked of their CMakeLists.txt the way ESP-IDF itself does before a build:
# the file is included, and idf_component_register notes its arguments and returns from it.
#
#     cmake -D REQUEST=request.cmake -P registered.cmake
#
# The request sets IDF_PATH, IDF_TARGET, the CONFIG_ variables, ANSWER (a file) and COMPONENTS, a list of
# folders. A line of the answer: folder|KEYWORD|value, the value relative to the folder where it was.
cmake_policy(SET CMP0057 NEW)
cmake_policy(SET CMP0054 NEW)
include("${REQUEST}")
include("${IDF_PATH}/tools/cmake/utilities.cmake" OPTIONAL)
include("${IDF_PATH}/tools/cmake/version.cmake" OPTIONAL)

set(CMAKE_BUILD_EARLY_EXPANSION 1)
set(noted SRCS SRC_DIRS INCLUDE_DIRS PRIV_INCLUDE_DIRS REQUIRES PRIV_REQUIRES)

function(idf_build_get_property variable property)
    set(${variable} "${${property}}" PARENT_SCOPE)
endfunction()

function(idf_component_get_property variable component property)
    set(${variable} "" PARENT_SCOPE)
    if(property STREQUAL "COMPONENT_DIR" OR property STREQUAL "COMPONENT_PATH")
        set(${variable} "${IDF_PATH}/components/${component}" PARENT_SCOPE)
    endif()
endfunction()

function(idf_build_set_property)
endfunction()

function(idf_component_optional_requires)
endfunction()

macro(require_idf_targets)
endmacro()

function(note)
    cmake_parse_arguments(given "" "" "${noted}" ${ARGN})
    foreach(keyword ${noted})
        # Old components hand over several words in one.
        string(REPLACE " " ";" values "${given_${keyword}}")
        foreach(value ${values})
            file(APPEND "${ANSWER}" "${COMPONENT_DIR}|${keyword}|${value}\n")
        endforeach()
    endforeach()
    file(APPEND "${ANSWER}" "${COMPONENT_DIR}|REGISTERED|yes\n")
endfunction()

macro(idf_component_register)
    # SRCS would take in what follows it: every keyword of ESP-IDF has to be known.
    cmake_parse_arguments(__all "WHOLE_ARCHIVE" "KCONFIG;KCONFIG_PROJBUILD"
        "${noted};EXCLUDE_SRCS;LDFRAGMENTS;REQUIRED_IDF_TARGETS;EMBED_FILES;EMBED_TXTFILES" ${ARGN})
    note(SRCS ${__all_SRCS} SRC_DIRS ${__all_SRC_DIRS} INCLUDE_DIRS ${__all_INCLUDE_DIRS}
        PRIV_INCLUDE_DIRS ${__all_PRIV_INCLUDE_DIRS} REQUIRES ${__all_REQUIRES}
        PRIV_REQUIRES ${__all_PRIV_REQUIRES})
    return()
endmacro()

macro(register_component)
    note(REQUIRES ${COMPONENT_REQUIRES} PRIV_REQUIRES ${COMPONENT_PRIV_REQUIRES}
        INCLUDE_DIRS ${COMPONENT_ADD_INCLUDEDIRS})
    return()
endmacro()

macro(register_config_only_component)
    note()
    return()
endmacro()

function(ask folder)
    set(COMPONENT_DIR "${folder}")
    set(COMPONENT_PATH "${folder}")
    get_filename_component(COMPONENT_NAME "${folder}" NAME)
    set(COMPONENT_LIB "__idf_${COMPONENT_NAME}")
    set(CMAKE_CURRENT_SOURCE_DIR "${folder}")
    include("${folder}/CMakeLists.txt")
endfunction()

file(WRITE "${ANSWER}" "")
foreach(folder ${COMPONENTS})
    ask("${folder}")
endforeach()
