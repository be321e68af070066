// SPDX-License-Identifier: Apache-2.0
/*
 * The seam between otakit's task and the ways by which images come.
 *
 * Engines and updater know nothing of tasks: whoever touches one of them holds otakit's lock. Web
 * server, Bluetooth host and pull run on tasks of their own and lock around each call of an engine; the
 * app task polls what has to go on by itself.
 *
 *     static struct otk_espidf_transport transport = {.name = "ble", .start = start, .poll = poll};
 *
 *     struct otk_espidf_transport *otk_espidf_ble(const struct otk_espidf_ble_config *config)
 *     {
 *         the_config = config;
 *         return &transport;
 *     }
 *
 * One of each per device, so its state is static in its file.
 */
#ifndef PORT_ESPIDF_TRANSPORT_H
#define PORT_ESPIDF_TRANSPORT_H

#include <stdint.h>

#include <esp_err.h>

#include "otakit/core/updater.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What the app task lends to its transports for ever. */
struct otk_espidf_host {
    struct otk_updater *updater; /* only under the lock */
    const char *name;            /* of the device */
};

struct otk_espidf_transport {
    const char *name; /* for the log */
    /* Start; once, on the app task, without the lock. On failure it has released what it took and
     * logged why. */
    esp_err_t (*start)(const struct otk_espidf_host *host);
    /* What is due; on the app task, under the lock, at least every 100 ms, and soon after
     * otk_espidf_wake. Never waits. Returns OTK_MORE to be called again within 10 ms, else OTK_OK.
     * NULL: nothing ever is. */
    enum otk_status (*poll)(uint32_t now_ms);
};

/* Wait for the lock and take it. Not from interrupts, not twice: it is not recursive. Held for one
 * call of an engine, which may be as long as an erase of OTAKIT_ERASE_SIZE; never while waiting for a
 * client or a server. Ask for the time behind it: engines must not see an earlier one than before. Higher
 * priorities that wait lend theirs to the holder. */
void otk_espidf_lock(void);

/* Give the lock back, on the task that took it. */
void otk_espidf_unlock(void);

/* Something happened: the app task takes its next turn now. From any task. */
void otk_espidf_wake(void);

#ifdef __cplusplus
}
#endif

#endif
