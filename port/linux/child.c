// SPDX-License-Identifier: Apache-2.0
/*
 * A program that never outlives the device.
 *
 * The signal that the kernel sends at a parent's death (PR_SET_PDEATHSIG) is not enough: a program
 * that drops its privileges, as dnsmasq does, loses it. So a keeper stands between:
 *
 *     device ---lifeline---> keeper ---> program
 *
 * The device alone holds the writing end of the lifeline. When it is closed, by otk_child_close or by
 * the kernel because the device is gone, the keeper ends the program.
 */
#include "port/linux/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* How long a program may take to end when it is asked to. hostapd takes the station's keys back and
 * the interface down. */
#define END_TIMEOUT_MS 3000

#define EXIT_CANNOT_RUN 127

/* The three below run after fork() in a program with threads: nothing but system calls. */

static void become_program(char *const argv[], int input, int output)
{
    static const char cannot_run[] = "cannot be executed\n";
    sigset_t none;

    /* Should the keeper itself be killed. */
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    /* When the device is gone nobody reads the output any more, and still it has to clean up. */
    signal(SIGPIPE, SIG_IGN);
    dup2(input, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    close_range(STDERR_FILENO + 1u, ~0u, 0);
    execv(argv[0], argv);
    if (write(STDERR_FILENO, cannot_run, sizeof cannot_run - 1u) < 0) {
        _exit(EXIT_CANNOT_RUN);
    }
    _exit(EXIT_CANNOT_RUN);
}

/* Wait for the end of the program or of the lifeline, whatever comes first. */
static void await_end(pid_t program, int lifeline)
{
    struct pollfd files[] = {
        {.fd = lifeline, .events = POLLIN},
        {.fd = (int)syscall(SYS_pidfd_open, program, 0), .events = POLLIN},
    };

    while (poll(files, 2, -1) < 0 && errno == EINTR) {
    }
    if (files[1].revents == 0) {
        kill(program, SIGTERM);
        (void)poll(&files[1], 1, END_TIMEOUT_MS);
        kill(program, SIGKILL); /* without effect on one that has ended */
    }
}

static void keep(char *const argv[], int input, int output, int lifeline)
{
    int status = 0;
    pid_t program;

    setpgid(0, 0);
    program = fork();
    if (program == 0) {
        become_program(argv, input, output);
    }
    /* Not a single file of the device may stay open here: not its flash, not its sockets. */
    dup2(lifeline, STDIN_FILENO);
    close_range(STDIN_FILENO + 1u, ~0u, 0);
    if (program < 0) {
        _exit(EXIT_CANNOT_RUN);
    }
    await_end(program, STDIN_FILENO);
    waitpid(program, &status, 0);
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

enum otk_status otk_child_open(struct otk_child *child, char *const argv[], int input)
{
    enum otk_status status = OTK_HOST_IO;
    int lifeline[2] = {-1, -1};
    int output[2] = {-1, -1};
    int nothing = -1;
    pid_t keeper;

    if (pipe2(lifeline, O_CLOEXEC) != 0 || pipe2(output, O_CLOEXEC) != 0) {
        goto out;
    }
    if (input < 0) {
        nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    }
    keeper = fork();
    if (keeper < 0) {
        goto out;
    }
    if (keeper == 0) {
        keep(argv, input < 0 ? nothing : input, output[1], lifeline[0]);
    }
    fcntl(output[0], F_SETFL, O_NONBLOCK);
    *child = (struct otk_child){.keeper = keeper, .lifeline = lifeline[1], .output = output[0]};
    lifeline[1] = -1;
    output[0] = -1;
    status = OTK_OK;
out:
    for (int end = 0; end < 2; end++) {
        if (lifeline[end] >= 0) {
            close(lifeline[end]);
        }
        if (output[end] >= 0) {
            close(output[end]);
        }
    }
    if (nothing >= 0) {
        close(nothing);
    }
    return status;
}

/* Move the first `len` bytes of the buffer to `line`; one more goes with them where they end a
 * line. */
static bool take(struct otk_child *child, uint32_t len, bool ends_line,
                 char line[OTK_CHILD_LINE_SIZE])
{
    const uint32_t used = len + (ends_line ? 1u : 0u);

    memcpy(line, child->buffer, len);
    line[len] = '\0';
    child->len -= used;
    memmove(child->buffer, child->buffer + used, child->len);
    return true;
}

bool otk_child_read(struct otk_child *child, char line[OTK_CHILD_LINE_SIZE])
{
    const uint32_t line_len_max = OTK_CHILD_LINE_SIZE - 1u;

    for (;;) {
        const char *const end = memchr(child->buffer, '\n', child->len);
        ssize_t count;

        if (end) {
            return take(child, (uint32_t)(end - child->buffer), true, line);
        }
        if (child->len == line_len_max || (child->has_ended && child->len > 0)) {
            return take(child, child->len, false, line);
        }
        if (child->has_ended) {
            return false;
        }
        count = read(child->output, child->buffer + child->len, line_len_max - child->len);
        if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
            return false;
        }
        child->has_ended = count <= 0;
        child->len += count > 0 ? (uint32_t)count : 0u;
    }
}

int otk_child_close(struct otk_child *child)
{
    int status = 0;

    if (child->keeper == 0) {
        return 0;
    }
    close(child->lifeline);
    while (waitpid(child->keeper, &status, 0) < 0 && errno == EINTR) {
    }
    close(child->output);
    memset(child, 0, sizeof *child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
