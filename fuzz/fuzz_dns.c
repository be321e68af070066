// SPDX-License-Identifier: Apache-2.0
/*
 * DNS questions: otakit/format/dns.h. Nothing is written behind the room, the question comes back as it
 * was, and an answer is never answered.
 *
 * Input: the room, two bytes, and the datagram.
 */
#include "fuzz/expect.h"
#include "fuzz/input.h"
#include "otakit/format/dns.h"

#define HEADER_SIZE 12u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect_answer(const struct input *query, const uint8_t *answer, uint32_t len)
{
    uint8_t again[OTK_DNS_SIZE];
    uint32_t again_len = UINT32_MAX;

    EXPECT(len >= HEADER_SIZE);
    EXPECT(memcmp(answer, query->data, 2) == 0);
    EXPECT((answer[2] & 0x80) != 0);
    EXPECT(answer[5] <= 1 && answer[7] <= answer[5]);
    if (answer[5] == 1) {
        const uint32_t question_len = len - HEADER_SIZE - (answer[7] == 1 ? 16u : 0u);

        EXPECT(question_len >= 5 && HEADER_SIZE + question_len <= query->size);
        EXPECT(memcmp(answer + HEADER_SIZE, query->data + HEADER_SIZE, question_len) == 0);
    }
    EXPECT(otk_dns_answer(answer, len, answer, again, sizeof again, &again_len) == OTK_BAD_FORMAT);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t address[4] = {192, 168, 4, 1};
    struct input input = {data, size};
    const uint32_t room = input_u16(&input) % (OTK_DNS_SIZE + 1u);
    uint8_t answer[OTK_DNS_SIZE + 1];
    uint32_t len = UINT32_MAX;
    enum otk_status status;

    memset(answer, 0xA5, sizeof answer);
    status = otk_dns_answer(input.data, (uint32_t)input.size, address, answer, room, &len);
    EXPECT(answer[room] == 0xA5);
    if (status == OTK_OK) {
        EXPECT(len <= room);
        expect_answer(&input, answer, len);
    } else {
        EXPECT(status == OTK_TRUNCATED || status == OTK_BAD_FORMAT || status == OTK_NO_SPACE);
        EXPECT(len == UINT32_MAX);
    }
    return 0;
}
