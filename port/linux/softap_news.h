// SPDX-License-Identifier: Apache-2.0
/*
 * What the lines that hostapd and dnsmasq print mean for the device.
 *
 *     switch (otk_softap_news_read(line, &news)) ...
 */
#ifndef PORT_LINUX_SOFTAP_NEWS_H
#define PORT_LINUX_SOFTAP_NEWS_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

enum otk_softap_news_kind {
    OTK_SOFTAP_NEWS_NONE,    /* nothing that matters */
    OTK_SOFTAP_NEWS_READY,   /* the program has started */
    OTK_SOFTAP_NEWS_JOINED,  /* a station: `station` */
    OTK_SOFTAP_NEWS_LEFT,    /* a station: `station` */
    OTK_SOFTAP_NEWS_ADDRESS, /* a station has an address: both */
    OTK_SOFTAP_NEWS_REFUSED  /* a station does not know the password: `station` */
};

/* Bytes with the NUL of "12:34:56:78:9a:bc" and "255.255.255.255". */
#define OTK_SOFTAP_STATION_SIZE 18u
#define OTK_SOFTAP_IP_SIZE      16u

/* One event. Texts that it does not have are "". */
struct otk_softap_news {
    enum otk_softap_news_kind kind;
    char station[OTK_SOFTAP_STATION_SIZE];
    char address[OTK_SOFTAP_IP_SIZE];
};

/* Understand a line of hostapd's or dnsmasq's output. */
struct otk_softap_news otk_softap_news_read(const char *line);

/* Whether a line is of no use to somebody who asks why a program has ended: its daily work, and the
 * steps by which it takes its leave. */
bool otk_softap_news_is_chatter(const char *line);

#ifdef __cplusplus
}
#endif

#endif
