// SPDX-License-Identifier: Apache-2.0
/*
 * Runs a fuzz target over files instead of generated input: each argument is a file or a directory
 * of files. Succeeds when at least one file was fed and the target survived them all.
 */
#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Feed one file. The buffer has exactly its size, so that a sanitizer sees a read past the end. */
static bool feed_file(const char *path)
{
    struct stat info;
    uint8_t *data = NULL;
    bool fed = false;
    FILE *file = fopen(path, "rb");

    if (!file) {
        perror(path);
        return false;
    }
    if (fstat(fileno(file), &info) != 0 || info.st_size < 0) {
        perror(path);
        goto out;
    }
    data = malloc(info.st_size > 0 ? (size_t)info.st_size : 1);
    if (!data || fread(data, 1, (size_t)info.st_size, file) != (size_t)info.st_size) {
        fprintf(stderr, "%s: cannot be read\n", path);
        goto out;
    }
    LLVMFuzzerTestOneInput(data, (size_t)info.st_size);
    fed = true;
out:
    free(data);
    fclose(file);
    return fed;
}

/* Feed every file of a directory. Returns false when one could not be read. */
static bool feed_directory(DIR *directory, const char *name, unsigned *count)
{
    const struct dirent *entry;
    char path[4096];

    while ((entry = readdir(directory)) != NULL) {
        if (entry->d_name[0] == '.') {
            continue;
        }
        snprintf(path, sizeof path, "%s/%s", name, entry->d_name);
        if (!feed_file(path)) {
            return false;
        }
        (*count)++;
    }
    return true;
}

/* Feed a file, or every file of a directory. Returns false when one could not be read. */
static bool feed(const char *path, unsigned *count)
{
    DIR *directory = opendir(path);
    bool fed;

    if (!directory) {
        fed = feed_file(path);
        *count += fed;
        return fed;
    }
    fed = feed_directory(directory, path, count);
    closedir(directory);
    return fed;
}

int main(int argc, char **argv)
{
    unsigned count = 0;
    int i;

    for (i = 1; i < argc; i++) {
        if (!feed(argv[i], &count)) {
            return 1;
        }
    }
    printf("%u inputs\n", count);
    return count > 0 ? 0 : 1;
}
