// SPDX-License-Identifier: Apache-2.0
/*
 * Rivals for a Wi-Fi interface. Two programs that steer one radio undo each other's work, so it is
 * not taken from anybody: the person is told how to do that, and can put it back.
 */
#include "port/linux/softap_rival.h"

#include <stdint.h>
#include <stdio.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#define PATH_SIZE 128u

#define MANAGER      "org.freedesktop.NetworkManager"
#define MANAGER_PATH "/org/freedesktop/NetworkManager"

/* How long NetworkManager may take to answer. */
#define ANSWER_TIMEOUT_US 2000000u

/* States above it: NetworkManager steers the interface, or waits to. Source: NetworkManager's D-Bus
 * API, NM_DEVICE_STATE_UNMANAGED. */
#define STATE_UNMANAGED 10u

/* The state that NetworkManager gives the interface; unmanaged where there is no NetworkManager. */
static uint32_t network_manager_state(const char *interface)
{
    sd_bus_message *answer = NULL;
    sd_bus *bus = NULL;
    const char *device;
    uint32_t state = STATE_UNMANAGED;

    if (sd_bus_open_system(&bus) < 0) {
        return state;
    }
    sd_bus_set_method_call_timeout(bus, ANSWER_TIMEOUT_US);
    if (sd_bus_call_method(bus, MANAGER, MANAGER_PATH, MANAGER, "GetDeviceByIpIface", NULL, &answer,
                           "s", interface) >= 0 &&
        sd_bus_message_read(answer, "o", &device) >= 0) {
        (void)sd_bus_get_property_trivial(bus, MANAGER, device, MANAGER ".Device", "State", NULL,
                                          'u', &state);
    }
    sd_bus_message_unref(answer);
    sd_bus_flush_close_unref(bus);
    return state;
}

/* Whether a program of the hostap project offers its control socket for the interface. */
static bool has_control_socket(const char *program, const char *interface)
{
    char path[PATH_SIZE];

    snprintf(path, sizeof path, "/run/%s/%s", program, interface);
    return access(path, F_OK) == 0;
}

/* Whether the interface has a link: it is a station of some network, or an access point. */
static bool has_carrier(const char *interface)
{
    char path[PATH_SIZE];
    FILE *file;
    bool found;

    snprintf(path, sizeof path, "/sys/class/net/%s/carrier", interface);
    file = fopen(path, "re");
    if (!file) {
        return false;
    }
    found = fgetc(file) == '1'; /* of an interface that is down it cannot be read */
    fclose(file);
    return found;
}

bool otk_softap_find_rival(const char *interface, struct otk_softap_trouble *trouble)
{
    const char *why = NULL;

    trouble->hint = NULL;
    if (network_manager_state(interface) > STATE_UNMANAGED) {
        why = "NetworkManager uses this interface";
        trouble->hint = "`nmcli device set IFACE managed no` makes it let go, `... managed yes` "
                        "gives it back";
    } else if (has_control_socket("wpa_supplicant", interface)) {
        why = "wpa_supplicant uses this interface";
        trouble->hint = "`wpa_cli -i IFACE terminate` ends it, or stop the service that started it";
    } else if (has_control_socket("hostapd", interface)) {
        why = "another hostapd uses this interface";
        trouble->hint = "stop it: `systemctl stop hostapd`";
    } else if (has_carrier(interface)) {
        why = "this interface is connected";
        trouble->hint = "disconnect it first; `iw dev IFACE info` shows what it does";
    }
    if (!why) {
        return false;
    }
    trouble->status = OTK_BUSY;
    snprintf(trouble->why, sizeof trouble->why, "%s", why);
    return true;
}
