// SPDX-License-Identifier: Apache-2.0
/* Putting in order what a power cut left of otadata. */
#include "otakit/core/mend.h"

#include "otakit/base/crc32.h"
#include "otakit/base/memory.h"

/* Readings that have to agree. A cell on the brink reads wrong now and then. */
#define ENTRY_READINGS  8
#define SECTOR_READINGS 16

/* Bytes read at once onto the stack. */
#define CHUNK 128u

/* What several readings of one entry say. */
struct survey {
    struct otk_otadata entry; /* the last reading that names what runs, else the first */
    bool is_steady;           /* all are the same */
    bool names_running;       /* one at least is valid and names the slot that runs */
    bool is_confirmed;        /* all say VALID */
};

static enum otk_status survey_entry(const struct otk_device *device, int index, uint32_t slot_count,
                                    struct survey *survey)
{
    const struct otk_flash *flash = device->board.flash;
    uint8_t first[OTK_OTADATA_SIZE];
    uint8_t bytes[OTK_OTADATA_SIZE];
    int i;

    *survey = (struct survey){.is_steady = true, .is_confirmed = true};
    for (i = 0; i < ENTRY_READINGS; i++) {
        struct otk_otadata entry;
        enum otk_status status;

        status = flash->read(flash->context, otk_otadata_sector(&device->layout, index), bytes,
                             sizeof bytes);
        if (status != OTK_OK) {
            return status;
        }
        otk_otadata_decode(bytes, &entry);
        if (i == 0) {
            memcpy(first, bytes, sizeof first);
            survey->entry = entry;
        }
        survey->is_steady = survey->is_steady && memcmp(first, bytes, sizeof first) == 0;
        survey->is_confirmed = survey->is_confirmed && entry.state == OTK_STATE_VALID;
        if (slot_count > 0 && otk_otadata_is_valid(&entry) &&
            (int)((entry.seq - 1) % slot_count) == device->running) {
            survey->names_running = true;
            survey->entry = entry;
        }
    }
    return OTK_OK;
}

static enum otk_status read_sector_crc(const struct otk_device *device, int index, uint32_t *crc)
{
    const struct otk_flash *flash = device->board.flash;
    uint8_t bytes[CHUNK];
    uint32_t offset;

    *crc = 0;
    for (offset = 0; offset < OTK_SECTOR_SIZE; offset += CHUNK) {
        const enum otk_status status = flash->read(
            flash->context, otk_otadata_sector(&device->layout, index) + offset, bytes, CHUNK);

        if (status != OTK_OK) {
            return status;
        }
        *crc = otk_crc32(*crc, bytes, CHUNK);
    }
    return OTK_OK;
}

/* One weak cell anywhere tells that the sector was being erased. */
static enum otk_status survey_sector(const struct otk_device *device, int index, bool *is_steady)
{
    uint32_t first;
    enum otk_status status = read_sector_crc(device, index, &first);
    int i;

    *is_steady = true;
    for (i = 1; status == OTK_OK && *is_steady && i < SECTOR_READINGS; i++) {
        uint32_t crc;

        status = read_sector_crc(device, index, &crc);
        *is_steady = status == OTK_OK && crc == first;
    }
    return status;
}

/* Whether an entry that reads the same each time is what somebody wrote. */
static enum otk_status judge_steady_entry(const struct otk_device *device, int index,
                                          uint32_t state, bool *is_in_order)
{
    *is_in_order = state <= OTK_STATE_ABORTED;
    if (state != OTK_STATE_UNDEFINED) {
        return OTK_OK;
    }
    return survey_sector(device, index, is_in_order);
}

/* No one counts from 0. But the bootloader may read 0 in weak cells when it rewrites an entry, and the
 * CRC of 0 is what an erased word reads as: cut off behind its first word, that write is an entry. */
static bool is_torn_active(const struct survey *survey, int index,
                           const struct otk_selection *selection)
{
    return index == selection->active && survey->entry.seq == 0 && !survey->names_running;
}

static enum otk_status mend_entry(const struct otk_device *device, int index,
                                  const struct otk_selection *selection)
{
    const struct otk_flash *flash = device->board.flash;
    struct survey survey;
    bool is_in_order = true;
    enum otk_status status = survey_entry(device, index, selection->slot_count, &survey);

    if (status != OTK_OK) {
        return status;
    }
    if (survey.is_steady && survey.names_running && index == selection->active) {
        status = judge_steady_entry(device, index, survey.entry.state, &is_in_order);
    }
    if (is_torn_active(&survey, index, selection)) {
        is_in_order = false;
    }
    if (status != OTK_OK || (survey.is_steady && is_in_order)) {
        return status;
    }
    if (!survey.names_running) {
        return flash->erase(flash->context, otk_otadata_sector(&device->layout, index),
                            OTK_SECTOR_SIZE);
    }
    survey.entry.state = survey.is_confirmed ? OTK_STATE_VALID : OTK_STATE_PENDING_VERIFY;
    return otk_otadata_store(flash, &device->layout, index, &survey.entry);
}

enum otk_status otk_device_mend(const struct otk_device *device, struct otk_selection *selection)
{
    enum otk_status status = mend_entry(device, 0, selection);

    if (status == OTK_OK) {
        status = mend_entry(device, 1, selection);
    }
    if (status != OTK_OK) {
        return status;
    }
    return otk_selection_load(device->board.flash, &device->layout, selection);
}
