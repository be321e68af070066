// SPDX-License-Identifier: Apache-2.0
/* What happens, told. */
#include "port/espidf/tell.h"

#include <inttypes.h>

#include <esp_log.h>
#include <esp_system.h>
#include <freertos/FreeRTOS.h>
#include <freertos/task.h>

#include "otakit/core/updater.h"

ESP_EVENT_DEFINE_BASE(OTAKIT_EVENT);

static const char *const tag = "otakit";

#define POST_TIMEOUT_MS 100u

static const char *sentence(enum otk_espidf_event_id id)
{
    switch (id) {
    case OTAKIT_EVENT_STARTED:
        return "runs";
    case OTAKIT_EVENT_ROLLED_BACK:
        return "the last update was taken back";
    case OTAKIT_EVENT_ON_TRIAL:
        return "this application is on trial";
    case OTAKIT_EVENT_CONFIRMED:
        return "this application is confirmed";
    case OTAKIT_EVENT_REJECTED:
        return "this application is rejected";
    case OTAKIT_EVENT_BEGIN:
        return "an image arrives";
    case OTAKIT_EVENT_PROGRESS:
        return "goes on";
    case OTAKIT_EVENT_FAILED:
        return "the update has failed";
    case OTAKIT_EVENT_UP_TO_DATE:
        return "up to date";
    case OTAKIT_EVENT_SWITCHED:
        return "the next reset boots the new application";
    case OTAKIT_EVENT_RESTART:
        return "restarts";
    }
    return "";
}

static void log_event(enum otk_espidf_event_id id, const struct otk_espidf_event *event)
{
    const char *const source = event->source ? event->source : "";
    const char *const blank = event->source ? ": " : "";

    if (id == OTAKIT_EVENT_PROGRESS) {
        ESP_LOGI(tag, "%s%s%" PRIu32 " written, %" PRIu32 " verified, of %" PRIu32 " bytes", source,
                 blank, event->progress.written, event->progress.verified,
                 event->progress.image_size);
    } else if (event->status != OTK_OK) {
        ESP_LOGW(tag, "%s%s%s: %s", source, blank, sentence(id), otk_status_text(event->status));
    } else {
        ESP_LOGI(tag, "%s%s%s", source, blank, sentence(id));
    }
}

void otk_espidf_tell(enum otk_espidf_event_id id, const struct otk_espidf_event *event)
{
    const TickType_t patience = id == OTAKIT_EVENT_PROGRESS ? 0 : pdMS_TO_TICKS(POST_TIMEOUT_MS);

    log_event(id, event);
    if (esp_event_post(OTAKIT_EVENT, (int32_t)id, event, sizeof *event, patience) != ESP_OK &&
        id != OTAKIT_EVENT_PROGRESS) {
        ESP_LOGW(tag, "the event loop did not take this event");
    }
}

bool otk_espidf_tell_is_due(const struct otk_progress *progress, uint32_t *told_offset)
{
    const uint32_t offset = progress->written + progress->verified;

    if (offset >= *told_offset && offset - *told_offset < OTK_TELL_INTERVAL) {
        return false;
    }
    *told_offset = offset;
    return true;
}

_Noreturn void otk_espidf_restart(void)
{
    otk_espidf_tell(OTAKIT_EVENT_RESTART, &(struct otk_espidf_event){.status = OTK_OK});
    vTaskDelay(pdMS_TO_TICKS(OTK_UPDATER_RESET_DELAY_MS));
    esp_restart();
}
