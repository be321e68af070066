// SPDX-License-Identifier: Apache-2.0
/* Response heads: every field is judged on its own, in any order, with nothing kept but results. */
#include "otakit/format/http.h"

#include "otakit/base/memory.h"

/* Read decimal digits from the front of a text and leave the rest. */
static enum otk_status take_decimal(struct otk_text *text, uint32_t *value)
{
    uint32_t len = 0;
    enum otk_status status;

    while (len < text->len && text->chars[len] >= '0' && text->chars[len] <= '9') {
        len++;
    }
    status = otk_text_decimal(otk_text(text->chars, len), value);
    *text = otk_text_from(*text, len);
    return status;
}

static bool take_char(struct otk_text *text, char c)
{
    if (text->len == 0 || text->chars[0] != c) {
        return false;
    }
    *text = otk_text_from(*text, 1);
    return true;
}

static enum otk_status take_byte_positions(struct otk_text *text, struct otk_http_range *range)
{
    enum otk_status status;

    if (take_char(text, '*')) {
        return OTK_OK;
    }
    status = take_decimal(text, &range->first);
    if (status != OTK_OK) {
        return status;
    }
    if (!take_char(text, '-')) {
        return OTK_BAD_FORMAT;
    }
    status = take_decimal(text, &range->last);
    if (status == OTK_OK && range->last < range->first) {
        status = OTK_BAD_FORMAT;
    }
    range->has_bytes = status == OTK_OK;
    return status;
}

enum otk_status otk_http_range_decode(struct otk_text value, struct otk_http_range *range)
{
    struct otk_http_range found = {.has_bytes = false};
    enum otk_status status;

    if (!otk_text_starts(value, "bytes ")) {
        return OTK_BAD_FORMAT;
    }
    value = otk_text_trim(otk_text_from(value, 6));
    status = take_byte_positions(&value, &found);
    if (status != OTK_OK) {
        return status;
    }
    if (!take_char(&value, '/')) {
        return OTK_BAD_FORMAT;
    }
    if (take_char(&value, '*')) {
        if (value.len > 0 || !found.has_bytes) {
            return OTK_BAD_FORMAT;
        }
        *range = found;
        return OTK_OK;
    }
    status = otk_text_decimal(value, &found.total);
    if (status != OTK_OK) {
        return status;
    }
    if (found.has_bytes && found.last >= found.total) {
        return OTK_BAD_FORMAT;
    }
    found.has_total = true;
    *range = found;
    return OTK_OK;
}

/* The two digits at `offset`, or 100 where there are none. */
static uint32_t two_digits(struct otk_text text, uint32_t offset)
{
    uint32_t value;

    return otk_text_decimal(otk_text(text.chars + offset, 2), &value) == OTK_OK ? value : 100;
}

/* Days from the start of 2000 to the start of a year from 2000 to 2099; its leap years are those
 * that 4 divides. */
static uint32_t days_before_year(uint32_t years)
{
    return 365 * years + (years + 3) / 4;
}

static uint32_t month_number(struct otk_text name)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    uint32_t month = 0;

    while (month < 12 && memcmp(names + 3 * month, name.chars, 3) != 0) {
        month++;
    }
    return month;
}

/* Seconds of a date whose parts were found; 0 where there is no such day or time. */
static uint32_t seconds_since_2000(uint32_t year, uint32_t month, uint32_t day, uint32_t time_s)
{
    static const uint8_t month_days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const uint32_t years = year > 2000 ? year - 2000 : 0;
    uint32_t days = days_before_year(years) + day - 1;

    for (uint32_t index = 0; index < month; index++) {
        days += month_days[index] + (index == 1 && year % 4 == 0 ? 1u : 0u);
    }
    if (year < 2000) {
        return 1;
    }
    return days * 86400 + time_s > 0 ? days * 86400 + time_s : 1;
}

/* Whether a character stands where the shape of a date has `place`: any letter for '@', anything,
 * to be read later, for '.'. */
static bool fits_place(char place, char c)
{
    if (place == '@') {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    }
    return place == '.' || place == c;
}

/* "Sun, 06 Nov 1994 08:49:37 GMT": every part has its fixed place. The name of the day does not
 * count, but it goes back to the server in a request. */
enum otk_status otk_http_date_decode(struct otk_text value, uint32_t *seconds)
{
    static const char shape[OTK_HTTP_DATE_SIZE] = "@@@, .. ... .... ..:..:.. GMT";
    uint32_t year;

    if (value.len != OTK_HTTP_DATE_SIZE - 1) {
        return OTK_BAD_FORMAT;
    }
    for (uint32_t index = 0; index < value.len; index++) {
        if (!fits_place(shape[index], value.chars[index])) {
            return OTK_BAD_FORMAT;
        }
    }
    const uint32_t day = two_digits(value, 5);
    const uint32_t month = month_number(otk_text_from(value, 8));
    const uint32_t hour = two_digits(value, 17);
    const uint32_t minute = two_digits(value, 20);
    const uint32_t second = two_digits(value, 23);

    if (otk_text_decimal(otk_text(value.chars + 12, 4), &year) != OTK_OK || year > 2099 ||
        month == 12 || day == 0 || day > 31 || hour > 23 || minute > 59 || second > 60) {
        return OTK_BAD_FORMAT;
    }
    *seconds = seconds_since_2000(year, month, day, hour * 3600 + minute * 60 + second);
    return OTK_OK;
}

static void store_text(char *to, uint32_t size, struct otk_text text)
{
    to[0] = '\0';
    if (text.len < size) {
        memcpy(to, text.chars, text.len);
        to[text.len] = '\0';
    }
}

static void set_length(struct otk_http_head *head, struct otk_text value)
{
    uint32_t length = 0;
    const enum otk_status status = otk_text_decimal(value, &length);

    if (status == OTK_OUT_OF_RANGE) {
        head->is_too_long = true;
        return;
    }
    if (status != OTK_OK || (head->has_length && head->length != length)) {
        head->is_malformed = true;
        return;
    }
    head->has_length = true;
    head->length = length;
}

static void set_range(struct otk_http_head *head, struct otk_text value)
{
    const enum otk_status status = otk_http_range_decode(value, &head->range);

    head->has_range = status == OTK_OK;
    head->is_too_long = head->is_too_long || status == OTK_OUT_OF_RANGE;
    head->is_malformed = head->is_malformed || status == OTK_BAD_FORMAT;
}

static void set_content_encoding(struct otk_http_head *head, struct otk_text value)
{
    head->is_encoded = head->is_encoded || (value.len > 0 && !otk_text_is(value, "identity"));
}

/* Chunks are taken apart by whoever speaks HTTP; any other transfer coding changes the bytes. */
static void set_transfer_encoding(struct otk_http_head *head, struct otk_text value)
{
    head->is_encoded = head->is_encoded ||
                       !(otk_text_is(value, "chunked") || otk_text_is(value, "identity"));
}

static void set_content_type(struct otk_http_head *head, struct otk_text value)
{
    head->is_encoded = head->is_encoded || otk_text_starts(value, "multipart/byteranges");
}

/*
 * Whether a tag is a strong one: characters other than blanks and control characters, in quotes
 * (RFC 9110, 8.8.3); it goes back to the server in a request. Weak tags ("W/...") promise equal
 * meaning, not equal bytes: of no use for a range.
 */
static bool is_strong_etag(struct otk_text value)
{
    if (value.len < 2 || value.chars[0] != '"' ||
        otk_text_find(otk_text_from(value, 1), '"') != value.len - 2) {
        return false;
    }
    for (uint32_t index = 0; index < value.len; index++) {
        if ((uint8_t)value.chars[index] <= ' ' || value.chars[index] == 0x7F) {
            return false;
        }
    }
    return true;
}

static void set_etag(struct otk_http_head *head, struct otk_text value)
{
    store_text(head->etag, sizeof head->etag, is_strong_etag(value) ? value : otk_text("", 0));
}

static void set_last_modified(struct otk_http_head *head, struct otk_text value)
{
    if (otk_http_date_decode(value, &head->modified) == OTK_OK) {
        store_text(head->last_modified, sizeof head->last_modified, value);
    }
}

static void set_date(struct otk_http_head *head, struct otk_text value)
{
    if (otk_http_date_decode(value, &head->date) != OTK_OK) {
        head->date = 0;
    }
}

static void set_retry_after(struct otk_http_head *head, struct otk_text value)
{
    head->retry_after_is_date = otk_http_date_decode(value, &head->retry_after) == OTK_OK;
    head->has_retry_after = head->retry_after_is_date ||
                            otk_text_decimal(value, &head->retry_after) == OTK_OK;
}

static void set_accept_ranges(struct otk_http_head *head, struct otk_text value)
{
    head->refuses_ranges = otk_text_is(value, "none");
}

void otk_http_head_init(struct otk_http_head *head, uint16_t status)
{
    memset(head, 0, sizeof *head);
    head->status = status;
}

void otk_http_head_field(struct otk_http_head *head, struct otk_text name, struct otk_text value)
{
    static const struct {
        const char *name;
        void (*set)(struct otk_http_head *head, struct otk_text value);
    } fields[] = {
        {"Content-Length", set_length},
        {"Content-Range", set_range},
        {"Content-Encoding", set_content_encoding},
        {"Transfer-Encoding", set_transfer_encoding},
        {"Content-Type", set_content_type},
        {"ETag", set_etag},
        {"Last-Modified", set_last_modified},
        {"Date", set_date},
        {"Retry-After", set_retry_after},
        {"Accept-Ranges", set_accept_ranges},
    };

    for (uint32_t index = 0; index < sizeof fields / sizeof fields[0]; index++) {
        if (otk_text_is(name, fields[index].name)) {
            fields[index].set(head, otk_text_trim(value));
        }
    }
}

const char *otk_http_head_validator(const struct otk_http_head *head)
{
    const bool is_settled = head->modified > 0 && head->date > head->modified;

    if (head->etag[0] != '\0') {
        return head->etag;
    }
    return is_settled ? head->last_modified : "";
}

bool otk_http_head_matches(const struct otk_http_head *head, const char *validator)
{
    const char *const own = validator[0] == '"' ? head->etag : head->last_modified;
    uint32_t index = 0;

    if (validator[0] == '\0' || own[0] == '\0') {
        return true;
    }
    while (own[index] == validator[index] && own[index] != '\0') {
        index++;
    }
    return own[index] == validator[index];
}

uint32_t otk_http_head_retry_after_s(const struct otk_http_head *head)
{
    if (!head->has_retry_after) {
        return 0;
    }
    if (!head->retry_after_is_date) {
        return head->retry_after;
    }
    return head->date > 0 && head->retry_after > head->date ? head->retry_after - head->date : 0;
}

bool otk_http_is_redirect(uint16_t status)
{
    return (status >= 301 && status <= 303) || status == 307 || status == 308;
}

bool otk_http_is_transient(uint16_t status)
{
    return status == 408 || status == 425 || status == 429 || status == 500 ||
           (status >= 502 && status <= 504);
}

enum otk_status otk_http_refusal(uint16_t status)
{
    if (status == 404 || status == 410) {
        return OTK_HTTP_NOT_FOUND;
    }
    if (status == 401 || status == 403 || status == 407) {
        return OTK_HTTP_DENIED;
    }
    if (status >= 400 && status <= 499) {
        return OTK_HTTP_CLIENT_ERROR;
    }
    return status >= 500 && status <= 599 ? OTK_HTTP_SERVER_ERROR : OTK_HTTP_BAD_RESPONSE;
}
