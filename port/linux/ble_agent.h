// SPDX-License-Identifier: Apache-2.0
/*
 * The device's part in pairing, as an object on D-Bus for BlueZ's AgentManager1: a device without
 * keys, and without a display or with one, by how much proof it asks for.
 *
 *     status = otk_ble_agent_open(&agent, bus, &machine, adapter_path);
 *     register OTK_BLE_AGENT_PATH with org.bluez.AgentManager1
 *     otk_ble_agent_close(&agent);
 */
#ifndef PORT_LINUX_BLE_AGENT_H
#define PORT_LINUX_BLE_AGENT_H

#include <systemd/sd-bus.h>

#include "otakit/base/status.h"
#include "port/linux/machine.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OTK_BLE_AGENT_PATH "/otakit/agent"

/* Zeroed: not open. Must not be moved while it is open. */
struct otk_ble_agent {
    struct otk_machine *machine;
    const char *adapter_path;
    sd_bus_slot *slot;
};

/* What it can do, as BlueZ calls it. */
const char *otk_ble_agent_capability(const struct otk_ble_agent *agent);

/*
 * Put the object on the bus. It answers for this adapter only, and shows passkeys in the log.
 *
 * bus, machine, adapter_path  borrowed until close
 *
 * Returns  OTK_OK
 *          OTK_NO_MEMORY
 */
OTK_MUST_USE enum otk_status otk_ble_agent_open(struct otk_ble_agent *agent, sd_bus *bus,
                                                struct otk_machine *machine,
                                                const char *adapter_path);

/* Take it off. */
void otk_ble_agent_close(struct otk_ble_agent *agent);

#ifdef __cplusplus
}
#endif

#endif
