// SPDX-License-Identifier: Apache-2.0
/* What a portal says in JSON: believed where it makes sense, nowhere else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "host/status_find.h"
#include "host/web_info.h"

static const char whole[] =
    "{\"device\": \"otakit\", \"chip\": \"esp32c3\", \"boot_id\": \"5f3c2a10\","
    " \"running\": {\"label\": \"ota_0\", \"project\": \"lamp\", \"version\": \"1.2.0\","
    " \"on_trial\": true},"
    " \"update_slot\": {\"label\": \"ota_1\", \"size\": 1048576}, \"secure_version\": 3,"
    " \"policy\": {\"other_project\": false, \"same_version\": true},"
    " \"last_update\": {\"stage\": \"rolled_back\", \"code\": \"SELF_TEST_FAILED\"},"
    " \"session\": {\"state\": \"finishing\", \"owner\": \"portal\", \"offset\": 4096,"
    " \"image_size\": 812345, \"written\": 4000, \"verified\": 12, \"code\": \"MORE\","
    " \"message\": \"not finished yet\"},"
    " \"password\": true}";

static void web_info_takes_a_whole_document(void **state)
{
    struct otk_web_info info;

    (void)state;
    assert_int_equal(otk_web_info_read(whole, sizeof whole - 1, &info), OTK_OK);
    assert_string_equal(info.device.name, "otakit");
    assert_true(info.device.has_chip);
    assert_int_equal(info.device.chip_id, OTK_CHIP_ESP32C3);
    assert_true(info.device.has_boot_id);
    assert_int_equal(info.device.boot_id, 0x5f3c2a10u);
    assert_string_equal(info.device.slot, "ota_0");
    assert_string_equal(info.device.version, "1.2.0");
    assert_true(info.device.on_trial);
    assert_int_equal(info.device.slot_size, 1048576);
    assert_int_equal(info.device.secure_version, 3);
    assert_true(info.refuses_other_project);
    assert_false(info.refuses_same_version);
    assert_false(info.refuses_older_version);
    assert_int_equal(info.device.stage, OTK_STAGE_ROLLED_BACK);
    assert_int_equal(info.device.last_status, OTK_SELF_TEST_FAILED);
    assert_int_equal(info.session.state, OTK_WEB_FINISHING);
    assert_int_equal(info.session.written, 4000);
    assert_int_equal(info.session.status, OTK_MORE);
    assert_true(info.wants_password);
}

static void web_info_takes_no_part_of_a_document(void **state)
{
    struct otk_web_info info;

    (void)state;
    for (uint32_t len = 0; len < sizeof whole - 1; len++) {
        assert_int_equal(otk_web_info_read(whole, len, &info), OTK_BAD_FORMAT);
    }
}

static void web_info_takes_nothing_that_is_not_a_portal(void **state)
{
    static const char *const texts[] = {
        "<html></html>",
        "[]",
        "null",
        "7",
        "{}",
        "{\"boot_id\": 7, \"session\": {}}",
        "{\"boot_id\": \"1\", \"session\": []}",
        "{\"session\": {}}",
    };
    struct otk_web_info info;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_int_equal(otk_web_info_read(texts[i], (uint32_t)strlen(texts[i]), &info),
                         OTK_BAD_FORMAT);
    }
}

static void web_info_passes_over_what_makes_no_sense(void **state)
{
    static const char text[] =
        "{\"device\": 7, \"chip\": \"z80\", \"boot_id\": \"xyz\", \"running\": [1, 2],"
        " \"update_slot\": null, \"secure_version\": -1, \"policy\": 1, \"last_update\": \"no\","
        " \"session\": {\"state\": \"dancing\", \"offset\": -5, \"image_size\": 1e300,"
        " \"written\": \"9\", \"code\": \"NOBODY_KNOWS\", \"message\": null}}";
    struct otk_web_info info;

    (void)state;
    assert_int_equal(otk_web_info_read(text, sizeof text - 1, &info), OTK_OK);
    assert_string_equal(info.device.name, "");
    assert_false(info.device.has_chip);
    assert_false(info.device.has_boot_id);
    assert_string_equal(info.device.version, "");
    assert_false(info.device.has_last);
    assert_int_equal(info.device.secure_version, 0);
    assert_int_equal(info.session.state, OTK_WEB_IDLE);
    assert_int_equal(info.session.offset, 0);
    assert_int_equal(info.session.image_size, 0);
    assert_int_equal(info.session.written, 0);
    assert_int_equal(info.session.status, OTK_OK);
    assert_string_equal(info.session.message, "");
}

static void web_info_cuts_a_long_name(void **state)
{
    static const char text[] =
        "{\"device\": \"a name that is longer than anything which a device of "
        "this class should ever be called\", \"boot_id\": \"1\","
        " \"session\": {}}";
    struct otk_web_info info;

    (void)state;
    assert_int_equal(otk_web_info_read(text, sizeof text - 1, &info), OTK_OK);
    assert_int_equal(strlen(info.device.name), OTK_PUSH_TEXT_SIZE - 1);
}

static void web_session_is_that_of_an_answer(void **state)
{
    static const char text[] = "{\"session\": {\"state\": \"receiving\", \"offset\": 77}}";
    struct otk_web_session session;

    (void)state;
    assert_int_equal(otk_web_session_read(text, sizeof text - 1, &session), OTK_OK);
    assert_int_equal(session.state, OTK_WEB_RECEIVING);
    assert_int_equal(session.offset, 77);
    assert_int_equal(otk_web_session_read("{}", 2, &session), OTK_BAD_FORMAT);
}

static void web_error_keeps_the_words_of_an_error_that_is_not_known(void **state)
{
    static const char known[] = "{\"error\": {\"code\": \"BAD_HASH\", \"message\": \"no\"}}";
    static const char unknown[] = "{\"error\": {\"code\": \"TOO_NEW\", \"message\": \"later\"}}";
    char message[OTK_ERROR_MESSAGE_SIZE];
    enum otk_status status;

    (void)state;
    assert_int_equal(otk_web_error_read(known, sizeof known - 1, &status, message), OTK_OK);
    assert_int_equal(status, OTK_BAD_HASH);
    assert_int_equal(otk_web_error_read(unknown, sizeof unknown - 1, &status, message), OTK_OK);
    assert_int_equal(status, OTK_HTTP_SERVER_ERROR);
    assert_string_equal(message, "later");
    assert_int_equal(otk_web_error_read("{}", 2, &status, message), OTK_BAD_FORMAT);
}

static void status_find_knows_every_name(void **state)
{
    (void)state;
#define CHECK(name, number, text) assert_int_equal(otk_status_find(#name), number);
    OTK_STATUS_LIST(CHECK)
#undef CHECK
    assert_int_equal(otk_status_find("bad_hash"), OTK_OK);
    assert_int_equal(otk_status_find(""), OTK_OK);
}

/* What steers this computer is not a device's to say. */
static void status_of_device_is_one_that_a_device_can_have(void **state)
{
    (void)state;
    assert_int_equal(otk_status_of_device(OTK_BAD_HASH), OTK_BAD_HASH);
    assert_int_equal(otk_status_of_device(OTK_BUSY), OTK_BUSY);
    assert_int_equal(otk_status_of_device(OTK_MORE), OTK_REFUSED);
    for (int number = OTK_USAGE; number <= UINT8_MAX; number++) {
        assert_int_equal(otk_status_of_device((enum otk_status)number), OTK_REFUSED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(web_info_takes_a_whole_document),
        cmocka_unit_test(web_info_takes_no_part_of_a_document),
        cmocka_unit_test(web_info_takes_nothing_that_is_not_a_portal),
        cmocka_unit_test(web_info_passes_over_what_makes_no_sense),
        cmocka_unit_test(web_info_cuts_a_long_name),
        cmocka_unit_test(web_session_is_that_of_an_answer),
        cmocka_unit_test(web_error_keeps_the_words_of_an_error_that_is_not_known),
        cmocka_unit_test(status_find_knows_every_name),
        cmocka_unit_test(status_of_device_is_one_that_a_device_can_have),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
