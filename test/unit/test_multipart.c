// SPDX-License-Identifier: Apache-2.0
/* Forms: as browsers, curl and scripts of others send them, in pieces of any size; and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "otakit/format/multipart.h"

#define TYPE "multipart/form-data; boundary=AaB03x"

/* What a form turned out to be: parts as "<" and ">", files as "<file:", bytes as they are. */
struct told {
    char text[2048];
    size_t len;
    enum otk_status status;
    bool is_complete;
};

static void tell(struct told *told, const void *chars, size_t len)
{
    assert_true(told->len + len < sizeof told->text);
    memcpy(told->text + told->len, chars, len);
    told->len += len;
}

static void tell_piece(struct told *told, const struct otk_multipart *form,
                       const struct otk_multipart_piece *piece)
{
    if (piece->kind == OTK_MULTIPART_PART) {
        tell(told, form->has_file_name ? "<file:" : "<", form->has_file_name ? 6 : 1);
    } else if (piece->kind == OTK_MULTIPART_DATA) {
        assert_true(piece->len > 0);
        tell(told, piece->data, piece->len);
    } else {
        tell(told, ">", 1);
    }
}

/* Each piece of the body lies in memory of its own, so that a read past it is seen. */
static enum otk_status feed(struct otk_multipart *form, const char *body, size_t len,
                            struct told *told)
{
    uint8_t *const copy = malloc(len > 0 ? len : 1);
    const uint8_t *data = copy;
    uint32_t left = (uint32_t)len;
    struct otk_multipart_piece piece;
    enum otk_status status;

    memcpy(copy, body, len);
    while ((status = otk_multipart_next(form, &data, &left, &piece)) == OTK_OK) {
        tell_piece(told, form, &piece);
    }
    free(copy);
    return status;
}

static enum otk_status open_form(struct otk_multipart *form, const char *type)
{
    return otk_multipart_open(form, otk_text(type, (uint32_t)strlen(type)));
}

/* The body in pieces: the first of `first` bytes, then all of `step`. */
static void read_form(const char *type, const char *body, size_t len, size_t first, size_t step,
                      struct told *told)
{
    struct otk_multipart form;
    size_t at = 0;
    size_t piece = first < len ? first : len;

    memset(told, 0, sizeof *told);
    assert_int_equal(open_form(&form, type), OTK_OK);
    do {
        told->status = feed(&form, body + at, piece, told);
        at += piece;
        piece = step < len - at ? step : len - at;
    } while (told->status == OTK_MORE && at < len);
    told->is_complete = otk_multipart_is_complete(&form);
}

/* Whole, byte by byte, split at each point: always the same. */
static void check(const char *type, const char *body, size_t len, const char *wanted,
                  enum otk_status status, bool is_complete)
{
    struct told told;

    for (size_t split = 0; split <= len; split++) {
        read_form(type, body, len, split, len, &told);
        assert_string_equal(told.text, wanted);
        assert_int_equal(told.status, status);
        assert_int_equal(told.is_complete, is_complete);
    }
    read_form(type, body, len, 1, 1, &told);
    assert_string_equal(told.text, wanted);
    assert_int_equal(told.status, status);
}

static void check_form(const char *body, const char *wanted)
{
    check(TYPE, body, strlen(body), wanted, OTK_MORE, true);
}

static void multipart_reads_what_curl_sends(void **state)
{
    (void)state;
    check("multipart/form-data; boundary=------------------------d74496d66958873e",
          "--------------------------d74496d66958873e\r\n"
          "Content-Disposition: form-data; name=\"update\"; filename=\"app.bin\"\r\n"
          "Content-Type: application/octet-stream\r\n\r\n"
          "\xE9 image\r\n"
          "--------------------------d74496d66958873e--\r\n",
          strlen("--------------------------d74496d66958873e\r\n"
                 "Content-Disposition: form-data; name=\"update\"; filename=\"app.bin\"\r\n"
                 "Content-Type: application/octet-stream\r\n\r\n"
                 "\xE9 image\r\n"
                 "--------------------------d74496d66958873e--\r\n"),
          "<file:\xE9 image>", OTK_MORE, true);
}

static void multipart_tells_files_from_fields(void **state)
{
    (void)state;
    check_form("--AaB03x\r\nContent-Disposition: form-data; name=\"MD5\"\r\n\r\n0123\r\n"
               "--AaB03x\r\ncontent-disposition: FORM-DATA; name=firmware; FileName=a.bin\r\n\r\n"
               "image\r\n--AaB03x--",
               "<0123><file:image>");
}

static void multipart_is_not_fooled_by_a_name_that_says_filename(void **state)
{
    (void)state;
    check_form("--AaB03x\r\nContent-Disposition: form-data; name=\"x; filename=y\"\r\n\r\nq\r\n"
               "--AaB03x\r\nX-Note: form-data; filename=\"y\"\r\n\r\nr\r\n"
               "--AaB03x\r\nContent-Disposition: form-data; name=\"a\\\"; filename=b\"\r\n\r\ns\r\n"
               "--AaB03x\r\nContent-Disposition: form-data; name=\"a\\\";\"; filename=\"b\\\"c\""
               "\r\n\r\nt\r\n--AaB03x--",
               "<q><r><s><file:t>");
}

static void multipart_keeps_bytes_that_look_like_the_beginning_of_a_boundary(void **state)
{
    (void)state;
    check_form("--AaB03x\r\n\r\n\r\r\n\r\n--AaB03\r\n--AaB\r\n-\r\r\r\n--AaB03x--",
               "<\r\r\n\r\n--AaB03\r\n--AaB\r\n-\r\r>");
}

static void multipart_passes_over_preamble_and_epilogue(void **state)
{
    (void)state;
    check_form("a preamble --AaB03x\r\nmore\r\n--AaB03x \t\r\nA: b\r\n\r\nx\r\n--AaB03x--\r\n"
               "--AaB03x\r\n\r\nan epilogue",
               "<x>");
}

static void multipart_keeps_empty_parts_and_zeros(void **state)
{
    static const char body[] = "--AaB03x\r\n\r\n\r\n--AaB03x\r\n\r\n\0\0\r\n--AaB03x--";
    struct told told;

    (void)state;
    read_form(TYPE, body, sizeof body - 1, sizeof body, 1, &told);
    assert_int_equal(told.len, 6);
    assert_memory_equal(told.text, "<><\0\0>", 6);
}

static void multipart_says_where_a_form_was_cut(void **state)
{
    static const char cut[] = "--AaB03x\r\n\r\nabc\r\n--AaB";

    (void)state;
    check(TYPE, cut, sizeof cut - 1, "<abc", OTK_MORE, false);
}

static void multipart_refuses_a_boundary_that_goes_on(void **state)
{
    static const char bad[] = "--AaB03x\r\n\r\nabc\r\n--AaB03xyz\r\n\r\nd";

    (void)state;
    check(TYPE, bad, sizeof bad - 1, "<abc>", OTK_BAD_FORMAT, false);
}

static void multipart_refuses_a_head_without_end(void **state)
{
    char body[OTK_MULTIPART_HEAD_LIMIT + 100];
    struct told told;

    (void)state;
    memset(body, 'h', sizeof body);
    memcpy(body, "--AaB03x\r\n", 10);
    read_form(TYPE, body, sizeof body, sizeof body, 1, &told);
    assert_int_equal(told.status, OTK_BAD_FORMAT);
    read_form(TYPE, body, sizeof body, 1, 1, &told);
    assert_int_equal(told.status, OTK_BAD_FORMAT);
}

static void multipart_passes_over_what_is_long_in_a_head(void **state)
{
    char body[2 * OTK_MULTIPART_LINE_SIZE + 200];
    struct told told;
    int len;

    (void)state;
    len = snprintf(body, sizeof body,
                   "--AaB03x\r\nContent-Disposition: form-data; name=\"firmware\"; "
                   "filename=\"%0*d\"\r\n\r\nx\r\n"
                   "--AaB03x--",
                   255, 0);
    read_form(TYPE, body, (size_t)len, (size_t)len, 1, &told);
    assert_string_equal(told.text, "<file:x>");
    len = snprintf(body, sizeof body, "--AaB03x\r\nX-Long: %0*d\r\n\r\nx\r\n--AaB03x--",
                   (int)(2 * OTK_MULTIPART_LINE_SIZE), 0);
    read_form(TYPE, body, (size_t)len, (size_t)len, 1, &told);
    assert_string_equal(told.text, "<x>");
}

static void multipart_open_needs_a_form_and_a_boundary(void **state)
{
    static const struct {
        const char *type;
        enum otk_status status;
    } cases[] = {
        {TYPE, OTK_OK},
        {"Multipart/Form-Data;charset=utf-8; Boundary=\"a b:c\"", OTK_OK},
        {"multipart/form-data", OTK_BAD_FORMAT},
        {"multipart/form-data; boundary=", OTK_BAD_FORMAT},
        {"multipart/form-data; boundary=\"a", OTK_BAD_FORMAT},
        {"multipart/form-data; xboundary=a", OTK_BAD_FORMAT},
        {"multipart/mixed; boundary=a", OTK_BAD_FORMAT},
        {"application/octet-stream", OTK_BAD_FORMAT},
        {"", OTK_BAD_FORMAT},
        {"multipart/form-data; boundary="
         "1234567890123456789012345678901234567890123456789012345678901234567890",
         OTK_OK},
        {"multipart/form-data; boundary="
         "12345678901234567890123456789012345678901234567890123456789012345678901",
         OTK_BAD_FORMAT},
    };
    struct otk_multipart form;

    (void)state;
    for (size_t index = 0; index < sizeof cases / sizeof cases[0]; index++) {
        assert_int_equal(open_form(&form, cases[index].type), cases[index].status);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(multipart_reads_what_curl_sends),
        cmocka_unit_test(multipart_tells_files_from_fields),
        cmocka_unit_test(multipart_is_not_fooled_by_a_name_that_says_filename),
        cmocka_unit_test(multipart_keeps_bytes_that_look_like_the_beginning_of_a_boundary),
        cmocka_unit_test(multipart_passes_over_preamble_and_epilogue),
        cmocka_unit_test(multipart_keeps_empty_parts_and_zeros),
        cmocka_unit_test(multipart_says_where_a_form_was_cut),
        cmocka_unit_test(multipart_refuses_a_boundary_that_goes_on),
        cmocka_unit_test(multipart_refuses_a_head_without_end),
        cmocka_unit_test(multipart_passes_over_what_is_long_in_a_head),
        cmocka_unit_test(multipart_open_needs_a_form_and_a_boundary),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
