// SPDX-License-Identifier: Apache-2.0
/* Records of the partition table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "otakit/format/partition.h"

/* "otadata, data, ota, 0xd000, 0x2000, encrypted", as gen_esp32part.py 1.5 writes it. */
static const uint8_t otadata_record[OTK_PARTITION_RECORD_SIZE] = {
    0xAA, 0x50, 0x01, 0x00, 0x00, 0xD0, 0x00, 0x00, 0x00, 0x20, 0x00, 0x00, 'o',  't',  'a',  'd',
    'a',  't',  'a',  0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
};

static void decode_reads_every_field(void **state)
{
    struct otk_partition partition;

    (void)state;
    otk_partition_decode(otadata_record, &partition);
    assert_int_equal(partition.type, OTK_TYPE_DATA);
    assert_int_equal(partition.subtype, OTK_SUBTYPE_DATA_OTA);
    assert_int_equal(partition.offset, 0xD000);
    assert_int_equal(partition.size, 0x2000);
    assert_int_equal(partition.flags, OTK_PARTITION_ENCRYPTED);
    assert_string_equal(partition.label, "otadata");
}

static void encode_writes_what_decode_read(void **state)
{
    struct otk_partition partition;
    uint8_t record[OTK_PARTITION_RECORD_SIZE];

    (void)state;
    otk_partition_decode(otadata_record, &partition);
    memset(record, 0x5A, sizeof(record));
    otk_partition_encode(&partition, record);
    assert_memory_equal(record, otadata_record, sizeof(record));
}

static void label_of_sixteen_bytes_is_terminated_in_memory_only(void **state)
{
    struct otk_partition partition = {.label = "sixteen_letters!"};
    uint8_t record[OTK_PARTITION_RECORD_SIZE];

    (void)state;
    otk_partition_encode(&partition, record);
    assert_memory_equal(record + 12, "sixteen_letters!", 16);
    otk_partition_decode(record, &partition);
    assert_string_equal(partition.label, "sixteen_letters!");
}

static void bytes_behind_the_end_of_a_label_are_dropped(void **state)
{
    struct otk_partition partition;
    uint8_t record[OTK_PARTITION_RECORD_SIZE];

    (void)state;
    memcpy(record, otadata_record, sizeof(record));
    record[12 + 10] = 'x';
    otk_partition_decode(record, &partition);
    assert_string_equal(partition.label, "otadata");
    assert_int_equal(partition.label[10], 0);
    memcpy(partition.label, "a\0bc", 4);
    otk_partition_encode(&partition, record);
    assert_memory_equal(record + 12, "a\0\0\0", 4);
}

static void kind_is_told_by_the_first_bytes(void **state)
{
    uint8_t record[OTK_PARTITION_RECORD_SIZE];

    (void)state;
    assert_int_equal(otk_partition_record_kind(otadata_record), OTK_PARTITION_ENTRY);
    memset(record, 0, sizeof(record));
    assert_int_equal(otk_partition_record_kind(record), OTK_PARTITION_UNKNOWN);
    record[0] = 0x50;
    record[1] = 0xAA;
    assert_int_equal(otk_partition_record_kind(record), OTK_PARTITION_UNKNOWN);
}

static void end_record_needs_four_bytes_only(void **state)
{
    uint8_t record[OTK_PARTITION_RECORD_SIZE] = {0xFF, 0xFF, 0xFF, 0xFF};

    (void)state;
    assert_int_equal(otk_partition_record_kind(record), OTK_PARTITION_END);
    for (int i = 0; i < 4; i++) {
        record[i] = 0xFE;
        assert_int_equal(otk_partition_record_kind(record), OTK_PARTITION_UNKNOWN);
        record[i] = 0xFF;
    }
}

static void md5_record_carries_the_digest_behind_padding(void **state)
{
    uint8_t expected[OTK_PARTITION_RECORD_SIZE];
    uint8_t record[OTK_PARTITION_RECORD_SIZE];

    (void)state;
    memset(expected, 0xFF, 16);
    memset(expected, 0xEB, 2);
    memcpy(expected + 16, "0123456789abcdef", 16);
    otk_partition_encode_md5(expected + 16, record);
    assert_memory_equal(record, expected, sizeof(record));
    assert_int_equal(otk_partition_record_kind(record), OTK_PARTITION_MD5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decode_reads_every_field),
        cmocka_unit_test(encode_writes_what_decode_read),
        cmocka_unit_test(label_of_sixteen_bytes_is_terminated_in_memory_only),
        cmocka_unit_test(bytes_behind_the_end_of_a_label_are_dropped),
        cmocka_unit_test(kind_is_told_by_the_first_bytes),
        cmocka_unit_test(end_record_needs_four_bytes_only),
        cmocka_unit_test(md5_record_carries_the_digest_behind_padding),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
