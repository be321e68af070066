// SPDX-License-Identifier: Apache-2.0
/*
 * Finds boundaries in a stream.
 *
 *     PREAMBLE --boundary--> DELIMITER --line end--> HEAD --empty line--> DATA
 *                              |   ^                                       |
 *                           "--"   +----------------boundary---------------+
 *                              v
 *                           EPILOGUE
 *
 * A delimiter begins with CR and holds no other, so a mismatch can only restart at the byte that did
 * not match. Bytes that turned out not to be a delimiter equal its beginning: they are told from
 * there, and nothing has to be kept.
 */
#include "otakit/format/multipart.h"

#include "otakit/base/memory.h"

#define CR 0x0Du
#define LF 0x0Au

static const char form_type[] = "multipart/form-data";

/* Where what begins a field, or a parameter, ends: at a semicolon outside of quotes, or with the text. */
static uint32_t find_end(struct otk_text text)
{
    bool is_quoted = false;
    uint32_t index;

    for (index = 0; index < text.len; index++) {
        const char c = text.chars[index];

        if (c == ';' && !is_quoted) {
            break;
        }
        if (c == '"') {
            is_quoted = !is_quoted;
        } else if (c == '\\' && is_quoted && text.len - index > 1) {
            index++; /* a quoted pair */
        }
    }
    return index;
}

/* Take the quotes off. Returns false where only one of them is there. Quoted pairs are not undone:
 * neither boundaries nor what we ask of file names need it. */
static bool unquote(struct otk_text *value)
{
    if (value->len == 0 || value->chars[0] != '"') {
        return true;
    }
    if (value->len < 2 || value->chars[value->len - 1] != '"') {
        return false;
    }
    *value = otk_text(value->chars + 1, value->len - 2u);
    return true;
}

/* The value of a parameter "name=value" or "name=\"value\"" of a field; false where there is none. */
static bool find_parameter(struct otk_text field, const char *name, struct otk_text *value)
{
    uint32_t end = find_end(field);

    while (end < field.len) {
        uint32_t equals;

        field = otk_text_trim(otk_text_from(field, end + 1u));
        end = find_end(field);
        equals = otk_text_find(otk_text(field.chars, end), '=');
        if (equals < end && otk_text_is(otk_text(field.chars, equals), name)) {
            *value = otk_text_trim(otk_text(field.chars + equals + 1u, end - equals - 1u));
            return unquote(value);
        }
    }
    return false;
}

bool otk_multipart_is_form(struct otk_text content_type)
{
    const struct otk_text type = otk_text(content_type.chars, otk_text_find(content_type, ';'));

    return otk_text_is(otk_text_trim(type), form_type);
}

enum otk_status otk_multipart_open(struct otk_multipart *form, struct otk_text content_type)
{
    static const uint8_t prefix[4] = {CR, LF, '-', '-'};
    struct otk_text boundary;

    if (!otk_multipart_is_form(content_type) ||
        !find_parameter(content_type, "boundary", &boundary) || boundary.len == 0 ||
        boundary.len > OTK_MULTIPART_BOUNDARY_LEN || otk_text_find(boundary, '\r') < boundary.len) {
        return OTK_BAD_FORMAT;
    }
    memset(form, 0, sizeof *form);
    memcpy(form->delimiter, prefix, sizeof prefix);
    memcpy(form->delimiter + sizeof prefix, boundary.chars, boundary.len);
    form->delimiter_len = (uint32_t)sizeof prefix + boundary.len;
    form->matched = 2; /* the first boundary needs no line end before it */
    return OTK_OK;
}

/* A boundary is complete. */
static void enter_delimiter(struct otk_multipart *form)
{
    form->state = OTK_MULTIPART_IN_DELIMITER;
    form->matched = 0;
    form->line_len = 0;
}

/* The rest of the line behind a boundary: "--" is the end of the form, nothing but blanks the
 * beginning of a part. */
static void take_delimiter(struct otk_multipart *form, uint8_t byte)
{
    if (byte == LF && form->line_len == 0) {
        form->state = OTK_MULTIPART_IN_HEAD;
        form->has_file_name = false;
        form->head_len = 0;
    } else if (byte == '-') {
        form->line_len++;
        if (form->line_len == 2) {
            form->state = OTK_MULTIPART_IN_EPILOGUE;
        }
    } else if ((byte != ' ' && byte != '\t' && byte != CR) || form->line_len != 0) {
        form->state = OTK_MULTIPART_BROKEN;
    }
}

/* A line of a part's head is complete. */
static void take_line(struct otk_multipart *form)
{
    static const char disposition[] = "content-disposition:";
    const struct otk_text line = otk_text(form->line, form->line_len);
    struct otk_text ignored;

    if (otk_text_starts(line, disposition) && (find_parameter(line, "filename", &ignored) ||
                                               find_parameter(line, "filename*", &ignored))) {
        form->has_file_name = true;
    }
}

/* Returns whether the head has ended. */
static bool take_head(struct otk_multipart *form, uint8_t byte)
{
    if (++form->head_len > OTK_MULTIPART_HEAD_LIMIT) {
        form->state = OTK_MULTIPART_BROKEN;
        return false;
    }
    if (byte != LF) {
        if (byte != CR && form->line_len < OTK_MULTIPART_LINE_SIZE) {
            form->line[form->line_len++] = (char)byte;
        }
        return false;
    }
    if (form->line_len > 0) {
        take_line(form);
        form->line_len = 0;
        return false;
    }
    form->state = OTK_MULTIPART_IN_DATA;
    form->matched = 0;
    return true;
}

/* Take what may be a delimiter. Returns whether there is something to tell: the end of the part, or
 * bytes that only looked like the beginning of a delimiter. */
static bool match(struct otk_multipart *form, const uint8_t **data, uint32_t *len,
                  struct otk_multipart_piece *piece)
{
    while (*len > 0 && **data == form->delimiter[form->matched]) {
        *data += 1;
        *len -= 1;
        if (++form->matched == form->delimiter_len) {
            enter_delimiter(form);
            piece->kind = OTK_MULTIPART_END;
            return true;
        }
    }
    if (*len == 0) {
        return false;
    }
    piece->kind = OTK_MULTIPART_DATA;
    piece->data = form->delimiter;
    piece->len = form->matched;
    form->matched = 0;
    return true;
}

/* Take bytes of a part up to the next CR. Returns whether there were any. */
static bool take_run(const uint8_t **data, uint32_t *len, struct otk_multipart_piece *piece)
{
    uint32_t run = 0;

    while (run < *len && (*data)[run] != CR) {
        run++;
    }
    piece->kind = OTK_MULTIPART_DATA;
    piece->data = *data;
    piece->len = run;
    *data += run;
    *len -= run;
    return run > 0;
}

/* Returns whether there is something to tell. */
static bool take_data(struct otk_multipart *form, const uint8_t **data, uint32_t *len,
                      struct otk_multipart_piece *piece)
{
    if (form->matched == 0 && take_run(data, len, piece)) {
        return true;
    }
    return *len > 0 && match(form, data, len, piece);
}

/* Nothing before the first boundary is worth telling. */
static void take_preamble(struct otk_multipart *form, const uint8_t **data, uint32_t *len)
{
    struct otk_multipart_piece ignored;

    (void)take_data(form, data, len, &ignored);
}

/* One byte of a line between parts. Returns whether a part begins behind it. */
static bool take_byte(struct otk_multipart *form, const uint8_t **data, uint32_t *len)
{
    const uint8_t byte = **data;

    *data += 1;
    *len -= 1;
    if (form->state == OTK_MULTIPART_IN_HEAD) {
        return take_head(form, byte);
    }
    take_delimiter(form, byte);
    return false;
}

enum otk_status otk_multipart_next(struct otk_multipart *form, const uint8_t **data, uint32_t *len,
                                   struct otk_multipart_piece *piece)
{
    while (*len > 0) {
        switch (form->state) {
        case OTK_MULTIPART_IN_PREAMBLE:
            take_preamble(form, data, len);
            break;
        case OTK_MULTIPART_IN_DELIMITER:
        case OTK_MULTIPART_IN_HEAD:
            if (take_byte(form, data, len)) {
                piece->kind = OTK_MULTIPART_PART;
                return OTK_OK;
            }
            break;
        case OTK_MULTIPART_IN_DATA:
            if (take_data(form, data, len, piece)) {
                return OTK_OK;
            }
            break;
        case OTK_MULTIPART_IN_EPILOGUE:
            *len = 0;
            break;
        default:
            return OTK_BAD_FORMAT;
        }
    }
    return form->state == OTK_MULTIPART_BROKEN ? OTK_BAD_FORMAT : OTK_MORE;
}

bool otk_multipart_is_complete(const struct otk_multipart *form)
{
    return form->state == OTK_MULTIPART_IN_EPILOGUE;
}
