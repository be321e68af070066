// SPDX-License-Identifier: Apache-2.0
/*
 * URLs of http and https: take one apart, resolve a reference against it, compare origins.
 *
 *     char url[OTK_URL_SIZE] = "https://host/fw/manifest.json?key=1";
 *     status = otk_url_resolve(url, otk_text("../app.bin", 10));     // https://host/app.bin
 *
 * Names and passwords in a URL are refused: credentials go into a header field, where a redirect
 * to another host can be kept from taking them along. Fragments are dropped.
 */
#ifndef OTAKIT_FORMAT_URL_H
#define OTAKIT_FORMAT_URL_H

#include <stdbool.h>
#include <stdint.h>

#include "otakit/base/status.h"
#include "otakit/format/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes that hold any URL we follow, its NUL included. Signed download links of object stores stay
 * well below; each pull keeps two of these in RAM. */
#define OTK_URL_SIZE 2048u

/* A URL taken apart; the texts lie in the URL. */
struct otk_url {
    bool is_secure;        /* https */
    uint16_t port;         /* 443 or 80 where the URL names none */
    struct otk_text host;  /* with its brackets where it is an IPv6 address */
    struct otk_text path;  /* from its '/'; empty where the URL ends behind the host */
    struct otk_text query; /* from its '?'; may be empty */
};

/*
 * Take an absolute URL apart.
 *
 * text  borrowed as long as `url`
 * url   written on success only
 *
 * Returns  OTK_OK       http or https, with a host
 *          OTK_BAD_URL  another scheme, no host, a bad port, user information, a character that
 *                       does not belong into a URL, or OTK_URL_SIZE or more characters
 */
OTK_MUST_USE enum otk_status otk_url_decode(struct otk_text text, struct otk_url *url);

/*
 * Replace a URL by what a reference means when it stands in the document of that URL (RFC 3986,
 * 5.2): absolute, or relative with dot segments. Characters that only lenient servers send (spaces,
 * bytes above 0x7F) are percent-encoded; the fragment is dropped.
 *
 * url        NUL-terminated, absolute; changed on success only
 * reference  borrowed for the call; does not overlap `url`
 *
 * Returns  OTK_OK       resolved
 *          OTK_BAD_URL  `url` or the outcome is one that otk_url_decode refuses, the reference holds
 *                       control characters, or the outcome does not fit
 */
OTK_MUST_USE enum otk_status otk_url_resolve(char url[OTK_URL_SIZE], struct otk_text reference);

/* Whether two URLs have scheme, host and port in common; false where one is malformed. */
bool otk_url_is_same_origin(struct otk_text a, struct otk_text b);

#ifdef __cplusplus
}
#endif

#endif
