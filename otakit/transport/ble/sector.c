// SPDX-License-Identifier: Apache-2.0
/*
 * Protocol B on the device. A sector is collected in the caller's buffer and judged as a whole; its
 * last packet gets exactly one answer, whatever was wrong before.
 */
#include "otakit/transport/ble/sector.h"

#include "otakit/base/bytes.h"
#include "otakit/base/crc16.h"
#include "otakit/base/memory.h"

#define OWNER       OTK_OWNER_BLE_SECTOR
#define SECTOR_SIZE OTK_SECTOR_FRAME_SECTOR_SIZE

/* Whether the frame is dealt with: sent, or not to be sent at all. */
static bool send(const struct otk_sector *sector, enum otk_sector_channel channel,
                 const uint8_t *frame, uint32_t len)
{
    return sector->link.send(sector->link.context, channel, frame, len) != OTK_BUSY;
}

static void flush_acks(struct otk_sector *sector)
{
    uint8_t frame[OTK_SECTOR_FRAME_COMMAND_SIZE];

    while (sector->ack_count > 0) {
        otk_sector_ack_encode(&sector->acks[sector->ack_first], frame);
        if (!send(sector, OTK_SECTOR_FIRMWARE, frame, sizeof frame)) {
            return;
        }
        sector->ack_first = (uint8_t)((sector->ack_first + 1u) % OTK_SECTOR_ACK_COUNT);
        sector->ack_count--;
    }
}

static void flush(struct otk_sector *sector)
{
    uint8_t frame[OTK_SECTOR_FRAME_COMMAND_SIZE];

    flush_acks(sector);
    if (sector->owes_progress) {
        sector->owes_progress = !send(sector, OTK_SECTOR_PROGRESS, sector->progress,
                                      sizeof sector->progress);
    }
    if (sector->owes_answer) {
        otk_sector_command_encode(&sector->answer, frame);
        sector->owes_answer = !send(sector, OTK_SECTOR_COMMAND, frame, sizeof frame);
    }
}

static void answer(struct otk_sector *sector, uint16_t command, enum otk_sector_verdict verdict)
{
    const bool is_start = command == OTK_SECTOR_START && verdict == OTK_SECTOR_ACCEPTED;

    sector->answer = (struct otk_sector_command){
        .id = OTK_SECTOR_ACK,
        .answered = command,
        .verdict = (uint16_t)verdict,
        .window = is_start ? sector->config.window : 0,
    };
    sector->owes_answer = true;
}

/* Answer a sector. Who has more of them on their way than was allowed loses answers. */
static void acknowledge(struct otk_sector *sector, uint16_t index, enum otk_sector_result result)
{
    const uint32_t place = (sector->ack_first + (uint32_t)sector->ack_count) % OTK_SECTOR_ACK_COUNT;

    if (sector->ack_count == OTK_SECTOR_ACK_COUNT) {
        return;
    }
    sector->acks[place] = (struct otk_sector_ack){
        .index = index, .result = (uint16_t)result, .expected = sector->index};
    sector->ack_count++;
}

static void begin_sector(struct otk_sector *sector)
{
    sector->fill = 0;
    sector->sequence = 0;
    sector->is_broken = false;
}

/* Whether every sector of the image was taken. */
static bool is_complete(const struct otk_sector *sector)
{
    return (uint32_t)sector->index * SECTOR_SIZE >= sector->image_size;
}

/* Bytes of the sector that is wanted. */
static uint32_t wanted_len(const struct otk_sector *sector)
{
    const uint32_t rest = sector->image_size - (uint32_t)sector->index * SECTOR_SIZE;

    return rest < SECTOR_SIZE ? rest : SECTOR_SIZE;
}

static void set_progress(struct otk_sector *sector, uint32_t written)
{
    const uint8_t before = sector->progress[0];
    uint32_t whole = sector->image_size;
    uint32_t share;

    while (whole > UINT32_MAX / 10000u) {
        whole >>= 1;
        written >>= 1;
    }
    share = written * 10000u / whole;
    sector->progress[0] = (uint8_t)(share / 100u);
    sector->progress[1] = (uint8_t)(share % 100u);
    sector->owes_progress = sector->owes_progress || sector->progress[0] != before;
}

/* This client's update is over. */
static void end_update(struct otk_sector *sector, enum otk_status outcome)
{
    sector->is_open = false;
    sector->is_stopping = false;
    sector->outcome = outcome;
}

/* See what became of this client's update while nobody looked: the application's loop finishes it,
 * and anybody may cancel it. */
static void watch(struct otk_sector *sector)
{
    const struct otk_updater *updater = sector->updater;
    const bool is_ours = updater->owner == OWNER;
    const bool was_stopping = sector->is_stopping;

    if (!sector->is_open || otk_updater_is_owned(updater, OWNER)) {
        return;
    }
    end_update(sector, is_ours ? otk_updater_outcome(updater) : OTK_CANCELLED);
    if (sector->outcome == OTK_OK) {
        set_progress(sector, sector->image_size);
    }
    if (was_stopping) {
        answer(sector, OTK_SECTOR_STOP,
               sector->outcome == OTK_OK ? OTK_SECTOR_ACCEPTED : OTK_SECTOR_REFUSED);
    }
}

static void handle_start(struct otk_sector *sector, uint32_t image_size)
{
    const struct otk_session_request request = {.image_size = image_size};
    const enum otk_status status = image_size == 0
                                       ? OTK_BAD_FORMAT
                                       : otk_updater_begin(sector->updater, OWNER, &request);

    if (status != OTK_OK) {
        answer(sector, OTK_SECTOR_START, OTK_SECTOR_REFUSED);
        return;
    }
    sector->is_open = true;
    sector->is_stopping = false;
    sector->image_size = image_size;
    sector->index = 0;
    begin_sector(sector);
    memset(sector->progress, 0, sizeof sector->progress);
    answer(sector, OTK_SECTOR_START, OTK_SECTOR_ACCEPTED);
}

static void handle_stop(struct otk_sector *sector)
{
    enum otk_status status;

    if (!sector->is_open) {
        answer(sector, OTK_SECTOR_STOP,
               sector->outcome == OTK_OK ? OTK_SECTOR_ACCEPTED : OTK_SECTOR_REFUSED);
        return;
    }
    status = otk_updater_finish(sector->updater);
    if (status == OTK_MORE) {
        sector->is_stopping = true;
        return;
    }
    otk_updater_leave(sector->updater, OWNER);
    end_update(sector, status);
    answer(sector, OTK_SECTOR_STOP, OTK_SECTOR_REFUSED);
}

/* The sector in the buffer is whole: judge it, and hand it over. */
static enum otk_status take_sector(struct otk_sector *sector,
                                   const struct otk_sector_packet *packet)
{
    enum otk_status status;

    if (sector->is_broken || sector->fill != wanted_len(sector)) {
        acknowledge(sector, packet->index, OTK_SECTOR_BAD_LEN);
        return sector->is_broken ? OTK_GAP : OTK_BAD_FORMAT;
    }
    if (otk_crc16(0, sector->config.buffer, sector->fill) != packet->crc) {
        acknowledge(sector, packet->index, OTK_SECTOR_BAD_CRC);
        return OTK_BAD_CHECKSUM;
    }
    status = otk_updater_write(sector->updater, (uint32_t)sector->index * SECTOR_SIZE,
                               sector->config.buffer, sector->fill);
    if (status != OTK_OK) {
        acknowledge(sector, packet->index, OTK_SECTOR_ENDED);
        return status;
    }
    sector->index++;
    acknowledge(sector, packet->index, OTK_SECTOR_GOOD);
    return OTK_OK;
}

static bool is_wanted(const struct otk_sector *sector, const struct otk_sector_packet *packet)
{
    const bool is_last_sector = ((uint32_t)sector->index + 1u) * SECTOR_SIZE >= sector->image_size;

    if (is_complete(sector)) {
        return false;
    }
    return packet->index == sector->index ||
           (packet->index == OTK_SECTOR_FRAME_LAST_INDEX && is_last_sector);
}

static enum otk_status take_packet(struct otk_sector *sector,
                                   const struct otk_sector_packet *packet)
{
    struct otk_progress progress;
    enum otk_status status;

    if (!is_wanted(sector, packet)) {
        if (packet->is_last) {
            acknowledge(sector, packet->index, OTK_SECTOR_BAD_INDEX);
        }
        return OTK_GAP;
    }
    if (packet->sequence == 0) {
        begin_sector(sector); /* also where the client starts over in its middle */
    }
    if ((!packet->is_last && packet->sequence != sector->sequence) ||
        packet->len > wanted_len(sector) - sector->fill) {
        sector->is_broken = true;
    }
    if (!sector->is_broken) {
        memcpy(sector->config.buffer + sector->fill, packet->data, packet->len);
        sector->fill += packet->len;
        sector->sequence++;
    }
    if (!packet->is_last) {
        return sector->is_broken ? OTK_GAP : OTK_OK;
    }
    status = take_sector(sector, packet);
    begin_sector(sector);
    if (status == OTK_OK) {
        otk_updater_progress(sector->updater, &progress);
        set_progress(sector, progress.written);
    }
    return status;
}

/* The client is silent or gone. One that has sent everything needs not say STOP. */
static void abandon(struct otk_sector *sector)
{
    if (sector->is_open && is_complete(sector)) {
        const enum otk_status ignored = otk_updater_finish(sector->updater);

        (void)ignored; /* the updater keeps the outcome */
        return;
    }
    otk_updater_leave(sector->updater, OWNER);
}

void otk_sector_init(struct otk_sector *sector, struct otk_updater *updater,
                     const struct otk_sector_config *config, const struct otk_sector_link *link)
{
    memset(sector, 0, sizeof *sector);
    sector->updater = updater;
    sector->config = *config;
    sector->link = *link;
    sector->outcome = OTK_NOT_OPEN;
    if (sector->config.window == 0) {
        sector->config.window = 1;
    }
    if (sector->config.window > OTK_SECTOR_FRAME_WINDOW_MAX) {
        sector->config.window = OTK_SECTOR_FRAME_WINDOW_MAX;
    }
}

enum otk_status otk_sector_command(struct otk_sector *sector, const uint8_t *bytes, uint32_t len,
                                   uint32_t now_ms)
{
    struct otk_sector_command command;
    const enum otk_status status = otk_sector_command_decode(bytes, len, &command);

    watch(sector);
    sector->heard_ms = now_ms;
    if (status != OTK_OK) {
        if (len >= 2) {
            answer(sector, otk_load_le16(bytes), OTK_SECTOR_REFUSED);
        }
    } else if (command.id == OTK_SECTOR_START) {
        handle_start(sector, command.image_size);
    } else if (command.id == OTK_SECTOR_STOP) {
        handle_stop(sector);
    } else {
        answer(sector, command.id, OTK_SECTOR_REFUSED);
    }
    flush(sector);
    return status;
}

enum otk_status otk_sector_firmware(struct otk_sector *sector, const uint8_t *bytes, uint32_t len,
                                    uint32_t now_ms)
{
    struct otk_sector_packet packet;
    enum otk_status status = otk_sector_packet_decode(bytes, len, &packet);

    watch(sector);
    sector->heard_ms = now_ms;
    if (status != OTK_OK) {
        return status;
    }
    if (sector->is_open && !sector->is_stopping) {
        status = take_packet(sector, &packet);
        watch(sector);
    } else {
        status = sector->outcome == OTK_OK ? OTK_NOT_OPEN : sector->outcome;
        if (packet.is_last) {
            acknowledge(sector, packet.index, OTK_SECTOR_ENDED);
        }
    }
    flush(sector);
    return status;
}

void otk_sector_progress(const struct otk_sector *sector, uint8_t bytes[OTK_SECTOR_PROGRESS_SIZE])
{
    memcpy(bytes, sector->progress, OTK_SECTOR_PROGRESS_SIZE);
}

void otk_sector_closed(struct otk_sector *sector)
{
    abandon(sector);
    end_update(sector, OTK_NOT_OPEN);
    sector->owes_answer = false;
    sector->owes_progress = false;
    sector->ack_count = 0;
}

enum otk_status otk_sector_poll(struct otk_sector *sector, uint32_t now_ms)
{
    if (sector->is_open && now_ms - sector->heard_ms >= OTK_SECTOR_SILENCE_MS) {
        abandon(sector);
    }
    watch(sector);
    flush(sector);
    return sector->is_open || sector->owes_answer || sector->owes_progress || sector->ack_count > 0
               ? OTK_MORE
               : OTK_OK;
}
