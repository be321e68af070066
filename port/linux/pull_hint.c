// SPDX-License-Identifier: Apache-2.0
/* Advice for everything that can keep an image from arriving. */
#include <stddef.h>

#include "port/linux/pull_client.h"

static const struct {
    enum otk_status status;
    const char *hint;
} hints[] = {
    {OTK_HOST_IO, "check the path of the CA file and that it can be read"},
    {OTK_BAD_KEY, "the CA file has to hold certificates in PEM form (-----BEGIN CERTIFICATE-----)"},
    {OTK_NAME_NOT_RESOLVED, "check the host name in the URL and the device's name server"},
    {OTK_CONNECT_REFUSED, "check the port in the URL and that the web server runs"},
    {OTK_CONNECT_TIMEOUT,
     "check that the server can be reached from here: network, firewall, port"},
    {OTK_STALLED, "run it again: the download continues where it stopped"},
    {OTK_TIMEOUT, "allow more time, then run it again: the download continues where it stopped"},
    {OTK_CONNECTION_LOST, "run it again: the download continues where it stopped"},
    {OTK_TLS_UNTRUSTED,
     "give the CA that signed the server's certificate with --ca; a file may hold "
     "several"},
    {OTK_TLS_EXPIRED, "renew the server's certificate, or check this computer's clock"},
    {OTK_TLS_NOT_YET_VALID,
     "check this computer's clock; a device without one can be told to ignore "
     "certificate dates"},
    {OTK_TLS_WRONG_HOST, "use the host name that the server's certificate names"},
    {OTK_TLS_FAILED, "the server has to speak TLS 1.2 or later on this port"},
    {OTK_INSECURE_URL, "use https, or allow plain http explicitly with --insecure-http"},
    {OTK_BAD_URL,
     "a URL looks like https://host/path and has less than 2048 characters; user names "
     "do not belong into it"},
    {OTK_HTTP_NOT_FOUND, "check the path in the URL, or the manifest's \"firmware\""},
    {OTK_HTTP_DENIED, "the server wants credentials, or does not offer the file to everybody"},
    {OTK_HTTP_SERVER_ERROR, "try again later; what has arrived is kept"},
    {OTK_HTTP_BAD_RESPONSE,
     "check that the URL belongs to a web server and not to another service"},
    {OTK_HTTP_COMPRESSED, "switch compression off for images on the server"},
    {OTK_HTTP_TOO_MANY_REDIRECTS, "open the URL in a browser and use the address where it ends"},
    {OTK_FILE_CHANGED,
     "publish images under names that are never used again, and the manifest last"},
    {OTK_BAD_MANIFEST,
     "a manifest is one JSON object of at most 4096 bytes with a \"firmware\" text"},
    {OTK_BAD_MAGIC, "the URL has to name an application image (.bin) or a manifest"},
    {OTK_BAD_HASH, "the SHA-256 has to be that of the whole image file: check it with sha256sum"},
    {OTK_TOO_BIG, "the image has to fit the slot: see the sizes in the partition table"},
};

const char *otk_pull_hint(enum otk_status status)
{
    for (size_t index = 0; index < sizeof hints / sizeof hints[0]; index++) {
        if (hints[index].status == status) {
            return hints[index].hint;
        }
    }
    return NULL;
}
