// SPDX-License-Identifier: Apache-2.0
/*
 * What hostapd and dnsmasq are told, from the options of the device.
 *
 *     why = otk_softap_settings_read(&settings, options);
 *     if (why)
 *         complain(why);
 *     otk_softap_write_hostapd(&settings, text);
 */
#ifndef PORT_LINUX_SOFTAP_CONFIG_H
#define PORT_LINUX_SOFTAP_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/virtual_device.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The device's address, and the addresses for its stations. A chip with ESP-IDF's defaults has the
 * same one, and clients of esp32-softap-ota know it by heart. */
#define OTK_SOFTAP_ADDRESS     "192.168.4.1"
#define OTK_SOFTAP_PREFIX_LEN  24u
#define OTK_SOFTAP_LEASE_FIRST "192.168.4.10"
#define OTK_SOFTAP_LEASE_LAST  "192.168.4.99"
#define OTK_SOFTAP_LEASE_TIME  "1h"

/* Bytes of hostapd's configuration with its NUL. */
#define OTK_SOFTAP_HOSTAPD_SIZE 768u

/* Words of dnsmasq's command line with the NULL, and bytes of the longest that is no constant. */
#define OTK_SOFTAP_DNSMASQ_COUNT 24u
#define OTK_SOFTAP_WORD_SIZE     64u

/* The network. Every text is proven harmless: it cannot end its line in a configuration. */
struct otk_softap_settings {
    const char *interface; /* name of an interface that exists */
    const char *ssid;      /* 1 to 32 bytes */
    const char *password;  /* 8 to 63 printable ASCII characters; NULL: open */
    const char *country;   /* two capital letters; NULL: as the system has it */
    uint32_t channel;      /* 1 to 14, 36 to 177 */
};

/* Take the settings from the options, with the defaults where these say nothing; `settings` borrows
 * their texts. Returns NULL, or why they make no sense: a constant, and `settings` is untouched. */
const char *otk_softap_settings_read(struct otk_softap_settings *settings,
                                     const struct otk_virtual_device_options *options);

/* Write hostapd's configuration file. */
void otk_softap_write_hostapd(const struct otk_softap_settings *settings,
                              char text[OTK_SOFTAP_HOSTAPD_SIZE]);

/*
 * Write dnsmasq's command line: leases on that interface only, every name is the device, no file is
 * read or left.
 *
 * path  of the program; argv borrows it
 * word  storage that argv borrows
 */
void otk_softap_write_dnsmasq(const struct otk_softap_settings *settings, char *path,
                              char word[OTK_SOFTAP_WORD_SIZE],
                              char *argv[OTK_SOFTAP_DNSMASQ_COUNT]);

#ifdef __cplusplus
}
#endif

#endif
