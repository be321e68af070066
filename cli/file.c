// SPDX-License-Identifier: Apache-2.0
/* Files of the host, read whole, written whole or not at all. */
#include "cli/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/interrupt.h"
#include "cli/report.h"

#define FIRST_CAPACITY 65536u

static bool is_standard(const char *path)
{
    return strcmp(path, "-") == 0;
}

const char *cli_file_input_name(const char *path)
{
    return is_standard(path) ? "standard input" : path;
}

static int fail_io(const struct cli_call *call, const char *path, int error_number)
{
    const struct cli_error error = {.status = error_number == ENOENT ? OTK_NOT_FOUND : OTK_HOST_IO,
                                    .why = strerror(error_number),
                                    .hint = error_number == ENOENT ? "check the path" : NULL};

    return cli_fail_with(call, &error, "%s", path);
}

/* Read until the end or the limit. Returns 0 or an errno. */
static int read_all(int descriptor, uint8_t **data_out, size_t *len_out)
{
    size_t capacity = FIRST_CAPACITY;
    size_t len = 0;
    uint8_t *data = malloc(capacity + 1);

    while (data && len < CLI_FILE_LIMIT) {
        const ssize_t got = read(descriptor, data + len, capacity - len);
        if (got < 0) {
            const int error_number = errno;
            free(data);
            return error_number;
        }
        len += (size_t)got;
        if (got == 0) {
            break;
        }
        if (len == capacity) {
            uint8_t *larger = realloc(data, 2 * capacity + 1);
            if (!larger) {
                free(data);
            }
            data = larger;
            capacity *= 2;
        }
    }
    if (!data) {
        return ENOMEM;
    }
    data[len] = '\0';
    *data_out = data;
    *len_out = len;
    return 0;
}

int cli_file_read(const struct cli_call *call, const char *path, uint8_t **data, uint32_t *len)
{
    const struct cli_error too_long = {.status = OTK_TOO_BIG,
                                       .why = "the file is larger than any flash chip",
                                       .hint = "name the image or flash file itself"};
    const char *name = cli_file_input_name(path);
    const int descriptor = is_standard(path) ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    size_t read_len = 0;

    if (descriptor < 0) {
        return fail_io(call, name, errno);
    }
    const int error_number = read_all(descriptor, data, &read_len);
    if (!is_standard(path)) {
        close(descriptor);
    }
    if (error_number != 0) {
        return fail_io(call, name, error_number);
    }
    if (read_len >= CLI_FILE_LIMIT) {
        free(*data);
        *data = NULL;
        return cli_fail_with(call, &too_long, "%s", name);
    }
    *len = (uint32_t)read_len;
    return CLI_DONE;
}

/* Returns 0 or an errno. */
static int write_all(int descriptor, const void *data, size_t len)
{
    const uint8_t *next = data;

    while (len > 0) {
        const ssize_t written = write(descriptor, next, len);
        if (written < 0) {
            return errno;
        }
        next += written;
        len -= (size_t)written;
    }
    return 0;
}

/* The name of the directory entry is only safe once its directory is. */
static void sync_directory_of(const char *path)
{
    char copy[PATH_MAX];

    snprintf(copy, sizeof copy, "%s", path);
    const int descriptor = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor >= 0) {
        fsync(descriptor);
        close(descriptor);
    }
}

/* An existing file keeps its permissions; a new one gets those of the umask. */
static mode_t wanted_mode(const char *path)
{
    struct stat existing;

    if (stat(path, &existing) == 0) {
        return existing.st_mode & 07777;
    }
    const mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

/* Write beside, synchronise, rename. Returns 0 or an errno. */
static int replace_file(const char *path, const void *data, size_t len)
{
    char beside[PATH_MAX];

    if (snprintf(beside, sizeof beside, "%s.XXXXXX", path) >= (int)sizeof beside) {
        return ENAMETOOLONG;
    }
    const mode_t mode = wanted_mode(path);
    const int descriptor = mkostemp(beside, O_CLOEXEC);
    if (descriptor < 0) {
        return errno;
    }
    cli_interrupt_guard(beside);
    int error_number = write_all(descriptor, data, len);
    if (error_number == 0 && (fchmod(descriptor, mode) != 0 || fsync(descriptor) != 0)) {
        error_number = errno;
    }
    if (close(descriptor) != 0 && error_number == 0) {
        error_number = errno;
    }
    if (error_number == 0 && rename(beside, path) != 0) {
        error_number = errno;
    }
    if (error_number != 0) {
        unlink(beside);
    }
    cli_interrupt_guard(NULL);
    return error_number;
}

/* A device or a pipe cannot be replaced by a file without ceasing to be one. */
static bool is_special(const char *path)
{
    struct stat existing;

    return stat(path, &existing) == 0 && !S_ISREG(existing.st_mode) && !S_ISDIR(existing.st_mode);
}

static int write_special(const char *path, const void *data, size_t len)
{
    const int descriptor = open(path, O_WRONLY | O_CLOEXEC);

    if (descriptor < 0) {
        return errno;
    }
    const int error_number = write_all(descriptor, data, len);
    close(descriptor);
    return error_number;
}

/* A symbolic link stays one: what it points to is replaced. */
static int replace_target(const char *path, const void *data, size_t len)
{
    char target[PATH_MAX];

    if (realpath(path, target)) {
        path = target;
    }
    const int error_number = replace_file(path, data, len);
    if (error_number == 0) {
        sync_directory_of(path);
    }
    return error_number;
}

int cli_file_write(const struct cli_call *call, const char *path, const void *data, size_t len)
{
    int error_number;

    if (is_standard(path)) {
        error_number = write_all(STDOUT_FILENO, data, len);
        return error_number ? fail_io(call, "standard output", error_number) : CLI_DONE;
    }
    error_number = is_special(path) ? write_special(path, data, len)
                                    : replace_target(path, data, len);
    return error_number ? fail_io(call, path, error_number) : CLI_DONE;
}

int cli_file_lock(const struct cli_call *call, const char *path, int *lock)
{
    const struct cli_error busy = {
        .status = OTK_BUSY,
        .why = "another program has the flash file open",
        .hint = "end the virtual device that runs on it, or name another file"};

    *lock = -1;
    if (is_standard(path) || is_special(path)) {
        return CLI_DONE;
    }
    *lock = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (*lock >= 0 && flock(*lock, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        close(*lock);
        *lock = -1;
        return cli_fail_with(call, &busy, "%s", path);
    }
    return CLI_DONE;
}

int cli_file_check_output(const struct cli_call *call, const char *path)
{
    const struct cli_error error = {
        .status = OTK_USAGE,
        .why = "standard output cannot take both the file and the JSON document",
        .hint = "name a file with -o, or leave --json out"};

    return call->json && is_standard(path) ? cli_fail_with(call, &error, "-o -") : CLI_DONE;
}
