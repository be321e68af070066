// SPDX-License-Identifier: Apache-2.0
/* What libcurl's and OpenSSL's errors mean in otakit's words. */
#ifndef PORT_LINUX_FETCH_STATUS_H
#define PORT_LINUX_FETCH_STATUS_H

#include <curl/curl.h>

#include "otakit/base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Why a transfer ended.
 *
 * easy         the handle that performed it
 * code         what it ended with
 * certificate  OpenSSL's last objection to the server's chain (X509_V_ERR_...), or X509_V_OK
 *
 * Returns  OTK_OK, or a status that otk_pull_end takes, or OTK_NO_MEMORY
 */
enum otk_status otk_fetch_status(CURL *easy, CURLcode code, int certificate);

#ifdef __cplusplus
}
#endif

#endif
