// SPDX-License-Identifier: Apache-2.0
/*
 * A chip in a file: survives SIGKILL, is locked, is judged by its size.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim/nor.h"

#define SIZE 0x20000u

static char path[64];

static int name_file(void **state)
{
    (void)state;
    snprintf(path, sizeof path, "/tmp/otk_nor_file_%ld.bin", (long)getpid());
    unlink(path);
    return 0;
}

static int remove_file(void **state)
{
    (void)state;
    unlink(path);
    return 0;
}

static void make_file(struct otk_nor **nor)
{
    const struct otk_nor_config config = {.size = SIZE};

    assert_int_equal(otk_nor_create_file(path, &config, nor), OTK_OK);
}

static void a_new_file_is_as_long_as_the_chip_and_blank(void **state)
{
    struct otk_nor *nor = NULL;
    struct stat info;

    (void)state;
    make_file(&nor);
    for (uint32_t i = 0; i < SIZE; i++) {
        assert_int_equal(otk_nor_content(nor)[i], 0xFF);
    }
    otk_nor_close(nor);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_size, SIZE);
}

static void content_is_there_after_closing_and_opening(void **state)
{
    struct otk_nor *nor = NULL;
    const struct otk_flash *flash;

    (void)state;
    make_file(&nor);
    flash = otk_nor_flash(nor);
    assert_int_equal(flash->write(flash->context, 0x1000, "otakit!!", 8), OTK_OK);
    otk_nor_close(nor);
    assert_int_equal(otk_nor_open_file(path, NULL, &nor), OTK_OK);
    assert_int_equal(otk_nor_flash(nor)->size, SIZE);
    assert_memory_equal(otk_nor_content(nor) + 0x1000, "otakit!!", 8);
    otk_nor_close(nor);
}

/* The child programs and says so for each page, then waits to be killed. */
static void write_until_killed(int report)
{
    struct otk_nor *nor = NULL;
    const struct otk_flash *flash;
    uint8_t page[256];

    if (otk_nor_open_file(path, NULL, &nor) != OTK_OK) {
        _exit(1);
    }
    flash = otk_nor_flash(nor);
    for (uint32_t i = 0; i < SIZE / 256; i++) {
        memset(page, (int)(i & 0x7F), sizeof page);
        if (flash->write(flash->context, i * 256, page, 256) != OTK_OK ||
            write(report, page, 1) != 1) {
            _exit(1);
        }
    }
    for (;;) {
        pause();
    }
}

static void everything_programmed_survives_sigkill(void **state)
{
    struct otk_nor *nor = NULL;
    int report[2];
    pid_t child;
    uint8_t byte;

    (void)state;
    make_file(&nor);
    otk_nor_close(nor);
    assert_int_equal(pipe(report), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        write_until_killed(report[1]);
    }
    for (int i = 0; i < 100; i++) {
        assert_int_equal(read(report[0], &byte, 1), 1);
    }
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(otk_nor_open_file(path, NULL, &nor), OTK_OK);
    for (uint32_t i = 0; i < 100 * 256; i++) {
        assert_int_equal(otk_nor_content(nor)[i], (i / 256) & 0x7F);
    }
    otk_nor_close(nor);
    close(report[0]);
    close(report[1]);
}

static void a_chip_that_is_open_cannot_be_opened_again(void **state)
{
    struct otk_nor *nor = NULL;
    struct otk_nor *second = NULL;

    (void)state;
    make_file(&nor);
    otk_nor_fill(nor, 0, "x", 1);
    assert_int_equal(otk_nor_open_file(path, NULL, &second), OTK_BUSY);
    assert_int_equal(otk_nor_create_file(path, NULL, &second), OTK_BUSY);
    assert_int_equal(otk_nor_content(nor)[0], 'x');
    otk_nor_close(nor);
    assert_int_equal(otk_nor_open_file(path, NULL, &second), OTK_OK);
    otk_nor_close(second);
}

static void a_file_that_is_no_chip_is_refused(void **state)
{
    static const off_t sizes[] = {0, 4096, 0x18000, 0x20001};
    struct otk_nor *nor = NULL;

    (void)state;
    assert_int_equal(otk_nor_open_file(path, NULL, &nor), OTK_NOT_FOUND);
    make_file(&nor);
    otk_nor_close(nor);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        assert_int_equal(truncate(path, sizes[i]), 0);
        assert_int_equal(otk_nor_open_file(path, NULL, &nor), OTK_BAD_FORMAT);
    }
    assert_int_equal(otk_nor_open_file("/tmp", NULL, &nor), OTK_HOST_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_new_file_is_as_long_as_the_chip_and_blank, name_file,
                                        remove_file),
        cmocka_unit_test_setup_teardown(content_is_there_after_closing_and_opening, name_file,
                                        remove_file),
        cmocka_unit_test_setup_teardown(everything_programmed_survives_sigkill, name_file,
                                        remove_file),
        cmocka_unit_test_setup_teardown(a_chip_that_is_open_cannot_be_opened_again, name_file,
                                        remove_file),
        cmocka_unit_test_setup_teardown(a_file_that_is_no_chip_is_refused, name_file, remove_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
