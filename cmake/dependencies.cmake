# SPDX-License-Identifier: Apache-2.0
#
# Libraries that programs and tests stand on. Device code needs none of them.
#   MbedTLS::mbedcrypto   PSA Crypto
#   CURL::libcurl         HTTPS
#   OpenSSL::Crypto       keys in PEM files
#   PkgConfig::cjson      JSON
#   PkgConfig::microhttpd the web portal
#   PkgConfig::systemd    D-Bus, for BlueZ
#   PkgConfig::cmocka     unit tests
find_package(CURL REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(PkgConfig REQUIRED)
pkg_check_modules(cjson REQUIRED IMPORTED_TARGET libcjson)
pkg_check_modules(microhttpd REQUIRED IMPORTED_TARGET libmicrohttpd)
pkg_check_modules(systemd REQUIRED IMPORTED_TARGET libsystemd)

# mbedTLS 2.28 ships neither a pkg-config file nor a CMake package.
find_path(MBEDTLS_INCLUDE_DIR psa/crypto.h REQUIRED)
find_library(MBEDCRYPTO_LIBRARY mbedcrypto REQUIRED)
add_library(MbedTLS::mbedcrypto UNKNOWN IMPORTED)
set_target_properties(MbedTLS::mbedcrypto PROPERTIES
    IMPORTED_LOCATION ${MBEDCRYPTO_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${MBEDTLS_INCLUDE_DIR})

if(BUILD_TESTING)
    pkg_check_modules(cmocka REQUIRED IMPORTED_TARGET cmocka)
endif()
