// SPDX-License-Identifier: Apache-2.0
#include "port/linux/child.h"

#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void open_shell(struct otk_child *child, const char *script, int input)
{
    char shell[] = "/bin/sh", flag[] = "-c";
    char *argv[] = {shell, flag, (char *)(uintptr_t)script, NULL};

    assert_int_equal(otk_child_open(child, argv, input), OTK_OK);
}

/* The next line, waited for; fails after ten seconds. */
static const char *next_line(struct otk_child *child, char line[OTK_CHILD_LINE_SIZE])
{
    struct pollfd output = {.fd = child->output, .events = POLLIN};

    while (!otk_child_read(child, line)) {
        if (child->has_ended) {
            return NULL;
        }
        assert_int_equal(poll(&output, 1, 10000), 1);
    }
    return line;
}

static void its_output_comes_in_lines(void **state)
{
    struct otk_child child;
    char line[OTK_CHILD_LINE_SIZE];

    (void)state;
    open_shell(&child, "echo one; echo >&2 two; echo; printf three", -1);
    assert_string_equal(next_line(&child, line), "one");
    assert_string_equal(next_line(&child, line), "two");
    assert_string_equal(next_line(&child, line), "");
    assert_string_equal(next_line(&child, line), "three");
    assert_null(next_line(&child, line));
    assert_int_equal(otk_child_close(&child), 0);
}

static void a_long_line_is_cut(void **state)
{
    struct otk_child child;
    char line[OTK_CHILD_LINE_SIZE];

    (void)state;
    open_shell(&child, "printf '%0300d\\n' 7", -1);
    assert_int_equal(strlen(next_line(&child, line)), OTK_CHILD_LINE_SIZE - 1u);
    assert_int_equal(strlen(next_line(&child, line)), 300u - (OTK_CHILD_LINE_SIZE - 1u));
    assert_null(next_line(&child, line));
    (void)otk_child_close(&child);
}

static void it_reads_what_it_is_given(void **state)
{
    const int file = memfd_create("test", MFD_CLOEXEC);
    struct otk_child child;
    char line[OTK_CHILD_LINE_SIZE];

    (void)state;
    assert_int_equal(write(file, "hello\n", 6), 6);
    open_shell(&child, "cat /proc/self/fd/0", file);
    close(file);
    assert_string_equal(next_line(&child, line), "hello");
    (void)otk_child_close(&child);
}

static void its_exit_status_is_told(void **state)
{
    struct otk_child child;
    char line[OTK_CHILD_LINE_SIZE];
    char missing[] = "/nonexistent";
    char *argv[] = {missing, NULL};

    (void)state;
    open_shell(&child, "exit 7", -1);
    assert_null(next_line(&child, line));
    assert_int_equal(otk_child_close(&child), 7);
    open_shell(&child, "kill -9 $$", -1);
    assert_null(next_line(&child, line));
    assert_int_equal(otk_child_close(&child), 128 + SIGKILL);
    assert_int_equal(otk_child_open(&child, argv, -1), OTK_OK);
    assert_string_equal(next_line(&child, line), "cannot be executed");
    assert_null(next_line(&child, line));
    assert_int_equal(otk_child_close(&child), 127);
}

static void closing_asks_it_to_end(void **state)
{
    struct otk_child child;
    char line[OTK_CHILD_LINE_SIZE];

    (void)state;
    open_shell(&child, "trap 'exit 5' TERM; echo ready; while :; do sleep 0.05; done", -1);
    assert_string_equal(next_line(&child, line), "ready");
    assert_int_equal(otk_child_close(&child), 5);
    assert_int_equal(child.keeper, 0);
    assert_int_equal(otk_child_close(&child), 0);
}

/* The parent of the program is killed; the pipe ends when nobody of them is left. */
static void it_ends_with_a_parent_that_is_killed(void **state)
{
    struct pollfd files[1];
    int alive[2];
    pid_t parent;
    char byte;

    (void)state;
    assert_int_equal(pipe(alive), 0);
    parent = fork();
    if (parent == 0) {
        struct otk_child child;
        char line[OTK_CHILD_LINE_SIZE];

        /* The program alone keeps the pipe open, as its standard input. */
        open_shell(&child, "trap 'sleep 0.1; exit' TERM; echo ready; while :; do sleep 0.05; done",
                   alive[1]);
        (void)next_line(&child, line);
        kill(getpid(), SIGKILL);
    }
    close(alive[1]);
    assert_int_equal(waitpid(parent, NULL, 0), parent);
    files[0] = (struct pollfd){.fd = alive[0], .events = POLLIN};
    assert_int_equal(poll(files, 1, 10000), 1);
    assert_int_equal(read(alive[0], &byte, 1), 0);
    close(alive[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(its_output_comes_in_lines),
        cmocka_unit_test(a_long_line_is_cut),
        cmocka_unit_test(it_reads_what_it_is_given),
        cmocka_unit_test(its_exit_status_is_told),
        cmocka_unit_test(closing_asks_it_to_end),
        cmocka_unit_test(it_ends_with_a_parent_that_is_killed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
