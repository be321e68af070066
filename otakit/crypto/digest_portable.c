// SPDX-License-Identifier: Apache-2.0
/* SHA-256 (FIPS 180-4) and MD5 (RFC 1321) in plain C, for boards without PSA Crypto. */
#include "otakit/base/bytes.h"
#include "otakit/base/memory.h"
#include "otakit/crypto/digest.h"

/* Both digests work on blocks of this size and end with the length in bits in its last 8 bytes. */
#define BLOCK_SIZE    64u
#define LENGTH_OFFSET 56u

struct sha256 {
    uint64_t len; /* bytes so far */
    uint32_t state[8];
    uint8_t block[BLOCK_SIZE]; /* its first len % BLOCK_SIZE bytes are waiting */
};

_Static_assert(sizeof(struct sha256) <= sizeof(struct otk_sha256),
               "struct otk_sha256 is too small for this implementation");

/* First 32 bits of the fractional parts of the square roots of the first 8 primes. */
static const uint32_t sha256_start[8] = {
    0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19,
};

/* First 32 bits of the fractional parts of the cube roots of the first 64 primes. */
static const uint32_t sha256_constants[64] = {
    0x428A2F98, 0x71374491, 0xB5C0FBCF, 0xE9B5DBA5, 0x3956C25B, 0x59F111F1, 0x923F82A4, 0xAB1C5ED5,
    0xD807AA98, 0x12835B01, 0x243185BE, 0x550C7DC3, 0x72BE5D74, 0x80DEB1FE, 0x9BDC06A7, 0xC19BF174,
    0xE49B69C1, 0xEFBE4786, 0x0FC19DC6, 0x240CA1CC, 0x2DE92C6F, 0x4A7484AA, 0x5CB0A9DC, 0x76F988DA,
    0x983E5152, 0xA831C66D, 0xB00327C8, 0xBF597FC7, 0xC6E00BF3, 0xD5A79147, 0x06CA6351, 0x14292967,
    0x27B70A85, 0x2E1B2138, 0x4D2C6DFC, 0x53380D13, 0x650A7354, 0x766A0ABB, 0x81C2C92E, 0x92722C85,
    0xA2BFE8A1, 0xA81A664B, 0xC24B8B70, 0xC76C51A3, 0xD192E819, 0xD6990624, 0xF40E3585, 0x106AA070,
    0x19A4C116, 0x1E376C08, 0x2748774C, 0x34B0BCB5, 0x391C0CB3, 0x4ED8AA4A, 0x5B9CCA4F, 0x682E6FF3,
    0x748F82EE, 0x78A5636F, 0x84C87814, 0x8CC70208, 0x90BEFFFA, 0xA4506CEB, 0xBEF9A3F7, 0xC67178F2,
};

static uint32_t load_be32(const uint8_t *bytes)
{
    return ((uint32_t)bytes[0] << 24) | ((uint32_t)bytes[1] << 16) | ((uint32_t)bytes[2] << 8) |
           bytes[3];
}

static void store_be32(uint8_t *bytes, uint32_t value)
{
    bytes[0] = (uint8_t)(value >> 24);
    bytes[1] = (uint8_t)(value >> 16);
    bytes[2] = (uint8_t)(value >> 8);
    bytes[3] = (uint8_t)value;
}

static uint32_t rotate_right(uint32_t value, unsigned count)
{
    return (value >> count) | (value << (32 - count));
}

/* Word i of the schedule; `words` is a ring of its last 16. */
static uint32_t schedule_word(uint32_t words[16], unsigned i)
{
    const uint32_t before_15 = words[(i + 1) % 16];
    const uint32_t before_2 = words[(i + 14) % 16];

    words[i % 16] += words[(i + 9) % 16] +
                     (rotate_right(before_15, 7) ^ rotate_right(before_15, 18) ^ (before_15 >> 3)) +
                     (rotate_right(before_2, 17) ^ rotate_right(before_2, 19) ^ (before_2 >> 10));
    return words[i % 16];
}

/* FIPS 180-4, section 6.2.2; s[0] to s[7] are its a to h. */
static void sha256_block(uint32_t state[8], const uint8_t block[BLOCK_SIZE])
{
    uint32_t words[16];
    uint32_t s[8];

    memcpy(s, state, sizeof(s));
    for (unsigned i = 0; i < 16; i++) {
        words[i] = load_be32(block + 4 * i);
    }
    for (unsigned i = 0; i < 64; i++) {
        const uint32_t word = i < 16 ? words[i] : schedule_word(words, i);
        const uint32_t t1 = s[7] +
                            (rotate_right(s[4], 6) ^ rotate_right(s[4], 11) ^
                             rotate_right(s[4], 25)) +
                            ((s[4] & s[5]) ^ (~s[4] & s[6])) + sha256_constants[i] + word;
        const uint32_t t2 = (rotate_right(s[0], 2) ^ rotate_right(s[0], 13) ^
                             rotate_right(s[0], 22)) +
                            ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));

        memmove(s + 1, s, 7 * sizeof(s[0]));
        s[4] += t1;
        s[0] = t1 + t2;
    }
    for (unsigned i = 0; i < 8; i++) {
        state[i] += s[i];
    }
}

static struct sha256 *state_of(struct otk_sha256 *sha)
{
    return (void *)sha->opaque;
}

enum otk_status otk_sha256_init(struct otk_sha256 *sha)
{
    struct sha256 *self = state_of(sha);

    self->len = 0;
    memcpy(self->state, sha256_start, sizeof(self->state));
    return OTK_OK;
}

enum otk_status otk_sha256_update(struct otk_sha256 *sha, const void *data, uint32_t len)
{
    struct sha256 *self = state_of(sha);
    const uint8_t *bytes = data;

    while (len > 0) {
        const uint32_t waiting = (uint32_t)(self->len % BLOCK_SIZE);
        const uint32_t room = BLOCK_SIZE - waiting;
        const uint32_t step = len < room ? len : room;

        if (step == BLOCK_SIZE) {
            sha256_block(self->state, bytes);
        } else {
            memcpy(self->block + waiting, bytes, step);
            if (step == room) {
                sha256_block(self->state, self->block);
            }
        }
        self->len += step;
        bytes += step;
        len -= step;
    }
    return OTK_OK;
}

enum otk_status otk_sha256_finish(struct otk_sha256 *sha, uint8_t digest[OTK_SHA256_SIZE])
{
    struct sha256 *self = state_of(sha);
    const uint64_t bit_count = self->len * 8;
    uint32_t waiting = (uint32_t)(self->len % BLOCK_SIZE);

    self->block[waiting++] = 0x80;
    if (waiting > LENGTH_OFFSET) {
        memset(self->block + waiting, 0, BLOCK_SIZE - waiting);
        sha256_block(self->state, self->block);
        waiting = 0;
    }
    memset(self->block + waiting, 0, LENGTH_OFFSET - waiting);
    store_be32(self->block + LENGTH_OFFSET, (uint32_t)(bit_count >> 32));
    store_be32(self->block + LENGTH_OFFSET + 4, (uint32_t)bit_count);
    sha256_block(self->state, self->block);
    for (unsigned i = 0; i < 8; i++) {
        store_be32(digest + 4 * i, self->state[i]);
    }
    return OTK_OK;
}

void otk_sha256_abort(struct otk_sha256 *sha)
{
    (void)sha;
}

/* 2^32 times the absolute value of the sine of 1 to 64. */
static const uint32_t md5_constants[64] = {
    0xD76AA478, 0xE8C7B756, 0x242070DB, 0xC1BDCEEE, 0xF57C0FAF, 0x4787C62A, 0xA8304613, 0xFD469501,
    0x698098D8, 0x8B44F7AF, 0xFFFF5BB1, 0x895CD7BE, 0x6B901122, 0xFD987193, 0xA679438E, 0x49B40821,
    0xF61E2562, 0xC040B340, 0x265E5A51, 0xE9B6C7AA, 0xD62F105D, 0x02441453, 0xD8A1E681, 0xE7D3FBC8,
    0x21E1CDE6, 0xC33707D6, 0xF4D50D87, 0x455A14ED, 0xA9E3E905, 0xFCEFA3F8, 0x676F02D9, 0x8D2A4C8A,
    0xFFFA3942, 0x8771F681, 0x6D9D6122, 0xFDE5380C, 0xA4BEEA44, 0x4BDECFA9, 0xF6BB4B60, 0xBEBFBC70,
    0x289B7EC6, 0xEAA127FA, 0xD4EF3085, 0x04881D05, 0xD9D4D039, 0xE6DB99E5, 0x1FA27CF8, 0xC4AC5665,
    0xF4292244, 0x432AFF97, 0xAB9423A7, 0xFC93A039, 0x655B59C3, 0x8F0CCC92, 0xFFEFF47D, 0x85845DD1,
    0x6FA87E4F, 0xFE2CE6E0, 0xA3014314, 0x4E0811A1, 0xF7537E82, 0xBD3AF235, 0x2AD7D2BB, 0xEB86D391,
};

/* Rotations of the four rounds, four steps each in turn. */
static const uint8_t md5_rotations[4][4] = {
    {7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};

/* RFC 1321, section 3.4: the function of a round, and which word of the block step i takes. */
static uint32_t md5_mix(unsigned i, uint32_t b, uint32_t c, uint32_t d, unsigned *word)
{
    switch (i / 16) {
    case 0:
        *word = i;
        return (b & c) | (~b & d);
    case 1:
        *word = (5 * i + 1) % 16;
        return (d & b) | (~d & c);
    case 2:
        *word = (3 * i + 5) % 16;
        return b ^ c ^ d;
    default:
        *word = (7 * i) % 16;
        return c ^ (b | ~d);
    }
}

static void md5_block(uint32_t state[4], const uint8_t block[BLOCK_SIZE])
{
    uint32_t a = state[0];
    uint32_t b = state[1];
    uint32_t c = state[2];
    uint32_t d = state[3];

    for (unsigned i = 0; i < 64; i++) {
        unsigned word;
        const uint32_t mixed = md5_mix(i, b, c, d, &word);
        const uint32_t sum = a + mixed + md5_constants[i] + otk_load_le32(block + 4 * word);

        a = d;
        d = c;
        c = b;
        b += rotate_right(sum, 32u - md5_rotations[i / 16][i % 4]);
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
}

enum otk_status otk_md5(const void *data, uint32_t len, uint8_t digest[OTK_MD5_SIZE])
{
    uint32_t state[4] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476};
    const uint8_t *bytes = data;
    uint8_t last[2 * BLOCK_SIZE] = {0};
    uint32_t rest = len;
    uint32_t last_len;

    for (; rest >= BLOCK_SIZE; rest -= BLOCK_SIZE, bytes += BLOCK_SIZE) {
        md5_block(state, bytes);
    }
    if (rest > 0) {
        memcpy(last, bytes, rest);
    }
    last[rest] = 0x80;
    last_len = rest < LENGTH_OFFSET ? BLOCK_SIZE : 2 * BLOCK_SIZE;
    otk_store_le32(last + last_len - 8, len << 3);
    otk_store_le32(last + last_len - 4, len >> 29);
    for (uint32_t i = 0; i < last_len; i += BLOCK_SIZE) {
        md5_block(state, last + i);
    }
    for (unsigned i = 0; i < 4; i++) {
        otk_store_le32(digest + 4 * i, state[i]);
    }
    return OTK_OK;
}
