// SPDX-License-Identifier: Apache-2.0
/*
 * What a download needs to know of an HTTP response head: the status and a handful of fields.
 *
 *     struct otk_http_head head;
 *     otk_http_head_init(&head, 206);
 *     for each field line
 *         otk_http_head_field(&head, name, value);
 *     if (head.has_range && head.range.first == wanted) ...
 */
#ifndef OTAKIT_FORMAT_HTTP_H
#define OTAKIT_FORMAT_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "otakit/base/status.h"
#include "otakit/format/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of an ETag that we remember, quotes and NUL included. A longer one is as good as none. */
#define OTK_HTTP_ETAG_SIZE 128u

/* Bytes of a date as HTTP writes it ("Sun, 06 Nov 1994 08:49:37 GMT"), NUL included. */
#define OTK_HTTP_DATE_SIZE 30u

/* The value of Content-Range: positions, length of the file, or both; a star stands for what the
 * server does not say. With status 416 it is the length alone. */
struct otk_http_range {
    bool has_bytes;
    uint32_t first; /* offset in the file */
    uint32_t last;  /* offset of the last byte, inclusive */
    bool has_total;
    uint32_t total; /* bytes of the file */
};

/* A response head, as far as it matters. */
struct otk_http_head {
    uint16_t status;
    bool has_length;
    bool has_range;
    bool is_encoded; /* the body is not the file's bytes: compressed, or several ranges in one */
    bool refuses_ranges; /* Accept-Ranges: none */
    bool is_too_long;    /* a length or position does not fit 32 bits */
    bool is_malformed;   /* a field that matters cannot be understood */
    uint32_t length;     /* Content-Length, bytes of this body */
    struct otk_http_range range;
    bool has_retry_after;
    bool retry_after_is_date;
    uint32_t retry_after;          /* seconds from now, or a date (see otk_http_date_decode) */
    uint32_t date;                 /* 0: not sent */
    uint32_t modified;             /* 0: not sent */
    char etag[OTK_HTTP_ETAG_SIZE]; /* a strong one with its quotes; "": none */
    char last_modified[OTK_HTTP_DATE_SIZE]; /* "": none */
};

/* Begin a head. status is the three-digit code. */
void otk_http_head_init(struct otk_http_head *head, uint16_t status);

/* Take note of one field. Fields that do not matter, and dates and ETags that cannot be used, are
 * passed over; anything else that cannot be understood sets is_malformed. */
void otk_http_head_field(struct otk_http_head *head, struct otk_text name, struct otk_text value);

/*
 * What to send in If-Range so that only the same file is continued: the strong ETag, else a
 * Last-Modified that is older than the response (RFC 9110, 8.8.2.2).
 *
 * Returns  NUL-terminated text inside `head`; "" where neither exists
 */
const char *otk_http_head_validator(const struct otk_http_head *head);

/*
 * Whether the head speaks of the file that had this validator.
 *
 * validator  as otk_http_head_validator returned it before; "" is allowed
 *
 * Returns  false only where the head carries a field of the same kind with another value
 */
bool otk_http_head_matches(const struct otk_http_head *head, const char *validator);

/* Seconds that the server wants us to wait; 0 where it asks for nothing we understand. */
uint32_t otk_http_head_retry_after_s(const struct otk_http_head *head);

/* Whether the status announces another place to look at (301, 302, 303, 307, 308). */
bool otk_http_is_redirect(uint16_t status);

/* Whether the same request may well succeed later (408, 425, 429, 500, 502, 503, 504). */
bool otk_http_is_transient(uint16_t status);

/*
 * What a status that brings no file means.
 *
 * Returns  OTK_HTTP_NOT_FOUND     404, 410
 *          OTK_HTTP_DENIED        401, 403, 407
 *          OTK_HTTP_CLIENT_ERROR  any other 4xx
 *          OTK_HTTP_SERVER_ERROR  5xx
 *          OTK_HTTP_BAD_RESPONSE  anything else
 */
OTK_MUST_USE enum otk_status otk_http_refusal(uint16_t status);

/*
 * Read the value of a Content-Range field.
 *
 * range  written on success only
 *
 * Returns  OTK_OK            read; the positions fit together
 *          OTK_OUT_OF_RANGE  a position does not fit 32 bits
 *          OTK_BAD_FORMAT    anything else
 */
OTK_MUST_USE enum otk_status otk_http_range_decode(struct otk_text value,
                                                   struct otk_http_range *range);

/*
 * Read a date in the form that HTTP prescribes for senders (IMF-fixdate, always GMT).
 *
 * seconds  since the start of the year 2000, at least 1: earlier dates become 1; written on
 *          success only
 *
 * Returns  OTK_OK          read
 *          OTK_BAD_FORMAT  another form, a number out of its range, or a year after 2099
 */
OTK_MUST_USE enum otk_status otk_http_date_decode(struct otk_text value, uint32_t *seconds);

#ifdef __cplusplus
}
#endif

#endif
