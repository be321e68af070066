# SPDX-License-Identifier: Apache-2.0
#
# For applications outside the tree: libraries, headers under a folder of their own (their names are
# ESP-IDF's), a pkg-config file and a CMake package.
include(GNUInstallDirs)

install(TARGETS otakit_esp_idf_main otakit_esp_idf_app otakit_esp_idf otakit_sim
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/otakit-esp-idf)

# Relative to where it lies, so that it is right under any prefix.
file(RELATIVE_PATH OTAKIT_PREFIX_FROM_PKGCONFIG
     /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
configure_file(cmake/otakit-esp-idf.pc.in otakit-esp-idf.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/otakit-esp-idf.pc
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(FILES cmake/otakit_esp_idf-config.cmake
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/otakit_esp_idf)
