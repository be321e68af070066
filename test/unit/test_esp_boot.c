// SPDX-License-Identifier: Apache-2.0
/* Selection, verdict and rollback by ESP-IDF's functions: what the recorded vectors do not show. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "compat/esp_idf/otadata.h"
#include "esp_flash.h"
#include "test/support/idf_rig.h"

static struct idf_rig rig;
static uint32_t fuse;

static int open_rig(void **state)
{
    (void)state;
    idf_rig_open(&rig, 1);
    idf_rig_put_image(&rig, "ota_0", 1);
    idf_rig_put_image(&rig, "ota_1", 2);
    idf_rig_put_entry(&rig, 0, 1, OTK_STATE_VALID);
    idf_rig_put_entry(&rig, 1, 2, OTK_STATE_PENDING_VERIFY);
    fuse = 0;
    return 0;
}

static int close_rig(void **state)
{
    (void)state;
    idf_rig_close(&rig);
    return 0;
}

static enum otk_status read_fuse(void *context, uint32_t *version)
{
    (void)context;
    *version = fuse;
    return OTK_OK;
}

static enum otk_status raise_fuse(void *context, uint32_t version)
{
    (void)context;
    fuse = version > fuse ? version : fuse;
    return OTK_OK;
}

static void the_label_of_an_entry_outlives_a_rewrite(void **state)
{
    (void)state;
    memset(rig.ram.bytes + IDF_RIG_OTADATA + 0x1000 + 4, 0x55, 20);
    assert_int_equal(esp_ota_mark_app_valid_cancel_rollback(), ESP_OK);
    assert_int_equal(idf_rig_entry(&rig, 1).state, OTK_STATE_VALID);
    assert_int_equal(idf_rig_entry(&rig, 1).label[19], 0x55);
    rig.ram.op_count = 0;
    assert_int_equal(esp_ota_mark_app_valid_cancel_rollback(), ESP_OK);
    assert_int_equal(rig.ram.op_count, 0); /* it was VALID */
}

static void a_cut_within_a_rewrite_loses_the_active_entry(void **state)
{
    (void)state;
    rig.ram.cut_after = 1;
    assert_int_equal(esp_ota_set_boot_partition(idf_rig_find("ota_1")), ESP_ERR_FLASH_OP_FAIL);
    ram_flash_power_on(&rig.ram);
    assert_int_equal(idf_rig_entry(&rig, 1).seq, OTK_OTADATA_SEQ_BLANK);
    assert_string_equal(esp_ota_get_boot_partition()->label, "ota_0");
}

static void a_rejected_application_restarts_the_device(void **state)
{
    (void)state;
    assert_int_equal(esp_ota_mark_app_invalid_rollback_and_reboot(), ESP_FAIL);
    assert_int_equal(rig.restart_count, 1);
    assert_int_equal(idf_rig_entry(&rig, 1).state, OTK_STATE_INVALID);
    assert_string_equal(esp_ota_get_boot_partition()->label, "ota_0");
}

static void without_anything_to_go_back_to_nothing_happens(void **state)
{
    (void)state;
    rig.ram.bytes[0x20000 + 500] ^= 1;
    assert_int_equal(esp_ota_mark_app_invalid_rollback_and_reboot(), ESP_ERR_OTA_ROLLBACK_FAILED);
    assert_int_equal(rig.restart_count, 0);
    assert_int_equal(rig.ram.op_count, 0);
}

static void what_is_not_verified_can_be_selected_on_demand(void **state)
{
    (void)state;
    rig.ram.bytes[0x20000] = 0;
    assert_int_equal(esp_ota_set_boot_partition(idf_rig_find("ota_0")),
                     ESP_ERR_OTA_VALIDATE_FAILED);
    assert_int_equal(esp_ota_set_boot_partition_skip_validate(idf_rig_find("ota_0")), ESP_OK);
    assert_int_equal(idf_rig_entry(&rig, 0).seq, 3);
    assert_int_equal(idf_rig_entry(&rig, 0).state, OTK_STATE_NEW);
    assert_int_equal(esp_ota_set_boot_partition_skip_validate(NULL), ESP_ERR_INVALID_ARG);
    assert_int_equal(esp_ota_set_boot_partition_skip_validate(idf_rig_find("nvs")),
                     ESP_ERR_INVALID_ARG);
    assert_int_equal(esp_ota_set_boot_partition_skip_validate(idf_rig_find("factory")), ESP_OK);
    assert_int_equal(idf_rig_entry(&rig, 0).seq, OTK_OTADATA_SEQ_BLANK);
}

static void an_application_that_is_too_old_is_erased_unless_it_runs(void **state)
{
    const struct otk_secure_version store = {.read = read_fuse, .raise = raise_fuse};

    (void)state;
    rig.board.secure_version = &store;
    fuse = 1;
    assert_int_equal(esp_ota_set_boot_partition(idf_rig_find("ota_1")), ESP_ERR_OTA_SMALL_SEC_VER);
    assert_int_equal(rig.ram.op_count, 0); /* it runs; on the chip the program would end */
    assert_int_equal(esp_ota_set_boot_partition(idf_rig_find("ota_0")), ESP_ERR_OTA_SMALL_SEC_VER);
    assert_int_equal(rig.ram.bytes[0x20000], 0xFF);
    assert_false(esp_ota_check_rollback_is_possible());
}

static void confirming_raises_the_secure_version(void **state)
{
    const struct otk_secure_version store = {.read = read_fuse, .raise = raise_fuse};

    (void)state;
    rig.board.secure_version = &store;
    rig.ram.bytes[0x30000 + 36] = 3; /* the running application's */
    assert_int_equal(esp_ota_mark_app_valid_cancel_rollback(), ESP_OK);
    assert_int_equal(fuse, 3);
}

/* As ESP-IDF counts: i from 0, until base + i * count (modulo 2^32) is not below seq. */
static bool count_seq(uint32_t seq, uint32_t slot, uint32_t count, uint32_t *next)
{
    uint32_t number = (slot + 1) % count;

    for (uint32_t i = 0; i < 100; i++, number += count) {
        if (number >= seq) {
            *next = number;
            return true;
        }
    }
    return false;
}

static void sequence_numbers_are_counted_as_esp_idf_counts(void **state)
{
    (void)state;
    for (uint32_t count = 1; count <= 16; count++) {
        for (uint32_t slot = 0; slot < count; slot++) {
            for (uint32_t seq = 0; seq < 50; seq++) {
                uint32_t expected = 0;
                uint32_t next = 1;

                assert_true(count_seq(seq, slot, count, &expected));
                assert_true(otk_idf_next_seq(seq, slot, count, &next));
                assert_int_equal(next, expected);
            }
        }
    }
}

static void sequence_numbers_end_at_2_to_the_32(void **state)
{
    uint32_t next = 0;

    (void)state;
    assert_true(otk_idf_next_seq(0xFFFFFFFEu, 0, 2, &next));
    assert_int_equal(next, 0xFFFFFFFFu);
    assert_true(otk_idf_next_seq(0xFFFFFFFEu, 0, 3, &next));
    assert_int_equal(next, 0xFFFFFFFFu); /* in the second lap, and of another slot */
    assert_false(otk_idf_next_seq(0xFFFFFFFEu, 0, 4, &next));
    assert_false(otk_idf_next_seq(0xFFFFFFFEu, 0, 16, &next));
}

static void where_esp_idf_counts_for_ever_an_error_is_returned(void **state)
{
    const esp_partition_t *p;

    (void)state;
    for (uint32_t i = 2; i < 4; i++) { /* four slots */
        assert_int_equal(esp_partition_register_external(NULL, 0x58000 + i * 0x1000, 0x1000, "s",
                                                         ESP_PARTITION_TYPE_APP,
                                                         ESP_PARTITION_SUBTYPE_OTA(i), &p),
                         ESP_OK);
    }
    idf_rig_put_entry(&rig, 0, 0xFFFFFFFEu, OTK_STATE_VALID);
    assert_int_equal(esp_ota_get_app_partition_count(), 4);
    assert_int_equal(esp_ota_set_boot_partition(idf_rig_find("ota_0")),
                     ESP_ERR_OTA_SELECT_INFO_INVALID);
    assert_int_equal(rig.ram.op_count, 0);
}

static void nothing_is_known_without_a_device(void **state)
{
    const esp_partition_t *p = idf_rig_find("ota_0");
    esp_partition_t copy = *p;
    esp_ota_img_states_t ota_state;

    (void)state;
    otk_idf_detach();
    assert_null(esp_ota_get_running_partition());
    assert_null(esp_ota_get_boot_partition());
    assert_null(esp_ota_get_next_update_partition(NULL));
    assert_null(esp_ota_get_last_invalid_partition());
    assert_int_equal(esp_ota_get_app_partition_count(), 0);
    assert_false(esp_ota_check_rollback_is_possible());
    assert_int_equal(esp_ota_mark_app_valid_cancel_rollback(), ESP_ERR_NOT_FOUND);
    assert_int_equal(esp_ota_mark_app_invalid_rollback_and_reboot(), ESP_ERR_NOT_FOUND);
    assert_int_equal(esp_ota_get_state_partition(&copy, &ota_state), ESP_ERR_NOT_FOUND);
    assert_int_equal(esp_ota_erase_last_boot_app_partition(), ESP_FAIL);
    assert_int_equal(esp_ota_set_boot_partition(&copy), ESP_ERR_OTA_VALIDATE_FAILED);
    assert_int_equal(esp_ota_set_boot_partition_skip_validate(&copy), ESP_ERR_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, open_rig, close_rig)
        CASE(the_label_of_an_entry_outlives_a_rewrite),
        CASE(a_cut_within_a_rewrite_loses_the_active_entry),
        CASE(a_rejected_application_restarts_the_device),
        CASE(without_anything_to_go_back_to_nothing_happens),
        CASE(what_is_not_verified_can_be_selected_on_demand),
        CASE(an_application_that_is_too_old_is_erased_unless_it_runs),
        CASE(confirming_raises_the_secure_version),
        CASE(sequence_numbers_are_counted_as_esp_idf_counts),
        CASE(sequence_numbers_end_at_2_to_the_32),
        CASE(where_esp_idf_counts_for_ever_an_error_is_returned),
        CASE(nothing_is_known_without_a_device),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
