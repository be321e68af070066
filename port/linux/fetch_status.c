// SPDX-License-Identifier: Apache-2.0
/* One table for what needs no second look, one function each for the three that do. */
#include "port/linux/fetch_status.h"

#include <errno.h>

#include <openssl/x509_vfy.h>

/* libcurl checks the host name itself, after OpenSSL has found the chain to be good. */
static enum otk_status certificate_status(int certificate)
{
    switch (certificate) {
    case X509_V_OK:
        return OTK_TLS_WRONG_HOST;
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return OTK_TLS_EXPIRED;
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return OTK_TLS_NOT_YET_VALID;
    default:
        return OTK_TLS_UNTRUSTED;
    }
}

/* Refused by the server, or lost on the way to it. */
static enum otk_status connect_status(CURL *easy)
{
    long error = 0;

    curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &error);
    return error == ETIMEDOUT || error == EHOSTUNREACH || error == ENETUNREACH
               ? OTK_CONNECT_TIMEOUT
               : OTK_CONNECT_REFUSED;
}

/* Only connecting has a time-out in libcurl; but the name is asked for in that time, too. */
static enum otk_status timeout_status(CURL *easy)
{
    curl_off_t lookup_us = 0;

    curl_easy_getinfo(easy, CURLINFO_NAMELOOKUP_TIME_T, &lookup_us);
    return lookup_us > 0 ? OTK_CONNECT_TIMEOUT : OTK_NAME_NOT_RESOLVED;
}

enum otk_status otk_fetch_status(CURL *easy, CURLcode code, int certificate)
{
    switch (code) {
    case CURLE_OK:
        return OTK_OK;
    case CURLE_PEER_FAILED_VERIFICATION:
        return certificate_status(certificate);
    case CURLE_COULDNT_CONNECT:
        return connect_status(easy);
    case CURLE_OPERATION_TIMEDOUT:
        return timeout_status(easy);
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
        return OTK_NAME_NOT_RESOLVED;
    case CURLE_URL_MALFORMAT:
        return OTK_BAD_URL;
    case CURLE_SSL_CONNECT_ERROR: /* also where a signature in the chain cannot even be computed */
        return certificate == X509_V_OK ? OTK_TLS_FAILED : certificate_status(certificate);
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ENGINE_INITFAILED:
        return OTK_TLS_FAILED;
    case CURLE_UNSUPPORTED_PROTOCOL: /* an answer without a status line */
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_FILESIZE_EXCEEDED:
        return OTK_HTTP_BAD_RESPONSE;
    case CURLE_OUT_OF_MEMORY:
        return OTK_NO_MEMORY;
    default:
        return OTK_CONNECTION_LOST;
    }
}
