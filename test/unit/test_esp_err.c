// SPDX-License-Identifier: Apache-2.0
/* Names of ESP-IDF's codes, and ESP_ERROR_CHECK. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "esp_err.h"
#include "esp_ota_ops.h"

static void codes_have_the_names_of_esp_idf(void **state)
{
    (void)state;
    assert_string_equal(esp_err_to_name(ESP_OK), "ESP_OK");
    assert_string_equal(esp_err_to_name(-1), "ESP_FAIL");
    assert_string_equal(esp_err_to_name(0x105), "ESP_ERR_NOT_FOUND");
    assert_string_equal(esp_err_to_name(0x1503), "ESP_ERR_OTA_VALIDATE_FAILED");
    assert_string_equal(esp_err_to_name(0x2002), "ESP_ERR_IMAGE_INVALID");
    assert_string_equal(esp_err_to_name(0x6001), "ESP_ERR_FLASH_OP_FAIL");
    assert_string_equal(esp_err_to_name(0x9001), "ESP_ERR_HTTPS_OTA_IN_PROGRESS");
    assert_string_equal(esp_err_to_name(0x7777), "ERROR");
}

static void an_unknown_code_is_given_by_its_number(void **state)
{
    char text[32];

    (void)state;
    assert_string_equal(esp_err_to_name_r(0x7777, text, sizeof text), "ERROR 0x7777(30583)");
    assert_string_equal(esp_err_to_name_r(ESP_FAIL, text, 5), "ESP_");
}

static void a_check_without_abort_is_worth_the_code(void **state)
{
    (void)state;
    assert_int_equal(ESP_ERROR_CHECK_WITHOUT_ABORT(ESP_OK), ESP_OK);
    assert_int_equal(ESP_ERROR_CHECK_WITHOUT_ABORT(ESP_ERR_NO_MEM), ESP_ERR_NO_MEM);
}

static void a_check_ends_the_program_unless_all_is_well(void **state)
{
    pid_t child;
    int status;

    (void)state;
    ESP_ERROR_CHECK(ESP_OK);
    child = fork();
    if (child == 0) {
        ESP_ERROR_CHECK(ESP_ERR_INVALID_ARG);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_have_the_names_of_esp_idf),
        cmocka_unit_test(an_unknown_code_is_given_by_its_number),
        cmocka_unit_test(a_check_without_abort_is_worth_the_code),
        cmocka_unit_test(a_check_ends_the_program_unless_all_is_well),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
