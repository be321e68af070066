// SPDX-License-Identifier: Apache-2.0
/*
 * Files of the host: read whole, written whole or not at all. The name - is standard input or
 * output.
 *
 *     exit_status = cli_file_read(call, "app.bin", &data, &len);
 *     …
 *     exit_status = cli_file_write(call, "table.bin", table, sizeof table);
 */
#ifndef OTAKIT_CLI_FILE_H
#define OTAKIT_CLI_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/call.h"

/* Longest file read, bytes: the largest flash chip and one byte, so that more is noticed. */
#define CLI_FILE_LIMIT (0x8000000u + 1u)

/*
 * Read a file to its end.
 *
 * data  written on success only; a NUL stands behind the last byte; the caller frees it
 *
 * Returns  CLI_DONE, or the exit status of the failure, which was reported
 */
int cli_file_read(const struct cli_call *call, const char *path, uint8_t **data, uint32_t *len);

/*
 * Write a file: beside its place, synchronised, then renamed. A failure or an interrupt leaves what
 * was there before. A device or pipe is written in place, and - is standard output.
 *
 * Returns  CLI_DONE, or the exit status of the failure, which was reported
 */
int cli_file_write(const struct cli_call *call, const char *path, const void *data, size_t len);

/*
 * Refuse an output on standard output where the JSON document already goes there.
 *
 * Returns  CLI_DONE, or the exit status of the failure, which was reported
 */
int cli_file_check_output(const struct cli_call *call, const char *path);

/*
 * Refuse to replace a file that another program has locked, as a running device locks its flash
 * file; otherwise lock it, so that none starts on it meanwhile.
 *
 * lock  to be closed when the file has been replaced; -1 where there is nothing to lock
 *
 * Returns  CLI_DONE, or the exit status of the failure, which was reported
 */
int cli_file_lock(const struct cli_call *call, const char *path, int *lock);

/* What messages call the file: its name, or "standard input". */
const char *cli_file_input_name(const char *path);

#endif
