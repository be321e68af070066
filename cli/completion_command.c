// SPDX-License-Identifier: Apache-2.0
/* otakit completion: scripts that teach a shell the commands and options. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/call.h"
#include "cli/commands.h"
#include "cli/completion.h"
#include "cli/file.h"
#include "cli/report.h"

static const struct cli_operand operands[] = {
    {.name = "SHELL",
     .kind = CLI_CHOICE,
     .choices = "bash|zsh|fish",
     .help = "The shell: bash, zsh or fish."},
    {0},
};

static const struct cli_option options[] = {
    {.name = "output",
     .letter = 'o',
     .value = "FILE",
     .kind = CLI_FILE,
     .help = "Where to write the script. Default: standard output."},
    {0},
};

static const struct cli_example examples[] = {
    {"source <(otakit completion bash)", "Complete in this bash."},
    {"otakit completion zsh -o ~/.zfunc/_otakit",
     "Install it for zsh, where ~/.zfunc is in fpath."},
    {"otakit completion fish | source", "Complete in this fish."},
    {0},
};

static int finish(const struct cli_call *call, const char *script, size_t len)
{
    const char *output = cli_text(call, "output");

    if (output) {
        const int exit_status = cli_file_write(call, output, script, len);
        if (exit_status != CLI_DONE || !call->json) {
            return exit_status;
        }
    }
    if (call->json) {
        cJSON *document = cJSON_CreateObject();
        cJSON_AddStringToObject(document, "shell", cli_operand(call, 0));
        cJSON_AddStringToObject(document, "script", script);
        return cli_finish_json(call, document);
    }
    return cli_file_write(call, "-", script, len);
}

static int run(struct cli_call *call)
{
    const char *shell = cli_operand(call, 0);
    char *script = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&script, &len);

    if (!out) {
        return cli_fail(call, OTK_NO_MEMORY, "%s", shell);
    }
    if (strcmp(shell, "bash") == 0) {
        cli_completion_print_bash(out);
    } else if (strcmp(shell, "zsh") == 0) {
        cli_completion_print_zsh(out);
    } else {
        cli_completion_print_fish(out);
    }
    fclose(out);
    const int exit_status = finish(call, script, len);
    free(script);
    return exit_status;
}

const struct cli_command cli_completion = {
    .path = "completion",
    .summary = "Print a completion script for a shell",
    .description = "Prints the script that makes a shell complete the commands, options and values "
                   "of otakit. `install` puts all three where the shells look for them.",
    .operands = operands,
    .options = options,
    .examples = examples,
    .run = run,
};
