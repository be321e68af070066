// SPDX-License-Identifier: Apache-2.0
/*
 * Pull an image: otakit's engine, esp_http_client for the network.
 *
 *     struct otk_pull_client *client = calloc(1, sizeof *client);
 *     status = otk_pull_client_run(client, updater, &config);
 *     if (status == OTK_OK)
 *         status = otk_session_switch(&client->session);      // under the lock
 */
#ifndef PORT_ESPIDF_PULL_CLIENT_H
#define PORT_ESPIDF_PULL_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include <esp_http_client.h>

#include "otakit/core/updater.h"
#include "otakit/transport/pull/pull.h"
#include "port/espidf/include/otakit_espidf_pull.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes for the fields of an answer that matter; what does not fit is left out. */
#define OTK_PULL_FIELDS_SIZE 3072u

/* Bytes that are read and written to flash together. */
#define OTK_PULL_PIECE_SIZE 4096u

/* Names and values with their NULs, one behind the other. */
struct otk_pull_fields {
    char chars[OTK_PULL_FIELDS_SIZE];
    uint32_t len;
};

/* A pull in progress, on the heap. Borrow no field but session. */
struct otk_pull_client {
    const struct otk_espidf_pull_config *config;
    struct otk_updater *updater; /* under the lock */
    struct otk_policy policy;    /* the device's, while ours is in force */
    struct otk_pull pull;        /* under the lock */
    struct otk_session session;  /* under the lock */
    uint8_t buffer[OTK_SECTOR_SIZE];
    struct otk_pull_fields fields;
    char piece[OTK_PULL_PIECE_SIZE];
    enum otk_status trouble; /* why the transfer broke, as far as TLS and TCP told; OTK_OK: not */
    bool has_told_begin;
    uint32_t told_offset;
};

/*
 * Fetch, write and verify an image; not switched yet. Takes the lock for each call of an engine, and
 * tells begin and progress.
 *
 * client  zeroed
 *
 * Returns  OTK_OK          verified: otk_session_switch may follow
 *          OTK_UP_TO_DATE  the device runs this image already
 *          OTK_CANCELLED   a client of another transport has switched, or wants another application
 *          OTK_NO_MEMORY
 *          others          otk_pull_init and otk_pull_outcome
 * Power loss: as otk_session_write and otk_session_finish.
 */
OTK_MUST_USE enum otk_status otk_pull_client_run(struct otk_pull_client *client,
                                                 struct otk_updater *updater,
                                                 const struct otk_espidf_pull_config *config);

/* Under the lock: the engine's calls stand between these two. They put the policy of a pull into force:
 * without a hash, the running version is up to date. */
void otk_pull_client_enter(struct otk_pull_client *client);
void otk_pull_client_leave(struct otk_pull_client *client);

/* Tell of progress, where it is due. Not under the lock. */
void otk_pull_client_tell(struct otk_pull_client *client);

/* Perform one request, from its connection to otk_pull_end. */
void otk_pull_client_fetch(struct otk_pull_client *client, const struct otk_pull_request *request);

/* Why a connection failed, as the client's event tells it. OTK_OK: it says nothing. */
enum otk_status otk_pull_error(const esp_http_client_event_t *event);

#ifdef __cplusplus
}
#endif

#endif
