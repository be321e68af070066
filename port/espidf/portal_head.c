// SPDX-License-Identifier: Apache-2.0
/* The head of an HTTP answer as bytes. */
#include "port/espidf/portal_head.h"

#include <stdarg.h>
#include <stdio.h>

#define NO_CONTENT 204u

/* Text that grows in a buffer; too long once, it stays so. */
struct writer {
    char *chars;
    uint32_t len;
    bool is_full;
};

static const char *reason_of(uint16_t status)
{
    static const struct {
        uint16_t status;
        const char *reason;
    } reasons[] = {
        {200, "OK"},
        {204, "No Content"},
        {302, "Found"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {409, "Conflict"},
        {411, "Length Required"},
        {416, "Range Not Satisfiable"},
        {422, "Unprocessable Content"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
    };

    for (uint32_t index = 0; index < sizeof reasons / sizeof reasons[0]; index++) {
        if (reasons[index].status == status) {
            return reasons[index].reason;
        }
    }
    return "Answer"; /* nobody reads it */
}

__attribute__((format(printf, 2, 3))) static void put(struct writer *writer, const char *format,
                                                      ...)
{
    const uint32_t room = OTK_PORTAL_HEAD_SIZE - writer->len;
    va_list values;
    int len;

    va_start(values, format);
    len = vsnprintf(writer->chars + writer->len, room, format, values);
    va_end(values);
    if (len < 0 || (uint32_t)len >= room) {
        writer->is_full = true;
        return;
    }
    writer->len += (uint32_t)len;
}

uint32_t otk_portal_head(const struct otk_portal_answer *answer, bool must_close,
                         char head[OTK_PORTAL_HEAD_SIZE])
{
    struct writer writer = {.chars = head};

    put(&writer, "HTTP/1.1 %u %s\r\n", (unsigned)answer->status, reason_of(answer->status));
    for (uint32_t index = 0; index < answer->header_count; index++) {
        put(&writer, "%s: %s\r\n", answer->headers[index].name, answer->headers[index].value);
    }
    if (answer->status != NO_CONTENT) {
        put(&writer, "Content-Length: %u\r\n", (unsigned)answer->body_len);
    }
    put(&writer, "%s\r\n", must_close ? "Connection: close\r\n" : "");
    return writer.is_full ? 0 : writer.len;
}
