// SPDX-License-Identifier: Apache-2.0
/*
 * Forms: otakit/format/multipart.h. Cut into any pieces a form says the same; every byte that it
 * tells was in the body, in this order; bytes of a part hold no boundary.
 *
 * Input: two sizes of pieces, a length and the Content-Type, the body.
 */
#include "fuzz/expect.h"
#include "fuzz/input.h"
#include "otakit/format/multipart.h"

#define BODY_MAX 8192u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What a form tells. */
struct told {
    uint8_t bytes[BODY_MAX]; /* of all parts */
    uint32_t len;
    uint32_t ends[BODY_MAX]; /* of the parts, in bytes */
    uint32_t end_count;
    uint32_t part_count;
    uint32_t files; /* a sum that tells which parts were files */
    enum otk_status status;
    bool is_complete;
};

static void tell(struct told *told, const struct otk_multipart *form,
                 const struct otk_multipart_piece *piece)
{
    switch (piece->kind) {
    case OTK_MULTIPART_PART:
        EXPECT(told->part_count == told->end_count);
        told->part_count++;
        told->files = told->files * 3u + form->has_file_name;
        return;
    case OTK_MULTIPART_DATA:
        EXPECT(told->part_count == told->end_count + 1u);
        EXPECT(piece->len > 0 && piece->len <= BODY_MAX - told->len);
        memcpy(told->bytes + told->len, piece->data, piece->len);
        told->len += piece->len;
        return;
    case OTK_MULTIPART_END:
        EXPECT(told->end_count < BODY_MAX);
        told->ends[told->end_count++] = told->len;
        return;
    }
    EXPECT(false);
}

static enum otk_status feed(struct told *told, struct otk_multipart *form, const uint8_t *body,
                            uint32_t len)
{
    uint8_t *const copy = malloc(len > 0 ? len : 1);
    const uint8_t *data = copy;
    struct otk_multipart_piece piece;
    enum otk_status status;

    EXPECT(copy != NULL);
    memcpy(copy, body, len);
    while ((status = otk_multipart_next(form, &data, &len, &piece)) == OTK_OK)
        tell(told, form, &piece);
    EXPECT(status == OTK_BAD_FORMAT || len == 0);
    free(copy);
    return status;
}

static void read_form(struct told *told, struct otk_multipart form, const struct input *body,
                      uint32_t step)
{
    uint32_t at = 0;

    memset(told, 0, sizeof *told);
    told->status = OTK_MORE;
    while (told->status == OTK_MORE && at < body->size) {
        const uint32_t rest = (uint32_t)body->size - at;
        const uint32_t len = step < rest ? step : rest;

        told->status = feed(told, &form, body->data + at, len);
        at += len;
    }
    told->is_complete = otk_multipart_is_complete(&form);
}

/* The bytes of the parts lie in the body one behind the other. */
static void check_order(const struct told *told, const struct input *body)
{
    uint32_t at = 0;

    for (uint32_t index = 0; index < told->len; index++) {
        while (at < body->size && body->data[at] != told->bytes[index])
            at++;
        EXPECT(at < body->size);
        at++;
    }
}

/* No part that has ended holds the delimiter. */
static void check_parts(const struct told *told, const struct otk_multipart *form)
{
    uint32_t begin = 0;

    for (uint32_t index = 0; index < told->end_count; index++) {
        const uint32_t len = told->ends[index] - begin;

        EXPECT(len == 0 ||
               memmem(told->bytes + begin, len, form->delimiter, form->delimiter_len) == NULL);
        begin = told->ends[index];
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct told whole;
    static struct told parts;
    struct input input = {data, size};
    const uint32_t first = input_u8(&input) + 1u;
    const uint32_t second = input_u8(&input) + 1u;
    char type[256];
    const uint32_t type_len = input_copy(&input, type, input_u8(&input));
    struct otk_multipart form;

    if (input.size > BODY_MAX)
        return 0;
    if (otk_multipart_open(&form, otk_text(type, type_len)) != OTK_OK)
        return 0;
    EXPECT(form.delimiter_len > 4 && form.delimiter_len <= sizeof form.delimiter);
    read_form(&whole, form, &input, BODY_MAX);
    check_order(&whole, &input);
    check_parts(&whole, &form);
    read_form(&parts, form, &input, first);
    EXPECT(memcmp(&whole, &parts, sizeof whole) == 0);
    read_form(&parts, form, &input, second);
    EXPECT(memcmp(&whole, &parts, sizeof whole) == 0);
    return 0;
}
