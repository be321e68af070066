// SPDX-License-Identifier: Apache-2.0
/* What becomes of pushed images, told as it happens. A pull tells for itself. */
#include "port/espidf/app_parts.h"
#include "port/espidf/tell.h"

static struct otk_espidf_event event_of(const struct app *app, enum otk_status status)
{
    struct otk_espidf_event event = {.status = status,
                                     .source = otk_owner_name(app->updater.owner)};

    otk_updater_progress(&app->updater, &event.progress);
    return event;
}

static void tell_begin(struct app *app)
{
    const struct otk_espidf_event event = event_of(app, OTK_OK);

    app->told_count = app->updater.update_count;
    app->told_state = OTK_UPDATER_RECEIVING;
    app->told_offset = event.progress.written + event.progress.verified;
    otk_espidf_tell(OTAKIT_EVENT_BEGIN, &event);
}

static void tell_progress(struct app *app)
{
    const struct otk_espidf_event event = event_of(app, OTK_OK);

    if (otk_espidf_tell_is_due(&event.progress, &app->told_offset)) {
        otk_espidf_tell(OTAKIT_EVENT_PROGRESS, &event);
    }
}

static void tell_end(struct app *app)
{
    const struct otk_espidf_event event = event_of(app, otk_updater_outcome(&app->updater));

    app->told_state = app->updater.state;
    if (app->updater.state == OTK_UPDATER_FAILED) {
        otk_espidf_tell(OTAKIT_EVENT_FAILED, &event);
    } else if (app->updater.state == OTK_UPDATER_SWITCHED) {
        otk_espidf_tell(OTAKIT_EVENT_SWITCHED, &event);
    }
}

void otk_app_look_at_update(struct app *app)
{
    const struct otk_updater *const updater = &app->updater;

    if (app->told_count != updater->update_count) {
        tell_begin(app);
    }
    if (app->told_count == 0) {
        return;
    }
    if (updater->state == OTK_UPDATER_RECEIVING || updater->state == OTK_UPDATER_FINISHING) {
        tell_progress(app);
    }
    if (updater->state != app->told_state) {
        tell_end(app);
    }
}
