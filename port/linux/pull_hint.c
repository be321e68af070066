// SPDX-License-Identifier: Apache-2.0
/* Advice where a pull can say more than otk_status_hint, which answers for the rest. */
#include <stddef.h>

#include "host/hint.h"
#include "port/linux/pull_client.h"

static const struct {
    enum otk_status status;
    const char *hint;
} hints[] = {
    {OTK_HOST_IO, "check the path of the CA file, and that it can be read"},
    {OTK_BAD_KEY, "the CA file has to hold certificates as PEM (-----BEGIN CERTIFICATE-----)"},
    {OTK_STALLED, "start it again: the download continues where it stopped"},
    {OTK_TIMEOUT, "allow more time and start it again: the download continues where it stopped"},
    {OTK_CONNECTION_LOST, "start it again: the download continues where it stopped"},
    {OTK_TLS_UNTRUSTED,
     "give the CA that signed the server's certificate; a file may hold several"},
    {OTK_TLS_NOT_YET_VALID, "set the clock of this device; one that has none can be told to ignore "
                            "the dates of certificates"},
    {OTK_BAD_URL, "a URL is https://host/path of less than 2048 characters; user names and "
                  "passwords do not belong into it"},
    {OTK_HTTP_NOT_FOUND, "check the path in the URL, and \"firmware\" in the manifest"},
    {OTK_HTTP_SERVER_ERROR, "try again later; what has arrived is kept"},
    {OTK_HTTP_CLIENT_ERROR, "check the URL; the server's log tells more"},
    {OTK_HTTP_BAD_RESPONSE, "check that a web server answers at this URL, and with a file"},
    {OTK_HTTP_BAD_RANGE, "check the server's range requests, or switch them off there"},
    {OTK_FILE_CHANGED, "publish images under names that are not used again, and the manifest last"},
    {OTK_BAD_MANIFEST, "a manifest is one JSON object of at most 4096 bytes with \"firmware\""},
    {OTK_BAD_MAGIC, "the URL has to name an application image (.bin) or a manifest"},
    {OTK_BAD_HASH, "the SHA-256 is that of the whole image file; compare it with sha256sum"},
    {OTK_TRUNCATED, "the file on the server is shorter than an image; publish it again"},
    {OTK_INCOMPLETE, "the file on the server is shorter than the image; publish it again"},
};

const char *otk_pull_hint(enum otk_status status)
{
    for (size_t index = 0; index < sizeof hints / sizeof hints[0]; index++) {
        if (hints[index].status == status) {
            return hints[index].hint;
        }
    }
    return otk_status_hint(status);
}
