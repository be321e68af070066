// SPDX-License-Identifier: Apache-2.0
/*
 * What a portal says in JSON: its /info, its sessions and its errors. SPEC.md, "The portal over HTTP".
 *
 *     if (otk_web_info_read(answer.body, answer.len, &info) == OTK_OK)
 *         puts(info.device.version);
 *
 * Nothing is believed: what is missing or of another type counts as not told.
 */
#ifndef OTAKIT_HOST_WEB_INFO_H
#define OTAKIT_HOST_WEB_INFO_H

#include <stdbool.h>
#include <stdint.h>

#include "host/error.h"
#include "host/push.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What the update does. */
enum otk_web_state {
    OTK_WEB_IDLE,
    OTK_WEB_RECEIVING,
    OTK_WEB_FINISHING,
    OTK_WEB_SWITCHED,
    OTK_WEB_FAILED
};

struct otk_web_session {
    enum otk_web_state state;
    char owner[OTK_PUSH_TEXT_SIZE]; /* "portal", "ble-window" */
    uint32_t offset;                /* of the next byte that is wanted */
    uint32_t image_size;
    uint32_t written;
    uint32_t verified;
    enum otk_status status;
    char message[OTK_ERROR_MESSAGE_SIZE];
};

struct otk_web_info {
    struct otk_push_device device;
    struct otk_web_session session;
    bool refuses_other_project;
    bool refuses_same_version;
    bool refuses_older_version;
    bool wants_password;
};

/*
 * Read the answer to GET /info.
 *
 * info  written on success only
 *
 * Returns  OTK_OK
 *          OTK_BAD_FORMAT  no JSON, or not that of a portal
 */
OTK_MUST_USE enum otk_status otk_web_info_read(const char *body, uint32_t len,
                                               struct otk_web_info *info);

/* The "session" in the answer to PUT. Returns as otk_web_info_read. */
OTK_MUST_USE enum otk_status otk_web_session_read(const char *body, uint32_t len,
                                                  struct otk_web_session *session);

/*
 * The "error" in any answer.
 *
 * status   its number; OTK_HTTP_SERVER_ERROR where this build does not know it
 * message  its sentence, fit for OTK_ERROR_MESSAGE_SIZE bytes
 *
 * Returns  OTK_OK          both are written
 *          OTK_BAD_FORMAT  there is none
 */
OTK_MUST_USE enum otk_status otk_web_error_read(const char *body, uint32_t len,
                                                enum otk_status *status,
                                                char message[OTK_ERROR_MESSAGE_SIZE]);

#ifdef __cplusplus
}
#endif

#endif
