// SPDX-License-Identifier: Apache-2.0
/* Protocol C's info block: what the device is, what it runs, and what became of its last update. */
#include "otakit/base/memory.h"
#include "otakit/core/last_update.h"
#include "otakit/core/slot.h"
#include "otakit/core/trial.h"
#include "otakit/transport/ble/window.h"

static void copy_text(char text[OTK_WINDOW_TEXT_SIZE + 1], const char *from)
{
    uint32_t len = 0;

    while (len < OTK_WINDOW_TEXT_SIZE && from[len] != '\0') {
        text[len] = from[len];
        len++;
    }
    text[len] = '\0';
}

static void describe_app(const struct otk_device *device, struct otk_window_info *info)
{
    info->has_app = device->has_app;
    info->on_trial = otk_trial_is_pending(device);
    info->running = (int8_t)device->running;
    if (device->has_app) {
        copy_text(info->app_version, device->app.version);
        copy_text(info->project, device->app.project);
    }
}

static void describe_slot(const struct otk_device *device, struct otk_window_info *info)
{
    const int slot = otk_slot_for_update(device);

    info->update_slot = (int8_t)slot;
    if (slot != OTK_SLOT_NONE) {
        info->slot_size = otk_layout_slot(&device->layout, slot).size;
    }
}

/* What cannot be read stays unknown. */
static void describe_last_update(const struct otk_device *device, struct otk_window_info *info)
{
    const struct otk_secure_version *store = device->board.secure_version;
    struct otk_last_update last;
    uint32_t least;

    if (otk_last_update(device, &last) == OTK_OK) {
        info->stage = (uint8_t)last.stage;
        info->status = (uint8_t)last.status;
        info->reset_reason = (uint8_t)last.reset_reason;
    }
    if (store && store->read(store->context, &least) == OTK_OK) {
        info->secure_version = least;
    }
}

void otk_window_info(const struct otk_window *window, uint8_t bytes[OTK_WINDOW_INFO_SIZE])
{
    const struct otk_device *device = window->updater->device;
    struct otk_window_info info;

    memset(&info, 0, sizeof info);
    info.version = OTK_WINDOW_VERSION;
    info.is_updating = device->session != NULL;
    info.chip_id = device->board.chip_id;
    info.revision = device->board.revision;
    info.boot_id = window->updater->boot_id;
    info.window = window->config.window;
    info.psm = window->config.psm;
    if (window->config.name) {
        copy_text(info.name, window->config.name);
    }
    describe_app(device, &info);
    describe_slot(device, &info);
    describe_last_update(device, &info);
    otk_window_info_encode(&info, bytes);
}
