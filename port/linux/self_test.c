// SPDX-License-Identifier: Apache-2.0
/* The self-test of a virtual application: three fixed behaviours, or a command. */
#include "port/linux/self_test.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "port/linux/interrupt.h"

/* How often a running command is looked at. */
#define POLL_INTERVAL_MS 10u
#define NS_PER_MS        1000000u

static void set_environment(const struct otk_self_test_subject *subject)
{
    setenv("OTAKIT_SLOT", subject->slot, 1);
    setenv("OTAKIT_PROJECT", subject->project, 1);
    setenv("OTAKIT_VERSION", subject->version, 1);
    setenv("OTAKIT_DEVICE", subject->device, 1);
    setenv("OTAKIT_FLASH", subject->flash, 1);
}

/* The child: its own process group, so that the watchdog reaches whatever it starts. */
static void become_command(const char *command, const struct otk_self_test_subject *subject,
                           int output)
{
    setpgid(0, 0);
    set_environment(subject);
    dup2(output, STDOUT_FILENO);
    execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(127);
}

/* Wait until the child ends, the time is over, or Ctrl-C. */
static enum otk_status await(pid_t child, uint32_t timeout_ms, int *outcome)
{
    const struct timespec pause = {.tv_nsec = (long)(POLL_INTERVAL_MS * NS_PER_MS)};
    uint32_t waited_ms = 0;

    while (waitpid(child, outcome, WNOHANG) == 0) {
        if (otk_interrupt_seen()) {
            return OTK_INTERRUPTED;
        }
        if (waited_ms >= timeout_ms) {
            return OTK_SELF_TEST_TIMEOUT;
        }
        nanosleep(&pause, NULL);
        waited_ms += POLL_INTERVAL_MS;
    }
    return OTK_OK;
}

static enum otk_status run_command(const char *command, const struct otk_self_test_subject *subject,
                                   uint32_t timeout_ms, int output)
{
    const pid_t child = fork();
    enum otk_status status;
    int outcome = 0;

    if (child < 0) {
        return OTK_HOST_IO;
    }
    if (child == 0) {
        become_command(command, subject, output);
    }
    /* Both sides set the group: whoever comes first, the kill below finds it. */
    setpgid(child, child);
    status = await(child, timeout_ms, &outcome);
    if (status != OTK_OK) {
        kill(-child, SIGKILL);
        waitpid(child, NULL, 0);
        return status;
    }
    return WIFEXITED(outcome) && WEXITSTATUS(outcome) == 0 ? OTK_OK : OTK_SELF_TEST_FAILED;
}

enum otk_status otk_self_test_run(const char *test, const struct otk_self_test_subject *subject,
                                  uint32_t timeout_ms, struct otk_device_clock *clock, int output)
{
    if (strcmp(test, "pass") == 0) {
        return OTK_OK;
    }
    if (strcmp(test, "fail") == 0) {
        return OTK_SELF_TEST_FAILED;
    }
    if (strcmp(test, "hang") == 0) {
        otk_device_clock_pass(clock, (uint64_t)timeout_ms * NS_PER_MS);
        return otk_interrupt_seen() ? OTK_INTERRUPTED : OTK_SELF_TEST_TIMEOUT;
    }
    return run_command(test, subject, timeout_ms, output);
}
