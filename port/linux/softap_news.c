// SPDX-License-Identifier: Apache-2.0
/*
 * The output of hostapd and dnsmasq. Sources: hostapd 2.10, src/common/wpa_ctrl.h; dnsmasq 2.90,
 * src/rfc2131.c and src/dnsmasq.c. A station chooses its host name, so that is never repeated.
 */
#include "port/linux/softap_news.h"

#include <stdio.h>
#include <string.h>

static const struct pattern {
    const char *mark;
    enum otk_softap_news_kind kind;
} patterns[] = {
    {" DHCPACK(", OTK_SOFTAP_NEWS_ADDRESS}, /* first: a name of the station's choice follows */
    {": AP-ENABLED", OTK_SOFTAP_NEWS_READY},
    {": started, version ", OTK_SOFTAP_NEWS_READY},
    {": AP-STA-CONNECTED ", OTK_SOFTAP_NEWS_JOINED},
    {": AP-STA-DISCONNECTED ", OTK_SOFTAP_NEWS_LEFT},
    {": AP-STA-POSSIBLE-PSK-MISMATCH ", OTK_SOFTAP_NEWS_REFUSED},
};

struct otk_softap_news otk_softap_news_read(const char *line)
{
    struct otk_softap_news news = {.kind = OTK_SOFTAP_NEWS_NONE};
    const char *rest = NULL;

    for (size_t index = 0; index < sizeof patterns / sizeof patterns[0] && !rest; index++) {
        const char *const found = strstr(line, patterns[index].mark);

        if (found) {
            news.kind = patterns[index].kind;
            rest = found + strlen(patterns[index].mark);
        }
    }
    if (news.kind == OTK_SOFTAP_NEWS_ADDRESS) {
        /* "wlan0) 192.168.4.57 02:00:00:00:01:00 phone" */
        if (sscanf(rest, "%*[^)]) %15[0-9.] %17[0-9a-fA-F:]", news.address, news.station) != 2) {
            news.kind = OTK_SOFTAP_NEWS_NONE;
        }
    } else if (rest && news.kind != OTK_SOFTAP_NEWS_READY) {
        (void)sscanf(rest, "%17[0-9a-fA-F:]", news.station);
    }
    return news;
}

bool otk_softap_news_is_chatter(const char *line)
{
    static const char *const marks[] = {/* hostapd */
                                        ": STA ", "AP-STA-", "interface state ", "AP-DISABLED",
                                        "CTRL-EVENT-", "hostapd_free_hapd_data",
                                        "deinit ifname=", "Unable to setup interface",
                                        /* dnsmasq */
                                        "dnsmasq-dhcp[", "cleared cache", "compile time options",
                                        "using nameserver", "exiting on receipt"};

    for (size_t index = 0; index < sizeof marks / sizeof marks[0]; index++) {
        if (strstr(line, marks[index])) {
            return true;
        }
    }
    return false;
}
