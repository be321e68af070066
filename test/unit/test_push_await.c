// SPDX-License-Identifier: Apache-2.0
/* Waiting for a device that resets: what it says, look by look, and what is made of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "host/push_parts.h"

/* One look at the device. */
struct view {
    enum otk_status status;
    uint32_t boot_id;
    bool on_trial;
    enum otk_update_stage stage;
    enum otk_status last_status;
};

/* All looks; the last one stays. */
struct script {
    const struct view *views;
    size_t count;
    size_t index;
};

static enum otk_status look(void *context, struct otk_push_device *device)
{
    struct script *const script = context;
    const struct view *const view = &script->views[script->index];

    script->index += script->index + 1 < script->count;
    if (view->status == OTK_OK) {
        *device = (struct otk_push_device){.version = "1",
                                           .has_boot_id = true,
                                           .boot_id = view->boot_id,
                                           .on_trial = view->on_trial,
                                           .has_last = true,
                                           .stage = view->stage,
                                           .last_status = view->last_status};
    }
    return view->status;
}

/* Wait for a device that was sent to when its boot id was 1. */
static enum otk_status await(struct otk_push *push, const struct view *views, size_t count)
{
    struct script script = {.views = views, .count = count};

    push->options.timeout_ms = 1000;
    push->has_boot_id = true;
    push->boot_id = 1;
    return otk_push_await(push, look, &script);
}

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void push_await_tells_confirmed(void **state)
{
    static const struct view views[] = {{.boot_id = 1},
                                        {.status = OTK_CONNECT_REFUSED},
                                        {.boot_id = 2, .on_trial = true, .stage = OTK_STAGE_TRIAL},
                                        {.boot_id = 2, .stage = OTK_STAGE_CONFIRMED}};
    struct otk_push push = {0};

    (void)state;
    assert_int_equal(await(&push, views, COUNT(views)), OTK_OK);
    assert_int_equal(push.result.outcome, OTK_PUSH_CONFIRMED);
    assert_true(push.result.has_after);
}

static void push_await_tells_why_it_was_rolled_back(void **state)
{
    static const struct view views[] = {
        {.boot_id = 2, .on_trial = true, .stage = OTK_STAGE_TRIAL},
        {.boot_id = 2, .stage = OTK_STAGE_REJECTED},
        {.status = OTK_CONNECT_REFUSED},
        {.boot_id = 3, .stage = OTK_STAGE_ROLLED_BACK, .last_status = OTK_SELF_TEST_FAILED}};
    struct otk_push push = {0};

    (void)state;
    assert_int_equal(await(&push, views, COUNT(views)), OTK_SELF_TEST_FAILED);
    assert_int_equal(push.result.outcome, OTK_PUSH_ROLLED_BACK);
    assert_non_null(strstr(push.error.message, "rolled back to 1"));
}

static void push_await_ends_with_a_trial_that_lasts(void **state)
{
    static const struct view views[] = {{.boot_id = 2, .on_trial = true, .stage = OTK_STAGE_TRIAL}};
    struct otk_push push = {0};

    (void)state;
    assert_int_equal(await(&push, views, COUNT(views)), OTK_OK);
    assert_int_equal(push.result.outcome, OTK_PUSH_TRIED);
}

static void push_await_ends_with_a_device_that_never_resets(void **state)
{
    static const struct view views[] = {{.boot_id = 1, .stage = OTK_STAGE_SWITCHED}};
    struct otk_push push = {0};

    (void)state;
    assert_int_equal(await(&push, views, COUNT(views)), OTK_TIMEOUT);
    assert_false(push.result.has_after);
}

static void push_await_believes_a_device_without_boot_ids_later(void **state)
{
    static const struct view views[] = {{.status = OTK_BAD_FORMAT}};
    struct script script = {.views = views, .count = 1};
    struct otk_push push = {.options = {.timeout_ms = 5000}};
    const uint64_t start_ms = otk_push_now_ms();

    (void)state;
    assert_int_equal(otk_push_await(&push, look, &script), OTK_OK);
    assert_int_equal(push.result.outcome, OTK_PUSH_RETURNED);
    assert_true(otk_push_now_ms() - start_ms >= 1000);
}

static bool stop_now(void *context)
{
    (void)context;
    return true;
}

static void push_await_can_be_stopped(void **state)
{
    static const struct view views[] = {{.boot_id = 1}};
    struct otk_push push = {.hooks = {.must_stop = stop_now}};

    (void)state;
    assert_int_equal(await(&push, views, COUNT(views)), OTK_INTERRUPTED);
}

static void push_pause_grows_and_ends(void **state)
{
    uint32_t last = 0;

    (void)state;
    for (uint32_t i = 0; i < 40; i++) {
        assert_true(otk_push_pause_ms(i) >= last);
        last = otk_push_pause_ms(i);
    }
    assert_int_equal(last, 8000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(push_await_tells_confirmed),
        cmocka_unit_test(push_await_tells_why_it_was_rolled_back),
        cmocka_unit_test(push_await_ends_with_a_trial_that_lasts),
        cmocka_unit_test(push_await_ends_with_a_device_that_never_resets),
        cmocka_unit_test(push_await_believes_a_device_without_boot_ids_later),
        cmocka_unit_test(push_await_can_be_stopped),
        cmocka_unit_test(push_pause_grows_and_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
