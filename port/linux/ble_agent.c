// SPDX-License-Identifier: Apache-2.0
/*
 * An agent on D-Bus. Source: BlueZ 5.66, doc/agent-api.txt.
 *
 * The kernel makes up a passkey for every pairing; the agent cannot choose one, only show it.
 */
#include "port/linux/ble_agent.h"

#include <inttypes.h>
#include <string.h>

#include "port/linux/ble_bus.h"
#include "port/linux/events.h"
#include "port/linux/log.h"

/* Whether the central wants to pair with our adapter: an agent is asked for all of them. */
static bool is_ours(const struct otk_ble_agent *agent, const char *device)
{
    const size_t len = strlen(agent->adapter_path);

    return strncmp(device, agent->adapter_path, len) == 0 && device[len] == '/';
}

static int reject(sd_bus_message *message)
{
    return sd_bus_reply_method_errorf(message, "org.bluez.Error.Rejected",
                                      "not for this device to decide");
}

static void show_passkey(const struct otk_ble_agent *agent, uint32_t passkey)
{
    struct otk_machine *machine = agent->machine;

    otk_log_line(&machine->log, "ble", "PASSKEY %06" PRIu32 ": type it on the phone or computer",
                 passkey);
    otk_event_begin(&machine->events, "ble_passkey");
    otk_event_number(&machine->events, "passkey", passkey);
    otk_event_end(&machine->events);
}

/* Called again for every digit that is typed. */
static int display_passkey(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
    const struct otk_ble_agent *agent = userdata;
    const char *device;
    uint32_t passkey;
    uint16_t entered;
    const int result = sd_bus_message_read(message, "ouq", &device, &passkey, &entered);

    (void)error;
    if (result < 0) {
        return result;
    }
    if (!is_ours(agent, device)) {
        return reject(message);
    }
    if (entered == 0) {
        show_passkey(agent, passkey);
    }
    return sd_bus_reply_method_return(message, "");
}

/* Somebody pairs without proof; that is what "encrypted" asks for, and not enough otherwise. */
static int request_authorization(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
    const struct otk_ble_agent *agent = userdata;
    const char *device;
    const int result = sd_bus_message_read(message, "o", &device);

    (void)error;
    if (result < 0) {
        return result;
    }
    if (!is_ours(agent, device) ||
        agent->machine->options->ble_pairing != OTK_VIRTUAL_DEVICE_ENCRYPTED) {
        return reject(message);
    }
    otk_log_line(&agent->machine->log, "ble", "pairs without a passkey");
    return sd_bus_reply_method_return(message, "");
}

/* What a device without keys and without anything else than our services has no answer to. */
static int refuse(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
    (void)userdata;
    (void)error;
    return reject(message);
}

static int take_note(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
    (void)userdata;
    (void)error;
    return sd_bus_reply_method_return(message, "");
}

static const sd_bus_vtable vtable[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD("Release", "", "", take_note, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("RequestPinCode", "o", "s", refuse, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("DisplayPinCode", "os", "", refuse, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("RequestPasskey", "o", "u", refuse, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("DisplayPasskey", "ouq", "", display_passkey, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("RequestConfirmation", "ou", "", refuse, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("RequestAuthorization", "o", "", request_authorization,
                  SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("AuthorizeService", "os", "", refuse, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("Cancel", "", "", take_note, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_VTABLE_END,
};

const char *otk_ble_agent_capability(const struct otk_ble_agent *agent)
{
    return agent->machine->options->ble_pairing == OTK_VIRTUAL_DEVICE_AUTHENTICATED
               ? "DisplayOnly"
               : "NoInputNoOutput";
}

enum otk_status otk_ble_agent_open(struct otk_ble_agent *agent, sd_bus *bus,
                                   struct otk_machine *machine, const char *adapter_path)
{
    *agent = (struct otk_ble_agent){.machine = machine, .adapter_path = adapter_path};
    return sd_bus_add_object_vtable(bus, &agent->slot, OTK_BLE_AGENT_PATH, "org.bluez.Agent1",
                                    vtable, agent) < 0
               ? OTK_NO_MEMORY
               : OTK_OK;
}

void otk_ble_agent_close(struct otk_ble_agent *agent)
{
    agent->slot = sd_bus_slot_unref(agent->slot);
}
