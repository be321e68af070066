// SPDX-License-Identifier: Apache-2.0
/* One question, one answer. Everything is big endian. */
#include "otakit/format/dns.h"

#include <stdbool.h>

#include "otakit/base/bytes.h"
#include "otakit/base/memory.h"

/* Source: RFC 1035, sections 4.1.1 to 4.1.3, and 2.3.4. */
#define HEADER_SIZE   12u
#define RECORD_SIZE   16u /* of an address, its name a pointer */
#define LABEL_MAX     63u
#define NAME_MAX      255u
#define TYPE_A        1u
#define TYPE_ANY      255u
#define CLASS_IN      1u
#define CLASS_ANY     255u
#define FLAG_RESPONSE 0x80u /* first byte of the flags */
#define FLAG_OPCODE   0x78u
#define FLAG_OWN      0x04u /* authoritative answer */
#define FLAG_RECURSE  0x01u /* the client's wish, given back */
#define CODE_OK       0u
#define CODE_FORMAT   1u
#define CODE_UNKNOWN  4u

/* "The name at the question", "an address", "on the Internet", "for 0 s", "4 bytes". */
static const uint8_t record_head[RECORD_SIZE - 4u] = {0xC0, HEADER_SIZE, 0, TYPE_A, 0, CLASS_IN,
                                                      0,    0,           0, 0,      0, 4};

static uint16_t load_be16(const uint8_t *bytes)
{
    return (uint16_t)((uint16_t)(bytes[0] << 8) | bytes[1]);
}

/* The end of the name at the header's end; 0 where it makes no sense. The first name has nothing to
 * point at, so that a pointer makes none. */
static uint32_t find_name_end(const uint8_t *query, uint32_t query_len)
{
    uint32_t offset = HEADER_SIZE;

    while (offset < query_len && offset - HEADER_SIZE < NAME_MAX) {
        const uint32_t label_len = query[offset];

        if (label_len == 0) {
            return offset + 1u;
        }
        if (label_len > LABEL_MAX) {
            return 0;
        }
        offset += 1u + label_len;
    }
    return 0;
}

/* The end of the only question; 0 where it makes no sense. */
static uint32_t find_question_end(const uint8_t *query, uint32_t query_len)
{
    const uint32_t name_end = load_be16(query + 4) == 1 ? find_name_end(query, query_len) : 0;

    return name_end != 0 && otk_range_fits(name_end, 4, query_len) ? name_end + 4u : 0;
}

/* question_end: of a good one. */
static bool asks_for_address(const uint8_t *query, uint32_t question_end)
{
    const uint16_t type = load_be16(query + question_end - 4u);
    const uint16_t class = load_be16(query + question_end - 2u);

    return (type == TYPE_A || type == TYPE_ANY) && (class == CLASS_IN || class == CLASS_ANY);
}

/* The header, and the question as it came. */
static void put_head(uint8_t *answer, const uint8_t *query, uint32_t question_end, uint8_t code,
                     bool has_record)
{
    memset(answer, 0, HEADER_SIZE);
    memcpy(answer, query, 2);
    answer[2] = (uint8_t)(FLAG_RESPONSE | FLAG_OWN | (query[2] & (FLAG_OPCODE | FLAG_RECURSE)));
    answer[3] = code;
    answer[5] = question_end > HEADER_SIZE ? 1 : 0;
    answer[7] = has_record ? 1 : 0;
    memcpy(answer + HEADER_SIZE, query + HEADER_SIZE, question_end - HEADER_SIZE);
}

enum otk_status otk_dns_answer(const uint8_t *query, uint32_t query_len, const uint8_t address[4],
                               uint8_t *answer, uint32_t answer_size, uint32_t *answer_len)
{
    uint32_t question_end;
    uint8_t code = CODE_OK;
    bool has_record;
    uint32_t len;

    if (query_len < HEADER_SIZE) {
        return OTK_TRUNCATED;
    }
    if ((query[2] & FLAG_RESPONSE) != 0) {
        return OTK_BAD_FORMAT;
    }
    question_end = find_question_end(query, query_len);
    if ((query[2] & FLAG_OPCODE) != 0) {
        code = CODE_UNKNOWN;
        question_end = 0;
    } else if (question_end == 0) {
        code = CODE_FORMAT;
    }
    has_record = question_end != 0 && asks_for_address(query, question_end);
    if (question_end == 0) {
        question_end = HEADER_SIZE;
    }
    len = question_end + (has_record ? RECORD_SIZE : 0u);
    if (len > answer_size) {
        return OTK_NO_SPACE;
    }
    put_head(answer, query, question_end, code, has_record);
    if (has_record) {
        memcpy(answer + question_end, record_head, sizeof record_head);
        memcpy(answer + question_end + sizeof record_head, address, 4);
    }
    *answer_len = len;
    return OTK_OK;
}
