// SPDX-License-Identifier: Apache-2.0
/* The portal: an image in one request, as clients of esp32-softap-ota, ElegantOTA and others send it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/nor_fault.h"
#include "test/support/visitor.h"

#define DONE "Firmware update complete, rebooting now!\n"

static struct visitor visitor;
static struct visit visit;
static struct visit other;

static int set_up(void **state)
{
    const struct otk_portal_config config = {0};

    visitor_open(&visitor, &config);
    *state = &visitor;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    visitor_close(&visitor);
    return 0;
}

static const char *length_field(uint32_t len)
{
    static char field[64];

    snprintf(field, sizeof field, "Content-Length: %u\n", len);
    return field;
}

/* The image from `from` to `to`, in pieces. */
static void send_image(struct visit *v, uint32_t from, uint32_t to, uint32_t step)
{
    while (from < to && v->step == OTK_PORTAL_BODY) {
        const uint32_t len = step < to - from ? step : to - from;

        visit_send(&visitor, v, visitor.image.bytes + from, len);
        from += len;
    }
}

static void post_image(const char *fields, uint32_t step)
{
    visit_begin(&visitor, &visit, "POST /update", fields);
    send_image(&visit, 0, visitor.image.len, step);
    visit_end(&visitor, &visit);
    visit_close(&visitor, &visit);
}

static void portal_installs_the_body_of_a_post(void **state)
{
    static const uint32_t steps[] = {1u << 20, 1000, 1};

    for (size_t index = 0; index < sizeof steps / sizeof steps[0]; index++) {
        post_image(length_field(visitor.image.len), steps[index]);
        assert_int_equal(visit.answer.status, 200);
        assert_string_equal(visit.text, DONE);
        assert_string_equal(visit_field(&visit, "Content-Type"), "text/plain");
        assert_false(otk_updater_reset_is_due(&visitor.updater, visitor.now_ms + 499));
        assert_true(otk_updater_reset_is_due(&visitor.updater, visitor.now_ms + 500));
        assert_int_equal(visitor_reset(&visitor), 0);
        assert_true(rig_slot_holds(&visitor.rig, 0, &visitor.image));
        assert_int_equal(tear_down(state), 0);
        assert_int_equal(set_up(state), 0);
    }
}

static void portal_installs_a_body_of_unknown_length(void **state)
{
    (void)state;
    post_image("Transfer-Encoding: chunked\n", 777);
    assert_int_equal(visit.answer.status, 200);
    assert_int_equal(visitor_reset(&visitor), 0);
}

/* The form that curl -F makes, and the two lines around the image. */
#define FORM_TYPE "Content-Type: multipart/form-data; boundary=XyZ\n"
#define FORM_HEAD \
    "--XyZ\r\nContent-Disposition: form-data; name=\"u\"; filename=\"app.bin\"\r\n\r\n"
#define FORM_TAIL "\r\n--XyZ--\r\n"

static void post_form(const char *before, const char *after, uint32_t step)
{
    char fields[256];
    const uint32_t before_len = (uint32_t)strlen(before);
    const uint32_t after_len = (uint32_t)strlen(after);

    snprintf(fields, sizeof fields, FORM_TYPE "Content-Length: %u\n",
             before_len + visitor.image.len + after_len);
    visit_begin(&visitor, &visit, "POST /update", fields);
    visit_send(&visitor, &visit, before, before_len);
    send_image(&visit, 0, visitor.image.len, step);
    visit_send(&visitor, &visit, after, after_len);
    visit_end(&visitor, &visit);
    visit_close(&visitor, &visit);
}

static void portal_installs_the_file_of_a_form(void **state)
{
    (void)state;
    post_form(FORM_HEAD, FORM_TAIL, 4000);
    assert_string_equal(visit.text, DONE);
    assert_int_equal(visitor_reset(&visitor), 0);
}

static void portal_passes_over_other_fields_of_a_form(void **state)
{
    (void)state;
    post_form("--XyZ\r\nContent-Disposition: form-data; name=\"MD5\"\r\n\r\n0123\r\n" FORM_HEAD,
              "\r\n--XyZ\r\nContent-Disposition: form-data; filename=\"b\"\r\n\r\nmore" FORM_TAIL,
              1u << 20);
    assert_string_equal(visit.text, DONE);
    assert_int_equal(visitor_reset(&visitor), 0);
}

static void portal_takes_a_part_without_file_name_that_begins_as_an_image(void **state)
{
    (void)state;
    post_form("--XyZ\r\nContent-Disposition: form-data; name=\"data\"\r\n\r\n", FORM_TAIL, 100);
    assert_string_equal(visit.text, DONE);
}

static void portal_refuses_a_form_without_an_image(void **state)
{
    (void)state;
    visit_all(&visitor, &visit, "POST /update", FORM_TYPE "Content-Length: 79\n",
              "--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nxyz" FORM_TAIL);
    assert_int_equal(visit.answer.status, 500);
    assert_string_equal(visit.text, "Protocol Error: the form brings no image (BAD_FORMAT)\n");
    assert_null(visitor.rig.device.session);
}

static void portal_refuses_a_form_that_is_cut(void **state)
{
    (void)state;
    post_form(FORM_HEAD, "\r\n--Xy", 4096);
    assert_int_equal(visit.answer.status, 500);
    assert_non_null(strstr(visit.text, "Protocol Error: the form ends before"));
    assert_null(visitor.rig.device.session);
}

/* What is wrong with an upload, and which of the three texts it gets. */
static void portal_says_what_is_wrong_by_three_texts(void **state)
{
    const struct otk_nor_cut cut = {.after_ops = 3, .fault = OTK_NOR_BEFORE};

    (void)state;
    visitor.image.bytes[0] = 0x1F;
    post_image(length_field(visitor.image.len), 4096);
    assert_int_equal(visit.answer.status, 500);
    assert_string_equal(visit.text, "Validation / Activation Error: the structure does not start "
                                    "with its magic (BAD_MAGIC)\n");

    visit_all(&visitor, &visit, "POST /update", "Content-Length: 0\n", "");
    assert_string_equal(visit.text, "Validation / Activation Error: the image has not arrived "
                                    "completely (INCOMPLETE)\n");

    visit_all(&visitor, &visit, "POST /update", "X-Otakit-Sha256: 12\nContent-Length: 3\n", "abc");
    assert_int_equal(visit.answer.status, 500);
    assert_int_equal(strncmp(visit.text, "Protocol Error: ", 16), 0);

    visitor.image.bytes[0] = 0xE9;
    otk_nor_arm_cut(visitor.rig.nor, &cut);
    post_image(length_field(visitor.image.len), 4096);
    assert_int_equal(visit.answer.status, 500);
    assert_string_equal(visit.text, "Flash Error: the power was cut (POWER_LOST)\n");
}

static void portal_drops_the_rest_of_a_body_that_is_refused(void **state)
{
    (void)state;
    visitor.image.bytes[0] = 0x1F;
    visit_begin(&visitor, &visit, "POST /update", length_field(visitor.image.len));
    send_image(&visit, 0, visitor.image.len, 1000);
    assert_int_equal(visit.step, OTK_PORTAL_BODY);
    assert_int_equal(visit.exchange.outcome, OTK_BAD_MAGIC);
}

static void portal_cuts_a_body_that_does_not_end(void **state)
{
    static uint8_t much[1u << 20];
    uint32_t sent = 0;

    (void)state;
    visit_begin(&visitor, &visit, "POST /update", "Transfer-Encoding: chunked\n");
    while (visit.step == OTK_PORTAL_BODY) {
        assert_true(sent <= OTK_PORTAL_BODY_LIMIT);
        visit_send(&visitor, &visit, much, sizeof much);
        sent += (uint32_t)sizeof much;
    }
    assert_int_equal(visit.step, OTK_PORTAL_RESPOND);
}

static void portal_answers_before_the_body_where_the_client_waits(void **state)
{
    (void)state;
    visit_begin(&visitor, &visit, "POST /update",
                "Expect: 100-continue\nContent-Length: 4000000\n");
    assert_int_equal(visit.step, OTK_PORTAL_RESPOND);
    visit_answer(&visitor, &visit);
    assert_int_equal(visit.answer.status, 500);
    assert_non_null(strstr(visit.text, "TOO_BIG"));
    visit_close(&visitor, &visit);

    /* Without it the client only sends, so the answer comes behind the body. */
    visit_begin(&visitor, &visit, "POST /update", "Content-Length: 4000000\n");
    assert_int_equal(visit.step, OTK_PORTAL_BODY);
    visit_begin(&visitor, &visit, "POST /update", "Content-Length: 99999999999\n");
    assert_int_equal(visit.step, OTK_PORTAL_RESPOND);
}

static void portal_checks_the_hash_that_a_post_names(void **state)
{
    char fields[256];

    (void)state;
    snprintf(fields, sizeof fields, "X-Otakit-Sha256: %064d\nContent-Length: %u\n", 0,
             visitor.image.len);
    post_image(fields, 4096);
    assert_int_equal(visit.answer.status, 500);
    assert_string_equal(visit.text, "Validation / Activation Error: the SHA-256 does not match the "
                                    "data (BAD_HASH)\n");
}

static void portal_tells_a_second_uploader_to_wait(void **state)
{
    (void)state;
    visit_begin(&visitor, &visit, "POST /update", length_field(visitor.image.len));
    send_image(&visit, 0, 5000, 5000);
    visit_all(&visitor, &other, "POST /update", "Content-Length: 3\n", "abc");
    assert_int_equal(other.answer.status, 409);
    assert_string_equal(other.text, "another update is in progress (BUSY)\n");
    send_image(&visit, 5000, visitor.image.len, 5000);
    visit_end(&visitor, &visit);
    assert_string_equal(visit.text, DONE);
}

static void portal_leaves_a_cut_upload_to_be_continued(void **state)
{
    (void)state;
    visit_begin(&visitor, &visit, "POST /update", length_field(visitor.image.len));
    send_image(&visit, 0, 7 * 4096 + 50, 1000);
    visit_close(&visitor, &visit);
    assert_int_equal(otk_updater_outcome(&visitor.updater), OTK_CONNECTION_LOST);
    assert_null(visitor.rig.device.session);

    post_image(length_field(visitor.image.len), 4096);
    assert_string_equal(visit.text, DONE);
    visit_all(&visitor, &other, "GET /info", "", "");
    assert_non_null(strstr(other.text, "\"resumed_at\": 28672,"));
    assert_int_equal(visitor_reset(&visitor), 0);
}

static void portal_cancels_an_upload_of_somebody_else(void **state)
{
    (void)state;
    visit_begin(&visitor, &visit, "POST /update", length_field(visitor.image.len));
    send_image(&visit, 0, 9000, 1000);
    visit_all(&visitor, &other, "POST /cancel", "", "");
    assert_int_equal(other.answer.status, 200);
    assert_non_null(
        strstr(other.text, "{\"session\": {\"state\": \"failed\", \"owner\": \"portal\""));
    send_image(&visit, 9000, visitor.image.len, 1000);
    visit_end(&visitor, &visit);
    assert_int_equal(visit.answer.status, 500);
    assert_string_equal(visit.text, "Protocol Error: the update was cancelled (CANCELLED)\n");
    visit_close(&visitor, &visit);
    visit_all(&visitor, &other, "POST /cancel", "", "");
    assert_int_equal(other.answer.status, 409);
    assert_non_null(strstr(other.text, "\"code\": \"NOT_OPEN\", \"number\": 61"));
}

static void portal_does_not_write_into_the_update_that_followed(void **state)
{
    (void)state;
    visit_begin(&visitor, &visit, "POST /update", length_field(visitor.image.len));
    send_image(&visit, 0, 9000, 1000);
    visit_all(&visitor, &other, "POST /cancel", "", "");
    visit_begin(&visitor, &other, "POST /update", length_field(visitor.image.len));
    send_image(&other, 0, 5000, 1000);
    send_image(&visit, 9000, visitor.image.len, 1000);
    visit_end(&visitor, &visit);
    assert_int_equal(visit.answer.status, 500);
    visit_close(&visitor, &visit);
    send_image(&other, 5000, visitor.image.len, 1000);
    visit_end(&visitor, &other);
    assert_string_equal(other.text, DONE);
}

static void portal_tells_of_a_pull_and_leaves_it_alone(void **state)
{
    const struct otk_session_request request = {.image_size = visitor.image.len};

    (void)state;
    assert_int_equal(
        otk_session_open(&visitor.rig.session, &visitor.rig.device, &request, visitor.rig.buffer),
        OTK_OK);
    assert_int_equal(otk_session_write(&visitor.rig.session, 0, visitor.image.bytes, 9000), OTK_OK);
    visit_all(&visitor, &visit, "GET /info", "", "");
    assert_non_null(strstr(visit.text, "\"session\": {\"state\": \"receiving\", \"owner\": "
                                       "\"pull\", \"offset\": 9000,"));
    assert_non_null(strstr(visit.text, "\"update_slot\": {\"label\": \"ota_0\""));
    visit_all(&visitor, &visit, "POST /cancel", "", "");
    assert_int_equal(visit.answer.status, 409);
    assert_non_null(strstr(visit.text, "\"code\": \"BUSY\""));
    visit_all(&visitor, &visit, "POST /update", "Content-Length: 3\n", "abc");
    assert_int_equal(visit.answer.status, 409);
    otk_session_close(&visitor.rig.session);
}

static void portal_goes_on_without_a_client_that_does_not_wait_for_the_answer(void **state)
{
    (void)state;
    visit_begin(&visitor, &visit, "POST /update", length_field(visitor.image.len));
    send_image(&visit, 0, visitor.image.len, 4096);
    assert_int_equal(otk_portal_end(&visit.exchange, visitor.now_ms), OTK_PORTAL_WAIT);
    visit_close(&visitor, &visit);
    while (otk_updater_poll(&visitor.updater, visitor.now_ms) == OTK_MORE) {
    }
    assert_int_equal(otk_updater_outcome(&visitor.updater), OTK_OK);
    assert_int_equal(visitor_reset(&visitor), 0);
}

static void portal_confirms_and_rolls_back(void **state)
{
    (void)state;
    post_image(length_field(visitor.image.len), 4096);
    assert_int_equal(visitor_reset(&visitor), 0);

    /* On trial: no update may overwrite the way back. */
    post_image(length_field(visitor.image.len), 4096);
    assert_int_equal(visit.answer.status, 409);
    assert_non_null(strstr(visit.text, "(PENDING_VERIFY)"));
    visit_all(&visitor, &visit, "GET /info", "", "");
    assert_non_null(strstr(visit.text, "\"on_trial\": true"));

    visit_all(&visitor, &visit, "POST /confirm", "", "");
    assert_int_equal(visit.answer.status, 200);
    visit_all(&visitor, &visit, "GET /info", "", "");
    assert_non_null(strstr(visit.text, "\"on_trial\": false"));
    assert_non_null(strstr(visit.text, "\"last_update\": {\"stage\": \"confirmed\""));

    visit_all(&visitor, &visit, "POST /rollback", "", "");
    assert_int_equal(visit.answer.status, 200);
    assert_true(otk_updater_reset_is_due(&visitor.updater, visitor.now_ms + 500));
    assert_int_equal(visitor_reset(&visitor), OTK_SLOT_FACTORY);
    visit_all(&visitor, &visit, "POST /rollback", "", "");
    assert_int_equal(visit.answer.status, 409);
    assert_non_null(strstr(visit.text, "\"code\": \"NOT_PENDING\""));
}

static void portal_knows_its_paths_and_their_methods(void **state)
{
    static const struct {
        const char *line;
        uint16_t status;
    } cases[] = {
        {"GET /", 200},           {"HEAD /", 200},
        {"GET /?lang=en", 200},   {"GET /update", 200},
        {"GET /info", 200},       {"GET /stay", 200},
        {"POST /", 405},          {"GET /cancel", 405},
        {"PUT /confirm", 405},    {"DELETE /update", 405},
        {"OPTIONS /update", 405}, {"GET /nothing", 404},
        {"POST /nothing", 404},   {"GET /generate_204", 404},
    };

    (void)state;
    for (size_t index = 0; index < sizeof cases / sizeof cases[0]; index++) {
        visit_all(&visitor, &visit, cases[index].line, "", "");
        assert_int_equal(visit.answer.status, cases[index].status);
        assert_string_equal(visit_field(&visit, "Cache-Control"), "no-store");
        assert_null(visit_field(&visit, "Access-Control-Allow-Origin"));
    }
    visit_all(&visitor, &visit, "DELETE /update", "", "");
    assert_string_equal(visit_field(&visit, "Allow"), "GET, HEAD, POST, PUT");
    visit_all(&visitor, &visit, "GET /", "", "");
    assert_string_equal(visit_field(&visit, "Content-Encoding"), "gzip");
    assert_memory_equal(visit.text, "\x1F\x8B page", 7);
}

static void portal_says_so_when_an_answer_does_not_fit(void **state)
{
    static char name[OTK_PORTAL_ANSWER_SIZE + 100];

    (void)state;
    memset(name, 'n', sizeof name - 1);
    for (uint32_t len = OTK_PORTAL_ANSWER_SIZE - 1300; len < sizeof name; len += 7) {
        name[len] = '\0';
        visitor.portal.config.name = name;
        visit_all(&visitor, &visit, "GET /info", "", "");
        name[len] = 'n';
        assert_true(visit.answer.status == 500 ||
                    (visit.answer.body_len <= OTK_PORTAL_ANSWER_SIZE &&
                     strcmp(visit.text + visit.answer.body_len - 2, "}\n") == 0));
    }
    assert_int_equal(visit.answer.status, 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(portal_installs_the_body_of_a_post, set_up, tear_down),
        cmocka_unit_test_setup_teardown(portal_installs_a_body_of_unknown_length, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(portal_installs_the_file_of_a_form, set_up, tear_down),
        cmocka_unit_test_setup_teardown(portal_passes_over_other_fields_of_a_form, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(
            portal_takes_a_part_without_file_name_that_begins_as_an_image, set_up, tear_down),
        cmocka_unit_test_setup_teardown(portal_refuses_a_form_without_an_image, set_up, tear_down),
        cmocka_unit_test_setup_teardown(portal_refuses_a_form_that_is_cut, set_up, tear_down),
        cmocka_unit_test_setup_teardown(portal_says_what_is_wrong_by_three_texts, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(portal_drops_the_rest_of_a_body_that_is_refused, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(portal_cuts_a_body_that_does_not_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(portal_answers_before_the_body_where_the_client_waits,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(portal_checks_the_hash_that_a_post_names, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(portal_tells_a_second_uploader_to_wait, set_up, tear_down),
        cmocka_unit_test_setup_teardown(portal_leaves_a_cut_upload_to_be_continued, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(portal_cancels_an_upload_of_somebody_else, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(portal_does_not_write_into_the_update_that_followed, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(portal_tells_of_a_pull_and_leaves_it_alone, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(
            portal_goes_on_without_a_client_that_does_not_wait_for_the_answer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(portal_confirms_and_rolls_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(portal_knows_its_paths_and_their_methods, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(portal_says_so_when_an_answer_does_not_fit, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
