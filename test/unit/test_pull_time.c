// SPDX-License-Identifier: Apache-2.0
/* The pull engine and time: back-off, what servers ask for, and every limit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "test/support/web.h"

static struct rig rig;
static struct web web;
static struct rig_image image;
static struct otk_pull_config config;
static struct web_reply spoiled; /* what the answers below take from */

static int setup(void **state)
{
    (void)state;
    rig_open(&rig, RIG_FACTORY_AND_TWO);
    rig_make_image(&image, "1.1.0", 60000, 2);
    rig_install(&rig, OTK_SLOT_FACTORY, &image);
    assert_int_equal(rig_reset(&rig), OTK_SLOT_FACTORY);
    web_open(&web, &rig, image.bytes, image.len);
    memset(&spoiled, 0, sizeof spoiled);
    spoiled.cut_at = WEB_NEVER_CUT;
    config = (struct otk_pull_config){.url = "https://host/app.bin"};
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    rig_close(&rig);
    return 0;
}

static void spoil(struct web *server, const struct web_request *request, struct web_reply *reply)
{
    web_serve(server, request, reply);
    reply->failure = spoiled.failure;
    reply->status = spoiled.status != 0 ? spoiled.status : reply->status;
    reply->cut_at = spoiled.cut_at;
    reply->piece = spoiled.piece;
    reply->ms_per_piece = spoiled.ms_per_piece;
    reply->ms_before_head = spoiled.ms_before_head;
    if (spoiled.fields[0] != '\0') {
        web_add_field(reply, spoiled.fields);
    }
}

static enum otk_status pull_spoiled(void)
{
    web.answer = spoil;
    return web_pull(&web, &config);
}

static uint32_t pause_before(uint32_t number)
{
    return web.requests[number].start_ms - web.requests[number - 1].start_ms;
}

static void failures_that_pass_are_retried_up_to_the_limit(void **state)
{
    static const enum otk_status passing[] = {OTK_NAME_NOT_RESOLVED, OTK_CONNECT_REFUSED,
                                              OTK_CONNECT_TIMEOUT, OTK_CONNECTION_LOST,
                                              OTK_TLS_FAILED};
    static const enum otk_status lasting[] = {OTK_TLS_UNTRUSTED,     OTK_TLS_EXPIRED,
                                              OTK_TLS_NOT_YET_VALID, OTK_TLS_WRONG_HOST,
                                              OTK_HTTP_BAD_RESPONSE, OTK_NO_MEMORY};

    (void)state;
    for (size_t index = 0; index < sizeof passing / sizeof passing[0]; index++) {
        spoiled.failure = passing[index];
        assert_int_equal(pull_spoiled(), passing[index]);
        assert_int_equal(web.request_count, OTK_PULL_ATTEMPT_LIMIT);
    }
    for (size_t index = 0; index < sizeof lasting / sizeof lasting[0]; index++) {
        spoiled.failure = lasting[index];
        assert_int_equal(pull_spoiled(), lasting[index]);
        assert_int_equal(web.request_count, 1);
    }
}

static void back_off_doubles_between_half_and_all_of_its_length(void **state)
{
    (void)state;
    spoiled.failure = OTK_CONNECT_REFUSED;
    config.backoff_min_ms = 1000;
    config.backoff_max_ms = 5000;
    config.attempt_limit = 6;
    web.random = 0;
    assert_int_equal(pull_spoiled(), OTK_CONNECT_REFUSED);
    assert_int_equal(pause_before(1), 500);
    assert_int_equal(pause_before(2), 1000);
    assert_int_equal(pause_before(3), 2000);
    assert_int_equal(pause_before(4), 2500);
    assert_int_equal(pause_before(5), 2500);
    web.random = 500;
    assert_int_equal(pull_spoiled(), OTK_CONNECT_REFUSED);
    assert_int_equal(pause_before(1), 1000);
    web.random = 501;
    assert_int_equal(pull_spoiled(), OTK_CONNECT_REFUSED);
    assert_int_equal(pause_before(1), 500);
}

static void progress_makes_failures_count_from_the_start(void **state)
{
    (void)state;
    spoiled.cut_at = 4096;
    config.attempt_limit = 2;
    assert_int_equal(pull_spoiled(), OTK_OK);
    assert_int_equal(web.request_count, (image.len + 4095) / 4096);
}

static void progress_of_a_few_bytes_does_not(void **state)
{
    (void)state;
    spoiled.cut_at = 100;
    config.attempt_limit = 5;
    assert_int_equal(pull_spoiled(), OTK_CONNECTION_LOST);
    assert_int_equal(web.request_count, 5);
}

static void busy_servers_are_left_alone_as_long_as_they_ask(void **state)
{
    (void)state;
    spoiled.status = 503;
    snprintf(spoiled.fields, sizeof spoiled.fields, "Retry-After: 120");
    config.attempt_limit = 2;
    assert_int_equal(pull_spoiled(), OTK_HTTP_SERVER_ERROR);
    assert_int_equal(web.request_count, 2);
    assert_int_equal(pause_before(1), 120000);
    snprintf(spoiled.fields, sizeof spoiled.fields, "Retry-After: 86400");
    assert_int_equal(pull_spoiled(), OTK_HTTP_SERVER_ERROR);
    assert_int_equal(web.request_count, 1);
}

static void too_many_requests_are_retried_but_other_refusals_are_not(void **state)
{
    (void)state;
    config.attempt_limit = 2;
    spoiled.status = 429;
    assert_int_equal(pull_spoiled(), OTK_HTTP_CLIENT_ERROR);
    assert_int_equal(web.request_count, 2);
    spoiled.status = 400;
    assert_int_equal(pull_spoiled(), OTK_HTTP_CLIENT_ERROR);
    assert_int_equal(web.request_count, 1);
}

static void server_that_never_answers_has_stalled(void **state)
{
    (void)state;
    spoiled.ms_before_head = 1000000;
    config.attempt_limit = 1;
    config.connect_timeout_ms = 3000;
    config.stall_timeout_ms = 4000;
    assert_int_equal(pull_spoiled(), OTK_STALLED);
    assert_in_range(web.now_ms - 1000, 7000, 7200);
}

static void server_that_stops_has_stalled(void **state)
{
    (void)state;
    spoiled.piece = 30000;
    spoiled.ms_per_piece = 4100;
    config.stall_timeout_ms = 4000;
    config.attempt_limit = 1;
    assert_int_equal(pull_spoiled(), OTK_STALLED);
    spoiled.ms_per_piece = 3900;
    assert_int_equal(pull_spoiled(), OTK_OK);
}

static void server_that_sends_a_byte_now_and_then_has_stalled(void **state)
{
    (void)state;
    spoiled.piece = 1;
    spoiled.ms_per_piece = 1000;
    config.stall_timeout_ms = 20000;
    config.attempt_limit = 1;
    assert_int_equal(pull_spoiled(), OTK_STALLED);
    assert_true(web.sent < 2 * OTK_PULL_STALL_LEN);
}

static void slow_server_has_not_stalled(void **state)
{
    (void)state;
    spoiled.piece = 500;
    spoiled.ms_per_piece = 15000;
    config.attempt_limit = 1;
    assert_int_equal(pull_spoiled(), OTK_OK);
}

static void total_time_is_limited_during_a_transfer(void **state)
{
    (void)state;
    spoiled.piece = 500;
    spoiled.ms_per_piece = 1000;
    config.total_timeout_ms = 30000;
    assert_int_equal(pull_spoiled(), OTK_TIMEOUT);
    assert_in_range(web.now_ms - 1000, 30000, 31000);
    assert_null(rig.device.session);
}

static void total_time_is_not_waited_for_between_transfers(void **state)
{
    (void)state;
    spoiled.failure = OTK_CONNECT_REFUSED;
    config.backoff_min_ms = 10000;
    config.total_timeout_ms = 12000;
    assert_int_equal(pull_spoiled(), OTK_CONNECT_REFUSED);
    assert_true(web.now_ms - 1000 < 12000);
}

static void clock_may_wrap(void **state)
{
    (void)state;
    web.now_ms = UINT32_MAX - 5000;
    spoiled.piece = 6000;
    spoiled.ms_per_piece = 1000;
    config.total_timeout_ms = 30000;
    assert_int_equal(pull_spoiled(), OTK_OK);
    assert_true(web.now_ms < 30000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        TEST(failures_that_pass_are_retried_up_to_the_limit),
        TEST(back_off_doubles_between_half_and_all_of_its_length),
        TEST(progress_makes_failures_count_from_the_start),
        TEST(progress_of_a_few_bytes_does_not),
        TEST(busy_servers_are_left_alone_as_long_as_they_ask),
        TEST(too_many_requests_are_retried_but_other_refusals_are_not),
        TEST(server_that_never_answers_has_stalled),
        TEST(server_that_stops_has_stalled),
        TEST(server_that_sends_a_byte_now_and_then_has_stalled),
        TEST(slow_server_has_not_stalled),
        TEST(total_time_is_limited_during_a_transfer),
        TEST(total_time_is_not_waited_for_between_transfers),
        TEST(clock_may_wrap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
