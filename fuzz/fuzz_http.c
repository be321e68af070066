// SPDX-License-Identifier: Apache-2.0
/*
 * Response heads: otakit/format/http.h. Whatever a server sends, what is kept of it is consistent and
 * may be sent back in a request.
 *
 * Input: the status (16 bits), then fields, "name: value", a line each.
 */
#include "fuzz/expect.h"
#include "fuzz/input.h"
#include "otakit/format/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Text that goes into a request cannot end its line. */
static void expect_harmless(const char *text, size_t size)
{
    const size_t len = strnlen(text, size);

    EXPECT(len < size);
    for (size_t i = 0; i < len; i++)
        EXPECT((uint8_t)text[i] >= ' ' && text[i] != 0x7F);
}

static void check_range(const struct otk_http_range *range)
{
    EXPECT(range->has_bytes || range->has_total);
    if (range->has_bytes)
        EXPECT(range->first <= range->last);
    if (range->has_bytes && range->has_total)
        EXPECT(range->last < range->total);
}

static void check_value(struct otk_text value)
{
    struct otk_http_range range;
    uint32_t seconds;

    if (otk_http_range_decode(value, &range) == OTK_OK)
        check_range(&range);
    if (otk_http_date_decode(value, &seconds) == OTK_OK)
        EXPECT(seconds >= 1);
}

static void check_head(const struct otk_http_head *head)
{
    const char *validator = otk_http_head_validator(head);
    const size_t etag_len = strnlen(head->etag, sizeof head->etag);

    expect_harmless(head->etag, sizeof head->etag);
    expect_harmless(head->last_modified, sizeof head->last_modified);
    EXPECT(validator == head->etag || validator == head->last_modified || *validator == 0);
    EXPECT(otk_http_head_matches(head, validator) && otk_http_head_matches(head, ""));
    EXPECT(etag_len == 0 ||
           (etag_len >= 2 && head->etag[0] == '"' && head->etag[etag_len - 1] == '"'));
    if (head->has_range && !head->is_malformed)
        check_range(&head->range);
    (void)otk_http_head_retry_after_s(head);
    EXPECT(otk_http_refusal(head->status) != OTK_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    const uint16_t status = input_u16(&input);
    struct otk_http_head head;

    otk_http_head_init(&head, status);
    while (input.size > 0) {
        const uint8_t *end = memchr(input.data, '\n', input.size);
        const uint32_t len = end ? (uint32_t)(end - input.data) : (uint32_t)input.size;
        char *line = malloc(len + 1u);

        EXPECT(line != NULL);
        (void)input_copy(&input, line, len);
        (void)input_u8(&input);
        const struct otk_text text = otk_text(line, len);
        const uint32_t colon = otk_text_find(text, ':');

        if (colon < len) {
            const struct otk_text value = otk_text_trim(otk_text_from(text, colon + 1));

            check_value(value);
            otk_http_head_field(&head, otk_text(line, colon), value);
        }
        free(line);
    }
    check_head(&head);
    return 0;
}
