// SPDX-License-Identifier: Apache-2.0
/* What applications and bootloaders say of themselves, by ESP-IDF's functions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "test/support/idf_rig.h"

static struct idf_rig rig;

static int open_rig(void **state)
{
    (void)state;
    idf_rig_open(&rig, 0);
    idf_rig_put_image(&rig, "ota_0", 7);
    idf_rig_put_image(&rig, "ota_1", 8);
    return 0;
}

static int close_rig(void **state)
{
    (void)state;
    idf_rig_close(&rig);
    return 0;
}

static void the_running_application_describes_itself(void **state)
{
    const esp_app_desc_t *app = esp_app_get_description();

    (void)state;
    assert_int_equal(app->magic_word, ESP_APP_DESC_MAGIC_WORD);
    assert_string_equal(app->version, "1.0.7");
    assert_string_equal(app->idf_ver, "v6.0.1");
}

static void an_application_without_description_is_all_zero(void **state)
{
    static const esp_app_desc_t zero;

    (void)state;
    rig.ram.bytes[0x20000 + 32] = 0;
    assert_memory_equal(esp_app_get_description(), &zero, sizeof zero);
    otk_idf_detach();
    assert_memory_equal(esp_app_get_description(), &zero, sizeof zero);
}

static void the_elf_hash_is_told_in_nine_digits(void **state)
{
    char text[32];

    (void)state;
    memcpy(rig.ram.bytes + 0x20000 + 32 + 144, "\xAB\xCD\x01\x23\x4F", 5);
    assert_int_equal(esp_app_get_elf_sha256(text, sizeof text), 10);
    assert_string_equal(text, "abcd01234");
    assert_int_equal(esp_app_get_elf_sha256(text, 5), 5);
    assert_string_equal(text, "abcd");
    assert_int_equal(esp_app_get_elf_sha256(text, 1), 0);
    assert_int_equal(esp_app_get_elf_sha256(NULL, 10), 0);
}

static void a_description_is_read_from_app_partitions(void **state)
{
    esp_app_desc_t app;

    (void)state;
    assert_int_equal(esp_ota_get_partition_description(idf_rig_find("ota_1"), &app), ESP_OK);
    assert_string_equal(app.version, "1.0.8");
    assert_int_equal(esp_ota_get_partition_description(idf_rig_find("factory"), &app),
                     ESP_ERR_NOT_FOUND);
    assert_int_equal(esp_ota_get_partition_description(idf_rig_find("nvs"), &app),
                     ESP_ERR_NOT_SUPPORTED);
    assert_int_equal(esp_ota_get_partition_description(NULL, &app), ESP_ERR_INVALID_ARG);
    assert_int_equal(esp_ota_get_partition_description(idf_rig_find("ota_1"), NULL),
                     ESP_ERR_INVALID_ARG);
}

static void a_bootloader_is_described_wherever_it_is(void **state)
{
    esp_bootloader_desc_t desc;

    (void)state;
    assert_int_equal(esp_ota_get_bootloader_description(NULL, &desc), ESP_ERR_NOT_FOUND);
    memcpy(rig.ram.bytes + 0x1000 + 32, "\x50\0\0\x03\x09\0\0\0v6.0.1", 14);
    memcpy(rig.ram.bytes + 0x50000 + 32, "\x50\0\0\0\x0A\0\0\0", 8);
    assert_int_equal(esp_ota_get_bootloader_description(NULL, &desc), ESP_OK);
    assert_int_equal(desc.secure_version, 3);
    assert_int_equal(desc.version, 9);
    assert_int_equal(esp_ota_get_bootloader_description(idf_rig_find("boot_new"), &desc), ESP_OK);
    assert_int_equal(desc.version, 10);
    assert_int_equal(esp_ota_get_bootloader_description(NULL, NULL), ESP_ERR_INVALID_ARG);
}

static void a_bootloader_begins_where_its_chip_looks_for_it(void **state)
{
    static const struct {
        uint16_t chip_id;
        uint32_t offset;
    } chips[] = {{OTK_CHIP_ESP32, 0x1000}, {OTK_CHIP_ESP32S2, 0x1000}, {OTK_CHIP_ESP32C3, 0},
                 {OTK_CHIP_ESP32C6, 0},    {OTK_CHIP_ESP32P4, 0x2000}, {OTK_CHIP_ESP32C5, 0x2000}};
    esp_bootloader_desc_t desc;

    (void)state;
    for (size_t i = 0; i < sizeof chips / sizeof chips[0]; i++) {
        rig.board.chip_id = chips[i].chip_id;
        memset(rig.ram.bytes, 0xFF, 0x3000);
        rig.ram.bytes[chips[i].offset + 32] = ESP_BOOTLOADER_DESC_MAGIC_BYTE;
        assert_int_equal(esp_ota_get_bootloader_description(NULL, &desc), ESP_OK);
    }
}

static void an_image_for_another_chip_is_known_by_its_header(void **state)
{
    esp_image_header_t header = {.magic = ESP_IMAGE_HEADER_MAGIC, .max_chip_rev_full = 399};

    (void)state;
    rig.board.revision = 100;
    assert_int_equal(esp_ota_check_image_validity(ESP_PARTITION_TYPE_APP, &header, NULL), ESP_OK);
    header.max_chip_rev_full = 99;
    assert_int_equal(esp_ota_check_image_validity(ESP_PARTITION_TYPE_APP, &header, NULL),
                     ESP_ERR_INVALID_VERSION);
    assert_int_equal(esp_ota_check_image_validity(ESP_PARTITION_TYPE_BOOTLOADER, &header, NULL),
                     ESP_OK);
    header.min_chip_rev_full = 101;
    assert_int_equal(esp_ota_check_image_validity(ESP_PARTITION_TYPE_BOOTLOADER, &header, NULL),
                     ESP_ERR_INVALID_VERSION);
    header.min_chip_rev_full = 0;
    header.chip_id = ESP_CHIP_ID_ESP32C3;
    assert_int_equal(esp_ota_check_image_validity(ESP_PARTITION_TYPE_BOOTLOADER, &header, NULL),
                     ESP_ERR_INVALID_VERSION);
    assert_int_equal(esp_ota_check_image_validity(ESP_PARTITION_TYPE_DATA, &header, NULL),
                     ESP_ERR_INVALID_ARG);
    assert_int_equal(esp_ota_check_image_validity(ESP_PARTITION_TYPE_APP, NULL, NULL),
                     ESP_ERR_INVALID_ARG);
}

static void spi_modes_are_compared_where_both_tell_one(void **state)
{
    const esp_image_header_t header = {.magic = ESP_IMAGE_HEADER_MAGIC};
    esp_app_desc_t app = {.spi_flash_mode = 2};

    (void)state;
    assert_int_equal(esp_ota_check_image_validity(ESP_PARTITION_TYPE_APP, &header, &app), ESP_OK);
    rig.ram.bytes[0x20000 + 32 + 181] = 3;
    assert_int_equal(esp_ota_check_image_validity(ESP_PARTITION_TYPE_APP, &header, &app),
                     ESP_ERR_OTA_SPI_MODE_MISMATCH);
    app.spi_flash_mode = 3;
    assert_int_equal(esp_ota_check_image_validity(ESP_PARTITION_TYPE_APP, &header, &app), ESP_OK);
    app.spi_flash_mode = 0;
    assert_int_equal(esp_ota_check_image_validity(ESP_PARTITION_TYPE_APP, &header, &app), ESP_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, open_rig, close_rig)
        CASE(the_running_application_describes_itself),
        CASE(an_application_without_description_is_all_zero),
        CASE(the_elf_hash_is_told_in_nine_digits),
        CASE(a_description_is_read_from_app_partitions),
        CASE(a_bootloader_is_described_wherever_it_is),
        CASE(a_bootloader_begins_where_its_chip_looks_for_it),
        CASE(an_image_for_another_chip_is_known_by_its_header),
        CASE(spi_modes_are_compared_where_both_tell_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
