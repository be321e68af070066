// SPDX-License-Identifier: Apache-2.0
#include "port/linux/softap_config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct otk_virtual_device_options plain = {.softap_interface = "wlan0"};

static void read_settings(struct otk_softap_settings *settings,
                          const struct otk_virtual_device_options *options)
{
    assert_null(otk_softap_settings_read(settings, options));
}

static void the_defaults_are_those_of_esp32_softap_ota(void **state)
{
    struct otk_softap_settings settings;

    (void)state;
    read_settings(&settings, &plain);
    assert_string_equal(settings.ssid, "ESP32 OTA Update");
    assert_int_equal(settings.channel, 6);
    assert_null(settings.password);
    assert_null(settings.country);
}

static void the_name_stands_in_the_configuration_as_digits(void **state)
{
    const struct otk_virtual_device_options options = {.softap_interface = "wlan0",
                                                       .softap_ssid = "a\nwpa=0\n"};
    struct otk_softap_settings settings;
    char text[OTK_SOFTAP_HOSTAPD_SIZE];

    (void)state;
    read_settings(&settings, &options);
    otk_softap_write_hostapd(&settings, text);
    assert_non_null(strstr(text, "\nssid2=610a7770613d300a\n"));
    assert_null(strstr(text, "wpa="));
}

static void the_longest_values_fit(void **state)
{
    const struct otk_virtual_device_options options = {
        .softap_interface = "interface-of-15",
        .softap_ssid = "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
                       "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
        .softap_password = "0123456789012345678901234567890123456789012345678901234567890~ ",
        .softap_country = "ZA",
        .softap_channel = 177,
    };
    struct otk_softap_settings settings;
    char text[OTK_SOFTAP_HOSTAPD_SIZE];

    (void)state;
    read_settings(&settings, &options);
    otk_softap_write_hostapd(&settings, text);
    assert_non_null(strstr(text, "\nhw_mode=a\nchannel=177\n"));
    assert_non_null(strstr(text, "\ncountry_code=ZA\n"));
    assert_non_null(strstr(text, "\nwpa=2\n"));
    /* Nothing was cut off at the end. */
    assert_string_equal(strrchr(text, '~'), "~ \n");
}

static void what_could_end_its_line_is_refused(void **state)
{
    static const struct otk_virtual_device_options bad[] = {
        {.softap_interface = "w", .softap_ssid = ""},
        {.softap_interface = "w", .softap_ssid = "012345678901234567890123456789012"},
        {.softap_interface = "w", .softap_password = "seven77"},
        {.softap_interface = "w", .softap_password = "eight888\nwpa=0"},
        {.softap_interface = "w", .softap_password = "eight888\x7f"},
        {.softap_interface = "w", .softap_password = "p\xc3\xa4ssword"},
        {.softap_interface = "w",
         .softap_password = "0123456789012345678901234567890123456789012345678901234567890123"},
        {.softap_interface = "w", .softap_country = "de"},
        {.softap_interface = "w", .softap_country = "D"},
        {.softap_interface = "w", .softap_country = "DE\n"},
        {.softap_interface = "w", .softap_channel = 15},
        {.softap_interface = "w", .softap_channel = 178},
    };
    struct otk_softap_settings settings;

    (void)state;
    for (size_t index = 0; index < sizeof bad / sizeof bad[0]; index++) {
        assert_non_null(otk_softap_settings_read(&settings, &bad[index]));
    }
}

static void dnsmasq_serves_one_interface_and_reads_no_file(void **state)
{
    char path[] = "/usr/sbin/dnsmasq";
    char word[OTK_SOFTAP_WORD_SIZE];
    char *argv[OTK_SOFTAP_DNSMASQ_COUNT];
    struct otk_softap_settings settings;
    size_t count = 0;

    (void)state;
    read_settings(&settings, &plain);
    otk_softap_write_dnsmasq(&settings, path, word, argv);
    assert_ptr_equal(argv[0], path);
    assert_string_equal(argv[1], "--interface=wlan0");
    while (argv[count]) {
        count++;
    }
    assert_true(count < OTK_SOFTAP_DNSMASQ_COUNT);
    assert_string_equal(argv[count - 1u], "--leasefile-ro");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_defaults_are_those_of_esp32_softap_ota),
        cmocka_unit_test(the_name_stands_in_the_configuration_as_digits),
        cmocka_unit_test(the_longest_values_fit),
        cmocka_unit_test(what_could_end_its_line_is_refused),
        cmocka_unit_test(dnsmasq_serves_one_interface_and_reads_no_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
