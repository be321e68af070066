// SPDX-License-Identifier: Apache-2.0
/*
 * Forms as browsers and curl upload them, multipart/form-data (RFC 7578): which bytes belong to which
 * part. Takes the body in any pieces and copies none of the parts' bytes.
 *
 *     struct otk_multipart form;
 *     struct otk_multipart_piece piece;
 *     status = otk_multipart_open(&form, content_type);
 *     for each piece of the body
 *         while ((status = otk_multipart_next(&form, &data, &len, &piece)) == OTK_OK)
 *             if (piece.kind == OTK_MULTIPART_DATA && form.has_file_name)
 *                 use(piece.data, piece.len);
 *     complete = otk_multipart_is_complete(&form);
 */
#ifndef OTAKIT_FORMAT_MULTIPART_H
#define OTAKIT_FORMAT_MULTIPART_H

#include <stdbool.h>
#include <stdint.h>

#include "otakit/base/status.h"
#include "otakit/format/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Characters of a boundary. Source: RFC 2046, 5.1.1. */
#define OTK_MULTIPART_BOUNDARY_LEN 70u

/* Bytes of a line of a part's head that we look at; the rest of a longer one is passed over. Enough
 * for any file name of 255 bytes. */
#define OTK_MULTIPART_LINE_SIZE 400u

/* Bytes of a part's head; more are refused. */
#define OTK_MULTIPART_HEAD_LIMIT 4096u

enum otk_multipart_kind {
    OTK_MULTIPART_PART, /* the next part begins: form.has_file_name speaks of it */
    OTK_MULTIPART_DATA, /* bytes of the part */
    OTK_MULTIPART_END   /* the part has ended */
};

struct otk_multipart_piece {
    enum otk_multipart_kind kind;
    const uint8_t *data; /* borrowed until the next call; for OTK_MULTIPART_DATA */
    uint32_t len;        /* bytes */
};

enum otk_multipart_state {
    OTK_MULTIPART_IN_PREAMBLE,
    OTK_MULTIPART_IN_DELIMITER, /* behind a boundary, before the end of its line */
    OTK_MULTIPART_IN_HEAD,
    OTK_MULTIPART_IN_DATA,
    OTK_MULTIPART_IN_EPILOGUE,
    OTK_MULTIPART_BROKEN
};

/* A form in progress. Read no field but has_file_name. */
struct otk_multipart {
    enum otk_multipart_state state;
    bool has_file_name;                                /* the part was chosen as a file */
    uint8_t delimiter[4 + OTK_MULTIPART_BOUNDARY_LEN]; /* CR LF - - boundary */
    uint32_t delimiter_len;
    uint32_t matched; /* characters of the delimiter that the last bytes were */
    uint32_t head_len;
    uint32_t line_len;
    char line[OTK_MULTIPART_LINE_SIZE];
};

/* Whether a Content-Type says that the body is such a form. */
bool otk_multipart_is_form(struct otk_text content_type);

/*
 * Begin a form.
 *
 * content_type  the field's value; borrowed for the call
 *
 * Returns  OTK_OK
 *          OTK_BAD_FORMAT  no such form, or without a usable boundary
 */
OTK_MUST_USE enum otk_status otk_multipart_open(struct otk_multipart *form,
                                                struct otk_text content_type);

/*
 * Take from the body up to the next thing worth telling.
 *
 * data, len  the bytes at hand; advanced by what was taken
 * piece      written on success only
 *
 * Returns  OTK_OK          piece is told; call again
 *          OTK_MORE        all bytes were taken
 *          OTK_BAD_FORMAT  this is no form; so are all further bytes
 */
OTK_MUST_USE enum otk_status otk_multipart_next(struct otk_multipart *form, const uint8_t **data,
                                                uint32_t *len, struct otk_multipart_piece *piece);

/* Whether the last boundary was seen. */
bool otk_multipart_is_complete(const struct otk_multipart *form);

#ifdef __cplusplus
}
#endif

#endif
