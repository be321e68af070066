// SPDX-License-Identifier: Apache-2.0
/* The calls that ota_ops.json records, by name. */
#include "test/vectors/api_call.h"

#include <stdlib.h>
#include <string.h>

#include "test/vectors/json.h"
#include "test/vectors/recipe.h"

struct call {
    const cJSON *args;
    esp_ota_handle_t *handles;
    struct api_result *result;
};

/* The partition of a label; NULL for "NULL" and for what the layout does not name. */
static const esp_partition_t *partition_arg(const struct call *call, int index)
{
    const char *label = json_element_text(call->args, index);

    return esp_partition_find_first(ESP_PARTITION_TYPE_ANY, ESP_PARTITION_SUBTYPE_ANY, label);
}

static esp_ota_handle_t *handle_arg(const struct call *call)
{
    return &call->handles[(size_t)json_element(call->args, 0) % API_HANDLE_COUNT];
}

static void call_begin(const struct call *call)
{
    call->result->err = esp_ota_begin(partition_arg(call, 1), (size_t)json_element(call->args, 2),
                                      handle_arg(call));
}

static void call_resume(const struct call *call)
{
    call->result->err = esp_ota_resume(partition_arg(call, 1), (size_t)json_element(call->args, 2),
                                       (size_t)json_element(call->args, 3), handle_arg(call));
}

/* The bytes that arguments 1 to 4 describe: kind, label, start, length. */
static const uint8_t *content_arg(const struct call *call)
{
    static uint8_t content[RECIPE_CONTENT_SIZE];
    const size_t start = (size_t)json_element(call->args, 3);

    memset(content, 0xFF, sizeof content);
    recipe_build_content(json_element_text(call->args, 1), json_element_text(call->args, 2), 0,
                         content);
    return content + start % sizeof content;
}

static void call_write(const struct call *call)
{
    call->result->err = esp_ota_write(*handle_arg(call), content_arg(call),
                                      (size_t)json_element(call->args, 4));
}

static void call_writeoff(const struct call *call)
{
    call->result->err = esp_ota_write_with_offset(*handle_arg(call), content_arg(call),
                                                  (size_t)json_element(call->args, 4),
                                                  (uint32_t)json_element(call->args, 5));
}

static void call_writeraw(const struct call *call)
{
    uint8_t bytes[4096];
    const uint32_t len = json_hex(json_element_text(call->args, 1), bytes, sizeof bytes);

    call->result->err = esp_ota_write(*handle_arg(call), bytes, len);
}

static void call_writenull(const struct call *call)
{
    call->result->err = esp_ota_write(*handle_arg(call), NULL, 1);
}

static void call_end(const struct call *call)
{
    call->result->err = esp_ota_end(*handle_arg(call));
}

static void call_abort(const struct call *call)
{
    call->result->err = esp_ota_abort(*handle_arg(call));
}

static void call_set_boot(const struct call *call)
{
    call->result->err = esp_ota_set_boot_partition(partition_arg(call, 0));
}

static void call_get_boot(const struct call *call)
{
    call->result->partition = esp_ota_get_boot_partition();
}

static void call_get_running(const struct call *call)
{
    call->result->partition = esp_ota_get_running_partition();
}

static void call_get_next(const struct call *call)
{
    call->result->partition = esp_ota_get_next_update_partition(partition_arg(call, 0));
}

static void call_last_invalid(const struct call *call)
{
    call->result->partition = esp_ota_get_last_invalid_partition();
}

static void call_rollback_possible(const struct call *call)
{
    call->result->truth = esp_ota_check_rollback_is_possible();
}

static void call_mark_valid(const struct call *call)
{
    call->result->err = esp_ota_mark_app_valid_cancel_rollback();
}

static void call_mark_invalid(const struct call *call)
{
    call->result->err = esp_ota_mark_app_invalid_rollback();
}

static void call_mark_invalid_reboot(const struct call *call)
{
    call->result->err = esp_ota_mark_app_invalid_rollback_and_reboot();
}

static void call_get_state(const struct call *call)
{
    esp_ota_img_states_t state = ESP_OTA_IMG_UNDEFINED;

    call->result->err = esp_ota_get_state_partition(partition_arg(call, 0), &state);
    call->result->number = (uint32_t)state;
}

static void call_erase_last(const struct call *call)
{
    call->result->err = esp_ota_erase_last_boot_app_partition();
}

static void call_invalidate_inactive(const struct call *call)
{
    call->result->err = esp_ota_invalidate_inactive_ota_data_slot();
}

static void call_app_count(const struct call *call)
{
    call->result->number = esp_ota_get_app_partition_count();
}

static void call_desc(const struct call *call)
{
    call->result->err = esp_ota_get_partition_description(partition_arg(call, 0),
                                                          &call->result->app);
}

static void call_sha(const struct call *call)
{
    call->result->err = esp_partition_get_sha256(partition_arg(call, 0), call->result->sha256);
}

static void call_identity(const struct call *call)
{
    call->result->truth = esp_partition_check_identity(partition_arg(call, 0),
                                                       partition_arg(call, 1));
}

static const struct {
    const char *name;
    void (*call)(const struct call *call);
} calls[] = {
    {"begin", call_begin},
    {"resume", call_resume},
    {"write", call_write},
    {"writeoff", call_writeoff},
    {"writeraw", call_writeraw},
    {"writenull", call_writenull},
    {"end", call_end},
    {"abort", call_abort},
    {"set_boot", call_set_boot},
    {"get_boot", call_get_boot},
    {"get_running", call_get_running},
    {"get_next", call_get_next},
    {"last_invalid", call_last_invalid},
    {"rollback_possible", call_rollback_possible},
    {"mark_valid", call_mark_valid},
    {"mark_invalid", call_mark_invalid},
    {"mark_invalid_reboot", call_mark_invalid_reboot},
    {"get_state", call_get_state},
    {"erase_last", call_erase_last},
    {"invalidate_inactive", call_invalidate_inactive},
    {"app_count", call_app_count},
    {"desc", call_desc},
    {"sha", call_sha},
    {"identity", call_identity},
};

bool api_call(const char *name, const cJSON *args, esp_ota_handle_t *handles,
              struct api_result *result)
{
    const struct call call = {.args = args, .handles = handles, .result = result};

    memset(result, 0, sizeof *result);
    result->err = ESP_FAIL;
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        if (strcmp(calls[i].name, name) == 0) {
            calls[i].call(&call);
            return true;
        }
    }
    return false;
}
