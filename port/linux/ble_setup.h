// SPDX-License-Identifier: Apache-2.0
/*
 * What makes a Linux computer a peripheral, call after call to BlueZ; none of them blocks.
 *
 *     find adapter -> power -> alias -> pairable -> agent -> default agent
 *                  -> application -> advertisement -> done
 *
 *     status = otk_ble_setup_open(&setup, &config);
 *     while (setup.state == OTK_BLE_SETUP_RUNNING)
 *         process the bus
 *     otk_ble_setup_close(&setup);          // in the reverse order, and puts back what was changed
 */
#ifndef PORT_LINUX_BLE_SETUP_H
#define PORT_LINUX_BLE_SETUP_H

#include <stdint.h>
#include <systemd/sd-bus.h>

#include "otakit/base/status.h"
#include "port/linux/ble_adapter.h"
#include "port/linux/ble_advert.h"
#include "port/linux/ble_agent.h"
#include "port/linux/ble_bus.h"
#include "port/linux/ble_gatt.h"
#include "port/linux/machine.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Room for the text of an error. */
#define OTK_BLE_WHY_SIZE 200u

enum otk_ble_setup_state {
    OTK_BLE_SETUP_CLOSED,
    OTK_BLE_SETUP_RUNNING,
    OTK_BLE_SETUP_DONE,  /* the device can be found */
    OTK_BLE_SETUP_FAILED /* failure says why */
};

/* What to set up. Borrowed until close. */
struct otk_ble_setup_config {
    struct otk_machine *machine;
    sd_bus *bus;
    struct otk_ble_gatt_calls calls;
    const char *name; /* that is advertised */
};

/* Must not be moved while it is open. */
struct otk_ble_setup {
    struct otk_ble_setup_config config;
    enum otk_ble_setup_state state;
    uint32_t step;     /* the one whose answer is awaited */
    sd_bus_slot *call; /* it; NULL: none */
    int lock;          /* on the adapter; 0: none */
    struct otk_ble_adapter adapter;
    struct otk_ble_adapter before; /* as it was left by the time before */
    struct otk_ble_gatt gatt;
    struct otk_ble_advert advert;
    struct otk_ble_agent agent;
    struct otk_ble_failure failure;
    char why[OTK_BLE_WHY_SIZE]; /* keeps failure.why where that is BlueZ's own text */
};

/*
 * Begin.
 *
 * setup  zeroed, or closed: what is still changed from then is put back in the end
 *
 * Returns  OTK_OK  on its way
 *          others  setup->failure says why; nothing is open
 */
OTK_MUST_USE enum otk_status otk_ble_setup_open(struct otk_ble_setup *setup,
                                                const struct otk_ble_setup_config *config);

/*
 * Take everything down.
 *
 * is_there  BlueZ still answers: tell it, and put back what was changed. Blocks for a few seconds at
 *           most
 */
void otk_ble_setup_close(struct otk_ble_setup *setup, bool is_there);

#ifdef __cplusplus
}
#endif

#endif
