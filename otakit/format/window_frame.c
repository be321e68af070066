// SPDX-License-Identifier: Apache-2.0
/* The frames of protocol C, byte by byte. SPEC.md has the tables. */
#include "otakit/format/window_frame.h"

#include "otakit/base/bytes.h"
#include "otakit/base/memory.h"

/* Bits of the info block's second byte. */
#define INFO_ON_TRIAL    0x01u
#define INFO_IS_UPDATING 0x02u
#define INFO_HAS_APP     0x04u

static bool is_frame(const uint8_t *bytes, uint32_t len, enum otk_window_op op, uint32_t size)
{
    return len == size && bytes[0] == (uint8_t)op;
}

/* A NUL padded field of OTK_WINDOW_TEXT_SIZE bytes. */
static void decode_text(char text[OTK_WINDOW_TEXT_SIZE + 1], const uint8_t *bytes)
{
    memcpy(text, bytes, OTK_WINDOW_TEXT_SIZE);
    text[OTK_WINDOW_TEXT_SIZE] = '\0';
}

/* What is behind the NUL does not travel. */
static void encode_text(const char text[OTK_WINDOW_TEXT_SIZE + 1], uint8_t *bytes)
{
    uint32_t len = 0;

    memset(bytes, 0, OTK_WINDOW_TEXT_SIZE);
    while (len < OTK_WINDOW_TEXT_SIZE && text[len] != '\0') {
        bytes[len] = (uint8_t)text[len];
        len++;
    }
}

enum otk_status otk_window_open_decode(const uint8_t *bytes, uint32_t len,
                                       struct otk_window_open *open)
{
    if (!is_frame(bytes, len, OTK_WINDOW_OPEN, OTK_WINDOW_OPEN_SIZE) ||
        otk_load_le32(bytes + 4) == 0) {
        return OTK_BAD_FORMAT;
    }
    open->chip_id = otk_load_le16(bytes + 2);
    open->image_size = otk_load_le32(bytes + 4);
    open->secure_version = otk_load_le32(bytes + 8);
    memcpy(open->sha256, bytes + 12, sizeof open->sha256);
    decode_text(open->version, bytes + 44);
    decode_text(open->project, bytes + 76);
    return OTK_OK;
}

enum otk_status otk_window_opened_decode(const uint8_t *bytes, uint32_t len,
                                         struct otk_window_opened *opened)
{
    if (!is_frame(bytes, len, OTK_WINDOW_OPENED, OTK_WINDOW_OPENED_SIZE)) {
        return OTK_BAD_FORMAT;
    }
    opened->status = (enum otk_status)bytes[1];
    opened->psm = otk_load_le16(bytes + 2);
    opened->window = otk_load_le32(bytes + 4);
    opened->offset = otk_load_le32(bytes + 8);
    return OTK_OK;
}

enum otk_status otk_window_state_decode(const uint8_t *bytes, uint32_t len,
                                        struct otk_window_state *state)
{
    if (!is_frame(bytes, len, OTK_WINDOW_STATE, OTK_WINDOW_STATE_SIZE) ||
        bytes[2] > OTK_WINDOW_PHASE_FAILED) {
        return OTK_BAD_FORMAT;
    }
    state->status = (enum otk_status)bytes[1];
    state->phase = (enum otk_window_phase)bytes[2];
    state->next = otk_load_le32(bytes + 4);
    state->written = otk_load_le32(bytes + 8);
    state->verified = otk_load_le32(bytes + 12);
    return OTK_OK;
}

enum otk_status otk_window_answer_decode(const uint8_t *bytes, uint32_t len,
                                         struct otk_window_answer *answer)
{
    if (!is_frame(bytes, len, OTK_WINDOW_ANSWER, OTK_WINDOW_ANSWER_SIZE)) {
        return OTK_BAD_FORMAT;
    }
    answer->status = (enum otk_status)bytes[1];
    answer->request = bytes[2];
    return OTK_OK;
}

enum otk_status otk_window_info_decode(const uint8_t *bytes, uint32_t len,
                                       struct otk_window_info *info)
{
    if (len < OTK_WINDOW_INFO_SIZE || bytes[0] == 0) {
        return OTK_BAD_FORMAT;
    }
    info->version = bytes[0];
    info->on_trial = (bytes[1] & INFO_ON_TRIAL) != 0;
    info->is_updating = (bytes[1] & INFO_IS_UPDATING) != 0;
    info->has_app = (bytes[1] & INFO_HAS_APP) != 0;
    info->chip_id = otk_load_le16(bytes + 2);
    info->revision = otk_load_le16(bytes + 4);
    info->running = (int8_t)bytes[6];
    info->update_slot = (int8_t)bytes[7];
    info->stage = bytes[8];
    info->status = bytes[9];
    info->reset_reason = bytes[10];
    info->boot_id = otk_load_le32(bytes + 12);
    info->slot_size = otk_load_le32(bytes + 16);
    info->secure_version = otk_load_le32(bytes + 20);
    info->window = otk_load_le32(bytes + 24);
    info->psm = otk_load_le16(bytes + 28);
    decode_text(info->app_version, bytes + 32);
    decode_text(info->project, bytes + 64);
    decode_text(info->name, bytes + 96);
    return OTK_OK;
}

void otk_window_open_encode(const struct otk_window_open *open, uint8_t bytes[OTK_WINDOW_OPEN_SIZE])
{
    bytes[0] = OTK_WINDOW_OPEN;
    bytes[1] = 0;
    otk_store_le16(bytes + 2, open->chip_id);
    otk_store_le32(bytes + 4, open->image_size);
    otk_store_le32(bytes + 8, open->secure_version);
    memcpy(bytes + 12, open->sha256, sizeof open->sha256);
    encode_text(open->version, bytes + 44);
    encode_text(open->project, bytes + 76);
}

void otk_window_opened_encode(const struct otk_window_opened *opened,
                              uint8_t bytes[OTK_WINDOW_OPENED_SIZE])
{
    bytes[0] = OTK_WINDOW_OPENED;
    bytes[1] = (uint8_t)opened->status;
    otk_store_le16(bytes + 2, opened->psm);
    otk_store_le32(bytes + 4, opened->window);
    otk_store_le32(bytes + 8, opened->offset);
}

void otk_window_state_encode(const struct otk_window_state *state,
                             uint8_t bytes[OTK_WINDOW_STATE_SIZE])
{
    bytes[0] = OTK_WINDOW_STATE;
    bytes[1] = (uint8_t)state->status;
    bytes[2] = (uint8_t)state->phase;
    bytes[3] = 0;
    otk_store_le32(bytes + 4, state->next);
    otk_store_le32(bytes + 8, state->written);
    otk_store_le32(bytes + 12, state->verified);
}

void otk_window_answer_encode(const struct otk_window_answer *answer,
                              uint8_t bytes[OTK_WINDOW_ANSWER_SIZE])
{
    bytes[0] = OTK_WINDOW_ANSWER;
    bytes[1] = (uint8_t)answer->status;
    bytes[2] = answer->request;
}

void otk_window_info_encode(const struct otk_window_info *info, uint8_t bytes[OTK_WINDOW_INFO_SIZE])
{
    memset(bytes, 0, OTK_WINDOW_INFO_SIZE);
    bytes[0] = info->version;
    bytes[1] = (uint8_t)((info->on_trial ? INFO_ON_TRIAL : 0u) |
                         (info->is_updating ? INFO_IS_UPDATING : 0u) |
                         (info->has_app ? INFO_HAS_APP : 0u));
    otk_store_le16(bytes + 2, info->chip_id);
    otk_store_le16(bytes + 4, info->revision);
    bytes[6] = (uint8_t)info->running;
    bytes[7] = (uint8_t)info->update_slot;
    bytes[8] = info->stage;
    bytes[9] = info->status;
    bytes[10] = info->reset_reason;
    otk_store_le32(bytes + 12, info->boot_id);
    otk_store_le32(bytes + 16, info->slot_size);
    otk_store_le32(bytes + 20, info->secure_version);
    otk_store_le32(bytes + 24, info->window);
    otk_store_le16(bytes + 28, info->psm);
    encode_text(info->app_version, bytes + 32);
    encode_text(info->project, bytes + 64);
    encode_text(info->name, bytes + 96);
}

uint32_t otk_window_offset(uint16_t low, uint32_t near)
{
    const uint16_t ahead = (uint16_t)(low - (uint16_t)near);

    return ahead < OTK_WINDOW_SIZE_MAX ? near + ahead : near - (0x10000u - ahead);
}
