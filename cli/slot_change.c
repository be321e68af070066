// SPDX-License-Identifier: Apache-2.0
/* What the commands that change otadata have in common. */
#include "cli/slot_change.h"

#include "cli/otadata_view.h"
#include "cli/report.h"
#include "cli/text.h"

static int finish(const struct cli_call *call, const struct cli_chip *chip,
                  const struct cli_board *board)
{
    struct otk_boot_result result;
    const enum otk_status status = cli_board_try_boot(chip, board, &result);
    const char *label = cli_chip_slot_label(chip, status == OTK_OK ? result.slot : OTK_SLOT_NONE);

    if (call->json) {
        cJSON *document = cJSON_CreateObject();
        cJSON_AddItemToObject(document, "otadata", cli_otadata_json(chip));
        if (label) {
            cli_text_add_json(document, "boots_next", label);
        } else {
            cJSON_AddNullToObject(document, "boots_next");
        }
        return cli_finish_json(call, document);
    }
    cli_board_tell_raised(call, board);
    cli_remark(call, "%s boots next", label ? label : "nothing");
    return CLI_DONE;
}

int cli_slot_change(const struct cli_call *call, cli_slot_act *act)
{
    struct cli_chip chip;
    struct cli_board board;
    struct otk_device device;
    int exit_status = cli_chip_open(call, cli_operand(call, 0), CLI_CHIP_CHANGE, &chip);

    if (exit_status == CLI_DONE) {
        cli_board_init(call, &chip, &board);
        exit_status = cli_board_start(call, &chip, &board, &device);
    }
    if (exit_status == CLI_DONE) {
        exit_status = act(call, &chip, &device);
    }
    if (exit_status == CLI_DONE) {
        exit_status = finish(call, &chip, &board);
    }
    cli_chip_close(&chip);
    return exit_status;
}
