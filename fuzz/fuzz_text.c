// SPDX-License-Identifier: Apache-2.0
/*
 * Texts from flash and files on their way to a terminal or into JSON: cli/text.h. What comes out
 * steers nothing and is UTF-8.
 *
 * Input: the room for the clean text, then the text.
 */
#include "cli/text.h"

#include <stdbool.h>

#include "fuzz/expect.h"
#include "fuzz/input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whether bytes are UTF-8 without control characters, by the table of RFC 3629. */
static bool is_clean(const uint8_t *bytes)
{
    while (*bytes != 0) {
        const uint8_t first = *bytes++;
        const unsigned more = first < 0x80 ? 0 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;

        if (first < 0x20 || first == 0x7F || (first >= 0x80 && first < 0xC2) || first > 0xF4)
            return false;
        for (unsigned i = 0; i < more; i++)
            if (bytes[i] < 0x80 || bytes[i] > 0xBF)
                return false;
        if ((first == 0xE0 && bytes[0] < 0xA0) || (first == 0xED && bytes[0] > 0x9F) ||
            (first == 0xF0 && bytes[0] < 0x90) || (first == 0xF4 && bytes[0] > 0x8F) ||
            (first == 0xC2 && bytes[0] < 0xA0))
            return false;
        bytes += more;
    }
    return true;
}

static void check_json(const char *text)
{
    cJSON *const object = cJSON_CreateObject();
    char *printed;

    EXPECT(object != NULL);
    cli_text_add_json(object, "text", text);
    printed = cJSON_PrintUnformatted(object);
    EXPECT(printed != NULL && strlen(printed) > 2);
    cJSON *const again = cJSON_Parse(printed);

    EXPECT(again != NULL && cJSON_Compare(object, again, true));
    cJSON_Delete(again);
    cJSON_Delete(object);
    free(printed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    const size_t room = 1u + input_u8(&input);
    char *const text = calloc(1, input.size + 1);
    char *const clean = malloc(room);

    EXPECT(text != NULL && clean != NULL);
    (void)input_copy(&input, text, (uint32_t)input.size);
    cli_text_clean(text, clean, room);
    EXPECT(strnlen(clean, room) < room);
    EXPECT(is_clean((const uint8_t *)clean));
    check_json(text);
    EXPECT(cli_text_distance(text, text) == 0);
    EXPECT(cli_text_distance(text, "slot") == cli_text_distance("slot", text));
    free(text);
    free(clean);
    return 0;
}
