// SPDX-License-Identifier: Apache-2.0
/* One line of help per status. */
#include "host/hint.h"

#include <stddef.h>

struct hint {
    enum otk_status status;
    const char *text;
};

static const struct hint hints[] = {
    {OTK_OUT_OF_RANGE, "check offsets and sizes against the size of the flash"},
    {OTK_BAD_MAGIC, "is this an application image? a merged flash image holds it at the "
                    "partition's offset, often 0x10000"},
    {OTK_BAD_CHECKSUM, "the file is damaged; copy or download it again, or build it anew"},
    {OTK_BAD_HASH, "the file is damaged or was changed after the build; copy it again"},
    {OTK_TRUNCATED, "the file is shorter than it says; copy or download it again"},
    {OTK_INCOMPLETE, "the file is shorter than it says; copy or download it again"},
    {OTK_TOO_BIG, "make the image smaller, or the partitions larger (see the image's length and "
                  "the table's sizes)"},
    {OTK_TOO_MANY_SEGMENTS, "the file is damaged, or not an image of an ESP32-class chip"},
    {OTK_BAD_SEGMENT, "the file is damaged, or not an image of an ESP32-class chip"},
    {OTK_BAD_ADDRESS, "an image is mapped in pages of 64 KiB: its partition must start at a "
                      "multiple of 0x10000"},
    {OTK_WRONG_CHIP, "build the project for this chip (idf.py set-target), or send the image "
                     "to the device it was built for"},
    {OTK_CHIP_REVISION, "build with a lower minimum chip revision, or use a newer chip"},
    {OTK_NO_APP_DESC, "bootloaders and data carry none; name the application's .bin of the "
                      "build directory"},
    {OTK_WRONG_PROJECT, "the device takes images of its own project only; check which file was "
                        "named"},
    {OTK_SAME_VERSION, "raise PROJECT_VER, or allow the same version where the session is "
                       "configured"},
    {OTK_OLDER_VERSION, "allow older versions where the session is configured, if this downgrade "
                        "is meant"},
    {OTK_SECURE_VERSION, "raise the secure version of the image; the device's can never go down"},
    {OTK_NO_SIGNATURE, "sign the image: otakit image sign FILE --key PRIVATE.pem -o OUT"},
    {OTK_BAD_SIGNATURE, "check that the image was signed with the private half of this key, and "
                        "not changed since"},
    {OTK_NO_TABLE, "write a partition table first, or name its offset if it is not 0x8000"},
    {OTK_BAD_TABLE, "write the partition table again, or name its offset if it is not 0x8000"},
    {OTK_BAD_MD5, "the table was changed without its MD5; build it again from the CSV"},
    {OTK_NO_MD5, "build the table without --no-md5: applications need the MD5, the bootloader "
                 "does not"},
    {OTK_NO_OTADATA, "add a row to the table: otadata, data, ota, , 8K"},
    {OTK_NO_SLOT, "a device needs two application partitions to update itself; see the preset "
                  "two-ota"},
    {OTK_NOTHING_BOOTABLE, "write an application: otakit flash write FLASH LABEL IMAGE"},
    {OTK_PENDING_VERIFY, "confirm or reject the running application first"},
    {OTK_NOT_PENDING, "only an application on trial after an update can be confirmed or rejected"},
    {OTK_NO_ROLLBACK, "keep the previous application in its slot, or a factory application"},
    {OTK_SELF_TEST_FAILED, "the device went back to the application before; look into the "
                           "self-test's output"},
    {OTK_SELF_TEST_TIMEOUT, "the device went back to the application before; make the self-test "
                            "shorter, or allow it more time"},
    {OTK_UNCONFIRMED, "the new application must confirm itself before the next reset"},
    {OTK_SLOT_EMPTY, "write an application first: otakit flash write FLASH LABEL IMAGE"},
    {OTK_BUSY, "wait until it ends, or cancel it"},
    {OTK_GAP, "send the bytes in order, from the offset that the device names"},
    {OTK_FLASH_VERIFY,
     "the flash is worn or the supply unstable; try again, then replace the chip"},
    {OTK_POWER_LOST, "start again: what is on flash is kept, and the update resumes"},
    {OTK_NAME_NOT_RESOLVED, "check the host name in the URL, and the name server"},
    {OTK_CONNECT_REFUSED, "check that the server runs, and the port in the URL"},
    {OTK_CONNECT_TIMEOUT, "check the address, and firewalls on the way"},
    {OTK_STALLED, "try again; the download resumes where it stopped"},
    {OTK_TIMEOUT, "try again; the download resumes where it stopped"},
    {OTK_CONNECTION_LOST, "try again; the download resumes where it stopped"},
    {OTK_TLS_UNTRUSTED, "give the file with the CA that signed the server's certificate"},
    {OTK_TLS_EXPIRED, "renew the server's certificate, and check the clock of this device"},
    {OTK_TLS_NOT_YET_VALID, "set the clock of this device"},
    {OTK_TLS_WRONG_HOST, "use the host name that the certificate was made for"},
    {OTK_TLS_FAILED, "the server must speak TLS 1.2 or newer"},
    {OTK_INSECURE_URL, "use https, or allow plain http explicitly with --insecure-http"},
    {OTK_BAD_URL, "write https://host/path, with special characters percent-encoded"},
    {OTK_HTTP_NOT_FOUND, "check the path in the URL"},
    {OTK_HTTP_DENIED, "check the credentials, and the file's permissions on the server"},
    {OTK_HTTP_SERVER_ERROR, "try again later; the server's log tells more"},
    {OTK_HTTP_COMPRESSED, "switch off compression for this file on the server"},
    {OTK_HTTP_TOO_MANY_REDIRECTS, "check the server's redirects"},
    {OTK_FILE_CHANGED, "try again: the download starts anew with the new file"},
    {OTK_BAD_MANIFEST, "a manifest is JSON: {\"firmware\": URL, \"sha\": HEX, \"length\": BYTES}"},
    {OTK_USAGE, "see --help"},
    {OTK_HOST_IO, "check the path, its permissions and the free space"},
    {OTK_BAD_CSV, "columns are: name, type, subtype, offset, size, flags"},
    {OTK_BAD_KEY, "make one with: openssl genrsa -out key.pem 3072"},
};

const char *otk_status_hint(enum otk_status status)
{
    for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++) {
        if (hints[i].status == status) {
            return hints[i].text;
        }
    }
    return NULL;
}
