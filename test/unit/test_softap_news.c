// SPDX-License-Identifier: Apache-2.0
#include "port/linux/softap_news.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* Lines as hostapd 2.10 and dnsmasq 2.90 print them. */
static const struct sample {
    const char *line;
    struct otk_softap_news news;
} samples[] = {
    {"wlan0: AP-ENABLED ", {OTK_SOFTAP_NEWS_READY, "", ""}},
    {"dnsmasq[212]: started, version 2.90 cachesize 150", {OTK_SOFTAP_NEWS_READY, "", ""}},
    {"wlan0: AP-STA-CONNECTED 02:00:00:00:01:00",
     {OTK_SOFTAP_NEWS_JOINED, "02:00:00:00:01:00", ""}},
    {"wlan0: AP-STA-DISCONNECTED 02:00:00:00:01:00",
     {OTK_SOFTAP_NEWS_LEFT, "02:00:00:00:01:00", ""}},
    {"wlan0: AP-STA-POSSIBLE-PSK-MISMATCH 02:00:00:00:01:00",
     {OTK_SOFTAP_NEWS_REFUSED, "02:00:00:00:01:00", ""}},
    {"dnsmasq-dhcp[212]: DHCPACK(wlan0) 192.168.4.31 02:00:00:00:01:00 phone",
     {OTK_SOFTAP_NEWS_ADDRESS, "02:00:00:00:01:00", "192.168.4.31"}},
    {"dnsmasq-dhcp[212]: DHCPACK(wlan0) 192.168.4.31", {OTK_SOFTAP_NEWS_NONE, "", "192.168.4.31"}},
    {"wlan0: interface state UNINITIALIZED->ENABLED", {OTK_SOFTAP_NEWS_NONE, "", ""}},
    {"", {OTK_SOFTAP_NEWS_NONE, "", ""}},
};

static void lines_mean_what_they_say(void **state)
{
    (void)state;
    for (size_t index = 0; index < sizeof samples / sizeof samples[0]; index++) {
        const struct otk_softap_news news = otk_softap_news_read(samples[index].line);

        assert_int_equal(news.kind, samples[index].news.kind);
        assert_string_equal(news.station, samples[index].news.station);
        assert_string_equal(news.address, samples[index].news.address);
    }
}

static void a_host_name_is_no_news(void **state)
{
    /* A station may call itself anything; dnsmasq prints it at the end. */
    const struct otk_softap_news news = otk_softap_news_read(
        "dnsmasq-dhcp[212]: DHCPACK(wlan0) 192.168.4.31 02:00:00:00:01:00 x: AP-STA-CONNECTED 0");

    (void)state;
    assert_int_equal(news.kind, OTK_SOFTAP_NEWS_ADDRESS);
    assert_string_equal(news.station, "02:00:00:00:01:00");
}

static void reasons_are_told_from_chatter(void **state)
{
    (void)state;
    assert_true(otk_softap_news_is_chatter("wlan0: AP-DISABLED "));
    assert_true(otk_softap_news_is_chatter("wlan0: STA 02:00:00:00:01:00 RADIUS: starting"));
    assert_true(otk_softap_news_is_chatter("dnsmasq-dhcp[2]: DHCPDISCOVER(wlan0) 02:00"));
    assert_false(otk_softap_news_is_chatter("nl80211: Could not configure driver mode"));
    assert_false(otk_softap_news_is_chatter(
        "dnsmasq: failed to bind DHCP server socket: Address already in use"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_mean_what_they_say),
        cmocka_unit_test(a_host_name_is_no_news),
        cmocka_unit_test(reasons_are_told_from_chatter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
