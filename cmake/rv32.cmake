# SPDX-License-Identifier: Apache-2.0
#
# Toolchain file: the instruction set of an ESP32-C3, no operating system, no C library.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR riscv32)
set(CMAKE_C_COMPILER riscv64-unknown-elf-gcc)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_C_FLAGS_INIT "-march=rv32imc -mabi=ilp32 -ffreestanding -nostdlib")
string(APPEND CMAKE_C_FLAGS_INIT " -ffunction-sections -fdata-sections -fstack-usage")
