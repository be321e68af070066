// SPDX-License-Identifier: Apache-2.0
/*
 * otk_version_compare: an order is an order, whatever the texts are.
 *
 * Input: three texts with line ends between them.
 */
#include "fuzz/expect.h"
#include "fuzz/input.h"
#include "otakit/core/device.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The next text, allocated exactly, so that a sanitizer sees a read past its end. */
static char *take_text(struct input *input)
{
    const uint8_t *end = input->size ? memchr(input->data, '\n', input->size) : NULL;
    const size_t len = end ? (size_t)(end - input->data) : input->size;
    char *text = calloc(1, len + 1);

    EXPECT(text != NULL);
    (void)input_copy(input, text, (uint32_t)len);
    if (end)
        (void)input_u8(input);
    return text;
}

static int sign(int value)
{
    return (value > 0) - (value < 0);
}

static int compare(const char *a, const char *b)
{
    const int order = sign(otk_version_compare(a, b));

    EXPECT(order == -sign(otk_version_compare(b, a)));
    return order;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    char *a = take_text(&input);
    char *b = take_text(&input);
    char *c = take_text(&input);

    EXPECT(compare(a, a) == 0);
    if (compare(a, b) <= 0 && compare(b, c) <= 0)
        EXPECT(compare(a, c) <= 0);
    if (compare(a, b) == 0)
        EXPECT(compare(a, c) == compare(b, c));
    free(a);
    free(b);
    free(c);
    return 0;
}
