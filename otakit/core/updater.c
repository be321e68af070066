// SPDX-License-Identifier: Apache-2.0
/* Where images arrive, whoever brings them. */
#include "otakit/core/updater.h"

#include "otakit/base/memory.h"
#include "otakit/core/trial.h"

/* Whether the failure lies with the flash or the provider, so that the image may still be good. */
static bool is_passing(enum otk_status status)
{
    return status == OTK_FLASH_IO || status == OTK_POWER_LOST || status == OTK_CRYPTO;
}

static bool is_running(const struct otk_updater *updater)
{
    return updater->state == OTK_UPDATER_RECEIVING || updater->state == OTK_UPDATER_FINISHING;
}

static void want_reset(struct otk_updater *updater, uint32_t now_ms)
{
    updater->wants_reset = true;
    updater->reset_ms = now_ms + OTK_UPDATER_RESET_DELAY_MS;
}

/* The session has failed. What a refused image has on flash would be refused again. */
static enum otk_status fail(struct otk_updater *updater, enum otk_status status)
{
    updater->state = OTK_UPDATER_FAILED;
    updater->outcome = status;
    if (is_passing(status)) {
        otk_session_close(&updater->session);
    } else {
        const enum otk_status ignored = otk_session_abort(&updater->session, status);

        (void)ignored; /* the verdict on the image is what the caller has to know */
    }
    return status;
}

void otk_updater_init(struct otk_updater *updater, struct otk_device *device,
                      uint8_t buffer[OTK_SECTOR_SIZE], uint32_t boot_id)
{
    memset(updater, 0, sizeof *updater);
    updater->device = device;
    updater->buffer = buffer;
    updater->boot_id = boot_id;
    updater->session.state = OTK_SESSION_CLOSED;
    updater->session.slot = OTK_SLOT_NONE;
}

enum otk_status otk_updater_begin(struct otk_updater *updater, enum otk_owner owner,
                                  const struct otk_session_request *request)
{
    enum otk_status status;

    if (is_running(updater) || updater->wants_reset) {
        return OTK_BUSY;
    }
    status = otk_session_open(&updater->session, updater->device, request, updater->buffer);
    if (status == OTK_BUSY) {
        return OTK_BUSY;
    }
    updater->update_count++;
    updater->owner = owner;
    updater->outcome = status == OTK_OK ? OTK_MORE : status;
    updater->state = status == OTK_OK ? OTK_UPDATER_RECEIVING : OTK_UPDATER_FAILED;
    return status;
}

bool otk_updater_is_owned(const struct otk_updater *updater, enum otk_owner owner)
{
    return is_running(updater) && updater->owner == owner;
}

uint32_t otk_updater_offset(const struct otk_updater *updater)
{
    return is_running(updater) ? otk_session_offset(&updater->session) : 0;
}

enum otk_status otk_updater_write(struct otk_updater *updater, uint32_t offset, const uint8_t *data,
                                  uint32_t len)
{
    enum otk_status status;

    if (updater->state != OTK_UPDATER_RECEIVING) {
        return OTK_NOT_OPEN;
    }
    status = otk_session_write(&updater->session, offset, data, len);
    return status == OTK_OK || status == OTK_GAP ? status : fail(updater, status);
}

enum otk_status otk_updater_finish(struct otk_updater *updater)
{
    enum otk_status status;

    if (updater->state == OTK_UPDATER_FINISHING) {
        return OTK_MORE;
    }
    if (updater->state != OTK_UPDATER_RECEIVING) {
        return OTK_NOT_OPEN;
    }
    status = otk_session_finish(&updater->session);
    if (status == OTK_INCOMPLETE) {
        return OTK_INCOMPLETE;
    }
    if (status != OTK_OK && status != OTK_MORE) {
        return fail(updater, status);
    }
    updater->state = OTK_UPDATER_FINISHING;
    return OTK_MORE;
}

/* A piece of the verification, or, when that is done, the switch. */
static void finish_next(struct otk_updater *updater, uint32_t now_ms)
{
    const bool is_verified = updater->session.state == OTK_SESSION_VERIFIED;
    const enum otk_status status = is_verified ? otk_session_switch(&updater->session)
                                               : otk_session_finish(&updater->session);

    if (status != OTK_OK && status != OTK_MORE) {
        fail(updater, status);
    } else if (is_verified) {
        updater->state = OTK_UPDATER_SWITCHED;
        updater->outcome = OTK_OK;
        want_reset(updater, now_ms);
    }
}

enum otk_status otk_updater_poll(struct otk_updater *updater, uint32_t now_ms)
{
    enum otk_status status;

    if (updater->state == OTK_UPDATER_FINISHING) {
        finish_next(updater, now_ms);
        return OTK_MORE;
    }
    if (updater->state != OTK_UPDATER_RECEIVING) {
        return OTK_OK;
    }
    status = otk_session_poll(&updater->session);
    if (status != OTK_OK && status != OTK_MORE) {
        fail(updater, status);
        return OTK_MORE;
    }
    return status;
}

enum otk_status otk_updater_outcome(const struct otk_updater *updater)
{
    return updater->outcome;
}

void otk_updater_leave(struct otk_updater *updater, enum otk_owner owner)
{
    if (updater->state != OTK_UPDATER_RECEIVING || updater->owner != owner) {
        return;
    }
    otk_session_close(&updater->session);
    updater->state = OTK_UPDATER_FAILED;
    updater->outcome = OTK_CONNECTION_LOST;
}

enum otk_status otk_updater_cancel(struct otk_updater *updater, enum otk_status reason)
{
    if (!is_running(updater)) {
        return updater->device->session ? OTK_BUSY : OTK_NOT_OPEN;
    }
    updater->state = OTK_UPDATER_FAILED;
    updater->outcome = reason;
    return otk_session_abort(&updater->session, reason);
}

enum otk_status otk_updater_confirm(struct otk_updater *updater)
{
    const enum otk_status status = otk_trial_confirm(updater->device);

    if (status == OTK_OK) {
        updater->verdict = OTK_VERDICT_CONFIRMED;
    }
    return status;
}

enum otk_status otk_updater_reject(struct otk_updater *updater, uint32_t now_ms)
{
    enum otk_status status;

    /* Without a session the sector is free to verify through. */
    if (is_running(updater) || updater->device->session || updater->wants_reset) {
        return OTK_BUSY;
    }
    status = otk_trial_reject(updater->device, OTK_REJECTED, updater->buffer);
    if (status == OTK_OK) {
        updater->verdict = OTK_VERDICT_REJECTED;
        want_reset(updater, now_ms);
    }
    return status;
}

bool otk_updater_reset_is_due(const struct otk_updater *updater, uint32_t now_ms)
{
    return updater->wants_reset && (int32_t)(now_ms - updater->reset_ms) >= 0;
}

void otk_updater_progress(const struct otk_updater *updater, struct otk_progress *progress)
{
    const struct otk_session *const open = updater->device->session;

    otk_session_progress(open ? open : &updater->session, progress);
}

const char *otk_owner_name(enum otk_owner owner)
{
    static const char *const names[] = {
        [OTK_OWNER_NONE] = "none",
        [OTK_OWNER_PORTAL] = "portal",
        [OTK_OWNER_BLE_SIMPLE] = "ble-simple",
        [OTK_OWNER_BLE_SECTOR] = "ble-sector",
        [OTK_OWNER_BLE_WINDOW] = "ble-window",
        [OTK_OWNER_SERIAL] = "serial",
    };

    return (uint32_t)owner < sizeof names / sizeof names[0] ? names[owner] : "none";
}
