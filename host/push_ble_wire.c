// SPDX-License-Identifier: Apache-2.0
/*
 * The wire of an engine over BlueZ:
 *
 *     notifications   sockets of AcquireNotify, a packet each
 *     with response   WriteValue
 *     without         the socket of AcquireWrite, or an L2CAP channel where the device has one
 */
#include "host/push_ble.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host/bluez_channel.h"

/* A link-layer packet carries 251 bytes; in the first of a write 7 of them are headers. */
#define PACKET_SIZE 251u
#define HEADER_SIZE 7u

/* What fits two packets, at the MTU of 517 that BlueZ agrees on. As a server it takes no value of more
 * than 510 bytes, and drops longer ones without a word. */
#define FRAME_SIZE_MAX (2u * PACKET_SIZE - HEADER_SIZE)

/* A socket that makes no room for that long belongs to a link that is as good as lost. */
#define ROOM_TIMEOUT_MS 10000u

/* How long encryption may take to come up after pairing. */
#define SECURE_TIME_MS     3000u
#define SECURE_INTERVAL_MS 200u

/* How long to sleep at most, so that a stop is noticed. */
#define TICK_MS 100u

/* Notifications, and the bus. */
#define POLL_COUNT (OTK_PUSH_BLE_FILE_COUNT + 1u)

static uint32_t now(void)
{
    return (uint32_t)otk_push_now_ms();
}

static void close_file(int *fd)
{
    if (*fd >= 0) {
        close(*fd);
        *fd = -1;
    }
}

void otk_push_ble_wire_init(struct otk_push_ble *ble)
{
    for (size_t i = 0; i < OTK_PUSH_BLE_FILE_COUNT; i++) {
        ble->notify[i] = -1;
    }
    ble->write = -1;
    ble->channel = -1;
    ble->channel_was_tried = false;
    ble->pairing_was_tried = false;
    ble->refusal = OTK_OK;
}

static void close_sockets(struct otk_push_ble *ble)
{
    for (size_t i = 0; i < OTK_PUSH_BLE_FILE_COUNT; i++) {
        close_file(&ble->notify[i]);
    }
    close_file(&ble->write);
    close_file(&ble->channel);
}

static void disconnect(void *context)
{
    struct otk_push_ble *const ble = context;

    close_sockets(ble);
    ble->channel_was_tried = false;
    otk_bluez_link_drop(ble->link);
}

/* Whole link-layer packets, where the MTU holds one. */
static uint32_t frame_size(uint32_t mtu)
{
    const uint32_t packets = (mtu + HEADER_SIZE - 3u) / PACKET_SIZE;
    const uint32_t whole = packets > 0 ? packets * PACKET_SIZE - HEADER_SIZE : mtu - 3u;

    if (mtu < OTK_CLIENT_FRAME_SIZE_MIN + 3u) {
        return OTK_CLIENT_FRAME_SIZE_MIN;
    }
    return whole < FRAME_SIZE_MAX ? whole : FRAME_SIZE_MAX;
}

static bool wants_pairing(const struct otk_push_ble *ble, enum otk_status status)
{
    return status == OTK_REFUSED && (otk_bluez_was(ble->bluez, "NotPermitted") ||
                                     otk_bluez_was(ble->bluez, "NotAuthorized") ||
                                     strstr(ble->bluez->error_text, OTK_BLUEZ_UNLIKELY));
}

/* What BlueZ refused. That the device wants to be paired no other attempt would mend. */
static enum otk_status judge_refusal(struct otk_push_ble *ble, enum otk_status status)
{
    if (wants_pairing(ble, status)) {
        ble->refusal = otk_bluez_explain(ble->bluez, status, &ble->push->error);
    }
    return status == OTK_INTERRUPTED || status == OTK_HOST_IO ? status : OTK_CONNECTION_LOST;
}

static enum otk_status open_sockets(struct otk_push_ble *ble, uint32_t *mtu)
{
    enum otk_status status = OTK_OK;

    for (size_t i = 0; i < OTK_PUSH_BLE_FILE_COUNT && status == OTK_OK; i++) {
        if (ble->profile->notifies[i]) {
            status = otk_bluez_link_subscribe(ble->link, ble->profile->values[i], &ble->notify[i],
                                              mtu);
        }
    }
    if (status == OTK_OK) {
        status = otk_bluez_link_acquire(ble->link, ble->profile->values[OTK_PUSH_BLE_DATA],
                                        &ble->write, mtu);
        /* Protocol A has no data without response. */
        status = status == OTK_REFUSED && otk_bluez_was(ble->bluez, "NotSupported") ? OTK_OK
                                                                                    : status;
    }
    return status;
}

/* Try until the link is as secure as the pairing allows: BlueZ tells of a pairing before the
 * encryption is up on both sides, or while its own is under way. */
static enum otk_status open_secured(struct otk_push_ble *ble, uint32_t *mtu)
{
    const uint64_t end_ms = otk_push_now_ms() + SECURE_TIME_MS;
    enum otk_status status = open_sockets(ble, mtu);

    while (wants_pairing(ble, status) && otk_push_now_ms() < end_ms) {
        close_sockets(ble);
        status = otk_bluez_wait(ble->bluez, SECURE_INTERVAL_MS);
        if (status == OTK_OK) {
            status = open_sockets(ble, mtu);
        }
    }
    return status;
}

/* A device that insists on encryption is paired without proof first, unless it was paired before all
 * else; whether that is enough, it says when it is asked again. */
static enum otk_status open_or_pair(struct otk_push_ble *ble, uint32_t *mtu)
{
    enum otk_status status = open_sockets(ble, mtu);

    if (wants_pairing(ble, status) && !ble->pairing_was_tried) {
        ble->pairing_was_tried = true;
        close_sockets(ble);
        if (!ble->push->options.must_pair) {
            ble->refusal = otk_bluez_link_pair(ble->link, &ble->push->error);
        }
        if (ble->refusal != OTK_OK) {
            return ble->refusal;
        }
        status = open_secured(ble, mtu);
    }
    return status == OTK_OK ? OTK_OK : judge_refusal(ble, status);
}

static enum otk_status connect_wire(void *context, struct otk_client_link *link)
{
    struct otk_push_ble *const ble = context;
    uint32_t mtu = 0;
    enum otk_status status = ble->refusal;

    if (status == OTK_OK) {
        status = ble->reach(ble);
    }
    if (status == OTK_OK) {
        status = open_or_pair(ble, &mtu);
    }
    if (ble->refusal != OTK_OK) {
        return ble->refusal;
    }
    *link = (struct otk_client_link){.frame_size = frame_size(mtu)};
    return status;
}

/* Take what the device notified of. */
static enum otk_status receive(struct otk_push_ble *ble, enum otk_push_ble_file file)
{
    static const enum otk_client_channel channels[] = {OTK_CLIENT_CONTROL, OTK_CLIENT_DATA};
    uint8_t bytes[OTK_BLUEZ_VALUE_SIZE];
    ssize_t len;

    while ((len = recv(ble->notify[file], bytes, sizeof bytes, MSG_DONTWAIT)) > 0) {
        otk_client_received(ble->client, channels[file], bytes, (uint32_t)len, now());
    }
    return len < 0 && (errno == EAGAIN || errno == EINTR) ? OTK_OK : OTK_CONNECTION_LOST;
}

/* Wait for something from the device, from BlueZ, or for room in a socket. */
static enum otk_status wait_for(struct otk_push_ble *ble, int writing, uint32_t timeout_ms)
{
    struct pollfd files[POLL_COUNT + 1u] = {{.fd = sd_bus_get_fd(ble->bluez->bus),
                                             .events = (short)sd_bus_get_events(ble->bluez->bus)}};
    enum otk_status status = otk_bluez_wait(ble->bluez, 0);

    if (status != OTK_OK) {
        return OTK_CONNECTION_LOST; /* a stop is seen by whoever drives */
    }
    for (size_t i = 0; i < OTK_PUSH_BLE_FILE_COUNT; i++) {
        files[i + 1] = (struct pollfd){.fd = ble->notify[i], .events = POLLIN};
    }
    files[POLL_COUNT] = (struct pollfd){.fd = writing, .events = POLLOUT};
    if (poll(files, POLL_COUNT + 1u, (int)(timeout_ms < TICK_MS ? timeout_ms : TICK_MS)) < 0) {
        return errno == EINTR ? OTK_OK : OTK_CONNECTION_LOST;
    }
    for (size_t i = 0; i < OTK_PUSH_BLE_FILE_COUNT && status == OTK_OK; i++) {
        if (files[i + 1].revents) {
            status = receive(ble, (enum otk_push_ble_file)i);
        }
    }
    return files[POLL_COUNT].revents & (POLLERR | POLLHUP) ? OTK_CONNECTION_LOST : status;
}

static enum otk_status wait_wire(void *context, uint32_t timeout_ms)
{
    return wait_for(context, -1, timeout_ms);
}

/* One packet into a socket, once it has room. */
static enum otk_status put(struct otk_push_ble *ble, int fd, const uint8_t *frame, uint32_t len)
{
    const uint64_t end_ms = otk_push_now_ms() + ROOM_TIMEOUT_MS;
    enum otk_status status = OTK_OK;

    while (status == OTK_OK && send(fd, frame, len, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
        if ((errno != EAGAIN && errno != EINTR) || otk_push_now_ms() > end_ms) {
            return OTK_CONNECTION_LOST;
        }
        status = wait_for(ble, fd, TICK_MS);
    }
    return status;
}

/* Where the device has announced a channel for data, take it, once a link. */
static enum otk_status open_channel(struct otk_push_ble *ble)
{
    const enum otk_push_l2cap wish = ble->push->options.l2cap;
    const uint16_t psm = ble->window ? ble->window->psm : 0;
    uint32_t sdu_size = 0;
    enum otk_status status = OTK_UNSUPPORTED;

    if (ble->channel_was_tried || wish == OTK_PUSH_L2CAP_OFF) {
        return OTK_OK;
    }
    ble->channel_was_tried = true;
    if (psm != 0) {
        status = otk_bluez_channel_open(&ble->link->found.adapter, &ble->link->found.device, psm,
                                        &ble->channel, &sdu_size);
    }
    if (status == OTK_OK && sdu_size >= OTK_CLIENT_FRAME_SIZE_MIN) {
        otk_window_client_set_data_size(
            ble->window, sdu_size < OTK_CLIENT_FRAME_SIZE ? sdu_size : OTK_CLIENT_FRAME_SIZE);
    } else if (wish == OTK_PUSH_L2CAP_ON) {
        ble->refusal = otk_push_fail(ble->push, OTK_UNSUPPORTED,
                                     psm != 0 ? "the L2CAP channel of the device does not open"
                                              : "the device has no L2CAP channel");
        return OTK_CONNECTION_LOST;
    }
    return OTK_OK;
}

/* What BlueZ says of a write or read that did not work, to the engine. */
static enum otk_status tell_refusal(struct otk_push_ble *ble, enum otk_status status)
{
    const char *const code = strstr(ble->bluez->error_text, "ATT error: ");

    if (status != OTK_REFUSED || strstr(ble->bluez->error_text, "Not connected")) {
        return OTK_CONNECTION_LOST;
    }
    if (wants_pairing(ble, status)) {
        return judge_refusal(ble, status);
    }
    otk_push_remark(ble->push, "BlueZ says: %s: %s", ble->bluez->error_name,
                    ble->bluez->error_text);
    otk_client_answered(
        ble->client,
        code ? otk_client_att_status((uint8_t)strtoul(strchr(code, ':') + 1, NULL, 16))
             : OTK_REFUSED,
        now());
    return OTK_OK;
}

static enum otk_status send_wire(void *context, const struct otk_client_action *action,
                                 const uint8_t *frame)
{
    struct otk_push_ble *const ble = context;
    const bool is_data = action->channel == OTK_CLIENT_DATA;
    const enum otk_bluez_value value =
        ble->profile->values[is_data ? OTK_PUSH_BLE_DATA : OTK_PUSH_BLE_CONTROL];
    enum otk_status status = is_data && !action->has_response ? open_channel(ble) : OTK_OK;

    if (status != OTK_OK) {
        return status;
    }
    if (is_data && !action->has_response && (ble->channel >= 0 || ble->write >= 0)) {
        return put(ble, ble->channel >= 0 ? ble->channel : ble->write, frame, action->len);
    }
    status = otk_bluez_link_write(ble->link, value, frame, action->len);
    if (status != OTK_OK) {
        return tell_refusal(ble, status);
    }
    if (action->has_response) {
        otk_client_answered(ble->client, OTK_OK, now());
    }
    return OTK_OK;
}

static enum otk_status read_wire(void *context, enum otk_client_channel channel)
{
    struct otk_push_ble *const ble = context;
    uint8_t bytes[OTK_BLUEZ_VALUE_SIZE];
    uint32_t len = 0;
    const enum otk_status status = otk_bluez_link_read(ble->link, OTK_BLUEZ_WINDOW_INFO, bytes,
                                                       &len);

    if (status != OTK_OK) {
        return tell_refusal(ble, status);
    }
    otk_client_received(ble->client, channel, bytes, len, now());
    return OTK_OK;
}

struct otk_push_wire otk_push_ble_wire(struct otk_push_ble *ble)
{
    return (struct otk_push_wire){
        .context = ble,
        .connect = connect_wire,
        .disconnect = disconnect,
        .send = send_wire,
        .read = read_wire,
        .wait = wait_wire,
    };
}
