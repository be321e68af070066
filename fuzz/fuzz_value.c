// SPDX-License-Identifier: Apache-2.0
/*
 * Values of the command line: cli/value.h. A number that is taken is in its range.
 *
 * Input: the kind, then the text.
 */
#include "cli/value.h"

#include "fuzz/expect.h"
#include "fuzz/input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum cli_kind kinds[] = {CLI_NUMBER, CLI_COUNT,    CLI_SIZE, CLI_DURATION,
                                          CLI_CHIP,   CLI_REVISION, CLI_TEXT};
    struct input input = {data, size};
    const enum cli_kind kind = kinds[input_u8(&input) % (sizeof kinds / sizeof kinds[0])];
    char *const text = calloc(1, input.size + 1);
    char shown[64];
    uint64_t number = 0;

    EXPECT(text != NULL);
    (void)input_copy(&input, text, (uint32_t)input.size);
    if (cli_value_parse(kind, text, &number)) {
        EXPECT(kind != CLI_TEXT && text[0] != '\0');
        EXPECT(kind == CLI_COUNT || number <= UINT32_MAX);
        cli_value_format_size(number, shown, sizeof shown);
        EXPECT(strlen(shown) > 0);
    } else {
        EXPECT(number == 0);
    }
    EXPECT(cli_value_example(kind)[0] != '\0');
    (void)cli_value_is_choice("ota_0|ota_1|factory", text);
    free(text);
    return 0;
}
