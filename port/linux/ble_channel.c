// SPDX-License-Identifier: Apache-2.0
/* An LE credit-based channel over the kernel's sockets. Credits are the kernel's business. */
#include "port/linux/ble_channel.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "host/bluez_socket.h"

static uint8_t security_level(enum otk_virtual_device_pairing pairing)
{
    switch (pairing) {
    case OTK_VIRTUAL_DEVICE_ENCRYPTED:
        return 2;
    case OTK_VIRTUAL_DEVICE_AUTHENTICATED:
        return 3;
    default:
        return 1;
    }
}

/* With psm 0 the kernel takes a free one from 0x80 to 0xFF. */
static int listen_at(int fd, const struct otk_ble_adapter *adapter,
                     enum otk_virtual_device_pairing pairing)
{
    const uint16_t mtu = OTK_BLE_CHANNEL_MTU;
    const struct otk_bluez_security security = {.level = security_level(pairing)};
    struct otk_bluez_l2cap_address address;

    memset(&address, 0, sizeof address);
    address.family = AF_BLUETOOTH;
    memcpy(address.address, adapter->address, sizeof address.address);
    address.address_type = adapter->is_random ? OTK_BLUEZ_ADDRESS_RANDOM : OTK_BLUEZ_ADDRESS_PUBLIC;
    if (bind(fd, (const struct sockaddr *)&address, sizeof address) != 0 ||
        setsockopt(fd, OTK_BLUEZ_SOL_BLUETOOTH, OTK_BLUEZ_SECURITY, &security, sizeof security) !=
            0 ||
        setsockopt(fd, OTK_BLUEZ_SOL_BLUETOOTH, OTK_BLUEZ_RECEIVE_MTU, &mtu, sizeof mtu) != 0) {
        return -1;
    }
    return listen(fd, 1);
}

static uint16_t chosen_psm(int fd)
{
    struct otk_bluez_l2cap_address address;
    socklen_t size = sizeof address;
    uint8_t bytes[2];

    memset(&address, 0, sizeof address);
    if (getsockname(fd, (struct sockaddr *)&address, &size) != 0) {
        return 0;
    }
    memcpy(bytes, &address.psm, sizeof bytes);
    return (uint16_t)(bytes[0] | bytes[1] << 8);
}

void otk_ble_channel_init(struct otk_ble_channel *channel)
{
    *channel = (struct otk_ble_channel){.listener = -1, .fd = -1};
}

enum otk_status otk_ble_channel_open(struct otk_ble_channel *channel,
                                     const struct otk_ble_adapter *adapter,
                                     enum otk_virtual_device_pairing pairing)
{
    otk_ble_channel_init(channel);
    channel->listener = socket(AF_BLUETOOTH, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC,
                               OTK_BLUEZ_PROTOCOL_L2CAP);
    if (channel->listener < 0) {
        return OTK_HOST_IO;
    }
    if (listen_at(channel->listener, adapter, pairing) == 0) {
        channel->psm = chosen_psm(channel->listener);
    }
    if (channel->psm == 0) {
        const int reason = errno;

        otk_ble_channel_close(channel);
        errno = reason;
        return OTK_HOST_IO;
    }
    return OTK_OK;
}

uint32_t otk_ble_channel_watch(const struct otk_ble_channel *channel, struct pollfd *files,
                               uint32_t room)
{
    uint32_t count = 0;

    if (channel->listener >= 0 && count < room) {
        files[count++] = (struct pollfd){.fd = channel->listener, .events = POLLIN};
    }
    if (channel->fd >= 0 && count < room) {
        files[count++] = (struct pollfd){.fd = channel->fd, .events = POLLIN};
    }
    return count;
}

/* The last channel of the client counts: it may have opened another one after a loss. */
static void take_in(struct otk_ble_channel *channel, const uint8_t client[6])
{
    struct otk_bluez_l2cap_address peer;
    socklen_t size = sizeof peer;
    const int fd = accept4(channel->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (fd < 0) {
        return;
    }
    memset(&peer, 0, sizeof peer);
    if (!client || getpeername(fd, (struct sockaddr *)&peer, &size) != 0 ||
        memcmp(peer.address, client, sizeof peer.address) != 0) {
        close(fd);
        return;
    }
    otk_ble_channel_drop(channel);
    channel->fd = fd;
}

enum otk_status otk_ble_channel_receive(struct otk_ble_channel *channel, const uint8_t client[6],
                                        uint8_t *bytes, uint32_t size, uint32_t *len)
{
    ssize_t count;

    if (channel->listener >= 0) {
        take_in(channel, client);
    }
    if (channel->fd < 0) {
        return OTK_MORE;
    }
    count = recv(channel->fd, bytes, size, 0);
    if (count > 0) {
        *len = (uint32_t)count;
        return OTK_OK;
    }
    if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
        otk_ble_channel_drop(channel);
    }
    return OTK_MORE;
}

void otk_ble_channel_drop(struct otk_ble_channel *channel)
{
    if (channel->fd >= 0) {
        close(channel->fd);
        channel->fd = -1;
    }
}

void otk_ble_channel_close(struct otk_ble_channel *channel)
{
    otk_ble_channel_drop(channel);
    if (channel->listener >= 0) {
        close(channel->listener);
    }
    otk_ble_channel_init(channel);
}
