// SPDX-License-Identifier: Apache-2.0
/*
 * BlueZ on the system bus, for a program that waits for one thing at a time but can be stopped: calls
 * with a limit, during which BlueZ may call us, and one look at all its objects.
 *
 *     status = otk_bluez_open(&bluez, must_stop, me);
 *     status = otk_bluez_call(&bluez, &call, &reply, "a{sv}", 0);
 *     status = otk_bluez_visit(&bluez, on_object, me);
 *     otk_bluez_close(&bluez);
 */
#ifndef OTAKIT_HOST_BLUEZ_BUS_H
#define OTAKIT_HOST_BLUEZ_BUS_H

#include <stdbool.h>
#include <stdint.h>

#include <systemd/sd-bus.h>

#include "host/error.h"
#include "otakit/base/status.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OTK_BLUEZ_NAME "org.bluez"

/* What BlueZ 5.66 says of a write when it could not make the link as secure as the device wants. */
#define OTK_BLUEZ_UNLIKELY "ATT error: 0x0e"

#define OTK_BLUEZ_PATH_SIZE 128u
#define OTK_BLUEZ_WORD_SIZE 40u

/* Bytes of a name with its NUL. Source: Bluetooth Core 5.4, Vol 3, Part C, 12.1. */
#define OTK_BLUEZ_TEXT_SIZE 249u

struct otk_bluez {
    sd_bus *bus;
    bool (*must_stop)(void *context); /* asked several times a second; NULL: never */
    void *context;                    /* handed to it */
    /* Of the last call that was answered by an error. */
    char error_name[OTK_BLUEZ_PATH_SIZE]; /* "org.bluez.Error.Failed" */
    char error_text[OTK_BLUEZ_TEXT_SIZE];
};

/* Whom to call, and how long to wait. */
struct otk_bluez_call {
    const char *path;
    const char *interface;
    const char *member;
    uint32_t timeout_ms;
};

enum otk_bluez_kind {
    OTK_BLUEZ_OTHER,
    OTK_BLUEZ_ADAPTER,
    OTK_BLUEZ_DEVICE,
    OTK_BLUEZ_SERVICE,
    OTK_BLUEZ_CHARACTERISTIC
};

/* Services that we know. */
#define OTK_BLUEZ_HAS_SIMPLE 1u /* protocol A */
#define OTK_BLUEZ_HAS_SECTOR 2u /* B */
#define OTK_BLUEZ_HAS_WINDOW 4u /* C */

/* What we want to know of an object; what it does not have is 0 or "". */
struct otk_bluez_object {
    char path[OTK_BLUEZ_PATH_SIZE];
    enum otk_bluez_kind kind;
    char uuid[OTK_BLUEZ_WORD_SIZE];         /* service, characteristic: lower case */
    char address[OTK_BLUEZ_WORD_SIZE];      /* adapter, device: "AA:BB:CC:DD:EE:FF" */
    char address_type[OTK_BLUEZ_WORD_SIZE]; /* "public", "random" */
    char name[OTK_BLUEZ_TEXT_SIZE];         /* device: what it calls itself */
    bool is_powered;                        /* adapter */
    bool is_connected;                      /* device, and below */
    bool is_paired;
    bool is_resolved; /* its services are known */
    bool has_rssi;    /* it is heard in the search that runs */
    int16_t rssi;     /* dBm */
    uint32_t services;
};

/*
 * Connect to the bus.
 *
 * Returns  OTK_OK
 *          OTK_HOST_IO  there is no system bus
 */
OTK_MUST_USE enum otk_status otk_bluez_open(struct otk_bluez *bluez,
                                            bool (*must_stop)(void *context), void *context);

/*
 * Call a method and wait for its answer. BlueZ's own calls, of an agent for example, are served
 * meanwhile.
 *
 * reply  written on success only, and the caller's to unref; may be NULL
 * types  of the arguments that follow, as sd_bus_message_append takes them; "" for none
 *
 * Returns  OTK_OK
 *          OTK_REFUSED          error_name and error_text say why
 *          OTK_TIMEOUT          no answer
 *          OTK_INTERRUPTED      must_stop said so
 *          OTK_HOST_IO          the bus is gone
 *          OTK_NO_MEMORY
 */
OTK_MUST_USE enum otk_status otk_bluez_call(struct otk_bluez *bluez,
                                            const struct otk_bluez_call *call,
                                            sd_bus_message **reply, const char *types, ...);

/* As otk_bluez_call, with a message that was put together before; it stays the caller's. Returns
 * likewise. */
OTK_MUST_USE enum otk_status otk_bluez_send(struct otk_bluez *bluez, sd_bus_message *message,
                                            uint32_t timeout_ms, sd_bus_message **reply);

/* Serve what BlueZ calls, for `timeout_ms` or until something came. Returns OTK_OK, OTK_INTERRUPTED,
 * OTK_HOST_IO. */
OTK_MUST_USE enum otk_status otk_bluez_wait(struct otk_bluez *bluez, uint32_t timeout_ms);

/* Whether the last refusal has that name: "Failed" for "org.bluez.Error.Failed". */
bool otk_bluez_was(const struct otk_bluez *bluez, const char *name);

/*
 * Look at all objects of BlueZ.
 *
 * visit  called for each of a known kind
 *
 * Returns  as otk_bluez_call
 */
OTK_MUST_USE enum otk_status otk_bluez_visit(struct otk_bluez *bluez,
                                             void (*visit)(void *context,
                                                           const struct otk_bluez_object *object),
                                             void *context);

/* Say why a call failed, with a hint. Returns the status that belongs to it. */
enum otk_status otk_bluez_explain(const struct otk_bluez *bluez, enum otk_status status,
                                  struct otk_error *error);

/* Disconnect from the bus. */
void otk_bluez_close(struct otk_bluez *bluez);

#ifdef __cplusplus
}
#endif

#endif
