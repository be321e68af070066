// SPDX-License-Identifier: Apache-2.0
/* The event loop, tasks and event groups, as application code uses them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <esp_event.h>
#include <freertos/event_groups.h>
#include <freertos/task.h>

#include "compat/esp_idf/event_loop.h"

ESP_EVENT_DEFINE_BASE(ONE);
ESP_EVENT_DEFINE_BASE(TWO);

/* What handlers saw, in order. */
static char seen[64];

static void note(void *argument, esp_event_base_t base, int32_t id, void *data)
{
    const char text[] = {*(const char *)argument,
                         base == ONE ? '1' : '2',
                         (char)('0' + id),
                         data ? *(char *)data : '-',
                         ' ',
                         '\0'};

    strcat(seen, text);
}

static void note_once(void *argument, esp_event_base_t base, int32_t id, void *data)
{
    note(argument, base, id, data);
    (void)esp_event_handler_unregister(ONE, ESP_EVENT_ANY_ID, note_once);
    (void)esp_event_post(TWO, 9, NULL, 0, 0);
}

static int start(void **state)
{
    (void)state;
    seen[0] = '\0';
    return esp_event_loop_create_default();
}

static int end(void **state)
{
    (void)state;
    return esp_event_loop_delete_default();
}

static void handlers_get_what_they_asked_for_in_order(void **state)
{
    (void)state;
    assert_int_equal(esp_event_handler_register(ONE, 3, note, "a"), ESP_OK);
    assert_int_equal(esp_event_handler_register(ONE, ESP_EVENT_ANY_ID, note, "b"), ESP_OK);
    assert_int_equal(esp_event_handler_register(ESP_EVENT_ANY_BASE, ESP_EVENT_ANY_ID, note, "c"),
                     ESP_OK);
    assert_int_equal(esp_event_post(ONE, 3, "x", 1, 0), ESP_OK);
    assert_int_equal(esp_event_post(ONE, 4, NULL, 0, 0), ESP_OK);
    assert_int_equal(esp_event_post(TWO, 3, "y", 1, 0), ESP_OK);
    otk_idf_event_loop_settle();
    assert_string_equal(seen, "a13x b13x c13x b14- c14- c23y ");
}

static void a_handler_may_unregister_itself_and_post(void **state)
{
    (void)state;
    assert_int_equal(esp_event_handler_register(ONE, ESP_EVENT_ANY_ID, note_once, "a"), ESP_OK);
    assert_int_equal(esp_event_handler_register(TWO, 9, note, "b"), ESP_OK);
    assert_int_equal(esp_event_post(ONE, 1, NULL, 0, 0), ESP_OK);
    assert_int_equal(esp_event_post(ONE, 1, NULL, 0, 0), ESP_OK);
    otk_idf_event_loop_settle();
    assert_string_equal(seen, "a11- b29- ");
}

static void an_instance_is_taken_away_alone(void **state)
{
    esp_event_handler_instance_t first;
    esp_event_handler_instance_t second;

    (void)state;
    assert_int_equal(esp_event_handler_instance_register(ONE, 1, note, "a", &first), ESP_OK);
    assert_int_equal(esp_event_handler_instance_register(ONE, 1, note, "b", &second), ESP_OK);
    assert_int_equal(esp_event_handler_instance_unregister(ONE, 1, first), ESP_OK);
    assert_int_equal(esp_event_handler_instance_unregister(ONE, 1, first), ESP_ERR_NOT_FOUND);
    assert_int_equal(esp_event_post(ONE, 1, NULL, 0, 0), ESP_OK);
    otk_idf_event_loop_settle();
    assert_string_equal(seen, "b11- ");
}

static void without_a_loop_nothing_is_posted(void **state)
{
    (void)state;
    assert_int_equal(esp_event_post(ONE, 1, NULL, 0, 0), ESP_ERR_INVALID_STATE);
    assert_int_equal(esp_event_handler_register(ONE, 1, note, "a"), ESP_ERR_INVALID_STATE);
    assert_int_equal(esp_event_loop_delete_default(), ESP_ERR_INVALID_STATE);
    assert_int_equal(esp_event_loop_create_default(), ESP_OK);
    assert_int_equal(esp_event_loop_create_default(), ESP_ERR_INVALID_STATE);
    assert_int_equal(esp_event_handler_register(ESP_EVENT_ANY_BASE, 1, note, "a"),
                     ESP_ERR_INVALID_ARG);
    assert_int_equal(esp_event_loop_delete_default(), ESP_OK);
}

static void set_bits(void *parameter)
{
    vTaskDelay(2);
    xEventGroupSetBits(parameter, 1);
    vTaskDelay(2);
    xEventGroupSetBits(parameter, 2);
}

static void waiting_for_bits_ends_with_them_or_with_the_time(void **state)
{
    EventGroupHandle_t group = xEventGroupCreate();

    (void)state;
    assert_int_equal(xEventGroupWaitBits(group, 3, pdTRUE, pdFALSE, 1), 0);
    assert_int_equal(xTaskCreate(set_bits, "bits", 2048, group, 5, NULL), pdPASS);
    assert_int_equal(xEventGroupWaitBits(group, 3, pdFALSE, pdTRUE, portMAX_DELAY), 3);
    assert_int_equal(xEventGroupWaitBits(group, 2, pdTRUE, pdFALSE, 0), 3);
    assert_int_equal(xEventGroupGetBits(group), 1);
    vEventGroupDelete(group);
}

static void count_for_ever(void *parameter)
{
    for (;;) {
        ++*(volatile unsigned *)parameter;
        vTaskDelay(1);
    }
}

static void a_task_is_ended_by_another(void **state)
{
    static unsigned count;
    TaskHandle_t task;
    unsigned before;

    (void)state;
    assert_int_equal(xTaskCreate(count_for_ever, "count", 2048, &count, 5, &task), pdPASS);
    assert_string_equal(pcTaskGetName(task), "count");
    vTaskDelay(5);
    vTaskDelete(task);
    vTaskDelay(3);
    before = *(volatile unsigned *)&count;
    vTaskDelay(5);
    assert_true(before > 0);
    assert_int_equal(*(volatile unsigned *)&count, before);
}

static void ticks_pass_while_a_task_waits(void **state)
{
    const TickType_t before = xTaskGetTickCount();
    TickType_t previous = before;

    (void)state;
    vTaskDelay(pdMS_TO_TICKS(30));
    assert_in_range(xTaskGetTickCount() - before, 2, 50);
    assert_int_equal(xTaskDelayUntil(&previous, 1), pdFALSE); /* over already */
    assert_int_equal(xTaskDelayUntil(&previous, 60), pdTRUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(handlers_get_what_they_asked_for_in_order, start, end),
        cmocka_unit_test_setup_teardown(a_handler_may_unregister_itself_and_post, start, end),
        cmocka_unit_test_setup_teardown(an_instance_is_taken_away_alone, start, end),
        cmocka_unit_test(without_a_loop_nothing_is_posted),
        cmocka_unit_test(waiting_for_bits_ends_with_them_or_with_the_time),
        cmocka_unit_test(a_task_is_ended_by_another),
        cmocka_unit_test(ticks_pass_while_a_task_waits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
