// SPDX-License-Identifier: Apache-2.0
/* The pull engine on servers and networks that mean well, and on links that break. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "sim/random.h"
#include "test/support/web.h"

static struct rig rig;
static struct web web;
static struct rig_image old_image;
static struct rig_image new_image;
static struct otk_pull_config config;

static int setup(void **state)
{
    (void)state;
    rig_open(&rig, RIG_FACTORY_AND_TWO);
    rig_make_image(&old_image, "1.0.0", 90000, 1);
    rig_make_image(&new_image, "1.1.0", 150000, 2);
    rig_install(&rig, OTK_SLOT_FACTORY, &old_image);
    assert_int_equal(rig_reset(&rig), OTK_SLOT_FACTORY);
    web_open(&web, &rig, new_image.bytes, new_image.len);
    config = (struct otk_pull_config){.url = "https://host/fw/app.bin"};
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    rig_close(&rig);
    return 0;
}

static void assert_installed(void)
{
    assert_true(rig_slot_holds(&rig, 0, &new_image));
    assert_int_equal(otk_session_switch(&rig.session), OTK_OK);
    assert_int_equal(rig_reset(&rig), 0);
}

static void pull_installs_an_image(void **state)
{
    (void)state;
    assert_int_equal(web_pull(&web, &config), OTK_OK);
    assert_int_equal(web.request_count, 1);
    assert_int_equal(web.requests[0].offset, 0);
    assert_string_equal(web.requests[0].url, config.url);
    assert_installed();
}

static void pull_installs_an_image_of_known_sha256(void **state)
{
    (void)state;
    config.sha256 = new_image.sha256;
    assert_int_equal(web_pull(&web, &config), OTK_OK);
    assert_installed();
}

static void pull_refuses_an_image_of_another_sha256(void **state)
{
    (void)state;
    config.sha256 = old_image.sha256;
    rig_install(&rig, OTK_SLOT_FACTORY, &new_image); /* so that it is not the running one either */
    assert_int_equal(rig_reset(&rig), OTK_SLOT_FACTORY);
    assert_int_equal(web_pull(&web, &config), OTK_BAD_HASH);
    assert_null(rig.device.session);
    assert_int_equal(rig_reset(&rig), OTK_SLOT_FACTORY);
}

static void serve_in_pieces(struct web *server, const struct web_request *request,
                            struct web_reply *reply)
{
    web_serve(server, request, reply);
    reply->piece = *(const uint32_t *)server->context;
}

static void pull_does_not_care_in_which_pieces_bytes_arrive(void **state)
{
    static uint32_t pieces[] = {1, 7, 287, 288, 289, 4095, 4096, 4097, 65537};

    (void)state;
    for (size_t index = 0; index < sizeof pieces / sizeof pieces[0]; index++) {
        teardown(NULL);
        setup(NULL);
        web.answer = serve_in_pieces;
        web.context = &pieces[index];
        assert_int_equal(web_pull(&web, &config), OTK_OK);
        assert_installed();
    }
}

static void pull_follows_a_manifest(void **state)
{
    char manifest[300];

    (void)state;
    snprintf(manifest, sizeof manifest, " {\"firmware\": \"../bin/app.bin\", \"length\": %u}",
             new_image.len);
    web.manifest = manifest;
    config.url = "https://host/fw/latest.json";
    assert_int_equal(web_pull(&web, &config), OTK_OK);
    assert_int_equal(web.request_count, 2);
    assert_string_equal(web.requests[1].url, "https://host/bin/app.bin");
    assert_installed();
}

static void pull_takes_a_body_without_length(void **state)
{
    (void)state;
    web.is_chunked = true;
    assert_int_equal(web_pull(&web, &config), OTK_OK);
    assert_installed();
}

static uint32_t cut_at;

static void cut_first(struct web *server, const struct web_request *request,
                      struct web_reply *reply)
{
    web_serve(server, request, reply);
    if (server->request_count == 1) {
        reply->cut_at = cut_at;
    }
}

static void pull_continues_where_the_link_broke(void **state)
{
    static const uint32_t cuts[] = {1, 287, 288, 289, 4095, 4096, 4097, 100000, 149000};

    (void)state;
    for (size_t index = 0; index < sizeof cuts / sizeof cuts[0]; index++) {
        teardown(NULL);
        setup(NULL);
        cut_at = cuts[index];
        web.answer = cut_first;
        assert_int_equal(web_pull(&web, &config), OTK_OK);
        assert_int_equal(web.request_count, 2);
        assert_int_equal(web.requests[1].offset, cut_at);
        assert_string_equal(web.requests[1].if_range, "\"one\"");
        assert_int_equal(web.sent, new_image.len);
        assert_installed();
    }
}

/* Neither length nor chunks, and the first body ends early as if that were all. */
static void serve_openly(struct web *server, const struct web_request *request,
                         struct web_reply *reply)
{
    web_serve(server, request, reply);
    if (reply->status == 200) {
        strcpy(reply->fields, "ETag: \"one\"\n");
        reply->body_len = server->request_count == 1 ? 100000 : server->len;
    }
}

static void pull_doubts_the_end_of_a_body_without_length(void **state)
{
    (void)state;
    web.answer = serve_openly;
    assert_int_equal(web_pull(&web, &config), OTK_OK);
    assert_int_equal(web.request_count, 2);
    assert_int_equal(web.requests[1].offset, 100000);
    assert_installed();
}

static void pull_believes_an_end_that_comes_twice(void **state)
{
    (void)state;
    web.answer = serve_openly;
    web.ignores_ranges = true;
    assert_int_equal(web_pull(&web, &config), OTK_OK);
    assert_int_equal(web.request_count, 3);
    assert_int_equal(web.requests[2].offset, 0);
    assert_installed();
}

static void pull_asks_for_the_whole_file_when_nothing_came(void **state)
{
    (void)state;
    cut_at = 0;
    web.answer = cut_first;
    assert_int_equal(web_pull(&web, &config), OTK_OK);
    assert_int_equal(web.requests[1].offset, 0);
    assert_string_equal(web.requests[1].if_range, "");
    assert_installed();
}

static void pull_reads_the_file_again_when_nothing_identifies_it(void **state)
{
    (void)state;
    web.etag = NULL;
    cut_at = 100000;
    web.answer = cut_first;
    assert_int_equal(web_pull(&web, &config), OTK_OK);
    assert_int_equal(web.requests[1].offset, 0);
    assert_installed();
}

static void pull_asks_for_a_range_without_validator_when_the_sha256_is_known(void **state)
{
    (void)state;
    web.etag = NULL;
    config.sha256 = new_image.sha256;
    cut_at = 100000;
    web.answer = cut_first;
    assert_int_equal(web_pull(&web, &config), OTK_OK);
    assert_int_equal(web.requests[1].offset, 100000);
    assert_string_equal(web.requests[1].if_range, "");
    assert_installed();
}

static uint32_t stop_when_half(struct web *server)
{
    return server->sent > 110000 ? 1 : 0;
}

static void serve_slowly(struct web *server, const struct web_request *request,
                         struct web_reply *reply)
{
    web_serve(server, request, reply);
    reply->piece = 1000;
}

/* Stop in the middle, lose power, pull again: what the second pull has to ask for. */
static void pull_twice(void)
{
    web.answer = serve_slowly;
    web.on_piece = stop_when_half;
    assert_int_equal(web_pull(&web, &config), OTK_CANCELLED);
    assert_null(rig.device.session);
    assert_int_equal(rig_reset(&rig), OTK_SLOT_FACTORY);
    web.on_piece = NULL;
    assert_int_equal(web_pull(&web, &config), OTK_OK);
}

static void pull_continues_after_a_reset_when_the_sha256_is_known(void **state)
{
    (void)state;
    config.sha256 = new_image.sha256;
    pull_twice();
    assert_int_equal(web.request_count, 1);
    assert_in_range(web.requests[0].offset, 65536, 111000);
    assert_string_equal(web.requests[0].if_range, "");
    assert_installed();
}

static void pull_continues_after_a_reset_when_the_head_is_the_same(void **state)
{
    (void)state;
    pull_twice();
    assert_int_equal(web.request_count, 2);
    assert_int_equal(web.requests[0].offset, 0);
    assert_in_range(web.requests[1].offset, 65536, 111000);
    assert_string_equal(web.requests[1].if_range, "\"one\"");
    assert_int_equal(web.requests[1].start_ms, web.requests[0].start_ms);
    assert_installed();
}

static void pull_passes_over_what_it_has_when_the_server_knows_no_ranges(void **state)
{
    (void)state;
    web.ignores_ranges = true;
    config.sha256 = new_image.sha256;
    pull_twice();
    assert_int_equal(web.request_count, 1);
    assert_true(web.requests[0].offset > 0);
    assert_int_equal(web.sent, new_image.len);
    assert_installed();
}

static void cut_often(struct web *server, const struct web_request *request,
                      struct web_reply *reply)
{
    web_serve(server, request, reply);
    if (server->request_count < 4) {
        reply->cut_at = server->request_count * 40000;
    }
}

static void pull_never_asks_for_a_range_again_after_one_was_ignored(void **state)
{
    (void)state;
    web.ignores_ranges = true;
    web.answer = cut_often;
    assert_int_equal(web_pull(&web, &config), OTK_OK);
    assert_int_equal(web.request_count, 4);
    assert_int_equal(web.requests[1].offset, 40000);
    assert_int_equal(web.requests[2].offset, 0);
    assert_int_equal(web.requests[3].offset, 0);
    assert_installed();
}

static void pull_needs_no_download_when_the_slot_holds_the_image(void **state)
{
    char manifest[200] = "{\"firmware\":\"app.bin\",\"sha\":\"";

    (void)state;
    for (size_t index = 0; index < sizeof new_image.sha256; index++) {
        sprintf(manifest + strlen(manifest), "%02x", new_image.sha256[index]);
    }
    sprintf(manifest + strlen(manifest), "\",\"length\":%u}", new_image.len);
    web.manifest = manifest;
    config.url = "https://host/a.json";
    assert_int_equal(web_pull(&web, &config), OTK_OK);
    assert_int_equal(web.request_count, 2);
    assert_int_equal(rig_reset(&rig), OTK_SLOT_FACTORY); /* before the switch */
    assert_int_equal(web_pull(&web, &config), OTK_OK);
    assert_int_equal(web.request_count, 1);
    assert_installed();
}

static uint64_t link_state;

/* Any request may fail, any body may break, and now and then the server is busy. */
static void break_links(struct web *server, const struct web_request *request,
                        struct web_reply *reply)
{
    static const enum otk_status failures[] = {OTK_NAME_NOT_RESOLVED, OTK_CONNECT_REFUSED,
                                               OTK_CONNECT_TIMEOUT, OTK_CONNECTION_LOST,
                                               OTK_TLS_FAILED};

    web_serve(server, request, reply);
    reply->piece = 1 + otk_random_below(&link_state, 5000);
    switch (otk_random_below(&link_state, 8)) {
    case 0:
        reply->failure = failures[otk_random_below(&link_state, 5)];
        break;
    case 1:
        reply->status = 503;
        break;
    case 2:
        break;
    default:
        reply->cut_at = otk_random_below(&link_state, 40000);
        break;
    }
}

/* Now and then the device loses its power. */
static uint32_t lose_power(struct web *server)
{
    (void)server;
    return otk_random_below(&link_state, 200) == 0 ? 1 : 0;
}

static void pull_through_power_losses(void)
{
    enum otk_status status = web_pull(&web, &config);

    while (status == OTK_CANCELLED) {
        assert_int_equal(rig_reset(&rig), OTK_SLOT_FACTORY);
        status = web_pull(&web, &config);
    }
    assert_int_equal(status, OTK_OK);
}

static void pull_ends_in_the_right_image_whatever_the_links_do(void **state)
{
    const char *const given = getenv("OTAKIT_SEED");
    const uint64_t seed = given ? strtoull(given, NULL, 0) : (uint64_t)time(NULL);

    (void)state;
    print_message("seed %llu\n", (unsigned long long)seed);
    link_state = seed;
    for (uint32_t round = 0; round < 60; round++) {
        teardown(NULL);
        setup(NULL);
        web.answer = break_links;
        web.is_chunked = otk_random_below(&link_state, 2) != 0;
        web.ignores_ranges = otk_random_below(&link_state, 4) == 0;
        web.etag = otk_random_below(&link_state, 4) == 0 ? NULL : "\"one\"";
        config.sha256 = otk_random_below(&link_state, 2) != 0 ? new_image.sha256 : NULL;
        config.attempt_limit = 300; /* without validator only a link that holds helps */
        web.on_piece = lose_power;
        pull_through_power_losses();
        assert_installed();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        TEST(pull_installs_an_image),
        TEST(pull_installs_an_image_of_known_sha256),
        TEST(pull_refuses_an_image_of_another_sha256),
        TEST(pull_does_not_care_in_which_pieces_bytes_arrive),
        TEST(pull_follows_a_manifest),
        TEST(pull_takes_a_body_without_length),
        TEST(pull_continues_where_the_link_broke),
        TEST(pull_doubts_the_end_of_a_body_without_length),
        TEST(pull_believes_an_end_that_comes_twice),
        TEST(pull_asks_for_the_whole_file_when_nothing_came),
        TEST(pull_reads_the_file_again_when_nothing_identifies_it),
        TEST(pull_asks_for_a_range_without_validator_when_the_sha256_is_known),
        TEST(pull_continues_after_a_reset_when_the_sha256_is_known),
        TEST(pull_continues_after_a_reset_when_the_head_is_the_same),
        TEST(pull_passes_over_what_it_has_when_the_server_knows_no_ranges),
        TEST(pull_never_asks_for_a_range_again_after_one_was_ignored),
        TEST(pull_needs_no_download_when_the_slot_holds_the_image),
        TEST(pull_ends_in_the_right_image_whatever_the_links_do),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
