# SPDX-License-Identifier: Apache-2.0
#
# Where a distribution expects things: programs, library, headers, pkg-config file, man pages and
# completions. The include root is the repository, so headers keep their path below include/.
include(GNUInstallDirs)

install(TARGETS otakit_lib ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
if(TARGET otakit_cli)
    install(TARGETS otakit_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(DIRECTORY otakit DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")

# Relative to where it lies, so that it is right under any prefix.
file(RELATIVE_PATH OTAKIT_PREFIX_FROM_PKGCONFIG
     /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
configure_file(cmake/otakit.pc.in otakit.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/otakit.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# Made from the command table while building; a build without the programs has none.
set(completions ${CMAKE_CURRENT_BINARY_DIR}/completions)
install(DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/man/ OPTIONAL
        DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 FILES_MATCHING PATTERN "*.1")
install(FILES ${completions}/otakit.bash OPTIONAL RENAME otakit
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${completions}/_otakit OPTIONAL
        DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES ${completions}/otakit.fish OPTIONAL
        DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)

# The Bluetooth page, for whoever serves it.
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/web/ota-ble.html DESTINATION ${CMAKE_INSTALL_DATADIR}/otakit)
