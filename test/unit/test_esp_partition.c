// SPDX-License-Identifier: Apache-2.0
/* Finding partitions: the table, iterators, registered ones. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "esp_flash.h"
#include "esp_partition.h"
#include "otakit/format/partition.h"
#include "test/support/idf_rig.h"

#define ANY_TYPE    ESP_PARTITION_TYPE_ANY
#define ANY_SUBTYPE ESP_PARTITION_SUBTYPE_ANY

static struct idf_rig rig;

static int open_rig(void **state)
{
    (void)state;
    idf_rig_open(&rig, 0);
    return 0;
}

static int close_rig(void **state)
{
    (void)state;
    idf_rig_close(&rig);
    return 0;
}

static void a_partition_says_what_the_table_says(void **state)
{
    const esp_partition_t *p = esp_partition_find_first(ESP_PARTITION_TYPE_DATA,
                                                        ESP_PARTITION_SUBTYPE_DATA_NVS, NULL);

    (void)state;
    assert_non_null(p);
    assert_ptr_equal(p->flash_chip, esp_flash_default_chip);
    assert_int_equal(p->type, ESP_PARTITION_TYPE_DATA);
    assert_int_equal(p->subtype, ESP_PARTITION_SUBTYPE_DATA_NVS);
    assert_int_equal(p->address, 0x9000);
    assert_int_equal(p->size, 0x4000);
    assert_int_equal(p->erase_size, 4096);
    assert_string_equal(p->label, "nvs");
    assert_false(p->encrypted);
    assert_false(p->readonly);
    assert_true(idf_rig_find("fixed")->readonly);
    assert_int_equal(strlen(idf_rig_find("a_label_of_16_ch")->label), 16);
}

static void an_iterator_visits_what_fits_in_the_order_of_the_table(void **state)
{
    static const char *const labels[] = {"factory", "ota_0", "ota_1"};
    esp_partition_iterator_t it = esp_partition_find(ESP_PARTITION_TYPE_APP, ANY_SUBTYPE, NULL);

    (void)state;
    for (size_t i = 0; i < 3; i++, it = esp_partition_next(it)) {
        assert_non_null(it);
        assert_string_equal(esp_partition_get(it)->label, labels[i]);
    }
    assert_null(it);
}

static void an_iterator_may_be_released_before_its_end(void **state)
{
    esp_partition_iterator_t it = esp_partition_find(ANY_TYPE, ANY_SUBTYPE, NULL);

    (void)state;
    it = esp_partition_next(it);
    assert_string_equal(esp_partition_get(it)->label, "table");
    esp_partition_iterator_release(it);
    esp_partition_iterator_release(NULL);
}

static void nothing_iterates_over_nothing(void **state)
{
    (void)state;
    assert_null(esp_partition_next(NULL));
    assert_null(esp_partition_get(NULL));
}

static void the_reason_of_finding_nothing_is_told(void **state)
{
    const esp_partition_t *p = NULL;
    esp_partition_iterator_t it;

    (void)state;
    assert_int_equal(esp_partition_find_err(ANY_TYPE, ANY_SUBTYPE, NULL, NULL),
                     ESP_ERR_INVALID_ARG);
    assert_int_equal(esp_partition_find_err(ANY_TYPE, ESP_PARTITION_SUBTYPE_DATA_NVS, NULL, &it),
                     ESP_ERR_INVALID_ARG);
    assert_null(it);
    assert_int_equal(esp_partition_find_err(ANY_TYPE, ANY_SUBTYPE, "none", &it), ESP_ERR_NOT_FOUND);
    assert_int_equal(esp_partition_find_first_err(ANY_TYPE, ANY_SUBTYPE, "nvs", NULL),
                     ESP_ERR_INVALID_ARG);
    assert_int_equal(esp_partition_find_first_err(ANY_TYPE, ANY_SUBTYPE, "none", &p),
                     ESP_ERR_NOT_FOUND);
    assert_null(p);
    assert_int_equal(esp_partition_find_first_err(ANY_TYPE, ANY_SUBTYPE, "nvs", &p), ESP_OK);
    assert_string_equal(p->label, "nvs");
}

static esp_err_t find_anything(void)
{
    const esp_partition_t *p;

    esp_partition_unload_all();
    return esp_partition_find_first_err(ANY_TYPE, ANY_SUBTYPE, NULL, &p);
}

static void a_table_is_read_anew_after_unloading_and_must_match_its_md5(void **state)
{
    uint8_t *md5 = rig.ram.bytes + OTK_TABLE_OFFSET + 11 * OTK_PARTITION_RECORD_SIZE;

    (void)state;
    assert_int_equal(find_anything(), ESP_OK);
    md5[OTK_PARTITION_MD5_OFFSET] ^= 1;
    assert_non_null(idf_rig_find("nvs")); /* the list in RAM still stands */
    assert_int_equal(find_anything(), ESP_ERR_INVALID_STATE);
    memset(md5, 0xFF, OTK_PARTITION_RECORD_SIZE);
    assert_int_equal(find_anything(), ESP_ERR_NOT_FOUND);
}

static void without_a_device_nothing_is_found(void **state)
{
    const esp_partition_t *p;
    uint32_t size;

    (void)state;
    otk_idf_detach();
    assert_int_equal(esp_partition_find_first_err(ANY_TYPE, ANY_SUBTYPE, NULL, &p),
                     ESP_ERR_INVALID_STATE);
    assert_int_equal(esp_flash_get_size(NULL, &size), ESP_ERR_INVALID_STATE);
}

static void a_copy_of_a_partition_leads_to_the_original(void **state)
{
    const esp_partition_t *original = idf_rig_find("ota_1");
    esp_partition_t copy = *original;
    const esp_partition_t *found;

    (void)state;
    assert_ptr_equal(esp_partition_verify(&copy), original);
    copy.label[0] = 0; /* a label is compared where there is one */
    assert_ptr_equal(esp_partition_verify(&copy), original);
    copy.size -= 4096;
    assert_null(esp_partition_verify(&copy));
    assert_int_equal(esp_partition_verify_err(&copy, &found), ESP_ERR_NOT_FOUND);
    assert_int_equal(esp_partition_verify_err(NULL, &found), ESP_ERR_INVALID_ARG);
    assert_int_equal(esp_partition_verify_err(&copy, NULL), ESP_ERR_INVALID_ARG);
}

static void flash_encryption_reaches_what_esp_idf_encrypts(void **state)
{
    (void)state;
    rig.device.has_flash_encryption = true;
    idf_rig_attach(&rig);
    assert_true(idf_rig_find("ota_0")->encrypted);
    assert_true(idf_rig_find("otadata")->encrypted);
    assert_true(idf_rig_find("boot")->encrypted);
    assert_true(idf_rig_find("a_label_of_16_ch")->encrypted); /* by its flag */
    assert_false(idf_rig_find("nvs")->encrypted);
}

static void a_registered_partition_is_found_and_taken_away(void **state)
{
    const esp_partition_t *p = NULL;

    (void)state;
    assert_int_equal(esp_partition_register_external(NULL, 0x60000, 0x2000, "longer_than_16_chars",
                                                     (esp_partition_type_t)0x40,
                                                     (esp_partition_subtype_t)1, &p),
                     ESP_OK);
    assert_string_equal(p->label, "longer_than_16_c");
    assert_ptr_equal(idf_rig_find("longer_than_16_c"), p);
    assert_int_equal(esp_partition_deregister_external(p), ESP_OK);
    assert_int_equal(esp_partition_deregister_external(p), ESP_ERR_NOT_FOUND);
    assert_int_equal(esp_partition_deregister_external(idf_rig_find("nvs")), ESP_ERR_INVALID_ARG);
}

static esp_err_t register_at(esp_flash_t *chip, size_t offset, size_t size, const char *label)
{
    return esp_partition_register_external(chip, offset, size, label, ESP_PARTITION_TYPE_DATA,
                                           ESP_PARTITION_SUBTYPE_DATA_UNDEFINED, NULL);
}

static void what_cannot_be_registered_is_refused(void **state)
{
    (void)state;
    assert_int_equal(register_at(NULL, 0x7F000, 0x2000, "x"), ESP_ERR_INVALID_SIZE);
    assert_int_equal(register_at(NULL, SIZE_MAX, 2, "x"), ESP_ERR_INVALID_SIZE);
    assert_int_equal(register_at(NULL, 0x3F000, 0x2000, "x"), ESP_ERR_INVALID_ARG);
    assert_int_equal(register_at(NULL, 0x60000, 0x1000, NULL), ESP_ERR_INVALID_ARG);
    assert_int_equal(register_at(NULL, 0x60000, 0x1000, "x"), ESP_OK);
}

static void another_chip_has_bytes_of_its_own(void **state)
{
    struct ram_flash other = {0};
    struct otk_flash flash;
    struct esp_flash_t chip = {.flash = &flash};
    const esp_partition_t *p;
    uint32_t word = 0x12345678;

    (void)state;
    ram_flash_reset(&other, 0x20000);
    flash = ram_flash_seam(&other);
    assert_int_equal(register_at(&chip, 0x9000, 0x1000, "other"), ESP_OK); /* as nvs, elsewhere */
    p = idf_rig_find("other");
    assert_int_equal(esp_partition_write(p, 8, &word, sizeof word), ESP_OK);
    assert_memory_equal(other.bytes + 0x9008, &word, sizeof word);
    assert_int_equal(rig.ram.bytes[0x9008], 0xFF);
    ram_flash_free(&other);
}

/* Two tasks that ask first, at the same moment. */
static pthread_barrier_t gate;

static void *count_partitions(void *context)
{
    esp_partition_iterator_t it;

    pthread_barrier_wait(&gate);
    it = esp_partition_find(ANY_TYPE, ANY_SUBTYPE, NULL);
    while (it) {
        (*(int *)context)++;
        it = esp_partition_next(it);
    }
    return NULL;
}

static void tasks_that_ask_at_once_find_all(void **state)
{
    int expected = 0;

    (void)state;
    pthread_barrier_init(&gate, NULL, 1);
    (void)count_partitions(&expected);
    pthread_barrier_destroy(&gate);
    pthread_barrier_init(&gate, NULL, 2);
    for (int round = 0; round < 200; round++) {
        int counts[2] = {0, 0};
        pthread_t thread;

        esp_partition_unload_all();
        assert_int_equal(pthread_create(&thread, NULL, count_partitions, &counts[0]), 0);
        (void)count_partitions(&counts[1]);
        pthread_join(thread, NULL);
        assert_int_equal(counts[0], expected);
        assert_int_equal(counts[1], expected);
    }
    pthread_barrier_destroy(&gate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, open_rig, close_rig)
        CASE(a_partition_says_what_the_table_says),
        CASE(an_iterator_visits_what_fits_in_the_order_of_the_table),
        CASE(an_iterator_may_be_released_before_its_end),
        CASE(nothing_iterates_over_nothing),
        CASE(the_reason_of_finding_nothing_is_told),
        CASE(a_table_is_read_anew_after_unloading_and_must_match_its_md5),
        CASE(without_a_device_nothing_is_found),
        CASE(a_copy_of_a_partition_leads_to_the_original),
        CASE(flash_encryption_reaches_what_esp_idf_encrypts),
        CASE(a_registered_partition_is_found_and_taken_away),
        CASE(what_cannot_be_registered_is_refused),
        CASE(another_chip_has_bytes_of_its_own),
        CASE(tasks_that_ask_at_once_find_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
