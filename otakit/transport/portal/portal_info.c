// SPDX-License-Identifier: Apache-2.0
/* The state of the device as JSON: /info, and the session that other answers carry too. */
#include <stddef.h>

#include "otakit/base/memory.h"
#include "otakit/core/last_update.h"
#include "otakit/core/slot.h"
#include "otakit/core/trial.h"
#include "otakit/transport/portal/portal_parts.h"

#define LABEL_SIZE 8u /* "factory" */

/* The label of a slot, by its kind; NULL where it is none. */
static const char *slot_label(int slot, char label[LABEL_SIZE])
{
    static const char prefix[] = "ota_";

    if (slot == OTK_SLOT_FACTORY) {
        return "factory";
    }
    if (slot == OTK_SLOT_TEST) {
        return "test";
    }
    if (slot < 0 || slot >= (int)OTK_OTA_SLOT_COUNT) {
        return NULL;
    }
    memcpy(label, prefix, sizeof prefix - 1u);
    if (slot < 10) {
        label[4] = (char)('0' + slot);
        label[5] = '\0';
    } else {
        label[4] = '1';
        label[5] = (char)('0' + slot - 10);
        label[6] = '\0';
    }
    return label;
}

static void write_label(struct otk_json *json, const char *key, int slot)
{
    char label[LABEL_SIZE];

    otk_json_text(json, key, slot_label(slot, label));
}

static void write_id(struct otk_json *json, const char *key, uint32_t id)
{
    const uint8_t bytes[4] = {(uint8_t)(id >> 24), (uint8_t)(id >> 16), (uint8_t)(id >> 8),
                              (uint8_t)id};

    otk_json_hex(json, key, bytes, sizeof bytes);
}

static void write_running(const struct otk_device *device, struct otk_json *json)
{
    const struct otk_app_desc *const app = &device->app;
    const bool has = device->has_app;

    otk_json_open(json, "running", '{');
    write_label(json, "label", device->running);
    otk_json_text(json, "project", has ? app->project : NULL);
    otk_json_text(json, "version", has ? app->version : NULL);
    otk_json_text(json, "date", has ? app->date : NULL);
    otk_json_text(json, "time", has ? app->time : NULL);
    otk_json_text(json, "idf_version", has ? app->idf_version : NULL);
    if (has) {
        otk_json_number(json, "secure_version", app->secure_version);
        otk_json_hex(json, "elf_sha256", app->elf_sha256, sizeof app->elf_sha256);
    } else {
        otk_json_text(json, "secure_version", NULL);
        otk_json_text(json, "elf_sha256", NULL);
    }
    otk_json_flag(json, "on_trial", otk_trial_is_pending(device));
    otk_json_close(json, '}');
}

static void write_policy(const struct otk_device *device, struct otk_json *json)
{
    const struct otk_policy *const policy = &device->policy;
    const struct otk_secure_version *const store = device->board.secure_version;
    uint32_t least;

    if (store != NULL && store->read(store->context, &least) == OTK_OK) {
        otk_json_number(json, "secure_version", least);
    } else {
        otk_json_text(json, "secure_version", NULL);
    }
    otk_json_open(json, "policy", '{');
    otk_json_flag(json, "other_project", !policy->refuse_other_project);
    otk_json_flag(json, "same_version", !policy->refuse_same_version);
    otk_json_flag(json, "older_version", !policy->refuse_older_version);
    otk_json_close(json, '}');
}

static void write_last_update(const struct otk_device *device, struct otk_json *json)
{
    struct otk_last_update last = {.from_slot = OTK_SLOT_NONE, .to_slot = OTK_SLOT_NONE};
    const enum otk_status status = otk_last_update(device, &last);

    if (status != OTK_OK) {
        last.status = status; /* nothing is known, for this reason */
    }
    otk_json_open(json, "last_update", '{');
    otk_json_text(json, "stage", otk_update_stage_name(last.stage));
    otk_json_text(json, "code", otk_status_name(last.status));
    otk_json_text(json, "message", otk_status_text(last.status));
    otk_json_text(json, "reset_reason", otk_reset_reason_name(last.reset_reason));
    write_label(json, "from", last.from_slot);
    write_label(json, "to", last.to_slot);
    if (last.image_size != 0) {
        otk_json_number(json, "image_size", last.image_size);
    } else {
        otk_json_text(json, "image_size", NULL);
    }
    otk_json_close(json, '}');
}

/* Read what the image in a slot says of itself. Returns false where it says nothing. */
static bool load_app(const struct otk_device *device, struct otk_area area,
                     struct otk_app_desc *app)
{
    const struct otk_flash *const flash = device->board.flash;
    uint8_t head[OTK_IMAGE_HEAD_SIZE];

    return area.size >= sizeof head &&
           flash->read(flash->context, area.offset, head, sizeof head) == OTK_OK &&
           head[0] == OTK_IMAGE_MAGIC &&
           otk_app_desc_decode(head + OTK_APP_DESC_OFFSET, app) == OTK_OK;
}

static void write_slot(const struct otk_device *device, struct otk_json *json, int slot)
{
    const struct otk_area area = otk_layout_slot(&device->layout, slot);
    struct otk_app_desc app;
    const bool has = load_app(device, area, &app);

    otk_json_open(json, NULL, '{');
    write_label(json, "label", slot);
    otk_json_number(json, "offset", area.offset);
    otk_json_number(json, "size", area.size);
    otk_json_flag(json, "running", slot == device->running);
    otk_json_text(json, "project", has ? app.project : NULL);
    otk_json_text(json, "version", has ? app.version : NULL);
    otk_json_close(json, '}');
}

/* As many slots as there is room for, two characters being kept for what must follow. */
static void write_slots(const struct otk_device *device, struct otk_json *json)
{
    int slot;

    otk_json_open(json, "slots", '[');
    json->size -= 2u;
    for (slot = OTK_SLOT_TEST; slot < (int)OTK_OTA_SLOT_COUNT && !json->is_full; slot++) {
        const struct otk_json before = *json;

        if (otk_layout_slot(&device->layout, slot).size == 0) {
            continue;
        }
        write_slot(device, json, slot);
        if (json->is_full) {
            *json = before;
            break;
        }
    }
    json->size += 2u;
    otk_json_close(json, ']');
}

/* Where an update goes, the one in progress included. */
static void write_update_slot(const struct otk_device *device, struct otk_json *json)
{
    const int slot = device->session != NULL ? device->session->slot : otk_slot_for_update(device);

    if (slot == OTK_SLOT_NONE) {
        otk_json_text(json, "update_slot", NULL);
        return;
    }
    otk_json_open(json, "update_slot", '{');
    write_label(json, "label", slot);
    otk_json_number(json, "size", otk_layout_slot(&device->layout, slot).size);
    otk_json_close(json, '}');
}

static const char *state_name(const struct otk_updater *updater, bool is_pull)
{
    if (is_pull) {
        return updater->device->session->state < OTK_SESSION_VERIFYING ? "receiving" : "finishing";
    }
    switch (updater->state) {
    case OTK_UPDATER_RECEIVING:
        return "receiving";
    case OTK_UPDATER_FINISHING:
        return "finishing";
    case OTK_UPDATER_SWITCHED:
        return "switched";
    case OTK_UPDATER_FAILED:
        return "failed";
    case OTK_UPDATER_IDLE:
        break;
    }
    return "idle";
}

/* Where to go on. */
static uint32_t offset_of(const struct otk_updater *updater, const struct otk_progress *progress)
{
    if (updater->device->session != NULL) {
        return otk_session_offset(updater->device->session);
    }
    return updater->state == OTK_UPDATER_SWITCHED ? progress->image_size : 0;
}

void otk_portal_write_session(const struct otk_portal *portal, struct otk_json *json)
{
    const struct otk_updater *const updater = portal->updater;
    const struct otk_session *const open = updater->device->session;
    const bool is_pull = open != NULL && open != &updater->session;
    const enum otk_status status = is_pull ? OTK_MORE : otk_updater_outcome(updater);
    struct otk_progress progress;

    otk_updater_progress(updater, &progress);
    otk_json_open(json, "session", '{');
    otk_json_text(json, "state", state_name(updater, is_pull));
    otk_json_text(json, "owner", is_pull ? "pull" : otk_owner_name(updater->owner));
    otk_json_number(json, "offset", offset_of(updater, &progress));
    otk_json_number(json, "image_size", progress.image_size);
    otk_json_number(json, "written", progress.written);
    otk_json_number(json, "verified", progress.verified);
    otk_json_number(json, "skipped", progress.skipped);
    otk_json_number(json, "resumed_at", progress.resumed_at);
    otk_json_text(json, "code", otk_status_name(status));
    otk_json_text(json, "message", otk_status_text(status));
    otk_json_close(json, '}');
}

/* The slots stand last: what is certain has room first. */
void otk_portal_write_info(const struct otk_portal *portal, struct otk_json *json, uint32_t now_ms)
{
    const struct otk_device *const device = portal->updater->device;

    otk_json_open(json, NULL, '{');
    otk_json_text(json, "device", portal->config.name);
    otk_json_text(json, "chip", otk_chip_name(device->board.chip_id));
    otk_json_number(json, "revision", device->board.revision);
    write_id(json, "boot_id", portal->updater->boot_id);
    otk_json_number(json, "uptime_ms", now_ms - portal->started_ms);
    write_running(device, json);
    write_update_slot(device, json);
    write_policy(device, json);
    write_last_update(device, json);
    otk_portal_write_session(portal, json);
    otk_json_flag(json, "password", portal->config.password != NULL);
    otk_json_text(json, "token", portal->token);
    json->size -= 1u; /* of the last bracket */
    write_slots(device, json);
    json->size += 1u;
    otk_json_close(json, '}');
}
