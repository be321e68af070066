// SPDX-License-Identifier: Apache-2.0
/*
 * Finding a device on Bluetooth LE by its name or address.
 *
 *     status = otk_bluez_find(&bluez, &search, &found, &error);
 */
#ifndef OTAKIT_HOST_BLUEZ_FIND_H
#define OTAKIT_HOST_BLUEZ_FIND_H

#include "host/bluez_bus.h"

#ifdef __cplusplus
extern "C" {
#endif

struct otk_bluez_search {
    const char *adapter; /* "hci0"; NULL: the first that is switched on */
    const char *target;  /* a name, or "AA:BB:CC:DD:EE:FF" */
    uint32_t timeout_ms;
    /* Told, one line each, what was heard when the target was not; NULL: nobody. */
    void (*heard)(void *context, const char *line);
    void *context; /* handed to it */
};

struct otk_bluez_found {
    struct otk_bluez_object adapter;
    struct otk_bluez_object device;
    bool was_known;     /* BlueZ knew it before the search */
    bool was_connected; /* another program is connected to it */
};

/*
 * Search until the device is heard.
 *
 * found  written on success only
 * error  why not, with a hint
 *
 * Returns  OTK_OK
 *          OTK_NOT_FOUND  it was not heard in time
 *          OTK_USAGE      several devices have that name, or there is no such adapter
 *          OTK_HOST_IO, OTK_TIMEOUT, OTK_INTERRUPTED, OTK_NO_MEMORY
 */
OTK_MUST_USE enum otk_status otk_bluez_find(struct otk_bluez *bluez,
                                            const struct otk_bluez_search *search,
                                            struct otk_bluez_found *found, struct otk_error *error);

#ifdef __cplusplus
}
#endif

#endif
