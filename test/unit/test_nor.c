// SPDX-License-Identifier: Apache-2.0
/*
 * The simulated chip: programming, erasing, what is misuse, what is counted.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim/nor.h"

struct misuse_log {
    unsigned count;
    enum otk_nor_misuse last;
    uint32_t offset;
    uint32_t len;
};

struct op_log {
    unsigned count;
    struct otk_nor_op ops[16];
};

static void note_misuse(void *context, enum otk_nor_misuse misuse, uint32_t offset, uint32_t len)
{
    struct misuse_log *log = context;

    log->count++;
    log->last = misuse;
    log->offset = offset;
    log->len = len;
}

static void note_op(void *context, const struct otk_nor_op *op)
{
    struct op_log *log = context;

    assert_true(log->count < 16);
    log->ops[log->count++] = *op;
}

static struct otk_nor *make(uint32_t block_size, uint32_t write_align)
{
    const struct otk_nor_config config = {
        .size = 0x80000, .block_size = block_size, .write_align = write_align};
    struct otk_nor *nor = NULL;

    assert_int_equal(otk_nor_create(&config, &nor), OTK_OK);
    return nor;
}

static enum otk_status do_write(struct otk_nor *nor, uint32_t offset, const void *data,
                                uint32_t len)
{
    const struct otk_flash *flash = otk_nor_flash(nor);

    return flash->write(flash->context, offset, data, len);
}

static enum otk_status do_erase(struct otk_nor *nor, uint32_t offset, uint32_t len)
{
    const struct otk_flash *flash = otk_nor_flash(nor);

    return flash->erase(flash->context, offset, len);
}

static enum otk_status do_read(struct otk_nor *nor, uint32_t offset, void *data, uint32_t len)
{
    const struct otk_flash *flash = otk_nor_flash(nor);

    return flash->read(flash->context, offset, data, len);
}

static void a_new_chip_is_blank_and_has_the_default_geometry(void **state)
{
    struct otk_nor *nor;
    uint8_t bytes[3] = {0};

    (void)state;
    assert_int_equal(otk_nor_create(NULL, &nor), OTK_OK);
    assert_int_equal(otk_nor_flash(nor)->size, 4u << 20);
    assert_int_equal(otk_nor_flash(nor)->block_size, 65536);
    assert_int_equal(otk_nor_flash(nor)->write_align, 4);
    assert_int_equal(do_read(nor, (4u << 20) - 3, bytes, 3), OTK_OK);
    assert_memory_equal(bytes, "\xFF\xFF\xFF", 3);
    otk_nor_close(nor);
}

static void a_chip_of_impossible_numbers_is_refused(void **state)
{
    static const struct otk_nor_config bad[] = {
        {.size = 0x30000},    {.size = 0x8000},   {.size = 0x10000000},
        {.block_size = 8192}, {.write_align = 2}, {.write_align = 64},
    };
    struct otk_nor *nor;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(otk_nor_create(&bad[i], &nor), OTK_INVALID_ARGUMENT);
    }
}

static void programmed_bytes_are_read_back(void **state)
{
    struct otk_nor *nor = make(0, 0);
    uint8_t data[600];
    uint8_t back[600];

    (void)state;
    for (size_t i = 0; i < sizeof data; i++) {
        data[i] = (uint8_t)(i * 7);
    }
    assert_int_equal(do_write(nor, 0x1010, data, sizeof data), OTK_OK);
    assert_int_equal(do_read(nor, 0x1010, back, sizeof back), OTK_OK);
    assert_memory_equal(data, back, sizeof data);
    assert_int_equal(otk_nor_content(nor)[0x100F], 0xFF);
    assert_int_equal(otk_nor_content(nor)[0x1010 + 600], 0xFF);
    otk_nor_close(nor);
}

static void a_write_is_split_at_page_boundaries(void **state)
{
    struct otk_nor *nor = make(0, 0);
    struct op_log log = {0};
    uint8_t data[600] = {0};

    (void)state;
    otk_nor_watch(nor, note_op, &log);
    assert_int_equal(do_write(nor, 0x10F0, data, sizeof data), OTK_OK);
    assert_int_equal(log.count, 4);
    assert_int_equal(log.ops[0].offset, 0x10F0);
    assert_int_equal(log.ops[0].len, 16);
    assert_int_equal(log.ops[1].offset, 0x1100);
    assert_int_equal(log.ops[1].len, 256);
    assert_int_equal(log.ops[3].offset, 0x1300);
    assert_int_equal(log.ops[3].len, 600 - 16 - 512);
    assert_int_equal(log.ops[3].kind, OTK_NOR_PROGRAM);
    assert_int_equal(log.ops[3].index, 3);
    otk_nor_close(nor);
}

static void an_erase_uses_the_largest_aligned_commands(void **state)
{
    static const uint32_t expected[] = {4096, 32768, 65536, 65536, 32768, 4096};
    struct otk_nor *nor = make(0, 0);
    struct op_log log = {0};
    uint32_t offset = 0x7000;

    (void)state;
    otk_nor_watch(nor, note_op, &log);
    assert_int_equal(do_erase(nor, offset, 4096 + 32768 + 2 * 65536 + 32768 + 4096), OTK_OK);
    assert_int_equal(log.count, 6);
    for (unsigned i = 0; i < 6; i++) {
        assert_int_equal(log.ops[i].kind, OTK_NOR_ERASE);
        assert_int_equal(log.ops[i].offset, offset);
        assert_int_equal(log.ops[i].len, expected[i]);
        offset += expected[i];
    }
    otk_nor_close(nor);
}

static void a_chip_without_block_erase_erases_by_sectors(void **state)
{
    struct otk_nor *nor = make(4096, 0);
    struct otk_nor_counts counts;

    (void)state;
    assert_int_equal(do_erase(nor, 0x10000, 0x10000), OTK_OK);
    otk_nor_get_counts(nor, &counts);
    assert_int_equal(counts.ops, 16);
    assert_int_equal(counts.sector_erases, 16);
    otk_nor_close(nor);
}

static void erasing_clears_exactly_its_sectors(void **state)
{
    struct otk_nor *nor = make(0, 0);
    uint8_t data[3 * 4096];

    (void)state;
    memset(data, 0x5A, sizeof data);
    assert_int_equal(do_write(nor, 0x1000, data, sizeof data), OTK_OK);
    assert_int_equal(do_erase(nor, 0x2000, 4096), OTK_OK);
    assert_int_equal(otk_nor_content(nor)[0x1FFF], 0x5A);
    assert_int_equal(otk_nor_content(nor)[0x2000], 0xFF);
    assert_int_equal(otk_nor_content(nor)[0x2FFF], 0xFF);
    assert_int_equal(otk_nor_content(nor)[0x3000], 0x5A);
    otk_nor_close(nor);
}

struct misuse_case {
    char call; /* w, e, r, or s: write the same value twice */
    uint32_t offset;
    uint32_t len;
    enum otk_nor_misuse expected;
};

static void misuse_is_noticed_and_has_no_effect(void **state)
{
    static const struct misuse_case cases[] = {
        {'w', 0x80000, 4, OTK_NOR_OUT_OF_RANGE},      {'w', 0x7FFFC, 8, OTK_NOR_OUT_OF_RANGE},
        {'w', 0xFFFFFFFC, 8, OTK_NOR_OUT_OF_RANGE},   {'r', 0x7FFFF, 2, OTK_NOR_OUT_OF_RANGE},
        {'e', 0x7F000, 0x2000, OTK_NOR_OUT_OF_RANGE}, {'w', 0x1002, 4, OTK_NOR_MISALIGNED},
        {'w', 0x1000, 6, OTK_NOR_MISALIGNED},         {'e', 0x1800, 4096, OTK_NOR_MISALIGNED},
        {'e', 0x1000, 2048, OTK_NOR_MISALIGNED},      {'s', 0x1000, 4, OTK_NOR_NOT_ERASED},
        {'w', 0x2FFC, 8, OTK_NOR_PROTECTED},          {'e', 0x3000, 4096, OTK_NOR_PROTECTED},
    };
    uint8_t data[0x2000] = {0};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct misuse_case *test = &cases[i];
        struct otk_nor *nor = make(0, 0);
        struct misuse_log log = {0};
        struct otk_nor_counts before;
        struct otk_nor_counts after;
        enum otk_status status;

        otk_nor_on_misuse(nor, note_misuse, &log);
        assert_int_equal(otk_nor_protect(nor, 0x3000, 0x1000), OTK_OK);
        if (test->call == 's') {
            assert_int_equal(do_write(nor, test->offset, data, test->len), OTK_OK);
        }
        otk_nor_get_counts(nor, &before);
        if (test->call == 'r') {
            status = do_read(nor, test->offset, data, test->len);
        } else if (test->call == 'e') {
            status = do_erase(nor, test->offset, test->len);
        } else {
            status = do_write(nor, test->offset, data, test->len);
        }
        otk_nor_get_counts(nor, &after);
        assert_int_equal(status, OTK_FLASH_IO);
        assert_int_equal(log.count, 1);
        assert_int_equal(log.last, test->expected);
        assert_int_equal(log.offset, test->offset);
        assert_int_equal(log.len, test->len);
        assert_memory_equal(&before, &after, sizeof before);
        otk_nor_close(nor);
    }
}

static void a_write_that_reaches_one_programmed_byte_is_misuse_as_a_whole(void **state)
{
    struct otk_nor *nor = make(0, 1);
    struct misuse_log log = {0};
    uint8_t zero[64] = {0};

    (void)state;
    otk_nor_on_misuse(nor, note_misuse, &log);
    assert_int_equal(do_write(nor, 0x103F, zero, 1), OTK_OK);
    assert_int_equal(do_write(nor, 0x1000, zero, 64), OTK_FLASH_IO);
    assert_int_equal(log.last, OTK_NOR_NOT_ERASED);
    assert_int_equal(otk_nor_content(nor)[0x1000], 0xFF);
    assert_int_equal(do_write(nor, 0x1000, zero, 63), OTK_OK);
    otk_nor_close(nor);
}

static void a_chip_that_may_be_rewritten_clears_further_bits(void **state)
{
    const struct otk_nor_config config = {.size = 0x80000, .write_align = 1, .may_rewrite = true};
    const uint8_t first[2] = {0xF0, 0xFF};
    const uint8_t second[2] = {0x3F, 0xFF};
    struct otk_nor *nor = NULL;

    (void)state;
    assert_int_equal(otk_nor_create(&config, &nor), OTK_OK);
    assert_int_equal(do_write(nor, 0x1000, first, 2), OTK_OK);
    assert_int_equal(do_write(nor, 0x1000, second, 2), OTK_OK);
    assert_int_equal(otk_nor_content(nor)[0x1000], 0x30);
    assert_int_equal(otk_nor_content(nor)[0x1001], 0xFF);
    otk_nor_close(nor);
}

static void write_alignment_is_enforced_for_each_setting(void **state)
{
    static const uint32_t aligns[] = {1, 4, 16, 32};
    uint8_t data[64] = {0};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct otk_nor *nor = make(0, aligns[i]);
        struct misuse_log log = {0};

        otk_nor_on_misuse(nor, note_misuse, &log);
        assert_int_equal(do_write(nor, aligns[i], data, aligns[i]), OTK_OK);
        assert_int_equal(log.count, 0);
        if (aligns[i] > 1) {
            assert_int_equal(do_write(nor, 0x1000 + aligns[i] / 2, data, 32), OTK_FLASH_IO);
            assert_int_equal(log.last, OTK_NOR_MISALIGNED);
        }
        otk_nor_close(nor);
    }
}

static void the_built_in_handler_ends_the_program(void **state)
{
    pid_t child = fork();
    int result = 0;

    (void)state;
    assert_true(child >= 0);
    if (child == 0) {
        struct otk_nor *nor = NULL;

        close(STDERR_FILENO);
        if (otk_nor_create(NULL, &nor) == OTK_OK) {
            (void)do_write(nor, 1, "abcd", 4);
        }
        _exit(0);
    }
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_true(WIFSIGNALED(result));
    assert_int_equal(WTERMSIG(result), SIGABRT);
}

static void counters_tell_what_was_done(void **state)
{
    struct otk_nor *nor = make(0, 0);
    struct otk_nor_counts counts;
    uint8_t data[512] = {0};

    (void)state;
    assert_int_equal(do_erase(nor, 0x10000, 0x10000 + 0x8000 + 0x1000), OTK_OK);
    assert_int_equal(do_erase(nor, 0x10000, 0x1000), OTK_OK);
    assert_int_equal(do_write(nor, 0x10000, data, 512), OTK_OK);
    assert_int_equal(do_read(nor, 0x10000, data, 100), OTK_OK);
    otk_nor_get_counts(nor, &counts);
    assert_int_equal(counts.ops, 6);
    assert_int_equal(counts.programs, 2);
    assert_int_equal(counts.programmed, 512);
    assert_int_equal(counts.block_erases, 1);
    assert_int_equal(counts.half_block_erases, 1);
    assert_int_equal(counts.sector_erases, 2);
    assert_int_equal(counts.reads, 1);
    assert_int_equal(counts.bytes_read, 100);
    assert_int_equal(otk_nor_wear(nor, 0x10000), 2);
    assert_int_equal(otk_nor_wear(nor, 0x11000), 1);
    assert_int_equal(otk_nor_wear(nor, 0x28000), 1);
    assert_int_equal(otk_nor_wear(nor, 0x29000), 0);
    otk_nor_close(nor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_chip_is_blank_and_has_the_default_geometry),
        cmocka_unit_test(a_chip_of_impossible_numbers_is_refused),
        cmocka_unit_test(programmed_bytes_are_read_back),
        cmocka_unit_test(a_write_is_split_at_page_boundaries),
        cmocka_unit_test(an_erase_uses_the_largest_aligned_commands),
        cmocka_unit_test(a_chip_without_block_erase_erases_by_sectors),
        cmocka_unit_test(erasing_clears_exactly_its_sectors),
        cmocka_unit_test(misuse_is_noticed_and_has_no_effect),
        cmocka_unit_test(a_write_that_reaches_one_programmed_byte_is_misuse_as_a_whole),
        cmocka_unit_test(a_chip_that_may_be_rewritten_clears_further_bits),
        cmocka_unit_test(write_alignment_is_enforced_for_each_setting),
        cmocka_unit_test(the_built_in_handler_ends_the_program),
        cmocka_unit_test(counters_tell_what_was_done),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
