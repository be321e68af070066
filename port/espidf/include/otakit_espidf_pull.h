// SPDX-License-Identifier: Apache-2.0
/*
 * Updates that the device downloads over HTTPS, by an image's or a manifest's URL.
 *
 *     extern const char ca_pem[] asm("_binary_ca_pem_start");
 *
 *     const struct otk_espidf_pull_config pull = {
 *         .url = "https://updates.example.com/lamp.json", .ca_pem = ca_pem, .interval_s = 3600};
 *     ... .transports = {otk_espidf_pull(&pull)}
 *
 * The first look comes as soon as the default network interface is up and the running application is
 * confirmed. What a broken connection, a reset or a power cut leaves is continued.
 */
#ifndef PORT_ESPIDF_INCLUDE_OTAKIT_ESPIDF_PULL_H
#define PORT_ESPIDF_INCLUDE_OTAKIT_ESPIDF_PULL_H

#include <stdbool.h>
#include <stdint.h>

#include <esp_err.h>

#include "otakit/transport/pull/pull.h"
#include "port/espidf/include/otakit_espidf.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Texts and keys are borrowed for ever. Zeros are the defaults. */
struct otk_espidf_pull_config {
    const char *url;         /* https; of an image or a manifest */
    enum otk_pull_kind kind; /* what it names; OTK_PULL_ANY: its first byte says */
    const uint8_t
        *sha256;        /* 32 bytes over the image file, or NULL. Where neither this nor a manifest
                                names the image, one of the running version counts as up to date */
    const char *ca_pem; /* one or more CAs, PEM with its NUL: only these are trusted */
    esp_err_t (*crt_bundle_attach)(void *config); /* esp_crt_bundle_attach, instead of ca_pem */
    const char
        *authorization;  /* value of the Authorization field for the URL's own server; or NULL */
    bool allow_http;     /* follow http:// as well: for tests */
    uint32_t interval_s; /* between two looks; 0: one look, then otk_espidf_pull_now */
};

/* The transport. Its task has CONFIG_OTAKIT_PULL_STACK_SIZE bytes of stack. */
struct otk_espidf_transport *otk_espidf_pull(const struct otk_espidf_pull_config *config);

/* Look now. From any task; does nothing before otk_espidf_start, or while a download runs. */
void otk_espidf_pull_now(void);

#ifdef __cplusplus
}
#endif

#endif
