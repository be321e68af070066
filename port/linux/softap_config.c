// SPDX-License-Identifier: Apache-2.0
/*
 * hostapd's configuration and dnsmasq's command line.
 *
 * hostapd reads lines KEY=VALUE and knows no quotes, so a newline in a value would be a second
 * setting. The network's name goes in as hexadecimal digits; the other texts are checked.
 */
#include "port/linux/softap_config.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define SSID_LEN_MAX     32u
#define PASSWORD_LEN_MIN 8u
#define PASSWORD_LEN_MAX 63u

/* The last channel of the 2.4 GHz band; the 5 GHz band begins after it. */
#define CHANNEL_24_GHZ_LAST 14u
#define CHANNEL_5_GHZ_FIRST 36u
#define CHANNEL_5_GHZ_LAST  177u

static bool is_password(const char *text)
{
    const size_t len = strlen(text);

    for (size_t index = 0; index < len; index++) {
        if (text[index] < ' ' || text[index] > '~') {
            return false;
        }
    }
    return len >= PASSWORD_LEN_MIN && len <= PASSWORD_LEN_MAX;
}

static bool is_country(const char *text)
{
    return strlen(text) == 2 && text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'A' &&
           text[1] <= 'Z';
}

static bool is_channel(uint32_t channel)
{
    return (channel >= 1 && channel <= CHANNEL_24_GHZ_LAST) ||
           (channel >= CHANNEL_5_GHZ_FIRST && channel <= CHANNEL_5_GHZ_LAST);
}

const char *otk_softap_settings_read(struct otk_softap_settings *settings,
                                     const struct otk_virtual_device_options *options)
{
    const struct otk_softap_settings read = {
        .interface = options->softap_interface,
        .ssid = options->softap_ssid ? options->softap_ssid : OTK_VIRTUAL_DEVICE_SSID,
        .password = options->softap_password,
        .country = options->softap_country,
        .channel = options->softap_channel ? options->softap_channel : OTK_VIRTUAL_DEVICE_CHANNEL,
    };

    if (read.ssid[0] == '\0' || strlen(read.ssid) > SSID_LEN_MAX) {
        return "the network's name has 1 to 32 bytes";
    }
    if (read.password && !is_password(read.password)) {
        return "the network's password has 8 to 63 characters, all of them printable ASCII";
    }
    if (read.country && !is_country(read.country)) {
        return "a country is two capital letters, as DE or US";
    }
    if (!is_channel(read.channel)) {
        return "channels are 1 to 14 and 36 to 177";
    }
    *settings = read;
    return NULL;
}

/* Append to a text that has room: the longest values were counted. */
static void add(char text[OTK_SOFTAP_HOSTAPD_SIZE], const char *format, ...)
{
    const size_t len = strlen(text);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text + len, OTK_SOFTAP_HOSTAPD_SIZE - len, format, arguments);
    va_end(arguments);
}

void otk_softap_write_hostapd(const struct otk_softap_settings *settings,
                              char text[OTK_SOFTAP_HOSTAPD_SIZE])
{
    text[0] = '\0';
    add(text, "interface=%s\ndriver=nl80211\n", settings->interface);
    add(text, "ssid2=");
    for (const char *byte = settings->ssid; *byte; byte++) {
        add(text, "%02x", (unsigned)(unsigned char)*byte);
    }
    add(text, "\nutf8_ssid=1\n");
    add(text, "hw_mode=%s\nchannel=%u\n", settings->channel <= CHANNEL_24_GHZ_LAST ? "g" : "a",
        (unsigned)settings->channel);
    if (settings->country) {
        add(text, "country_code=%s\nieee80211d=1\n", settings->country);
    }
    /* 802.11n, which also asks for WMM. Stations have nothing to say to each other. */
    add(text, "ieee80211n=1\nwmm_enabled=1\nap_isolate=1\nauth_algs=1\n");
    if (settings->password) {
        add(text, "wpa=2\nwpa_key_mgmt=WPA-PSK\nrsn_pairwise=CCMP\nwpa_passphrase=%s\n",
            settings->password);
    }
}

void otk_softap_write_dnsmasq(const struct otk_softap_settings *settings, char *path,
                              char word[OTK_SOFTAP_WORD_SIZE], char *argv[OTK_SOFTAP_DNSMASQ_COUNT])
{
    static char *const constants[] = {
        "--keep-in-foreground",
        "--log-facility=-",
        /* Nothing of this computer's own configuration, names and servers. */
        "--conf-file=/dev/null",
        "--no-resolv",
        "--no-hosts",
        "--no-poll",
        "--pid-file=",
        /* Other DNS and DHCP servers of this computer stay undisturbed. */
        "--bind-interfaces",
        "--except-interface=lo",
        "--address=/#/" OTK_SOFTAP_ADDRESS,
        /* Nothing is asked elsewhere: other types of record do not exist. */
        "--local=/#/",
        "--local-ttl=1",
        "--dhcp-range=" OTK_SOFTAP_LEASE_FIRST "," OTK_SOFTAP_LEASE_LAST "," OTK_SOFTAP_LEASE_TIME,
        /* Without waiting whether somebody answers from the address: the network is ours. */
        "--no-ping",
        "--dhcp-authoritative",
        "--leasefile-ro",
    };
    const size_t count = sizeof constants / sizeof constants[0];

    _Static_assert(sizeof constants / sizeof constants[0] + 3u <= OTK_SOFTAP_DNSMASQ_COUNT,
                   "the command line has room");
    snprintf(word, OTK_SOFTAP_WORD_SIZE, "--interface=%s", settings->interface);
    argv[0] = path;
    argv[1] = word;
    memcpy(argv + 2, constants, sizeof constants);
    argv[count + 2u] = NULL;
}
