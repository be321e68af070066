// SPDX-License-Identifier: Apache-2.0
/*
 * Ctrl-C. The handler ends the program itself, so every loop in it may be as long as it likes; it
 * calls only what POSIX allows in a handler. What belongs to the handler has to be global.
 */
#include "cli/interrupt.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/report.h"

static const char message[] = "otakit: error: interrupted: the command was stopped by a signal\n";
static const char document[] =
    "{\"error\": {\"code\": \"INTERRUPTED\", \"message\": \"interrupted: "
    "the command was stopped by a signal\", \"hint\": \"\"}}\n";

static const struct cli_call *current_call;
static char guarded_path[PATH_MAX];
static volatile sig_atomic_t is_guarding;
static volatile sig_atomic_t *volatile caught;

static void write_all(int descriptor, const char *text, size_t len)
{
    /* Nobody is left to be told that even this failed. */
    const ssize_t written = write(descriptor, text, len);
    (void)written;
}

static void on_signal(int signal_number)
{
    (void)signal_number;
    if (caught && !*caught) {
        *caught = 1;
        return;
    }
    if (is_guarding) {
        unlink(guarded_path);
    }
    write_all(STDERR_FILENO, message, sizeof message - 1);
    if (current_call->json) {
        write_all(STDOUT_FILENO, document, sizeof document - 1);
    }
    _exit(CLI_INTERRUPTED);
}

static void fill_signals(sigset_t *signals)
{
    sigemptyset(signals);
    sigaddset(signals, SIGINT);
    sigaddset(signals, SIGTERM);
    sigaddset(signals, SIGHUP);
}

void cli_interrupt_end(void)
{
    sigset_t signals;

    fill_signals(&signals);
    sigprocmask(SIG_BLOCK, &signals, NULL);
}

void cli_interrupt_init(const struct cli_call *call)
{
    struct sigaction action = {.sa_handler = on_signal};

    current_call = call;
    fill_signals(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
}

void cli_interrupt_catch(volatile sig_atomic_t *flag)
{
    caught = flag;
}

void cli_interrupt_guard(const char *path)
{
    is_guarding = 0;
    if (path && strlen(path) < sizeof guarded_path) {
        snprintf(guarded_path, sizeof guarded_path, "%s", path);
        is_guarding = 1;
    }
}
