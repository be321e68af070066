// SPDX-License-Identifier: Apache-2.0
/*
 * Where the bytes of the flash are kept: a seam that each build fills in at link time.
 *
 * In the shared library it is a file (store_file.c); in the WebAssembly build it is imported from
 * JavaScript (node/store.mjs). There is one store in a program, so nothing names it.
 */
#ifndef MICROPYTHON_LAPTOP_STORE_H
#define MICROPYTHON_LAPTOP_STORE_H

#include <stdbool.h>
#include <stdint.h>

#if defined(__wasm__)
#define OTK_STORE_IMPORT(name) __attribute__((import_module("store"), import_name(name)))
#else
#define OTK_STORE_IMPORT(name)
#endif

/* Read bytes of the flash; the range lies inside it. False: the file refused. */
OTK_STORE_IMPORT("read") bool otk_store_read(uint32_t offset, void *data, uint32_t len);

/* Replace bytes of the flash; the range lies inside it. They are in the file when this returns. */
OTK_STORE_IMPORT("write") bool otk_store_write(uint32_t offset, const void *data, uint32_t len);

/* The power is gone: end the program at once, without any clean-up. */
OTK_STORE_IMPORT("power_lost") _Noreturn void otk_store_power_lost(void);

#endif
