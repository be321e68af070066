// SPDX-License-Identifier: Apache-2.0
/*
 * The status numbers that a device sends (SPEC.md, section 9) with their names and sentences: a copy
 * of what otakit/base/status.h lists below the network's; a test compares them.
 *
 *     throw failureOf(24);      // WRONG_CHIP, "The image is for another chip."
 */
import { Failure } from "../failure.js";

export const OK = 0;
export const BUSY = 60;
export const NOT_OPEN = 61;
export const GAP = 63;
export const INCOMPLETE = 64;

export const statuses = {
    0: ["OK", "success"],
    1: ["INVALID_ARGUMENT", "an argument is not usable"],
    2: ["NO_SPACE", "the data does not fit the space given"],
    3: ["OUT_OF_RANGE", "a position lies outside the area it belongs to"],
    4: ["BAD_MAGIC", "the structure does not start with its magic"],
    5: ["BAD_CHECKSUM", "the checksum does not match the data"],
    6: ["BAD_HASH", "the SHA-256 does not match the data"],
    7: ["TRUNCATED", "the data ends before the structure does"],
    8: ["BAD_FORMAT", "the structure contradicts itself"],
    9: ["NOT_FOUND", "there is no such thing here"],
    10: ["MISALIGNED", "a position or length is not aligned as it must be"],
    20: ["TOO_BIG", "the image does not fit the partition"],
    21: ["TOO_MANY_SEGMENTS", "the image names more than 16 segments"],
    22: ["BAD_SEGMENT", "a segment's length is impossible"],
    23: ["BAD_ADDRESS", "a flash-mapped segment cannot be mapped from where it lies"],
    24: ["WRONG_CHIP", "the image is for another chip"],
    25: ["CHIP_REVISION", "the image does not support this chip revision"],
    26: ["NO_APP_DESC", "the image carries no application description"],
    27: ["WRONG_PROJECT", "the image belongs to another project"],
    28: ["SAME_VERSION", "the image has the version that is running"],
    29: ["OLDER_VERSION", "the image has an older version than the running one"],
    30: ["SECURE_VERSION", "the image's secure version is below the device's"],
    31: ["NO_SIGNATURE", "the image carries no signature"],
    32: ["BAD_SIGNATURE", "no signature of the image is good under the key"],
    40: ["NO_TABLE", "there is no partition table"],
    41: ["BAD_TABLE", "the partition table is damaged"],
    42: ["BAD_MD5", "the partition table does not match its MD5"],
    43: ["NO_MD5", "the partition table carries no MD5"],
    44: ["NO_OTADATA", "the partition table has no usable otadata partition"],
    45: ["NO_SLOT", "there is no passive OTA slot to write to"],
    46: ["NOTHING_BOOTABLE", "no partition holds a bootable application"],
    47: ["PENDING_VERIFY", "the running application is not confirmed yet"],
    48: ["NOT_PENDING", "the running application is not waiting for a verdict"],
    49: ["NO_ROLLBACK", "there is no other application to go back to"],
    50: ["SELF_TEST_FAILED", "the new application's self-test failed"],
    51: ["SELF_TEST_TIMEOUT", "the new application's self-test did not end in time"],
    52: ["UNCONFIRMED", "the new application was reset before it was confirmed"],
    53: ["SLOT_EMPTY", "the slot holds no application"],
    54: ["REJECTED", "somebody asked for the application that ran before"],
    60: ["BUSY", "another update is in progress"],
    61: ["NOT_OPEN", "no update is in progress"],
    62: ["MORE", "not finished yet, call again"],
    63: ["GAP", "bytes are missing before this offset"],
    64: ["INCOMPLETE", "the image has not arrived completely"],
    65: ["CANCELLED", "the update was cancelled"],
    66: ["FLASH_IO", "the flash refused the operation"],
    67: ["FLASH_VERIFY", "the flash does not hold what was written to it"],
    68: ["CRYPTO", "the cryptographic provider failed"],
    69: ["POWER_LOST", "the power was cut"],
    70: ["UP_TO_DATE", "the device already runs this image"],
    71: ["PASSWORD_NEEDED", "the password is missing or wrong"],
    72: ["FOREIGN_REQUEST", "the request comes from a page that is not the device's"],
    73: ["REFUSED", "the device refused the update and did not say why"],
};

export function statusOf(number) {
    const [code, message] = statuses[number] ?? ["UNKNOWN", `the device answers status ${number}`];
    return { code, message };
}

export function failureOf(number) {
    const { code, message } = statusOf(number);
    return new Failure(code, message);
}
