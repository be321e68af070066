// SPDX-License-Identifier: Apache-2.0
/* The frames of protocol C: bytes at the places of SPEC.md, round trips, other lengths, offsets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "otakit/format/window_frame.h"

static void open_has_its_fields_where_the_specification_says(void **state)
{
    struct otk_window_open open = {
        .chip_id = 0x0102, .image_size = 0x03040506, .secure_version = 0x0708090A};
    uint8_t bytes[OTK_WINDOW_OPEN_SIZE];
    struct otk_window_open is;

    (void)state;
    memset(open.sha256, 0x5A, sizeof open.sha256);
    memset(open.version, 'v', OTK_WINDOW_TEXT_SIZE); /* as long as it may be */
    strcpy(open.project, "lamp");
    otk_window_open_encode(&open, bytes);
    assert_memory_equal(bytes, "\x01\x00\x02\x01\x06\x05\x04\x03\x0A\x09\x08\x07\x5A", 13);
    assert_int_equal(bytes[43], 0x5A);
    assert_int_equal(bytes[44], 'v');
    assert_int_equal(bytes[75], 'v');
    assert_memory_equal(bytes + 76, "lamp\0", 5);
    assert_int_equal(otk_window_open_decode(bytes, sizeof bytes, &is), OTK_OK);
    assert_int_equal(is.chip_id, open.chip_id);
    assert_int_equal(is.image_size, open.image_size);
    assert_int_equal(is.secure_version, open.secure_version);
    assert_memory_equal(is.sha256, open.sha256, sizeof is.sha256);
    assert_string_equal(is.version, open.version);
    assert_string_equal(is.project, open.project);
}

static void open_of_an_empty_image_is_refused(void **state)
{
    const struct otk_window_open open = {.image_size = 0};
    uint8_t bytes[OTK_WINDOW_OPEN_SIZE];
    struct otk_window_open is;

    (void)state;
    otk_window_open_encode(&open, bytes);
    assert_int_equal(otk_window_open_decode(bytes, sizeof bytes, &is), OTK_BAD_FORMAT);
}

static void answers_have_their_fields_where_the_specification_says(void **state)
{
    const struct otk_window_opened opened = {
        .status = OTK_BUSY, .psm = 0x81, .window = 0x4000, .offset = 0x12345678};
    const struct otk_window_state is_state = {.status = OTK_GAP,
                                              .phase = OTK_WINDOW_PHASE_FAILED,
                                              .next = 1,
                                              .written = 2,
                                              .verified = 3};
    const struct otk_window_answer answer = {.status = OTK_CANCELLED, .request = 4};
    uint8_t bytes[OTK_WINDOW_STATE_SIZE];

    (void)state;
    otk_window_opened_encode(&opened, bytes);
    assert_memory_equal(bytes, "\x81\x3C\x81\x00\x00\x40\x00\x00\x78\x56\x34\x12", 12);
    otk_window_state_encode(&is_state, bytes);
    assert_memory_equal(bytes, "\x82\x3F\x04\x00\x01\x00\x00\x00\x02\x00\x00\x00\x03\x00\x00\x00",
                        16);
    otk_window_answer_encode(&answer, bytes);
    assert_memory_equal(bytes, "\x83\x41\x04", 3);
}

static void answers_survive_a_round_trip(void **state)
{
    const struct otk_window_opened opened = {.psm = 0x25, .window = 9, .offset = 77};
    const struct otk_window_state state_is = {OTK_MORE, OTK_WINDOW_PHASE_FINISHING, 5, 4, 3};
    const struct otk_window_answer answer = {.status = OTK_BAD_FORMAT, .request = 0xFF};
    uint8_t bytes[OTK_WINDOW_STATE_SIZE];
    struct otk_window_opened opened_read;
    struct otk_window_state state_read;
    struct otk_window_answer answer_read;

    (void)state;
    otk_window_opened_encode(&opened, bytes);
    assert_int_equal(otk_window_opened_decode(bytes, OTK_WINDOW_OPENED_SIZE, &opened_read), OTK_OK);
    assert_int_equal(opened_read.psm, 0x25);
    assert_int_equal(opened_read.window, 9);
    assert_int_equal(opened_read.offset, 77);
    otk_window_state_encode(&state_is, bytes);
    assert_int_equal(otk_window_state_decode(bytes, OTK_WINDOW_STATE_SIZE, &state_read), OTK_OK);
    assert_memory_equal(&state_read, &state_is, sizeof state_is);
    otk_window_answer_encode(&answer, bytes);
    assert_int_equal(otk_window_answer_decode(bytes, OTK_WINDOW_ANSWER_SIZE, &answer_read), OTK_OK);
    assert_int_equal(answer_read.status, OTK_BAD_FORMAT);
    assert_int_equal(answer_read.request, 0xFF);
}

static void frames_of_another_length_or_op_are_refused(void **state)
{
    uint8_t bytes[OTK_WINDOW_INFO_SIZE + 1];
    struct otk_window_open open;
    struct otk_window_opened opened;
    struct otk_window_state state_is;
    struct otk_window_answer answer;
    uint32_t op;
    uint32_t len;

    (void)state;
    for (op = 0; op < 256; op++) {
        memset(bytes, 1, sizeof bytes);
        bytes[0] = (uint8_t)op;
        for (len = 0; len < sizeof bytes; len++) {
            assert_int_equal(otk_window_open_decode(bytes, len, &open) == OTK_OK,
                             op == 0x01 && len == 108);
            assert_int_equal(otk_window_opened_decode(bytes, len, &opened) == OTK_OK,
                             op == 0x81 && len == 12);
            assert_int_equal(otk_window_state_decode(bytes, len, &state_is) == OTK_OK,
                             op == 0x82 && len == 16);
            assert_int_equal(otk_window_answer_decode(bytes, len, &answer) == OTK_OK,
                             op == 0x83 && len == 3);
        }
    }
}

static void state_of_an_unknown_phase_is_refused(void **state)
{
    uint8_t bytes[OTK_WINDOW_STATE_SIZE] = {OTK_WINDOW_STATE, 0, OTK_WINDOW_PHASE_FAILED + 1};
    struct otk_window_state is;

    (void)state;
    assert_int_equal(otk_window_state_decode(bytes, sizeof bytes, &is), OTK_BAD_FORMAT);
}

static void info_survives_a_round_trip_and_may_grow(void **state)
{
    struct otk_window_info info = {.version = 1,
                                   .on_trial = true,
                                   .has_app = true,
                                   .chip_id = 5,
                                   .revision = 301,
                                   .running = -1,
                                   .update_slot = -3,
                                   .stage = 7,
                                   .status = 52,
                                   .reset_reason = 4,
                                   .boot_id = 0xDEADBEEF,
                                   .slot_size = 1048576,
                                   .secure_version = 3,
                                   .window = 16384,
                                   .psm = 0x81,
                                   .app_version = "1.2.3",
                                   .project = "lamp",
                                   .name = "a name that is as long as it is"};
    uint8_t bytes[OTK_WINDOW_INFO_SIZE + 8] = {0};
    struct otk_window_info is;

    (void)state;
    memset(&is, 0, sizeof is);
    otk_window_info_encode(&info, bytes);
    assert_int_equal(otk_window_info_decode(bytes, OTK_WINDOW_INFO_SIZE, &is), OTK_OK);
    assert_true(is.on_trial && is.has_app && !is.is_updating);
    assert_int_equal(is.chip_id, info.chip_id);
    assert_int_equal(is.revision, info.revision);
    assert_int_equal(is.running, info.running);
    assert_int_equal(is.update_slot, info.update_slot);
    assert_int_equal(is.stage, info.stage);
    assert_int_equal(is.status, info.status);
    assert_int_equal(is.reset_reason, info.reset_reason);
    assert_int_equal(is.boot_id, info.boot_id);
    assert_int_equal(is.slot_size, info.slot_size);
    assert_int_equal(is.secure_version, info.secure_version);
    assert_int_equal(is.window, info.window);
    assert_int_equal(is.psm, info.psm);
    assert_string_equal(is.app_version, info.app_version);
    assert_string_equal(is.project, info.project);
    assert_string_equal(is.name, info.name);
    bytes[0] = 2;
    assert_int_equal(otk_window_info_decode(bytes, sizeof bytes, &is), OTK_OK);
    assert_int_equal(is.version, 2);
    assert_int_equal(otk_window_info_decode(bytes, OTK_WINDOW_INFO_SIZE - 1, &is), OTK_BAD_FORMAT);
    bytes[0] = 0;
    assert_int_equal(otk_window_info_decode(bytes, sizeof bytes, &is), OTK_BAD_FORMAT);
}

static void offset_is_the_one_next_to_what_is_expected(void **state)
{
    static const uint32_t nears[] = {0, 1, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x12345, 0xFFF000};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof nears / sizeof nears[0]; i++) {
        const uint32_t near = nears[i];
        uint32_t distance;

        for (distance = 0; distance < OTK_WINDOW_SIZE_MAX; distance += 97) {
            assert_int_equal(otk_window_offset((uint16_t)(near + distance), near), near + distance);
            if (distance <= near) {
                assert_int_equal(otk_window_offset((uint16_t)(near - distance), near),
                                 near - distance);
            } else {
                assert_true(otk_window_offset((uint16_t)(near - distance), near) > 0xFFFF0000u);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(open_has_its_fields_where_the_specification_says),
        cmocka_unit_test(open_of_an_empty_image_is_refused),
        cmocka_unit_test(answers_have_their_fields_where_the_specification_says),
        cmocka_unit_test(answers_survive_a_round_trip),
        cmocka_unit_test(frames_of_another_length_or_op_are_refused),
        cmocka_unit_test(state_of_an_unknown_phase_is_refused),
        cmocka_unit_test(info_survives_a_round_trip_and_may_grow),
        cmocka_unit_test(offset_is_the_one_next_to_what_is_expected),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
