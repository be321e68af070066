// SPDX-License-Identifier: Apache-2.0
/* The portal: an image in parts, from wherever the device is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "test/support/visitor.h"

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

/* The fields of a PUT with that Content-Range and that body. */
static const char *fields_of(const char *range, uint32_t len)
{
    static char fields[256];
    char *end = fields;

    end += sprintf(end, "X-Otakit-Sha256: ");
    for (size_t index = 0; index < sizeof visitor.image.sha256; index++) {
        end += sprintf(end, "%02x", visitor.image.sha256[index]);
    }
    sprintf(end, "\nContent-Range: bytes %s\nContent-Length: %u\n", range, len);
    return fields;
}

static void begin_part(struct visit *v, uint32_t from, uint32_t to)
{
    char range[64];

    snprintf(range, sizeof range, "%u-%u/%u", from, to - 1, visitor.image.len);
    visit_begin(&visitor, v, "PUT /update", fields_of(range, to - from));
}

/* The bytes from `from` to `to` as one request. */
static void put(uint32_t from, uint32_t to)
{
    begin_part(&visit, from, to);
    visit_send(&visitor, &visit, visitor.image.bytes + from, to - from);
    visit_end(&visitor, &visit);
    visit_close(&visitor, &visit);
}

/* A PUT without a body. */
static void ask(void)
{
    char range[64];

    snprintf(range, sizeof range, "*/%u", visitor.image.len);
    visit_all(&visitor, &visit, "PUT /update", fields_of(range, 0), "");
}

static void assert_session(uint16_t status, const char *state, uint32_t offset)
{
    char wanted[128];

    snprintf(wanted, sizeof wanted,
             "\"session\": {\"state\": \"%s\", \"owner\": \"portal\", "
             "\"offset\": %u,",
             state, offset);
    assert_int_equal(visit.answer.status, status);
    assert_non_null(strstr(visit.text, wanted));
}

static void put_says_where_to_go_on_until_it_is_switched(void **state)
{
    (void)state;
    ask();
    assert_session(200, "receiving", 0);
    put(0, 10000);
    assert_session(200, "receiving", 10000);
    put(10000, 10001);
    assert_session(200, "receiving", 10001);
    put(10001, visitor.image.len);
    assert_session(200, "switched", visitor.image.len);
    ask();
    assert_session(200, "switched", visitor.image.len);
    assert_int_equal(visitor_reset(&visitor), 0);
}

static void put_passes_over_bytes_that_it_has(void **state)
{
    (void)state;
    put(0, 10000);
    put(4000, 12000);
    assert_session(200, "receiving", 12000);
    put(0, 5);
    assert_session(200, "receiving", 12000);
    put(0, visitor.image.len);
    assert_session(200, "switched", visitor.image.len);
}

static void put_refuses_bytes_behind_a_gap(void **state)
{
    (void)state;
    put(0, 10000);
    put(10001, 12000);
    assert_session(416, "receiving", 10000);
    assert_non_null(strstr(visit.text, "{\"error\": {\"code\": \"GAP\", \"number\": 63,"));
    put(10000, visitor.image.len);
    assert_session(200, "switched", visitor.image.len);
}

static void put_refuses_heads_that_make_no_sense(void **state)
{
    static const struct {
        const char *range;
        uint32_t len;
    } cases[] = {
        {"0-9/100", 11},  {"0-9/100", 9}, {"0-9/100", 0}, {"9-0/100", 10},
        {"0-99/50", 100}, {"0-9/*", 10},  {"*/100", 5},   {"*/0", 0},
        {"-5/100", 5},    {"0-9", 10},    {"", 0},        {"0-9/5000000000", 10},
    };

    (void)state;
    for (size_t index = 0; index < sizeof cases / sizeof cases[0]; index++) {
        visit_all(&visitor, &visit, "PUT /update", fields_of(cases[index].range, cases[index].len),
                  cases[index].len ? "0123456789" : "");
        assert_int_equal(visit.answer.status, 400);
        assert_non_null(
            strstr(visit.text, "{\"error\": {\"code\": \"BAD_FORMAT\", \"number\": 8,"));
    }
    visit_all(&visitor, &visit, "PUT /update", "Content-Range: bytes */100\n", "");
    assert_int_equal(visit.answer.status, 400);
    visit_all(&visitor, &visit, "PUT /update", "X-Otakit-Sha256: 0123\n", "");
    assert_int_equal(visit.answer.status, 400);
    assert_int_equal(visitor.updater.update_count, 0);
}

static void put_refuses_a_chunked_body_of_another_length(void **state)
{
    char fields[320];

    (void)state;
    snprintf(fields, sizeof fields, "Transfer-Encoding: chunked\n%.*s",
             (int)(strstr(fields_of("0-9999/37000", 0), "Content-Length") -
                   fields_of("0-9999/37000", 0)),
             fields_of("0-9999/37000", 0));
    visit_begin(&visitor, &visit, "PUT /update", fields);
    visit_send(&visitor, &visit, visitor.image.bytes, 9999);
    visit_end(&visitor, &visit);
    assert_int_equal(visit.answer.status, 400);
    visit_close(&visitor, &visit);

    visit_begin(&visitor, &visit, "PUT /update", fields);
    visit_send(&visitor, &visit, visitor.image.bytes, 10001);
    visit_end(&visitor, &visit);
    assert_int_equal(visit.answer.status, 400);
    visit_close(&visitor, &visit);
}

static void put_refuses_the_wrong_image(void **state)
{
    (void)state;
    visitor.image.bytes[30000] ^= 1;
    put(0, visitor.image.len);
    assert_session(422, "failed", 0);
    assert_non_null(strstr(visit.text, "{\"error\": {\"code\": \"BAD_CHECKSUM\", \"number\": 5,"));

    visitor.image.bytes[30000] ^= 1;
    put(0, visitor.image.len);
    assert_session(200, "switched", visitor.image.len);
}

static void put_refuses_an_image_that_is_too_big(void **state)
{
    (void)state;
    visit_all(&visitor, &visit, "PUT /update", fields_of("*/5000000", 0), "");
    assert_int_equal(visit.answer.status, 422);
    assert_non_null(strstr(visit.text, "\"code\": \"TOO_BIG\""));
}

static void put_goes_on_after_a_reset(void **state)
{
    (void)state;
    put(0, 6 * 4096 + 7);
    assert_int_equal(visitor_reset(&visitor), OTK_SLOT_FACTORY);
    ask();
    assert_session(200, "receiving", 6 * 4096);
    put(6 * 4096, visitor.image.len);
    assert_session(200, "switched", visitor.image.len);
    assert_int_equal(visitor_reset(&visitor), 0);
}

/* A POST that says its hash; without one the device knows an image by its first bytes only. */
static void put_goes_on_where_a_post_was_cut(void **state)
{
    (void)state;
    visit_begin(&visitor, &visit, "POST /update", fields_of("0-0/1", visitor.image.len));
    visit_send(&visitor, &visit, visitor.image.bytes, 5 * 4096);
    visit_close(&visitor, &visit);
    ask();
    assert_session(200, "receiving", 5 * 4096);
    put(5 * 4096, visitor.image.len);
    assert_session(200, "switched", visitor.image.len);
}

static void put_keeps_the_device_between_parts_and_not_for_long(void **state)
{
    (void)state;
    put(0, 10000);
    visitor.now_ms += OTK_PORTAL_IDLE_MS - 1;
    otk_portal_tick(&visitor.portal, visitor.now_ms);
    visit_all(&visitor, &other, "POST /update", "Content-Length: 3\n", "abc");
    assert_int_equal(other.answer.status, 409);
    visitor.now_ms += 1;
    otk_portal_tick(&visitor.portal, visitor.now_ms);
    assert_null(visitor.rig.device.session);
    ask();
    assert_session(200, "receiving", 8192);
}

static void put_is_not_idle_while_a_part_arrives(void **state)
{
    (void)state;
    begin_part(&visit, 0, 10000);
    visit_send(&visitor, &visit, visitor.image.bytes, 5000);
    visitor.now_ms += 2 * OTK_PORTAL_IDLE_MS;
    otk_portal_tick(&visitor.portal, visitor.now_ms);
    visit_send(&visitor, &visit, visitor.image.bytes + 5000, 5000);
    visit_end(&visitor, &visit);
    visit_close(&visitor, &visit);
    assert_session(200, "receiving", 10000);
    otk_portal_tick(&visitor.portal, visitor.now_ms + 1);
    assert_non_null(visitor.rig.device.session);
}

static void put_takes_over_from_a_connection_that_is_half_dead(void **state)
{
    (void)state;
    begin_part(&other, 0, 20000);
    visit_send(&visitor, &other, visitor.image.bytes, 9000);
    ask();
    assert_session(200, "receiving", 9000);
    put(9000, 12000);
    assert_session(200, "receiving", 12000);

    visit_send(&visitor, &other, visitor.image.bytes + 9000, 11000);
    visit_end(&visitor, &other);
    assert_int_equal(other.answer.status, 409);
    assert_non_null(strstr(other.text, "another request goes on with this upload"));
    visit_close(&visitor, &other);
    put(12000, visitor.image.len);
    assert_session(200, "switched", visitor.image.len);
}

static void put_is_told_of_a_cancel(void **state)
{
    (void)state;
    begin_part(&visit, 0, 20000);
    visit_send(&visitor, &visit, visitor.image.bytes, 9000);
    visit_all(&visitor, &other, "POST /cancel", "", "");
    visit_send(&visitor, &visit, visitor.image.bytes + 9000, 11000);
    visit_end(&visitor, &visit);
    visit_close(&visitor, &visit);
    assert_session(409, "failed", 0);
    assert_non_null(strstr(visit.text, "\"code\": \"CANCELLED\""));
    ask();
    assert_session(200, "receiving", 0);
}

static void put_waits_for_a_verification_that_is_on_its_way(void **state)
{
    (void)state;
    begin_part(&other, 0, visitor.image.len);
    visit_send(&visitor, &other, visitor.image.bytes, visitor.image.len);
    assert_int_equal(otk_portal_end(&other.exchange, visitor.now_ms), OTK_PORTAL_WAIT);
    visit_close(&visitor, &other); /* the phone sleeps, and comes back */
    ask();
    assert_session(200, "switched", visitor.image.len);
}

static void put_needs_nothing_but_the_question_when_all_is_there(void **state)
{
    (void)state;
    put(0, visitor.image.len - 1);
    begin_part(&visit, visitor.image.len - 1, visitor.image.len);
    visit_send(&visitor, &visit, visitor.image.bytes + visitor.image.len - 1, 1);
    visit_close(&visitor, &visit); /* cut before the request's end */
    ask();
    if (strstr(visit.text, "receiving")) {
        put(9 * 4096, visitor.image.len);
    }
    assert_session(200, "switched", visitor.image.len);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(put_says_where_to_go_on_until_it_is_switched, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(put_passes_over_bytes_that_it_has, set_up, tear_down),
        cmocka_unit_test_setup_teardown(put_refuses_bytes_behind_a_gap, set_up, tear_down),
        cmocka_unit_test_setup_teardown(put_refuses_heads_that_make_no_sense, set_up, tear_down),
        cmocka_unit_test_setup_teardown(put_refuses_a_chunked_body_of_another_length, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(put_refuses_the_wrong_image, set_up, tear_down),
        cmocka_unit_test_setup_teardown(put_refuses_an_image_that_is_too_big, set_up, tear_down),
        cmocka_unit_test_setup_teardown(put_goes_on_after_a_reset, set_up, tear_down),
        cmocka_unit_test_setup_teardown(put_goes_on_where_a_post_was_cut, set_up, tear_down),
        cmocka_unit_test_setup_teardown(put_keeps_the_device_between_parts_and_not_for_long, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(put_is_not_idle_while_a_part_arrives, set_up, tear_down),
        cmocka_unit_test_setup_teardown(put_takes_over_from_a_connection_that_is_half_dead, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(put_is_told_of_a_cancel, set_up, tear_down),
        cmocka_unit_test_setup_teardown(put_waits_for_a_verification_that_is_on_its_way, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(put_needs_nothing_but_the_question_when_all_is_there,
                                        set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
