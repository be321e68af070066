// SPDX-License-Identifier: Apache-2.0
/*
 * Log lines on standard output, each written whole; in colour on a terminal, errors red, warnings yellow.
 */
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <esp_log.h>

#define TAG_COUNT 32u
#define TAG_SIZE  32u

static struct {
    pthread_mutex_t mutex;
    esp_log_level_t level; /* of tags without a level of their own */
    unsigned count;
    struct {
        char name[TAG_SIZE];
        esp_log_level_t level;
    } tags[TAG_COUNT];
} levels = {.mutex = PTHREAD_MUTEX_INITIALIZER, .level = (esp_log_level_t)CONFIG_LOG_DEFAULT_LEVEL};

/* Where the tag stands, or the first free place. */
static unsigned find_tag(const char *tag)
{
    unsigned index = 0;

    while (index < levels.count && strcmp(levels.tags[index].name, tag) != 0) {
        index++;
    }
    return index;
}

static void set_level(const char *tag, esp_log_level_t level)
{
    const unsigned index = find_tag(tag);

    if (index == TAG_COUNT || strlen(tag) >= TAG_SIZE) {
        return;
    }
    strcpy(levels.tags[index].name, tag);
    levels.tags[index].level = level;
    if (index == levels.count) {
        levels.count++;
    }
}

void esp_log_level_set(const char *tag, esp_log_level_t level)
{
    pthread_mutex_lock(&levels.mutex);
    if (strcmp(tag, "*") == 0) {
        levels.level = level;
        levels.count = 0;
    } else {
        set_level(tag, level);
    }
    pthread_mutex_unlock(&levels.mutex);
}

esp_log_level_t esp_log_level_get(const char *tag)
{
    esp_log_level_t level;
    unsigned index;

    pthread_mutex_lock(&levels.mutex);
    index = find_tag(tag);
    level = index < levels.count ? levels.tags[index].level : levels.level;
    pthread_mutex_unlock(&levels.mutex);
    return level;
}

uint32_t esp_log_timestamp(void)
{
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    static struct timespec start;
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    pthread_mutex_lock(&mutex);
    if (start.tv_sec == 0) {
        start = now;
    }
    pthread_mutex_unlock(&mutex);
    return (uint32_t)((now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000);
}

void esp_log_writev(esp_log_level_t level, const char *tag, const char *format, va_list arguments)
{
    static const char *const colours[] = {"", "\033[0;31m", "\033[0;33m"};
    const int error = errno; /* callers look at it behind a line of log */
    bool is_coloured;

    if (level > esp_log_level_get(tag)) {
        return;
    }
    is_coloured = (level == ESP_LOG_ERROR || level == ESP_LOG_WARN) && isatty(STDOUT_FILENO);
    flockfile(stdout);
    if (is_coloured) {
        fputs(colours[level], stdout);
    }
    vprintf(format, arguments);
    if (is_coloured) {
        fputs("\033[0m", stdout);
    }
    fflush(stdout);
    funlockfile(stdout);
    errno = error;
}

void esp_log_write(esp_log_level_t level, const char *tag, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    esp_log_writev(level, tag, format, arguments);
    va_end(arguments);
}

void esp_log_buffer_hex_internal(const char *tag, const void *buffer, uint16_t len,
                                 esp_log_level_t level)
{
    const unsigned char *bytes = buffer;
    unsigned offset;

    for (offset = 0; offset < len; offset += 16u) {
        char line[3u * 16u + 1u] = "";
        unsigned index;

        for (index = 0; index < 16u && offset + index < len; index++) {
            snprintf(line + 3u * index, 4, "%02x ", bytes[offset + index]);
        }
        ESP_LOG_LEVEL(level, tag, "%s", line);
    }
}
