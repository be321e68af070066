// SPDX-License-Identifier: Apache-2.0
/* The agent of a central. Source: BlueZ 5.66, doc/agent-api.txt. */
#include "host/bluez_agent.h"

#include <string.h>

#define AGENT_PATH      "/org/otakit/agent"
#define CALL_TIMEOUT_MS 5000u

/* BlueZ asks the agent of the program that pairs, also for other devices. */
static bool is_ours(const struct otk_bluez_agent *agent, sd_bus_message *message)
{
    const char *device = "";

    return sd_bus_message_read(message, "o", &device) >= 0 && strcmp(device, agent->device) == 0;
}

static int reject(sd_bus_message *message)
{
    return sd_bus_reply_method_errorf(message, "org.bluez.Error.Rejected", "nobody can answer");
}

static int request_passkey(sd_bus_message *message, void *context, sd_bus_error *error)
{
    const struct otk_bluez_agent *const agent = context;

    uint32_t passkey = 0;

    (void)error;
    if (!is_ours(agent, message) || !agent->can_type || !agent->ask(agent->context, &passkey)) {
        return reject(message);
    }
    return sd_bus_reply_method_return(message, "u", passkey);
}

/* Pairing without proof of who it is: all that there is where nobody can type. */
static int request_authorization(sd_bus_message *message, void *context, sd_bus_error *error)
{
    (void)error;
    return is_ours(context, message) ? sd_bus_reply_method_return(message, "") : reject(message);
}

static int refuse(sd_bus_message *message, void *context, sd_bus_error *error)
{
    (void)context;
    (void)error;
    return reject(message);
}

static int take_note(sd_bus_message *message, void *context, sd_bus_error *error)
{
    (void)context;
    (void)error;
    return sd_bus_reply_method_return(message, "");
}

static const sd_bus_vtable vtable[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD("Release", "", "", take_note, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("RequestPinCode", "o", "s", refuse, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("DisplayPinCode", "os", "", refuse, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("RequestPasskey", "o", "u", request_passkey, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("DisplayPasskey", "ouq", "", refuse, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("RequestConfirmation", "ou", "", refuse, SD_BUS_VTABLE_UNPRIVILEGED),

    SD_BUS_METHOD("RequestAuthorization", "o", "", request_authorization,
                  SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("AuthorizeService", "os", "", refuse, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("Cancel", "", "", take_note, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_VTABLE_END,
};

static enum otk_status call_manager(struct otk_bluez_agent *agent, const char *member,
                                    const char *capability)
{
    const struct otk_bluez_call call = {.path = "/org/bluez",
                                        .interface = "org.bluez.AgentManager1",
                                        .member = member,
                                        .timeout_ms = CALL_TIMEOUT_MS};

    return capability ? otk_bluez_call(agent->bluez, &call, NULL, "os", AGENT_PATH, capability)
                      : otk_bluez_call(agent->bluez, &call, NULL, "o", AGENT_PATH);
}

enum otk_status otk_bluez_agent_open(struct otk_bluez_agent *agent)
{
    if (sd_bus_add_object_vtable(agent->bluez->bus, &agent->slot, AGENT_PATH, "org.bluez.Agent1",
                                 vtable, agent) < 0) {
        return OTK_NO_MEMORY;
    }
    return call_manager(agent, "RegisterAgent",
                        agent->can_type ? "KeyboardOnly" : "NoInputNoOutput");
}

void otk_bluez_agent_close(struct otk_bluez_agent *agent)
{
    if (agent->slot) {
        /* Where this fails, BlueZ takes it back when the connection ends. */
        const enum otk_status status = call_manager(agent, "UnregisterAgent", NULL);
        (void)status;
        agent->slot = sd_bus_slot_unref(agent->slot);
    }
}
