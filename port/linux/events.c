// SPDX-License-Identifier: Apache-2.0
/* The JSON lines of the virtual device. Lines are collected by stdio and leave with one flush. */
#include "port/linux/events.h"

#include <string.h>

static void put_text(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text != '\0'; text++) {
        const unsigned char byte = (unsigned char)*text;

        if (byte == '"' || byte == '\\') {
            fprintf(out, "\\%c", byte);
        } else if (byte < 0x20 || byte >= 0x7F) {
            /* Versions come from images and may hold any byte; Latin-1 keeps each one visible. */
            fprintf(out, "\\u%04x", byte);
        } else {
            fputc(byte, out);
        }
    }
    fputc('"', out);
}

static bool put_key(struct otk_events *events, const char *key)
{
    if (!events->out) {
        return false;
    }
    fputs(", ", events->out);
    put_text(events->out, key);
    fputs(": ", events->out);
    return true;
}

enum otk_status otk_events_open(struct otk_events *events, const char *path, const char *device,
                                const struct otk_device_clock *clock)
{
    FILE *out = NULL;

    if (path && strcmp(path, "-") == 0) {
        out = stdout;
    } else if (path) {
        out = fopen(path, "we");
        if (!out) {
            return OTK_HOST_IO;
        }
    }
    *events = (struct otk_events){.out = out, .clock = clock, .device = device};
    return OTK_OK;
}

void otk_event_begin(struct otk_events *events, const char *event)
{
    if (!events->out) {
        return;
    }
    fprintf(events->out, "{\"t_ms\": %llu", (unsigned long long)otk_device_clock_ms(events->clock));
    otk_event_text(events, "device", events->device);
    otk_event_text(events, "event", event);
}

void otk_event_text(struct otk_events *events, const char *key, const char *text)
{
    if (!put_key(events, key)) {
        return;
    }
    if (text) {
        put_text(events->out, text);
    } else {
        fputs("null", events->out);
    }
}

void otk_event_number(struct otk_events *events, const char *key, uint64_t number)
{
    if (put_key(events, key)) {
        fprintf(events->out, "%llu", (unsigned long long)number);
    }
}

void otk_event_flag(struct otk_events *events, const char *key, bool flag)
{
    if (put_key(events, key)) {
        fputs(flag ? "true" : "false", events->out);
    }
}

void otk_event_status(struct otk_events *events, enum otk_status status)
{
    otk_event_text(events, "status", otk_status_name(status));
    otk_event_text(events, "message", otk_status_text(status));
}

void otk_event_end(struct otk_events *events)
{
    if (!events->out) {
        return;
    }
    fputs("}\n", events->out);
    fflush(events->out);
}

void otk_events_close(struct otk_events *events)
{
    if (events->out && events->out != stdout) {
        fclose(events->out);
    }
    events->out = NULL;
}
