// SPDX-License-Identifier: Apache-2.0
/* The key-value store: what it keeps, and what it refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <nvs_flash.h>

#include "compat/esp_idf/system.h"

static char path[] = "/tmp/otakit-nvs-XXXXXX";

static int start(void **state)
{
    (void)state;
    strcpy(path + strlen(path) - 6, "XXXXXX");
    close(mkstemp(path));
    unlink(path);
    otk_idf_system()->nvs_path = path;
    return nvs_flash_init();
}

static int end(void **state)
{
    (void)state;
    (void)nvs_flash_deinit();
    (void)unlink(path);
    return 0;
}

static nvs_handle_t open_space(const char *name)
{
    nvs_handle_t handle;

    assert_int_equal(nvs_open(name, NVS_READWRITE, &handle), ESP_OK);
    return handle;
}

static void write_file(const char *text)
{
    FILE *file = fopen(path, "w");

    fputs(text, file);
    fclose(file);
}

static void store_keeps_values_over_a_restart(void **state)
{
    nvs_handle_t handle = open_space("app");
    char text[16];
    uint8_t blob[4];
    size_t len = sizeof text;
    int64_t number;

    (void)state;
    assert_int_equal(nvs_set_i64(handle, "low", INT64_MIN), ESP_OK);
    assert_int_equal(nvs_set_str(handle, "name", "lamp 1"), ESP_OK);
    assert_int_equal(nvs_set_blob(handle, "blob", "\0\xff\n", 4), ESP_OK);
    assert_int_equal(nvs_flash_deinit(), ESP_OK);
    assert_int_equal(nvs_flash_init(), ESP_OK);
    handle = open_space("app");
    assert_int_equal(nvs_get_i64(handle, "low", &number), ESP_OK);
    assert_true(number == INT64_MIN);
    assert_int_equal(nvs_get_str(handle, "name", text, &len), ESP_OK);
    assert_string_equal(text, "lamp 1");
    assert_int_equal(len, 7);
    len = sizeof blob;
    assert_int_equal(nvs_get_blob(handle, "blob", blob, &len), ESP_OK);
    assert_memory_equal(blob, "\0\xff\n", 4);
}

static void get_knows_type_and_length(void **state)
{
    const nvs_handle_t handle = open_space("app");
    char text[3];
    size_t len = sizeof text;
    uint8_t byte = 7;
    uint16_t number = 7;

    (void)state;
    assert_int_equal(nvs_set_u16(handle, "key", 500), ESP_OK);
    assert_int_equal(nvs_get_u8(handle, "key", &byte), ESP_ERR_NVS_NOT_FOUND);
    assert_int_equal(byte, 7);
    assert_int_equal(nvs_get_u16(handle, "key", &number), ESP_OK);
    assert_int_equal(number, 500);
    assert_int_equal(nvs_set_str(handle, "key", "long"), ESP_OK);
    assert_int_equal(nvs_get_str(handle, "key", text, &len), ESP_ERR_NVS_INVALID_LENGTH);
    assert_int_equal(len, 5);
    assert_int_equal(nvs_get_str(handle, "key", NULL, &len), ESP_OK);
    assert_int_equal(nvs_get_u16(handle, "key", &number), ESP_ERR_NVS_NOT_FOUND);
}

static void namespaces_are_apart(void **state)
{
    const nvs_handle_t one = open_space("one");
    const nvs_handle_t two = open_space("two");
    uint8_t value;

    (void)state;
    assert_int_equal(nvs_set_u8(one, "key", 1), ESP_OK);
    assert_int_equal(nvs_get_u8(two, "key", &value), ESP_ERR_NVS_NOT_FOUND);
    assert_int_equal(nvs_set_u8(two, "key", 2), ESP_OK);
    assert_int_equal(nvs_erase_all(one), ESP_OK);
    assert_int_equal(nvs_get_u8(one, "key", &value), ESP_ERR_NVS_NOT_FOUND);
    assert_int_equal(nvs_get_u8(two, "key", &value), ESP_OK);
    assert_int_equal(nvs_erase_key(two, "key"), ESP_OK);
    assert_int_equal(nvs_erase_key(two, "key"), ESP_ERR_NVS_NOT_FOUND);
}

static void open_and_set_refuse_what_nvs_refuses(void **state)
{
    nvs_handle_t handle;
    char text[4001];

    (void)state;
    memset(text, 'x', 4000);
    text[4000] = '\0';
    assert_int_equal(nvs_open("none", NVS_READONLY, &handle), ESP_ERR_NVS_NOT_FOUND);
    assert_int_equal(nvs_open("", NVS_READWRITE, &handle), ESP_ERR_NVS_INVALID_NAME);
    assert_int_equal(nvs_open("a name of 16 ch.", NVS_READWRITE, &handle),
                     ESP_ERR_NVS_INVALID_NAME);
    handle = open_space("app");
    assert_int_equal(nvs_set_u8(handle, "0123456789abcdef", 1), ESP_ERR_NVS_KEY_TOO_LONG);
    assert_int_equal(nvs_set_str(handle, "key", text), ESP_ERR_NVS_VALUE_TOO_LONG);
    assert_int_equal(nvs_set_str(handle, "key", text + 1), ESP_OK);
    nvs_close(handle);
    assert_int_equal(nvs_set_u8(handle, "key", 1), ESP_ERR_NVS_INVALID_HANDLE);
    assert_int_equal(nvs_open("app", NVS_READONLY, &handle), ESP_OK);
    assert_int_equal(nvs_set_u8(handle, "key", 1), ESP_ERR_NVS_READ_ONLY);
    assert_int_equal(nvs_flash_deinit(), ESP_OK);
    assert_int_equal(nvs_open("app", NVS_READONLY, &handle), ESP_ERR_NVS_NOT_INITIALIZED);
}

static void init_asks_for_an_erase_where_the_file_is_something_else(void **state)
{
    static const char *const files[] = {
        "",
        "something else\n",
        "otakit nvs 1\nonly two\n",
        "otakit nvs 2\n",
        "otakit nvs 1\napp text 33 6869\n",   /* nothing ends the text */
        "otakit nvs 1\napp text 33 680069\n", /* something else does */
        "otakit nvs 1\napp text 33 \n",       /* not even the end */
        "otakit nvs 1\napp key 4 0102\n",     /* half a number */
        "otakit nvs 1\napp key 4 0102030405\n",
        "otakit nvs 1\napp key 99 01\n",   /* no type */
        "otakit nvs 1\napp blob 66 010\n", /* half a byte */
        "otakit nvs 1\napp blob 66 01zz\n",
        "otakit nvs 1\napp blob 66 0102", /* cut off */
        "otakit nvs 1\napp blob 66",
        "otakit nvs 1\napp a_name_of_16_let 1 01\n",
    };

    (void)state;
    for (size_t index = 0; index < sizeof files / sizeof files[0]; index++) {
        (void)nvs_flash_deinit();
        write_file(files[index]);
        assert_int_equal(nvs_flash_init(), ESP_ERR_NVS_NO_FREE_PAGES);
        assert_int_equal(nvs_flash_erase(), ESP_OK);
        assert_int_equal(nvs_flash_init(), ESP_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(store_keeps_values_over_a_restart, start, end),
        cmocka_unit_test_setup_teardown(get_knows_type_and_length, start, end),
        cmocka_unit_test_setup_teardown(namespaces_are_apart, start, end),
        cmocka_unit_test_setup_teardown(open_and_set_refuse_what_nvs_refuses, start, end),
        cmocka_unit_test_setup_teardown(init_asks_for_an_erase_where_the_file_is_something_else,
                                        start, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
