// SPDX-License-Identifier: Apache-2.0
/* The table that stacks show, what its values read, and updates that go from one protocol to another. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "otakit/base/bytes.h"
#include "otakit/base/crc16.h"
#include "test/support/air.h"

static struct rig rig;
static struct air air;
static struct rig_image old_image;
static struct rig_image new_image;

static int setup(void **state)
{
    (void)state;
    rig_open(&rig, RIG_FACTORY_AND_TWO);
    rig_make_image(&old_image, "1.0.0", 20000, 1);
    rig_make_image(&new_image, "1.1.0", 60000, 2);
    rig_install(&rig, OTK_SLOT_FACTORY, &old_image);
    assert_int_equal(rig_reset(&rig), OTK_SLOT_FACTORY);
    air_open(&air, &rig);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    otk_session_close(&air.updater.session);
    rig_close(&rig);
    return 0;
}

static void table_has_each_value_once_and_well_formed_uuids(void **state)
{
    uint32_t count = 0;
    uint32_t service;
    uint32_t index;

    (void)state;
    for (service = 0; service < OTK_GATT_SERVICE_COUNT; service++) {
        const struct otk_gatt_service *is = &otk_gatt_services[service];

        assert_int_equal(strlen(is->uuid), 36);
        assert_int_equal(strspn(is->uuid, "0123456789abcdef-"), 36);
        for (index = 0; index < is->count; index++) {
            const struct otk_gatt_characteristic *characteristic = &is->characteristics[index];

            assert_int_equal(strlen(characteristic->uuid), 36);
            assert_int_equal(strspn(characteristic->uuid, "0123456789abcdef-"), 36);
            assert_ptr_equal(otk_gatt_find(characteristic->value), characteristic);
            count++;
        }
    }
    assert_int_equal(count, OTK_GATT_VALUE_COUNT);
    assert_null(otk_gatt_find(OTK_GATT_VALUE_COUNT));
}

/* As protocol A's device sends it: one byte differs from the comment in its source. */
static void uuid_goes_over_the_air_least_significant_byte_first(void **state)
{
    static const uint8_t wanted[16] = {0xd8, 0xe6, 0xfd, 0x1d, 0x4a, 0x14, 0xc6, 0xb1,
                                       0x53, 0x4c, 0x4c, 0x59, 0x6d, 0xd9, 0xf1, 0xd6};
    uint8_t bytes[16];

    (void)state;
    otk_gatt_uuid_bytes(otk_gatt_services[1].uuid, bytes);
    assert_memory_equal(bytes, wanted, sizeof wanted);
}

static void value_can_be_read_and_written_as_its_properties_say(void **state)
{
    uint8_t bytes[OTK_BLE_READ_SIZE] = {0};
    enum otk_gatt_value value;

    (void)state;
    for (value = 0; value < OTK_GATT_VALUE_COUNT; value++) {
        const uint8_t properties = otk_gatt_find(value)->properties;
        const bool can_write = properties & (OTK_GATT_WRITE | OTK_GATT_WRITE_NO_RESPONSE);
        uint32_t len = 0;

        assert_int_equal(otk_ble_read(&air.ble, value, bytes, sizeof bytes, &len) != OTK_NOT_FOUND,
                         (properties & OTK_GATT_READ) != 0);
        assert_int_equal(air_write(&air, value, bytes, 1) != OTK_NOT_FOUND, can_write);
    }
}

static void assert_reads(enum otk_gatt_value value, const char *text)
{
    uint8_t bytes[OTK_BLE_READ_SIZE];
    uint32_t len;

    assert_int_equal(otk_ble_read(&air.ble, value, bytes, sizeof bytes, &len), OTK_OK);
    assert_int_equal(len, strlen(text));
    assert_memory_equal(bytes, text, len);
    assert_int_equal(otk_ble_read(&air.ble, value, bytes, len - 1, &len), OTK_NO_SPACE);
}

static void device_information_names_the_running_version(void **state)
{
    (void)state;
    assert_reads(OTK_GATT_MANUFACTURER, "otakit");
    assert_reads(OTK_GATT_MODEL, "esp32");
    assert_reads(OTK_GATT_FIRMWARE_REVISION, "1.0.0");
    air.ble.config.manufacturer = "Company 42";
    air.ble.config.model = "ESP32";
    assert_reads(OTK_GATT_MANUFACTURER, "Company 42");
    assert_reads(OTK_GATT_MODEL, "ESP32");
}

static void att_errors_tell_kinds_of_failure_apart(void **state)
{
    (void)state;
    assert_int_equal(otk_gatt_error(OTK_OK), 0);
    assert_int_equal(otk_gatt_error(OTK_NOT_FOUND), 0x06);
    assert_int_equal(otk_gatt_error(OTK_BAD_FORMAT), 0x0D);
    assert_int_equal(otk_gatt_error(OTK_NOT_OPEN), 0x80);
    assert_int_equal(otk_gatt_error(OTK_BUSY), 0x81);
    assert_int_equal(otk_gatt_error(OTK_FLASH_IO), 0x82);
    assert_int_equal(otk_gatt_error(OTK_GAP), 0x83);
    assert_int_equal(otk_gatt_error(OTK_WRONG_CHIP), 0x84);
}

/* One client of each protocol, as far as these tests need one. */

static bool begin_simple(void)
{
    air_forget(&air);
    assert_int_equal(air_write_byte(&air, OTK_GATT_SIMPLE_CONTROL, OTK_SIMPLE_REQUEST), OTK_OK);
    return air_last(&air, OTK_GATT_SIMPLE_CONTROL)->bytes[0] == OTK_SIMPLE_REQUEST_ACK;
}

static void send_simple(uint32_t end)
{
    uint32_t offset;

    for (offset = 0; offset < end; offset += 500) {
        const uint32_t rest = new_image.len - offset;

        assert_int_equal(air_write(&air, OTK_GATT_SIMPLE_DATA, new_image.bytes + offset,
                                   rest < 500 ? rest : 500),
                         OTK_OK);
    }
}

static bool begin_sector(void)
{
    const struct otk_sector_command command = {.id = OTK_SECTOR_START, .image_size = new_image.len};
    struct otk_sector_command answer;
    uint8_t bytes[OTK_SECTOR_FRAME_COMMAND_SIZE];

    air_forget(&air);
    otk_sector_command_encode(&command, bytes);
    assert_int_equal(air_write(&air, OTK_GATT_SECTOR_COMMAND, bytes, sizeof bytes), OTK_OK);
    assert_int_equal(otk_sector_command_decode(air_last(&air, OTK_GATT_SECTOR_COMMAND)->bytes,
                                               sizeof bytes, &answer),
                     OTK_OK);
    return answer.verdict == OTK_SECTOR_ACCEPTED;
}

static void send_sector(uint32_t end)
{
    uint8_t bytes[4200];
    uint32_t offset;

    for (offset = 0; offset < end; offset += 4096) {
        const uint32_t rest = new_image.len - offset;
        struct otk_sector_packet packet = {.index = (uint16_t)(offset / 4096),
                                           .is_last = true,
                                           .data = new_image.bytes + offset,
                                           .len = rest < 4096 ? rest : 4096};

        packet.crc = otk_crc16(0, packet.data, packet.len);
        assert_int_equal(air_write(&air, OTK_GATT_SECTOR_FIRMWARE, bytes,
                                   otk_sector_packet_encode(&packet, bytes, sizeof bytes)),
                         OTK_OK);
    }
}

static struct otk_window_opened begin_window(enum otk_gatt_value channel)
{
    struct otk_window_open open = {.chip_id = OTK_CHIP_ESP32, .image_size = new_image.len};
    uint8_t bytes[OTK_WINDOW_OPEN_SIZE];
    struct otk_window_opened opened;

    air_forget(&air);
    memcpy(open.sha256, new_image.sha256, sizeof open.sha256);
    otk_window_open_encode(&open, bytes);
    assert_int_equal(air_write(&air, channel, bytes, sizeof bytes), OTK_OK);
    assert_int_equal(otk_window_opened_decode(air_last(&air, channel)->bytes,
                                              air_last(&air, channel)->len, &opened),
                     OTK_OK);
    return opened;
}

static void send_window(uint32_t offset, uint32_t end)
{
    uint8_t bytes[502];

    for (; offset < end; offset += 500) {
        const uint32_t rest = new_image.len - offset;
        const uint32_t len = rest < 500 ? rest : 500;

        otk_store_le16(bytes, (uint16_t)offset);
        memcpy(bytes + 2, new_image.bytes + offset, len);
        assert_int_equal(air_write(&air, OTK_GATT_WINDOW_DATA, bytes, len + 2), OTK_OK);
    }
}

static void finish_window(void)
{
    assert_int_equal(air_write_byte(&air, OTK_GATT_WINDOW_CONTROL, OTK_WINDOW_FINISH), OTK_OK);
    air_settle(&air);
    assert_true(air.is_reset_due);
    assert_true(rig_slot_holds(&rig, 0, &new_image));
    assert_int_equal(air_reset(&air), 0);
}

/* Continued where it stopped is what has the same identity: A knows neither size nor hash of the file,
 * so that C begins at 0 and yet ends well. */
static void update_begun_by_a_is_finished_by_c(void **state)
{
    struct otk_window_opened opened;

    (void)state;
    assert_true(begin_simple());
    send_simple(40000);
    otk_ble_closed(&air.ble);
    opened = begin_window(OTK_GATT_WINDOW_CONTROL);
    assert_int_equal(opened.status, OTK_OK);
    assert_int_equal(opened.offset, 0);
    send_window(0, new_image.len);
    finish_window();
}

static void update_begun_by_c_is_continued_by_c_on_a_line(void **state)
{
    struct otk_window_opened opened;

    (void)state;
    begin_window(OTK_GATT_WINDOW_CONTROL);
    send_window(0, 40000);
    assert_int_equal(begin_window(AIR_SERIAL).status, OTK_BUSY);
    otk_ble_closed(&air.ble);
    opened = begin_window(AIR_SERIAL);
    assert_int_equal(opened.status, OTK_OK);
    assert_in_range(opened.offset, 28000, 40000);
    otk_window_closed(&air.serial);
    opened = begin_window(OTK_GATT_WINDOW_CONTROL);
    send_window(opened.offset, new_image.len);
    finish_window();
}

static void update_goes_from_c_to_b_to_a(void **state)
{
    (void)state;
    begin_window(OTK_GATT_WINDOW_CONTROL);
    send_window(0, 30000);
    otk_ble_closed(&air.ble);
    assert_true(begin_sector());
    send_sector(45000);
    otk_ble_closed(&air.ble);
    assert_true(begin_simple());
    send_simple(new_image.len);
    assert_int_equal(air_write_byte(&air, OTK_GATT_SIMPLE_CONTROL, OTK_SIMPLE_DONE), OTK_OK);
    air_settle(&air);
    assert_int_equal(air_last(&air, OTK_GATT_SIMPLE_CONTROL)->bytes[0], OTK_SIMPLE_DONE_ACK);
    assert_true(rig_slot_holds(&rig, 0, &new_image));
    assert_int_equal(air_reset(&air), 0);
}

static void update_of_one_protocol_keeps_the_others_out(void **state)
{
    (void)state;
    assert_true(begin_simple());
    send_simple(10000);
    assert_false(begin_sector());
    assert_int_equal(begin_window(OTK_GATT_WINDOW_CONTROL).status, OTK_BUSY);
    assert_int_equal(begin_window(AIR_SERIAL).status, OTK_BUSY);
    assert_int_equal(otk_updater_offset(&air.updater), 10000);
    assert_true(air.is_fast);
    otk_ble_closed(&air.ble);
    assert_false(air.is_fast);
    assert_true(begin_sector());
    assert_true(air.is_fast);
    assert_false(begin_simple());
}

/* What is written to the serial line wants no fast radio. */
static void update_on_the_line_leaves_the_radio_alone(void **state)
{
    (void)state;
    assert_int_equal(begin_window(AIR_SERIAL).status, OTK_OK);
    air_write_byte(&air, OTK_GATT_WINDOW_CONTROL, OTK_WINDOW_QUERY);
    air_turn(&air, 100);
    assert_int_equal(air.speed_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_has_each_value_once_and_well_formed_uuids),
        cmocka_unit_test(uuid_goes_over_the_air_least_significant_byte_first),
        cmocka_unit_test_setup_teardown(value_can_be_read_and_written_as_its_properties_say, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(device_information_names_the_running_version, setup,
                                        teardown),
        cmocka_unit_test(att_errors_tell_kinds_of_failure_apart),
        cmocka_unit_test_setup_teardown(update_begun_by_a_is_finished_by_c, setup, teardown),
        cmocka_unit_test_setup_teardown(update_begun_by_c_is_continued_by_c_on_a_line, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(update_goes_from_c_to_b_to_a, setup, teardown),
        cmocka_unit_test_setup_teardown(update_of_one_protocol_keeps_the_others_out, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(update_on_the_line_leaves_the_radio_alone, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
