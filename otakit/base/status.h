// SPDX-License-Identifier: Apache-2.0
/*
 * Every outcome that otakit knows, each with a fixed number and one sentence.
 *
 * The numbers travel over the air and stand in flash records, so they never
 * change; gaps are left for later ones. The names, without prefix, are the
 * `code` of the command line's JSON errors.
 *
 *     enum otk_status status = otk_session_open(&session, &config);
 *     if (status != OTK_OK)
 *         log(otk_status_name(status), otk_status_text(status));
 */
#ifndef OTAKIT_BASE_STATUS_H
#define OTAKIT_BASE_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

#define OTK_STATUS_LIST(X)                                                            \
    X(OK, 0, "success")                                                               \
    /* 1-19: the bytes of any structure */                                            \
    X(INVALID_ARGUMENT, 1, "an argument is not usable")                               \
    X(NO_SPACE, 2, "the data does not fit the space given")                           \
    X(OUT_OF_RANGE, 3, "a position lies outside the area it belongs to")              \
    X(BAD_MAGIC, 4, "the structure does not start with its magic")                    \
    X(BAD_CHECKSUM, 5, "the checksum does not match the data")                        \
    X(BAD_HASH, 6, "the SHA-256 does not match the data")                             \
    X(TRUNCATED, 7, "the data ends before the structure does")                        \
    X(BAD_FORMAT, 8, "the structure contradicts itself")                              \
    X(NOT_FOUND, 9, "there is no such thing here")                                    \
    X(MISALIGNED, 10, "a position or length is not aligned as it must be")            \
    /* 20-39: application images and whom they are for */                             \
    X(TOO_BIG, 20, "the image does not fit the partition")                            \
    X(TOO_MANY_SEGMENTS, 21, "the image names more than 16 segments")                 \
    X(BAD_SEGMENT, 22, "a segment's length is impossible")                            \
    X(BAD_ADDRESS, 23, "a flash-mapped segment cannot be mapped from where it lies")  \
    X(WRONG_CHIP, 24, "the image is for another chip")                                \
    X(CHIP_REVISION, 25, "the image does not support this chip revision")             \
    X(NO_APP_DESC, 26, "the image carries no application description")                \
    X(WRONG_PROJECT, 27, "the image belongs to another project")                      \
    X(SAME_VERSION, 28, "the image has the version that is running")                  \
    X(OLDER_VERSION, 29, "the image has an older version than the running one")       \
    X(SECURE_VERSION, 30, "the image's secure version is below the device's")         \
    X(NO_SIGNATURE, 31, "the image carries no signature")                             \
    X(BAD_SIGNATURE, 32, "no signature of the image is good under the key")           \
    /* 40-59: partition table, slots, boot, rollback */                               \
    X(NO_TABLE, 40, "there is no partition table")                                    \
    X(BAD_TABLE, 41, "the partition table is damaged")                                \
    X(BAD_MD5, 42, "the partition table does not match its MD5")                      \
    X(NO_MD5, 43, "the partition table carries no MD5")                               \
    X(NO_OTADATA, 44, "the partition table has no usable otadata partition")          \
    X(NO_SLOT, 45, "there is no passive OTA slot to write to")                        \
    X(NOTHING_BOOTABLE, 46, "no partition holds a bootable application")              \
    X(PENDING_VERIFY, 47, "the running application is not confirmed yet")             \
    X(NOT_PENDING, 48, "the running application is not waiting for a verdict")        \
    X(NO_ROLLBACK, 49, "there is no other application to go back to")                 \
    X(SELF_TEST_FAILED, 50, "the new application's self-test failed")                 \
    X(SELF_TEST_TIMEOUT, 51, "the new application's self-test did not end in time")   \
    X(UNCONFIRMED, 52, "the new application was reset before it was confirmed")       \
    X(SLOT_EMPTY, 53, "the slot holds no application")                                \
    X(REJECTED, 54, "somebody asked for the application that ran before")             \
    /* 60-79: sessions and flash */                                                   \
    X(BUSY, 60, "another update is in progress")                                      \
    X(NOT_OPEN, 61, "no update is in progress")                                       \
    X(MORE, 62, "not finished yet, call again")                                       \
    X(GAP, 63, "bytes are missing before this offset")                                \
    X(INCOMPLETE, 64, "the image has not arrived completely")                         \
    X(CANCELLED, 65, "the update was cancelled")                                      \
    X(FLASH_IO, 66, "the flash refused the operation")                                \
    X(FLASH_VERIFY, 67, "the flash does not hold what was written to it")             \
    X(CRYPTO, 68, "the cryptographic provider failed")                                \
    X(POWER_LOST, 69, "the power was cut")                                            \
    X(UP_TO_DATE, 70, "the device already runs this image")                           \
    X(PASSWORD_NEEDED, 71, "the password is missing or wrong")                        \
    X(FOREIGN_REQUEST, 72, "the request comes from a page that is not the device's")  \
    X(REFUSED, 73, "the device refused the update and did not say why")               \
    /* 80-119: network and manifest */                                                \
    X(NAME_NOT_RESOLVED, 80, "the server's name does not resolve")                    \
    X(CONNECT_REFUSED, 81, "the server refused the connection")                       \
    X(CONNECT_TIMEOUT, 82, "the server did not accept the connection in time")        \
    X(STALLED, 83, "the server stopped sending")                                      \
    X(TIMEOUT, 84, "the transfer took longer than allowed")                           \
    X(CONNECTION_LOST, 85, "the connection broke")                                    \
    X(TLS_UNTRUSTED, 86, "the server's certificate does not come from the pinned CA") \
    X(TLS_EXPIRED, 87, "the server's certificate has expired")                        \
    X(TLS_NOT_YET_VALID, 88, "the server's certificate is not valid yet")             \
    X(TLS_WRONG_HOST, 89, "the server's certificate is for another host")             \
    X(TLS_FAILED, 90, "no secure connection could be agreed")                         \
    X(INSECURE_URL, 91, "the URL is not https")                                       \
    X(BAD_URL, 92, "the URL is malformed")                                            \
    X(HTTP_NOT_FOUND, 93, "the server does not have the file")                        \
    X(HTTP_DENIED, 94, "the server denies access to the file")                        \
    X(HTTP_CLIENT_ERROR, 95, "the server refuses the request")                        \
    X(HTTP_SERVER_ERROR, 96, "the server reports an error of its own")                \
    X(HTTP_BAD_RESPONSE, 97, "the server's answer makes no sense")                    \
    X(HTTP_BAD_RANGE, 98, "the server sent another range than was asked for")         \
    X(HTTP_COMPRESSED, 99, "the server sent the file compressed")                     \
    X(HTTP_TOO_MANY_REDIRECTS, 100, "the server redirects in circles")                \
    X(FILE_CHANGED, 101, "the file changed on the server during the download")        \
    X(BAD_MANIFEST, 102, "the manifest is not usable")                                \
    /* 120-139: tools on the host */                                                  \
    X(USAGE, 120, "the command was used wrongly")                                     \
    X(HOST_IO, 121, "a file of this computer could not be read or written")           \
    X(NO_MEMORY, 122, "this computer has no memory left")                             \
    X(BAD_CSV, 123, "the partition CSV is not acceptable")                            \
    X(BAD_KEY, 124, "the key is not usable")                                          \
    X(INTERRUPTED, 125, "interrupted")                                                \
    X(UNSUPPORTED, 126, "this build cannot do that")

enum otk_status {
#define OTK_STATUS_ENUMERATOR(name, number, text) OTK_##name = number,
    OTK_STATUS_LIST(OTK_STATUS_ENUMERATOR)
#undef OTK_STATUS_ENUMERATOR
};

/* The caller must look at the status. */
#if defined(__GNUC__)
#define OTK_MUST_USE __attribute__((warn_unused_result))
#else
#define OTK_MUST_USE
#endif

/*
 * The status' name without prefix, as the command line's JSON shows it.
 *
 * Returns  a constant string; "UNKNOWN" for a number that is not in the list
 */
const char *otk_status_name(enum otk_status status);

/*
 * One sentence about the status, in lower case and without a full stop.
 *
 * Returns  a constant string; "unknown status" for a number that is not in the list
 */
const char *otk_status_text(enum otk_status status);

#ifdef __cplusplus
}
#endif

#endif
