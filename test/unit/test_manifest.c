// SPDX-License-Identifier: Apache-2.0
/* The manifest: what is read, what is passed over, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "otakit/format/manifest.h"

#define SHA    "00112233445566778899aabbccddeeffFFEEDDCCBBAA99887766554433221100"
#define NO_SHA "zz112233445566778899aabbccddeeffFFEEDDCCBBAA99887766554433221100"

/* Decoded texts lie in the copy, which is exactly as long as the input. */
static char *copy;

static enum otk_status decode_bytes(const char *bytes, size_t len, struct otk_manifest *manifest)
{
    free(copy);
    copy = malloc(len + (len == 0));
    memcpy(copy, bytes, len);
    return otk_manifest_decode(copy, (uint32_t)len, manifest);
}

static enum otk_status decode(const char *json, struct otk_manifest *manifest)
{
    return decode_bytes(json, strlen(json), manifest);
}

static int teardown(void **state)
{
    (void)state;
    free(copy);
    copy = NULL;
    return 0;
}

static void assert_text(struct otk_text found, const char *wanted)
{
    assert_int_equal(found.len, strlen(wanted));
    assert_memory_equal(found.chars, wanted, found.len);
}

static void manifest_reads_every_known_key(void **state)
{
    struct otk_manifest manifest;

    (void)state;
    assert_int_equal(decode("\xEF\xBB\xBF {\"firmware\": \"a.bin\", \"sha\":\"" SHA "\",\r\n"
                            "\t\"length\":1448064,\"version\":\"1.4.0\" , \"project\":\"lamp\","
                            "\"chip\":\"esp32c3\"}\n",
                            &manifest),
                     OTK_OK);
    assert_text(manifest.firmware, "a.bin");
    assert_text(manifest.version, "1.4.0");
    assert_text(manifest.project, "lamp");
    assert_text(manifest.chip, "esp32c3");
    assert_int_equal(manifest.length, 1448064);
    assert_true(manifest.has_sha256);
    assert_int_equal(manifest.sha256[1], 0x11);
    assert_int_equal(manifest.sha256[16], 0xFF);
}

static void manifest_needs_nothing_but_firmware(void **state)
{
    struct otk_manifest manifest;

    (void)state;
    assert_int_equal(decode("{\"firmware\":\"a\"}", &manifest), OTK_OK);
    assert_false(manifest.has_sha256);
    assert_int_equal(manifest.length, 0);
    assert_int_equal(manifest.version.len, 0);
}

static void manifest_takes_null_for_absent(void **state)
{
    struct otk_manifest manifest;

    (void)state;
    assert_int_equal(decode("{\"firmware\":\"a\",\"sha\":null,\"length\":null}", &manifest),
                     OTK_OK);
    assert_false(manifest.has_sha256);
    assert_int_equal(decode("{\"firmware\":null}", &manifest), OTK_BAD_MANIFEST);
}

static void manifest_resolves_escapes(void **state)
{
    struct otk_manifest manifest;

    (void)state;
    assert_int_equal(decode("{\"firm\\u0077are\":\"a\\/\\\"\\\\\\b\\f\\n\\r\\t\\u00e4\\u20AC"
                            "\\ud83d\\uDE00z\"}",
                            &manifest),
                     OTK_OK);
    assert_text(manifest.firmware, "a/\"\\\b\f\n\r\t\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80z");
}

static void manifest_passes_over_unknown_values_of_any_shape(void **state)
{
    static const char *const values[] = {
        "1",
        "-0.5e+10",
        "0",
        "1E2",
        "true",
        "false",
        "null",
        "\"\"",
        "\"{[\\\"\"",
        "[]",
        "{}",
        "[ ]",
        "{ }",
        "[1, [2, {\"a\": [3]}], \"x\"]",
        "{\"a\":{\"b\":{}},\"c\":[{},[]]}",
        "{\"firmware\":\"other\"}",
        "[{\"sha\":1},{\"sha\":2}]",
        "\"\\u0000\"",
    };

    (void)state;
    for (size_t index = 0; index < sizeof values / sizeof values[0]; index++) {
        struct otk_manifest manifest;
        char json[256] = "{\"x\":";

        strcat(json, values[index]);
        strcat(json, ",\"firmware\":\"a\",\"y\" : ");
        strcat(json, values[index]);
        strcat(json, " }");
        if (decode(json, &manifest) != OTK_OK) {
            fail_msg("refused: %s", json);
        }
        assert_text(manifest.firmware, "a");
    }
}

static void manifest_refuses_what_is_not_json(void **state)
{
    static const char *const manifests[] = {
        "",
        " ",
        "[]",
        "\"firmware\"",
        "{",
        "{}",
        "null",
        "{firmware:\"a\"}",
        "{'firmware':'a'}",
        "{\"firmware\":\"a\",}",
        "{,\"firmware\":\"a\"}",
        "{\"firmware\" \"a\"}",
        "{\"firmware\":\"a\"}}",
        "{\"firmware\":\"a\"}{}",
        "{\"firmware\":\"a\"} x",
        "{\"firmware\":\"a\" \"x\":1}",
        "{\"firmware\":\"a\",\"x\":}",
        "{\"firmware\":\"a\",\"x\"}",
        "{\"firmware\":\"a\",\"x\":[1,]}",
        "{\"firmware\":\"a\",\"x\":[,1]}",
        "{\"firmware\":\"a\",\"x\":[1}",
        "{\"firmware\":\"a\",\"x\":{\"y\":1]}",
        "{\"firmware\":\"a\",\"x\":{\"y\"}}",
        "{\"firmware\":\"a\",\"x\":{1:2}}",
        "{\"firmware\":\"a\",\"x\":01}",
        "{\"firmware\":\"a\",\"x\":+1}",
        "{\"firmware\":\"a\",\"x\":1.}",
        "{\"firmware\":\"a\",\"x\":.5}",
        "{\"firmware\":\"a\",\"x\":1e}",
        "{\"firmware\":\"a\",\"x\":-}",
        "{\"firmware\":\"a\",\"x\":tru}",
        "{\"firmware\":\"a\",\"x\":nulll}",
        "{\"firmware\":\"a\",\"x\":NaN}",
        "{\"firmware\":\"a\n\"}",
        "{\"firmware\":\"\\x\"}",
        "{\"firmware\":\"\\u12\"}",
        "{\"firmware\":\"\\u12g4\"}",
        "{\"firmware\":\"\\ud83d\"}",
        "{\"firmware\":\"\\ude00\"}",
        "{\"firmware\":\"\\ud83d\\ud83d\"}",
        "{\"firmware\":\"a\"/**/}",
        "\xEF\xBB{\"firmware\":\"a\"}",
    };

    (void)state;
    for (size_t index = 0; index < sizeof manifests / sizeof manifests[0]; index++) {
        struct otk_manifest manifest;

        if (decode(manifests[index], &manifest) != OTK_BAD_MANIFEST) {
            fail_msg("accepted: %s", manifests[index]);
        }
    }
}

static void manifest_refuses_values_of_the_wrong_kind(void **state)
{
    static const char *const members[] = {
        "\"firmware\":1",
        "\"firmware\":\"\"",
        "\"firmware\":[\"a\"]",
        "\"firmware\":\"a\\u0000b\"",
        "\"firmware\":\"a\",\"sha\":\"\"",
        "\"firmware\":\"a\",\"sha\":\"00\"",
        "\"firmware\":\"a\",\"sha\":\"" SHA "0\"",
        "\"firmware\":\"a\",\"sha\":5",
        "\"firmware\":\"a\",\"sha\":\"" NO_SHA "\"",
        "\"firmware\":\"a\",\"length\":\"5\"",
        "\"firmware\":\"a\",\"length\":0",
        "\"firmware\":\"a\",\"length\":-5",
        "\"firmware\":\"a\",\"length\":5.0",
        "\"firmware\":\"a\",\"length\":5e3",
        "\"firmware\":\"a\",\"length\":4294967296",
        "\"firmware\":\"a\",\"version\":1",
        "\"firmware\":\"a\",\"chip\":true",
    };

    (void)state;
    for (size_t index = 0; index < sizeof members / sizeof members[0]; index++) {
        struct otk_manifest manifest;
        char json[256] = "{";

        strcat(json, members[index]);
        strcat(json, "}");
        if (decode(json, &manifest) != OTK_BAD_MANIFEST) {
            fail_msg("accepted: %s", json);
        }
    }
}

static void manifest_refuses_a_known_key_twice(void **state)
{
    struct otk_manifest manifest;

    (void)state;
    assert_int_equal(decode("{\"firmware\":\"a\",\"firmware\":\"a\"}", &manifest),
                     OTK_BAD_MANIFEST);
    assert_int_equal(decode("{\"length\":null,\"firmware\":\"a\",\"length\":1}", &manifest),
                     OTK_BAD_MANIFEST);
    assert_int_equal(decode("{\"firmware\":\"a\",\"FIRMWARE\":\"b\",\"x\":1,\"x\":2}", &manifest),
                     OTK_OK);
    assert_text(manifest.firmware, "a");
}

static void manifest_refuses_every_truncation(void **state)
{
    static const char json[] = "{\"x\":[{\"y\":[1,2.5e1,true,\"\\u00e4\\n\"]},null],\"firmware\":"
                               "\"a\\ud83d\\ude00\",\"sha\":\"" SHA "\",\"length\":12}";

    (void)state;
    for (size_t len = 0; len < sizeof json - 1; len++) {
        struct otk_manifest manifest = {.length = 77};

        assert_int_equal(decode_bytes(json, len, &manifest), OTK_BAD_MANIFEST);
        assert_int_equal(manifest.length, 77);
    }
}

static void manifest_follows_nesting_to_its_limit(void **state)
{
    struct otk_manifest manifest;
    char json[2 * OTK_MANIFEST_DEPTH + 64] = "{\"firmware\":\"a\",\"x\":";
    char *const value = json + strlen(json);

    (void)state;
    for (size_t depth = OTK_MANIFEST_DEPTH; depth <= OTK_MANIFEST_DEPTH + 1; depth++) {
        memset(value, '[', depth);
        memset(value + depth, ']', depth);
        strcpy(value + 2 * depth, "}");
        assert_int_equal(decode(json, &manifest),
                         depth == OTK_MANIFEST_DEPTH ? OTK_OK : OTK_BAD_MANIFEST);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(manifest_reads_every_known_key, teardown),
        cmocka_unit_test_teardown(manifest_needs_nothing_but_firmware, teardown),
        cmocka_unit_test_teardown(manifest_takes_null_for_absent, teardown),
        cmocka_unit_test_teardown(manifest_resolves_escapes, teardown),
        cmocka_unit_test_teardown(manifest_passes_over_unknown_values_of_any_shape, teardown),
        cmocka_unit_test_teardown(manifest_refuses_what_is_not_json, teardown),
        cmocka_unit_test_teardown(manifest_refuses_values_of_the_wrong_kind, teardown),
        cmocka_unit_test_teardown(manifest_refuses_a_known_key_twice, teardown),
        cmocka_unit_test_teardown(manifest_refuses_every_truncation, teardown),
        cmocka_unit_test_teardown(manifest_follows_nesting_to_its_limit, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
