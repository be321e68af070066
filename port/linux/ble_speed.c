// SPDX-License-Identifier: Apache-2.0
/* Commands and events of the controller. Source: Bluetooth Core 5.4, Vol 4, Part E, 7.7 and 7.8. */
#include "port/linux/ble_speed.h"

#include <string.h>
#include <unistd.h>

#include "host/bluez_socket.h"
#include "otakit/base/bytes.h"

#define PACKET_COMMAND 0x01u
#define PACKET_EVENT   0x04u

#define EVENT_DISCONNECTED 0x05u
#define EVENT_LE_META      0x3Eu

#define LE_CONNECTED          0x01u
#define LE_UPDATED            0x03u
#define LE_ENHANCED_CONNECTED 0x0Au

#define ROLE_PERIPHERAL 1u

#define COMMAND_LE_CONNECTION_UPDATE 0x2013u
#define UPDATE_SIZE                  14u

/* Packet type, event code and length. */
#define EVENT_HEADER_SIZE 3u

/* Events in one call; more wait for the next turn. */
#define EVENT_LIMIT 16u

/* 15 ms, no latency, 4 s: what Apple's accessory guidelines allow, and on the 1M PHY no slower than
 * shorter intervals, into which fewer whole packets fit. */
static const struct otk_ble_parameters fast_parameters = {12, 0, 400};

void otk_ble_speed_init(struct otk_ble_speed *speed)
{
    memset(speed, 0, sizeof *speed);
    speed->fd = -1;
}

enum otk_status otk_ble_speed_open(struct otk_ble_speed *speed, uint16_t index)
{
    const struct otk_bluez_hci_address address = {.family = AF_BLUETOOTH, .index = index};
    const struct otk_bluez_hci_filter filter = {
        .type_mask = 1u << PACKET_EVENT,
        .event_mask = {1u << EVENT_DISCONNECTED, 1u << (EVENT_LE_META - 32u)}};

    otk_ble_speed_init(speed);
    speed->fd = socket(AF_BLUETOOTH, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC,
                       OTK_BLUEZ_PROTOCOL_HCI);
    if (speed->fd < 0) {
        return OTK_HOST_IO;
    }
    if (setsockopt(speed->fd, OTK_BLUEZ_SOL_HCI, OTK_BLUEZ_HCI_FILTER, &filter, sizeof filter) !=
            0 ||
        bind(speed->fd, (const struct sockaddr *)&address, sizeof address) != 0) {
        otk_ble_speed_close(speed);
        return OTK_HOST_IO;
    }
    return OTK_OK;
}

static struct otk_ble_parameters decode_parameters(const uint8_t bytes[6])
{
    return (struct otk_ble_parameters){.interval = otk_load_le16(bytes),
                                       .latency = otk_load_le16(bytes + 2),
                                       .timeout = otk_load_le16(bytes + 4)};
}

/* Status, handle, role, address type, one address or three, then the parameters. */
static bool take_connection(struct otk_ble_speed *speed, const uint8_t *event, uint32_t len,
                            uint32_t parameters_at)
{
    if (len < parameters_at + 6u || event[0] != 0 || event[3] != ROLE_PERIPHERAL) {
        return false;
    }
    speed->is_connected = true;
    speed->is_fast = false;
    speed->handle = otk_load_le16(event + 1);
    speed->now = decode_parameters(event + parameters_at);
    speed->found = speed->now;
    return true;
}

/* What the central changes by itself is what it wants to have back. */
static bool take_update(struct otk_ble_speed *speed, const uint8_t *event, uint32_t len)
{
    if (len < 9u || event[0] != 0 || !speed->is_connected ||
        otk_load_le16(event + 1) != speed->handle) {
        return false;
    }
    speed->now = decode_parameters(event + 3);
    if (!speed->is_fast) {
        speed->found = speed->now;
    }
    return true;
}

/* `event` begins behind the subevent's code. */
static bool take_le(struct otk_ble_speed *speed, uint8_t code, const uint8_t *event, uint32_t len)
{
    switch (code) {
    case LE_CONNECTED:
        return take_connection(speed, event, len, 5u + 6u);
    case LE_ENHANCED_CONNECTED:
        return take_connection(speed, event, len, 5u + 3u * 6u);
    case LE_UPDATED:
        return take_update(speed, event, len);
    default:
        return false;
    }
}

static bool take_event(struct otk_ble_speed *speed, const uint8_t *packet, uint32_t len)
{
    if (len <= EVENT_HEADER_SIZE || packet[0] != PACKET_EVENT) {
        return false;
    }
    if (packet[1] == EVENT_LE_META) {
        return take_le(speed, packet[3], packet + 4, len - 4u);
    }
    if (packet[1] == EVENT_DISCONNECTED && len >= 6u &&
        otk_load_le16(packet + 4) == speed->handle) {
        speed->is_connected = false;
    }
    return false;
}

enum otk_status otk_ble_speed_set(struct otk_ble_speed *speed, bool fast)
{
    const struct otk_ble_parameters *wanted = fast ? &fast_parameters : &speed->found;
    uint8_t packet[4u + UPDATE_SIZE] = {PACKET_COMMAND};

    if (speed->fd < 0 || !speed->is_connected) {
        return OTK_NOT_OPEN;
    }
    speed->is_fast = fast;
    otk_store_le16(packet + 1, COMMAND_LE_CONNECTION_UPDATE);
    packet[3] = UPDATE_SIZE;
    otk_store_le16(packet + 4, speed->handle);
    otk_store_le16(packet + 6, wanted->interval);
    otk_store_le16(packet + 8, wanted->interval);
    otk_store_le16(packet + 10, wanted->latency);
    otk_store_le16(packet + 12, wanted->timeout);
    return write(speed->fd, packet, sizeof packet) == (ssize_t)sizeof packet ? OTK_OK : OTK_HOST_IO;
}

uint32_t otk_ble_speed_watch(const struct otk_ble_speed *speed, struct pollfd *files, uint32_t room)
{
    if (speed->fd < 0 || room == 0) {
        return 0;
    }
    files[0] = (struct pollfd){.fd = speed->fd, .events = POLLIN};
    return 1;
}

bool otk_ble_speed_serve(struct otk_ble_speed *speed)
{
    uint8_t packet[260];
    uint32_t count;
    bool changed = false;

    for (count = 0; speed->fd >= 0 && count < EVENT_LIMIT; count++) {
        const ssize_t len = read(speed->fd, packet, sizeof packet);

        if (len <= 0) {
            break;
        }
        changed = take_event(speed, packet, (uint32_t)len) || changed;
    }
    return changed;
}

void otk_ble_speed_close(struct otk_ble_speed *speed)
{
    if (speed->fd >= 0) {
        close(speed->fd);
    }
    otk_ble_speed_init(speed);
}
