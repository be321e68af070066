// SPDX-License-Identifier: Apache-2.0
/* The loop between engine, network and flash. */
#include "port/espidf/pull_client.h"

#include <esp_random.h>
#include <freertos/FreeRTOS.h>
#include <freertos/task.h>

#include "port/espidf/patience.h"
#include "port/espidf/tell.h"
#include "port/espidf/transport.h"
#include "port/espidf/uptime.h"

/* How long a wait goes on without looking at the other transports. */
#define LOOK_MS 200u

/* Nothing but the image itself tells that it is the one that runs: it would be installed at each look. */
static bool is_unknown_image(const struct otk_espidf_pull_config *config)
{
    return config->sha256 == NULL && config->kind != OTK_PULL_MANIFEST;
}

void otk_pull_client_enter(struct otk_pull_client *client)
{
    otk_espidf_lock();
    client->policy = client->updater->device->policy;
    if (is_unknown_image(client->config)) {
        client->updater->device->policy.refuse_same_version = true;
    }
}

void otk_pull_client_leave(struct otk_pull_client *client)
{
    client->updater->device->policy = client->policy;
    otk_espidf_unlock();
}

/* An image whose head was refused never began. */
static bool is_writing(enum otk_session_state state)
{
    return state == OTK_SESSION_BODY || state == OTK_SESSION_VERIFYING ||
           state == OTK_SESSION_VERIFIED;
}

void otk_pull_client_tell(struct otk_pull_client *client)
{
    struct otk_espidf_event event = {.status = OTK_OK, .source = "pull"};

    otk_espidf_lock();
    otk_session_progress(&client->session, &event.progress);
    otk_espidf_unlock();
    if (!client->has_told_begin && is_writing(event.progress.state)) {
        client->has_told_begin = true;
        client->told_offset = event.progress.written + event.progress.verified;
        otk_espidf_tell(OTAKIT_EVENT_BEGIN, &event);
    }
    if (client->has_told_begin && otk_espidf_tell_is_due(&event.progress, &client->told_offset)) {
        otk_espidf_tell(OTAKIT_EVENT_PROGRESS, &event);
    }
}

/* Returns whether the pull goes on. */
static bool look_at_others(struct otk_pull_client *client)
{
    bool wants_reset;

    otk_pull_client_enter(client);
    wants_reset = client->updater->wants_reset;
    if (wants_reset) {
        otk_pull_stop(&client->pull, OTK_CANCELLED);
    }
    otk_pull_client_leave(client);
    return !wants_reset;
}

/* Wait until the request may go out. Returns whether the pull goes on. */
static bool await_start(struct otk_pull_client *client, uint32_t start_ms)
{
    for (;;) {
        const uint32_t rest_ms = start_ms - otk_uptime_ms();

        if (!look_at_others(client)) {
            return false;
        }
        if (rest_ms == 0 || rest_ms >= 0x80000000u) {
            return true;
        }
        vTaskDelay(pdMS_TO_TICKS(rest_ms < LOOK_MS ? rest_ms : LOOK_MS) + 1);
    }
}

static void fetch(struct otk_pull_client *client, const struct otk_pull_request *request)
{
    if (await_start(client, request->start_ms)) {
        otk_pull_client_fetch(client, request);
        return;
    }
    otk_pull_client_enter(client);
    otk_pull_end(&client->pull, otk_uptime_ms(), OTK_CANCELLED);
    otk_pull_client_leave(client);
}

static enum otk_status outcome(struct otk_pull_client *client)
{
    enum otk_status status;

    otk_espidf_lock();
    status = otk_pull_outcome(&client->pull);
    otk_espidf_unlock();
    /* The policy that refused it may be ours. */
    return status == OTK_SAME_VERSION && is_unknown_image(client->config) ? OTK_UP_TO_DATE : status;
}

static enum otk_status run(struct otk_pull_client *client)
{
    struct otk_pull_request request;
    enum otk_pull_step step;

    for (;;) {
        otk_pull_client_enter(client);
        step = otk_pull_next(&client->pull, otk_uptime_ms(), esp_random(), &request);
        otk_pull_client_leave(client);
        switch (step) {
        case OTK_PULL_FETCH:
            fetch(client, &request);
            break;
        case OTK_PULL_VERIFY:
            otk_pull_client_tell(client);
            otk_patience();
            (void)look_at_others(client); /* otk_pull_next says the same */
            break;
        case OTK_PULL_DONE:
        case OTK_PULL_FAILED:
            return outcome(client);
        }
    }
}

enum otk_status otk_pull_client_run(struct otk_pull_client *client, struct otk_updater *updater,
                                    const struct otk_espidf_pull_config *config)
{
    const struct otk_pull_config pull = {.url = config->url,
                                         .kind = config->kind,
                                         .sha256 = config->sha256,
                                         .allow_http = config->allow_http,
                                         .has_credentials = config->authorization != NULL};
    enum otk_status status;

    client->config = config;
    client->updater = updater;
    otk_pull_client_enter(client);
    status = otk_pull_init(&client->pull, &pull, updater->device, &client->session, client->buffer,
                           otk_uptime_ms());
    otk_pull_client_leave(client);
    return status == OTK_OK ? run(client) : status;
}
