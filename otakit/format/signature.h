// SPDX-License-Identifier: Apache-2.0
/*
 * Blocks of a Secure Boot v2 signature sector.
 *
 * Behind a signed image, at the next multiple of 4096 bytes, stands one sector with up to three
 * blocks of 1216 bytes, each with the image's digest, a public key and a signature.
 * SPEC.md, "Signature sector".
 *
 *     const uint8_t *block = sector + index * OTK_SIGNATURE_BLOCK_SIZE;
 *     if (otk_signature_decode(block, &signature) == OTK_OK) ...
 */
#ifndef OTAKIT_FORMAT_SIGNATURE_H
#define OTAKIT_FORMAT_SIGNATURE_H

#include <stdint.h>

#include "otakit/base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Source of all numbers here: ESP-IDF, esp_rom, secure_boot.h, ets_secure_boot_sig_block_t. */
#define OTK_SIGNATURE_SECTOR_SIZE 4096u
#define OTK_SIGNATURE_BLOCK_SIZE  1216u
#define OTK_SIGNATURE_BLOCK_COUNT 3u /* most blocks in a sector */
#define OTK_SIGNATURE_MAGIC       0xE7u

enum otk_signature_scheme {
    OTK_SIGNATURE_RSA3072,    /* PSS, SHA-256, salt of 32 bytes */
    OTK_SIGNATURE_ECDSA_P256, /* over a SHA-256 */
    OTK_SIGNATURE_ECDSA_P384  /* over a SHA-384 */
};

/* The key as it stands in an RSA block: modulus, exponent (4 bytes), and two numbers that spare the
 * chip a division (R = 2^6144 mod n, and M' = -1/n mod 2^32). All little endian. */
#define OTK_RSA3072_SIZE        384u
#define OTK_RSA_EXPONENT_OFFSET 384u
#define OTK_RSA_R_OFFSET        388u
#define OTK_RSA_M_PRIME_OFFSET  772u
#define OTK_RSA_KEY_SIZE        776u

/* The key as it stands in an ECDSA block: curve id, X, Y; the signature is r, s. All numbers
 * little endian. */
#define OTK_P256_SIZE     32u
#define OTK_P256_KEY_SIZE 65u
#define OTK_P384_SIZE     48u
#define OTK_P384_KEY_SIZE 97u

/* The parts of a block: views into its bytes, valid as long as they are. */
struct otk_signature {
    enum otk_signature_scheme scheme;
    uint16_t digest_len;    /* 32, or 48 for P-384 */
    uint16_t key_len;       /* OTK_RSA_KEY_SIZE, OTK_P256_KEY_SIZE or OTK_P384_KEY_SIZE */
    uint16_t signature_len; /* 384, 64 or 96 */
    const uint8_t *digest;  /* of everything before the sector */
    const uint8_t *key;     /* its SHA-256 is the key digest that eFuses hold */
    const uint8_t *signature;
};

/*
 * Find the parts of a block.
 *
 * signature  views into `block`; written on success only
 *
 * Returns  OTK_OK            the block is whole; whether its signature is good is another matter
 *          OTK_NO_SIGNATURE  there is no block here
 *          OTK_BAD_CHECKSUM  its CRC is wrong
 *          OTK_BAD_FORMAT    a version or curve that is not known
 */
OTK_MUST_USE enum otk_status otk_signature_decode(const uint8_t block[OTK_SIGNATURE_BLOCK_SIZE],
                                                  struct otk_signature *signature);

/*
 * Write a block.
 *
 * signature  its scheme, and digest, key and signature of the scheme's lengths
 */
void otk_signature_encode(const struct otk_signature *signature,
                          uint8_t block[OTK_SIGNATURE_BLOCK_SIZE]);

/* The scheme's name: "rsa3072", "ecdsa-p256" or "ecdsa-p384". */
const char *otk_signature_scheme_name(enum otk_signature_scheme scheme);

#ifdef __cplusplus
}
#endif

#endif
