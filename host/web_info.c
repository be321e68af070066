// SPDX-License-Identifier: Apache-2.0
/* What a portal says in JSON. */
#include "host/web_info.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "host/image_build.h"
#include "host/push_parts.h"
#include "host/status_find.h"

/* Words in the order of their enumerators. */
static const char *const states[] = {"idle", "receiving", "finishing", "switched", "failed"};
static const char *const stages[] = {"none",  "writing",   "failed",   "switched",
                                     "trial", "confirmed", "rejected", "rolled_back"};

#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof(array)[0]))

static const cJSON *member(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

static const char *text_of(const cJSON *object, const char *name)
{
    const char *const text = cJSON_GetStringValue(member(object, name));

    return text ? text : "";
}

static uint32_t number_of(const cJSON *object, const char *name)
{
    const cJSON *const item = member(object, name);
    const double value = cJSON_IsNumber(item) ? item->valuedouble : 0;

    return value > 0 && value <= UINT32_MAX ? (uint32_t)value : 0;
}

static bool is_true(const cJSON *object, const char *name)
{
    return cJSON_IsTrue(member(object, name));
}

/* The place of a word in a list; 0, which always means "nothing", where it is not in it. */
static uint32_t index_of(const char *const *words, uint32_t count, const char *word)
{
    for (uint32_t i = 0; i < count; i++) {
        if (strcmp(words[i], word) == 0) {
            return i;
        }
    }
    return 0;
}

static void read_session(const cJSON *object, struct otk_web_session *session)
{
    *session = (struct otk_web_session){
        .state = (enum otk_web_state)index_of(states, COUNT(states), text_of(object, "state")),
        .offset = number_of(object, "offset"),
        .image_size = number_of(object, "image_size"),
        .written = number_of(object, "written"),
        .verified = number_of(object, "verified"),
        .status = otk_status_find(text_of(object, "code")),
    };
    otk_push_copy(session->owner, text_of(object, "owner"));
    snprintf(session->message, sizeof session->message, "%s", text_of(object, "message"));
}

static void read_last_update(const cJSON *object, struct otk_push_device *device)
{
    if (!cJSON_IsObject(object)) {
        return;
    }
    device->has_last = true;
    device->stage = (enum otk_update_stage)index_of(stages, COUNT(stages),
                                                    text_of(object, "stage"));
    device->last_status = otk_status_find(text_of(object, "code"));
}

static void read_device(const cJSON *document, struct otk_push_device *device)
{
    const cJSON *const running = member(document, "running");
    char *end;
    const char *const boot_id = text_of(document, "boot_id");

    otk_push_copy(device->name, text_of(document, "device"));
    otk_push_copy(device->slot, text_of(running, "label"));
    otk_push_copy(device->project, text_of(running, "project"));
    otk_push_copy(device->version, text_of(running, "version"));
    device->on_trial = is_true(running, "on_trial");
    device->has_chip = otk_chip_find(text_of(document, "chip"), &device->chip_id) == OTK_OK;
    device->boot_id = (uint32_t)strtoul(boot_id, &end, 16);
    device->has_boot_id = end != boot_id && *end == '\0';
    device->slot_size = number_of(member(document, "update_slot"), "size");
    device->secure_version = number_of(document, "secure_version");
}

enum otk_status otk_web_info_read(const char *body, uint32_t len, struct otk_web_info *info)
{
    cJSON *const document = cJSON_ParseWithLength(body, len);
    const cJSON *const policy = member(document, "policy");

    if (!cJSON_IsString(member(document, "boot_id")) ||
        !cJSON_IsObject(member(document, "session"))) {
        cJSON_Delete(document);
        return OTK_BAD_FORMAT;
    }
    *info = (struct otk_web_info){
        .refuses_other_project = cJSON_IsFalse(member(policy, "other_project")),
        .refuses_same_version = cJSON_IsFalse(member(policy, "same_version")),
        .refuses_older_version = cJSON_IsFalse(member(policy, "older_version")),
        .wants_password = is_true(document, "password"),
    };
    read_device(document, &info->device);
    read_session(member(document, "session"), &info->session);
    read_last_update(member(document, "last_update"), &info->device);
    cJSON_Delete(document);
    return OTK_OK;
}

enum otk_status otk_web_session_read(const char *body, uint32_t len,
                                     struct otk_web_session *session)
{
    cJSON *const document = cJSON_ParseWithLength(body, len);
    const cJSON *const object = member(document, "session");
    enum otk_status status = OTK_BAD_FORMAT;

    if (cJSON_IsObject(object)) {
        read_session(object, session);
        status = OTK_OK;
    }
    cJSON_Delete(document);
    return status;
}

enum otk_status otk_web_error_read(const char *body, uint32_t len, enum otk_status *status,
                                   char message[OTK_ERROR_MESSAGE_SIZE])
{
    cJSON *const document = cJSON_ParseWithLength(body, len);
    const cJSON *const object = member(document, "error");
    const enum otk_status known = otk_status_find(text_of(object, "code"));
    enum otk_status outcome = OTK_BAD_FORMAT;

    if (cJSON_IsObject(object)) {
        /* A later portal may have errors that this build does not know; their words stay. */
        *status = known != OTK_OK ? known : OTK_HTTP_SERVER_ERROR;
        snprintf(message, OTK_ERROR_MESSAGE_SIZE, "%s", text_of(object, "message"));
        outcome = OTK_OK;
    }
    cJSON_Delete(document);
    return outcome;
}
