// SPDX-License-Identifier: Apache-2.0
/* An L2CAP channel over the kernel's own sockets. */
#include "host/bluez_channel.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host/bluez_socket.h"

/* BlueZ gives a channel as long as that on a bad day. */
#define CONNECT_TIMEOUT_MS 5000

/* The kernel wants the type of the address too; without it, it looks among classic links. */
static bool fill(struct otk_bluez_l2cap_address *address, const struct otk_bluez_object *object,
                 uint16_t psm)
{
    const uint8_t psm_bytes[2] = {(uint8_t)psm, (uint8_t)(psm >> 8)};
    unsigned int byte[6];

    memset(address, 0, sizeof *address);
    address->family = AF_BLUETOOTH;
    memcpy(&address->psm, psm_bytes, sizeof psm_bytes);
    address->address_type = strcmp(object->address_type, "random") == 0 ? OTK_BLUEZ_ADDRESS_RANDOM
                                                                        : OTK_BLUEZ_ADDRESS_PUBLIC;
    if (sscanf(object->address, "%2x:%2x:%2x:%2x:%2x:%2x", &byte[5], &byte[4], &byte[3], &byte[2],
               &byte[1], &byte[0]) != 6) {
        return false;
    }
    for (size_t i = 0; i < sizeof address->address; i++) {
        address->address[i] = (uint8_t)byte[i];
    }
    return true;
}

static bool await_connection(int fd)
{
    struct pollfd file = {.fd = fd, .events = POLLOUT};
    int reason = 0;
    socklen_t size = sizeof reason;

    return poll(&file, 1, CONNECT_TIMEOUT_MS) == 1 &&
           getsockopt(fd, SOL_SOCKET, SO_ERROR, &reason, &size) == 0 && reason == 0;
}

static bool connect_to(int fd, const struct otk_bluez_object *adapter,
                       const struct otk_bluez_object *device, uint16_t psm)
{
    struct otk_bluez_l2cap_address own;
    struct otk_bluez_l2cap_address peer;

    if (!fill(&own, adapter, 0) || !fill(&peer, device, psm) ||
        bind(fd, (const struct sockaddr *)&own, sizeof own) != 0) {
        return false;
    }
    if (connect(fd, (const struct sockaddr *)&peer, sizeof peer) == 0) {
        return true;
    }
    return errno == EINPROGRESS && await_connection(fd);
}

enum otk_status otk_bluez_channel_open(const struct otk_bluez_object *adapter,
                                       const struct otk_bluez_object *device, uint16_t psm, int *fd,
                                       uint32_t *sdu_size)
{
    const int opened = socket(AF_BLUETOOTH, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC,
                              OTK_BLUEZ_PROTOCOL_L2CAP);
    uint16_t mtu = 0;
    socklen_t size = sizeof mtu;

    if (opened < 0) {
        return OTK_UNSUPPORTED;
    }
    if (!connect_to(opened, adapter, device, psm) ||
        getsockopt(opened, OTK_BLUEZ_SOL_BLUETOOTH, OTK_BLUEZ_SEND_MTU, &mtu, &size) != 0 ||
        mtu == 0) {
        close(opened);
        return OTK_REFUSED;
    }
    *fd = opened;
    *sdu_size = mtu;
    return OTK_OK;
}
