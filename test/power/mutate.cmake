# SPDX-License-Identifier: Apache-2.0
# cmake -D IN=file -D OUT=file -D FROM=text -D TO=text -P mutate.cmake
# Copies a source file with one piece of text replaced; that the text is there is checked.
file(READ "${IN}" source)
string(FIND "${source}" "${FROM}" place)
if(place EQUAL -1)
    message(FATAL_ERROR "${IN} has no \"${FROM}\": adapt the mutant in test/power or test/link")
endif()
string(REPLACE "${FROM}" "${TO}" source "${source}")
file(WRITE "${OUT}" "${source}")
