// SPDX-License-Identifier: Apache-2.0
/* The pull engine on servers that are wrong, and on images and manifests that are not wanted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "test/support/web.h"

static struct rig rig;
static struct web web;
static struct rig_image old_image;
static struct rig_image new_image;
static struct rig_image other_image;
static struct otk_pull_config config;

static int setup(void **state)
{
    (void)state;
    rig_open(&rig, RIG_FACTORY_AND_TWO);
    rig_make_image(&old_image, "1.0.0", 90000, 1);
    rig_make_image(&new_image, "1.1.0", 150000, 2);
    rig_make_image(&other_image, "1.2.0", 150000, 3);
    rig_install(&rig, OTK_SLOT_FACTORY, &old_image);
    assert_int_equal(rig_reset(&rig), OTK_SLOT_FACTORY);
    web_open(&web, &rig, new_image.bytes, new_image.len);
    config = (struct otk_pull_config){.url = "https://host/app.bin"};
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    rig_close(&rig);
    return 0;
}

/* Nothing is written, nothing stays open, and the old image boots. */
static void assert_untouched(void)
{
    struct otk_nor_counts counts;

    otk_nor_get_counts(rig.nor, &counts);
    assert_int_equal(counts.ops, 0);
    assert_null(rig.device.session);
}

/* What the server says beside or instead of the file. */
struct script {
    uint16_t status;
    const char *field; /* replaces all fields */
    const char *body;  /* replaces the file where it is not NULL */
    uint32_t from;     /* this request and all later ones, from 1 */
    uint32_t to;       /* up to this one; 0: all */
};

static void play_script(struct web *server, const struct web_request *request,
                        struct web_reply *reply)
{
    const struct script *const script = server->context;
    const uint32_t number = server->request_count;

    web_serve(server, request, reply);
    if (number < script->from || (script->to != 0 && number > script->to)) {
        reply->cut_at = number == 1 ? 100000 : WEB_NEVER_CUT;
        return;
    }
    reply->status = script->status;
    reply->fields[0] = '\0';
    web_add_field(reply, script->field);
    if (script->body) {
        reply->body = (const uint8_t *)script->body;
        reply->body_len = (uint32_t)strlen(script->body);
    }
}

static enum otk_status pull_script(struct script script)
{
    web.answer = play_script;
    web.context = &script;
    return web_pull(&web, &config);
}

static void pull_gives_up_on_statuses_that_do_not_pass(void **state)
{
    static const struct {
        uint16_t status;
        enum otk_status outcome;
    } cases[] = {
        {204, OTK_HTTP_BAD_RESPONSE}, {206, OTK_HTTP_BAD_RESPONSE}, {300, OTK_HTTP_BAD_RESPONSE},
        {304, OTK_HTTP_BAD_RESPONSE}, {400, OTK_HTTP_CLIENT_ERROR}, {401, OTK_HTTP_DENIED},
        {403, OTK_HTTP_DENIED},       {404, OTK_HTTP_NOT_FOUND},    {410, OTK_HTTP_NOT_FOUND},
        {416, OTK_HTTP_CLIENT_ERROR}, {501, OTK_HTTP_SERVER_ERROR}, {999, OTK_HTTP_BAD_RESPONSE},
    };

    (void)state;
    for (size_t index = 0; index < sizeof cases / sizeof cases[0]; index++) {
        const struct script script = {cases[index].status, "X: y", "no", 1, 0};

        assert_int_equal(pull_script(script), cases[index].outcome);
        assert_int_equal(web.request_count, 1);
        assert_untouched();
    }
}

static void pull_refuses_compressed_bodies(void **state)
{
    (void)state;
    assert_int_equal(pull_script((struct script){200, "Content-Encoding: gzip", NULL, 1, 0}),
                     OTK_HTTP_COMPRESSED);
    assert_int_equal(web.sent, 0);
    assert_int_equal(
        pull_script((struct script){200, "Transfer-Encoding: gzip, chunked", NULL, 1, 0}),
        OTK_HTTP_COMPRESSED);
    assert_untouched();
}

static void pull_refuses_a_length_that_does_not_fit_before_the_body(void **state)
{
    (void)state;
    assert_int_equal(pull_script((struct script){200, "Content-Length: 196609", NULL, 1, 0}),
                     OTK_TOO_BIG);
    config.sha256 = new_image.sha256;
    assert_int_equal(pull_script((struct script){200, "Content-Length: 196609", NULL, 1, 0}),
                     OTK_TOO_BIG);
    assert_int_equal(web.sent, 0);
    assert_int_equal(pull_script((struct script){200, "Content-Length: 4294967296", NULL, 1, 0}),
                     OTK_TOO_BIG);
    assert_int_equal(web.request_count, 1);
    assert_untouched();
}

static void serve_endlessly(struct web *server, const struct web_request *request,
                            struct web_reply *reply)
{
    static uint8_t body[0x200000];

    web_serve(server, request, reply);
    memcpy(body, server->file, server->len);
    reply->fields[0] = '\0';
    reply->body = body;
    reply->body_len = sizeof body;
    reply->piece = 4096;
}

static void pull_cuts_off_a_body_that_passes_the_slot(void **state)
{
    (void)state;
    web.answer = serve_endlessly;
    assert_int_equal(web_pull(&web, &config), OTK_TOO_BIG);
    assert_in_range(web.sent, RIG_SLOT_SIZE, RIG_SLOT_SIZE + 4096);
    assert_int_equal(rig_reset(&rig), OTK_SLOT_FACTORY);
}

static void pull_cuts_off_a_body_that_passes_the_announced_length(void **state)
{
    char manifest[100];

    (void)state;
    snprintf(manifest, sizeof manifest, "{\"firmware\":\"app.bin\",\"length\":%u}", new_image.len);
    web.manifest = manifest;
    web.is_chunked = true;
    web.len = new_image.len + 1;
    config.url = "https://host/a.json";
    assert_int_equal(web_pull(&web, &config), OTK_TOO_BIG);
    assert_int_equal(web.request_count, 2);
    assert_int_equal(rig_reset(&rig), OTK_SLOT_FACTORY);
}

static void pull_refuses_a_manifest_that_does_not_fit_a_sector(void **state)
{
    static char manifest[OTK_PULL_MANIFEST_SIZE + 2];

    (void)state;
    memset(manifest, ' ', OTK_PULL_MANIFEST_SIZE + 1);
    memcpy(manifest, "{\"firmware\":\"app.bin\"}", 22);
    web.manifest = manifest;
    config.url = "https://host/a.json";
    assert_int_equal(web_pull(&web, &config), OTK_BAD_MANIFEST);
    assert_untouched();
    manifest[OTK_PULL_MANIFEST_SIZE] = '\0';
    assert_int_equal(web_pull(&web, &config), OTK_OK);
}

static void pull_refuses_what_is_no_image(void **state)
{
    (void)state;
    assert_int_equal(pull_script((struct script){200, "X: y", "<html>", 1, 0}), OTK_BAD_MAGIC);
    assert_int_equal(pull_script((struct script){200, "X: y", "", 1, 0}), OTK_TRUNCATED);
    assert_int_equal(pull_script((struct script){200, "X: y", "\xE9", 1, 0}), OTK_TRUNCATED);
    config.kind = OTK_PULL_IMAGE;
    assert_int_equal(pull_script((struct script){200, "X: y", "{\"firmware\":\"a\"}", 1, 0}),
                     OTK_BAD_MAGIC);
    config.kind = OTK_PULL_MANIFEST;
    assert_int_equal(pull_script((struct script){200, "X: y", "\xE9", 1, 0}), OTK_BAD_MANIFEST);
    assert_untouched();
}

static void pull_refuses_an_image_for_another_chip_before_it_writes(void **state)
{
    (void)state;
    new_image.bytes[12] = 5;
    rig_seal_image(&new_image);
    assert_int_equal(web_pull(&web, &config), OTK_WRONG_CHIP);
    assert_untouched();
}

static void pull_says_busy_when_another_session_is_open(void **state)
{
    const struct otk_session_request request = {.image_size = 5000};
    static struct otk_session other;
    static uint8_t buffer[OTK_SECTOR_SIZE];

    (void)state;
    assert_int_equal(otk_session_open(&other, &rig.device, &request, buffer), OTK_OK);
    assert_int_equal(web_pull(&web, &config), OTK_BUSY);
    assert_ptr_equal(rig.device.session, &other);
}

static void pull_restarts_without_range_when_the_wrong_one_comes(void **state)
{
    static const char *const fields[] = {
        "Content-Range: bytes 0-149999/150000",
        "Content-Range: bytes 99999-149999/150000",
        "Content-Range: nonsense",
        "X: y",
        "Content-Type: multipart/byteranges; boundary=x",
        "Content-Range: bytes 100000-149999/150000\nContent-Length: 7",
    };

    (void)state;
    for (size_t index = 0; index < sizeof fields / sizeof fields[0]; index++) {
        teardown(NULL);
        setup(NULL);
        assert_int_equal(pull_script((struct script){206, fields[index], NULL, 2, 2}), OTK_OK);
        assert_int_equal(web.request_count, 3);
        assert_int_equal(web.requests[1].offset, 100000);
        assert_int_equal(web.requests[2].offset, 0);
        assert_true(rig_slot_holds(&rig, 0, &new_image));
    }
}

static void pull_continues_behind_a_range_that_is_shorter_than_asked(void **state)
{
    char field[60];

    (void)state;
    snprintf(field, sizeof field, "Content-Range: bytes 100000-100003/%u", new_image.len);
    const struct script script = {206, field, (const char *)new_image.bytes + 100000, 2, 2};

    /* The body's length is that of a C string, so look for four bytes that make one. */
    memcpy(new_image.bytes + 100000, "abcd", 5);
    rig_seal_image(&new_image);
    assert_int_equal(pull_script(script), OTK_OK);
    assert_int_equal(web.requests[2].offset, 100004);
    assert_true(rig_slot_holds(&rig, 0, &new_image));
}

static void cut_at_the_very_end(struct web *server, const struct web_request *request,
                                struct web_reply *reply)
{
    web_serve(server, request, reply);
    if (server->request_count == 1) {
        reply->body_len++; /* one byte more that never comes */
        reply->cut_at = server->len;
    }
}

static void pull_knows_from_416_that_it_has_every_byte(void **state)
{
    (void)state;
    config.sha256 = new_image.sha256;
    web.is_chunked = true;
    web.answer = cut_at_the_very_end;
    assert_int_equal(web_pull(&web, &config), OTK_OK);
    assert_int_equal(web.requests[1].offset, new_image.len);
    assert_int_equal(web.request_count, 2);
}

static void pull_asks_without_range_when_416_says_nothing(void **state)
{
    (void)state;
    assert_int_equal(pull_script((struct script){416, "X: y", "no", 2, 2}), OTK_OK);
    assert_int_equal(web.requests[2].offset, 0);
    assert_true(rig_slot_holds(&rig, 0, &new_image));
}

static void swap_file(struct web *server, const struct web_request *request,
                      struct web_reply *reply)
{
    if (server->request_count == 2) {
        server->file = other_image.bytes;
        server->len = other_image.len;
        server->etag = "\"two\"";
    }
    web_serve(server, request, reply);
    reply->cut_at = server->request_count == 1 ? 100000 : WEB_NEVER_CUT;
}

static void pull_starts_again_when_the_file_changed(void **state)
{
    (void)state;
    web.answer = swap_file;
    assert_int_equal(web_pull(&web, &config), OTK_OK);
    assert_string_equal(web.requests[1].if_range, "\"one\"");
    assert_int_equal(web.requests[2].offset, 0);
    assert_true(rig_slot_holds(&rig, 0, &other_image));
}

static void swap_file_without_if_range(struct web *server, const struct web_request *request,
                                       struct web_reply *reply)
{
    struct web_request blind = *request;

    blind.if_range[0] = '\0';
    swap_file(server, &blind, reply);
}

static void pull_notices_another_etag_in_a_206(void **state)
{
    (void)state;
    web.answer = swap_file_without_if_range;
    assert_int_equal(web_pull(&web, &config), OTK_OK);
    assert_true(rig_slot_holds(&rig, 0, &other_image));
}

static void swap_file_always(struct web *server, const struct web_request *request,
                             struct web_reply *reply)
{
    static char tag[20];

    snprintf(tag, sizeof tag, "\"%u\"", server->request_count);
    server->etag = tag;
    web_serve(server, request, reply);
    reply->cut_at = 20000;
}

static void pull_gives_up_on_a_file_that_changes_all_the_time(void **state)
{
    (void)state;
    web.answer = swap_file_always;
    assert_int_equal(web_pull(&web, &config), OTK_FILE_CHANGED);
    assert_int_equal(web.request_count, 2 * (OTK_PULL_RESTART_LIMIT + 1));
    assert_null(rig.device.session);
    assert_int_equal(rig_reset(&rig), OTK_SLOT_FACTORY);
}

static void pull_is_up_to_date_when_the_running_image_has_the_sha256(void **state)
{
    (void)state;
    config.sha256 = old_image.sha256;
    assert_int_equal(web_pull(&web, &config), OTK_UP_TO_DATE);
    assert_int_equal(web.request_count, 0);
    assert_untouched();
}

static void pull_judges_the_manifest_before_it_asks_for_the_image(void **state)
{
    static const struct {
        const char *manifest;
        enum otk_status outcome;
    } cases[] = {
        {"{\"firmware\":\"a\",\"version\":\"1.0.0\"}", OTK_UP_TO_DATE},
        {"{\"firmware\":\"a\",\"chip\":\"esp32c3\"}", OTK_WRONG_CHIP},
        {"{\"firmware\":\"a\",\"project\":\"something else\"}", OTK_WRONG_PROJECT},
        {"{\"firmware\":\"http://host/a\"}", OTK_INSECURE_URL},
        {"{\"firmware\":\"ftp://host/a\"}", OTK_BAD_URL},
        {"{\"firmware\":\"a\"", OTK_BAD_MANIFEST},
        {"{\"firmware\":1}", OTK_BAD_MANIFEST},
    };

    (void)state;
    config.url = "https://host/a.json";
    rig.device.policy.refuse_same_version = true;
    rig.device.policy.refuse_other_project = true;
    for (size_t index = 0; index < sizeof cases / sizeof cases[0]; index++) {
        web.manifest = cases[index].manifest;
        assert_int_equal(web_pull(&web, &config), cases[index].outcome);
        assert_int_equal(web.request_count, 1);
        assert_untouched();
    }
}

static void pull_reads_the_manifest_again_when_file_and_manifest_differ(void **state)
{
    (void)state;
    web.manifest = "{\"firmware\":\"app.bin\",\"length\":149000}";
    config.url = "https://host/a.json";
    assert_int_equal(web_pull(&web, &config), OTK_FILE_CHANGED);
    assert_int_equal(web.request_count, 2 * (OTK_PULL_RESTART_LIMIT + 1));
    assert_untouched();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        TEST(pull_gives_up_on_statuses_that_do_not_pass),
        TEST(pull_refuses_compressed_bodies),
        TEST(pull_refuses_a_length_that_does_not_fit_before_the_body),
        TEST(pull_cuts_off_a_body_that_passes_the_slot),
        TEST(pull_cuts_off_a_body_that_passes_the_announced_length),
        TEST(pull_refuses_a_manifest_that_does_not_fit_a_sector),
        TEST(pull_refuses_what_is_no_image),
        TEST(pull_refuses_an_image_for_another_chip_before_it_writes),
        TEST(pull_says_busy_when_another_session_is_open),
        TEST(pull_restarts_without_range_when_the_wrong_one_comes),
        TEST(pull_continues_behind_a_range_that_is_shorter_than_asked),
        TEST(pull_knows_from_416_that_it_has_every_byte),
        TEST(pull_asks_without_range_when_416_says_nothing),
        TEST(pull_starts_again_when_the_file_changed),
        TEST(pull_notices_another_etag_in_a_206),
        TEST(pull_gives_up_on_a_file_that_changes_all_the_time),
        TEST(pull_is_up_to_date_when_the_running_image_has_the_sha256),
        TEST(pull_judges_the_manifest_before_it_asks_for_the_image),
        TEST(pull_reads_the_manifest_again_when_file_and_manifest_differ),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
