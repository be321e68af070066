// SPDX-License-Identifier: Apache-2.0
/*
 * The device as a flat interface of numbers and bytes, for foreign-function interfaces that know no
 * structures: MicroPython's `ffi` module and WebAssembly. One process is one device.
 *
 *     open (shared library only), boot, then anything else
 *
 * Functions that return an error return an esp_err_t (micropython/laptop/error.h), 0 for success.
 */
#ifndef MICROPYTHON_LAPTOP_ABI_H
#define MICROPYTHON_LAPTOP_ABI_H

#include <stdint.h>

/* Exported from the shared library and from the WebAssembly module. */
#define OTK_MPY_EXPORT __attribute__((visibility("default"), used))

/* What `which` of otk_mpy_get names. Source: MicroPython, esp32_partition.c. */
#define OTK_MPY_BOOT    0
#define OTK_MPY_RUNNING 1

/* Bytes that otk_mpy_info writes: five numbers of 32 bits, little endian, in the order type,
 * subtype, offset, size, encrypted; then the label and a NUL. */
#define OTK_MPY_INFO_SIZE 37

/*
 * Shared library only: open the flash file that stands for the chip. It is locked until the process
 * ends, so that two devices never share a chip.
 *
 * Returns  an otk_status: OTK_OK, OTK_NOT_FOUND, OTK_BUSY (another device runs on it), OTK_HOST_IO
 */
OTK_MPY_EXPORT int32_t otk_mpy_open(const char *path);

/* Shared library only: bytes of the opened file. */
OTK_MPY_EXPORT uint32_t otk_mpy_size(void);

/* Shared library only: the program ends with this status, now, without any clean-up of its own. */
OTK_MPY_EXPORT _Noreturn void otk_mpy_exit(int32_t status);

/* Power up: as otk_laptop_boot. Once in the life of a process; a later call does nothing and says
 * what the first one said. */
OTK_MPY_EXPORT int32_t otk_mpy_boot(uint32_t size, uint32_t cut_after);

/* One sentence about a status of otk_mpy_open or otk_mpy_boot. */
OTK_MPY_EXPORT const char *otk_mpy_status_text(int32_t status);

/* An esp_err_t's name. */
OTK_MPY_EXPORT const char *otk_mpy_error_name(int32_t error);

/* OTK_MPY_BOOT or OTK_MPY_RUNNING: a partition's index, or -1. */
OTK_MPY_EXPORT int32_t otk_mpy_get(int32_t which);

/* As otk_laptop_find: the index, or -1. */
OTK_MPY_EXPORT int32_t otk_mpy_find(int32_t from, int32_t type, int32_t subtype, const char *label);

/* As otk_laptop_next_update: the index, or -1. */
OTK_MPY_EXPORT int32_t otk_mpy_next_update(int32_t index);

/* Describe a partition in OTK_MPY_INFO_SIZE bytes. Returns an error. */
OTK_MPY_EXPORT int32_t otk_mpy_info(int32_t index, uint8_t *info);

/* As otk_laptop_read, _write, _erase, _change. */
OTK_MPY_EXPORT int32_t otk_mpy_read(int32_t index, uint32_t offset, void *data, uint32_t len);
OTK_MPY_EXPORT int32_t otk_mpy_write(int32_t index, uint32_t offset, const void *data,
                                     uint32_t len);
OTK_MPY_EXPORT int32_t otk_mpy_erase(int32_t index, uint32_t offset, uint32_t len);
OTK_MPY_EXPORT int32_t otk_mpy_change(int32_t index, uint32_t offset, const void *data,
                                      uint32_t len);

/* As otk_laptop_set_boot, otk_laptop_mark_valid. */
OTK_MPY_EXPORT int32_t otk_mpy_set_boot(int32_t index);
OTK_MPY_EXPORT int32_t otk_mpy_mark_valid(void);

#endif
