// SPDX-License-Identifier: Apache-2.0
/*
 * What a central does goes to the engines, and their answers go back.
 *
 *     D-Bus: WriteValue ----\
 *                            +--> engines --> D-Bus: PropertiesChanged
 *     L2CAP channel: SDU ---/            \--> controller: connection parameters
 */
#include "port/linux/ble_session.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "port/linux/events.h"
#include "port/linux/log.h"
#include "port/linux/uptime.h"

/* Sectors that a client of protocol B may have on their way. */
#define SECTOR_WINDOW 4u

/* Data frames of the channel between two looks at everything else. */
#define FRAMES_AT_A_TIME 16u

/* More than a client may have on its way, whatever its frames' size. */
#define FRAMES_OF_A_WINDOW 4096u

static const struct otk_log *log_of(const struct otk_ble_session *session)
{
    return &session->host->machine->log;
}

/* A central is named by its address: ".../dev_00_AA_01_00_00_42". */
static void decode_client(struct otk_ble_session *session)
{
    const char *mark = strstr(session->client, "/dev_");
    unsigned byte[6] = {0};
    int index;

    if (mark) {
        (void)sscanf(mark, "/dev_%2x_%2x_%2x_%2x_%2x_%2x", &byte[5], &byte[4], &byte[3], &byte[2],
                     &byte[1], &byte[0]);
    }
    for (index = 0; index < 6; index++) {
        session->client_address[index] = (uint8_t)byte[index];
    }
}

static void tell_client(struct otk_ble_session *session, const char *event, const char *sentence)
{
    struct otk_events *events = &session->host->machine->events;
    const uint8_t *address = session->client_address;
    char text[18];

    snprintf(text, sizeof text, "%02X:%02X:%02X:%02X:%02X:%02X", address[5], address[4], address[3],
             address[2], address[1], address[0]);
    otk_log_line(log_of(session), "ble", "%s %s", text, sentence);
    otk_event_begin(events, event);
    otk_event_text(events, "address", text);
    otk_event_end(events);
}

static void lose_client(struct otk_ble_session *session)
{
    if (session->client[0] == '\0') {
        return;
    }
    otk_ble_closed(&session->engine);
    otk_ble_channel_drop(&session->channel);
    tell_client(session, "ble_client_gone", "is gone");
    session->client[0] = '\0';
}

static bool is_updating(const struct otk_ble_session *session)
{
    const struct otk_updater *updater = session->host->updater;

    return otk_updater_is_owned(updater, OTK_OWNER_BLE_SIMPLE) ||
           otk_updater_is_owned(updater, OTK_OWNER_BLE_SECTOR) ||
           otk_updater_is_owned(updater, OTK_OWNER_BLE_WINDOW);
}

/* One central at a time: the last one that came, unless the one before is in the middle of an
 * update. */
static bool admit(struct otk_ble_session *session, const char *device)
{
    if (strcmp(session->client, device) == 0) {
        return true;
    }
    if (session->client[0] != '\0' && is_updating(session)) {
        return false;
    }
    lose_client(session);
    snprintf(session->client, sizeof session->client, "%s", device);
    decode_client(session);
    tell_client(session, "ble_client", "is here");
    return true;
}

/* Take at most `count_max` frames: a client that never pauses must not keep the device from all else. */
static void drain_channel(struct otk_ble_session *session, uint32_t count_max, uint32_t now_ms)
{
    const uint8_t *client = session->client[0] != '\0' ? session->client_address : NULL;
    uint8_t sdu[OTK_BLE_CHANNEL_MTU];
    uint32_t len;

    for (uint32_t i = 0; i < count_max; i++) {
        if (otk_ble_channel_receive(&session->channel, client, sdu, sizeof sdu, &len) != OTK_OK) {
            return;
        }
        otk_ble_data(&session->engine, sdu, len, now_ms);
    }
}

/* The channel is drained first: a FINISH must not overtake the data that was sent before it. */
static enum otk_status on_write(void *context, const char *device, enum otk_gatt_value value,
                                const uint8_t *bytes, uint32_t len)
{
    struct otk_ble_session *session = context;
    const uint32_t now_ms = otk_uptime_ms();

    if (!session->host) {
        return OTK_NOT_OPEN;
    }
    if (!admit(session, device)) {
        return OTK_BUSY;
    }
    drain_channel(session, FRAMES_OF_A_WINDOW, now_ms);
    return otk_ble_write(&session->engine, value, bytes, len, now_ms);
}

static enum otk_status on_read(void *context, const char *device, enum otk_gatt_value value,
                               uint8_t *bytes, uint32_t size, uint32_t *len)
{
    struct otk_ble_session *session = context;

    if (!session->host) {
        return OTK_NOT_OPEN;
    }
    if (session->client[0] == '\0') {
        (void)admit(session, device);
    }
    return otk_ble_read(&session->engine, value, bytes, size, len);
}

static enum otk_status send_value(void *context, enum otk_gatt_value value, const uint8_t *bytes,
                                  uint32_t len)
{
    struct otk_ble_session *session = context;

    return otk_ble_gatt_notify(session->gatt, value, bytes, len);
}

static void set_speed(void *context, bool fast)
{
    struct otk_ble_session *session = context;

    const enum otk_status status = otk_ble_speed_set(&session->speed, fast);

    /* There is nothing to give back to a central that is gone. */
    if (status == OTK_OK || !fast || session->told_speed) {
        return;
    }
    session->told_speed = true;
    otk_log_line(log_of(session), "ble",
                 "cannot ask for a shorter connection interval (that needs root, or CAP_NET_RAW): "
                 "the central's choice stays");
}

static void tell_speed(const struct otk_ble_session *session)
{
    const uint32_t interval_us = session->speed.now.interval * OTK_BLE_INTERVAL_US;
    struct otk_events *events = &session->host->machine->events;

    otk_log_line(log_of(session), "ble", "connection interval %u.%02u ms",
                 (unsigned)(interval_us / 1000u), (unsigned)(interval_us % 1000u / 10u));
    otk_event_begin(events, "ble_interval");
    otk_event_number(events, "us", interval_us);
    otk_event_end(events);
}

static void open_channel(struct otk_ble_session *session, const struct otk_ble_adapter *adapter)
{
    if (otk_ble_channel_open(&session->channel, adapter,
                             session->host->machine->options->ble_pairing) != OTK_OK) {
        otk_log_line(log_of(session), "ble", "no L2CAP channel (%s): data goes over GATT only",
                     strerror(errno));
    }
}

static void open_speed(struct otk_ble_session *session, const struct otk_ble_adapter *adapter)
{
    unsigned index = 0;

    (void)sscanf(otk_ble_adapter_label(adapter), "hci%u", &index);
    /* Told when it is wanted and missing. */
    (void)!otk_ble_speed_open(&session->speed, (uint16_t)index);
}

void otk_ble_session_open(struct otk_ble_session *session, const struct otk_host *host,
                          const char *name, const struct otk_ble_adapter *adapter,
                          struct otk_ble_gatt *gatt)
{
    memset(session, 0, sizeof *session);
    session->host = host;
    session->gatt = gatt;
    open_channel(session, adapter);
    open_speed(session, adapter);
    session->link = (struct otk_ble_link){
        .context = session, .send = send_value, .set_speed = set_speed};
    const struct otk_ble_config config = {
        .name = name,
        .psm = session->channel.psm,
        .sector_buffer = session->sector,
        .sector_window = SECTOR_WINDOW,
    };
    otk_ble_init(&session->engine, host->updater, &config, &session->link);
}

void otk_ble_session_calls(struct otk_ble_session *session, struct otk_ble_gatt_calls *calls)
{
    *calls = (struct otk_ble_gatt_calls){.context = session, .write = on_write, .read = on_read};
}

uint32_t otk_ble_session_watch(const struct otk_ble_session *session, struct pollfd *files,
                               uint32_t room, uint32_t *timeout_ms)
{
    uint32_t count;

    if (!session->host) {
        return 0;
    }
    count = otk_ble_channel_watch(&session->channel, files, room);
    count += otk_ble_speed_watch(&session->speed, files + count, room - count);
    if (session->is_waiting && *timeout_ms > OTK_BLE_POLL_MS) {
        *timeout_ms = OTK_BLE_POLL_MS;
    }
    return count;
}

void otk_ble_session_serve(struct otk_ble_session *session, uint32_t now_ms)
{
    if (!session->host) {
        return;
    }
    drain_channel(session, FRAMES_AT_A_TIME, now_ms);
    if (otk_ble_speed_serve(&session->speed)) {
        tell_speed(session);
    }
    session->is_waiting = otk_ble_poll(&session->engine, now_ms) == OTK_MORE;
}

void otk_ble_session_gone(struct otk_ble_session *session, const char *device)
{
    if (session->host && strcmp(device, session->client) == 0) {
        lose_client(session);
    }
}

void otk_ble_session_close(struct otk_ble_session *session)
{
    if (!session->host) {
        return;
    }
    lose_client(session);
    otk_ble_channel_close(&session->channel);
    otk_ble_speed_close(&session->speed);
    session->host = NULL;
}
