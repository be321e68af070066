// SPDX-License-Identifier: Apache-2.0
/*
 * The steps to a peripheral. BlueZ reads our objects while it registers them, so nothing here may
 * wait for an answer: the next step begins when the answer to the one before has come.
 */
#include "port/linux/ble_setup.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ADAPTER_INTERFACE "org.bluez.Adapter1"
#define GATT_MANAGER      "org.bluez.GattManager1"
#define ADVERT_MANAGER    "org.bluez.LEAdvertisingManager1"
#define AGENT_MANAGER     "org.bluez.AgentManager1"
#define AGENT_MANAGER_AT  "/org/bluez"

/* What begin returns where there is nothing to ask BlueZ for; sd-bus's numbers are small. */
#define UNWANTED INT_MAX

struct step {
    /* Ask; on_reply gets the answer. Returns UNWANTED, or what sd-bus returns. */
    int (*begin)(struct otk_ble_setup *setup);
    void (*done)(struct otk_ble_setup *setup, sd_bus_message *reply); /* NULL: nothing to note */
};

static int on_reply(sd_bus_message *reply, void *userdata, sd_bus_error *error);

static void fail(struct otk_ble_setup *setup, const struct otk_ble_failure *failure)
{
    snprintf(setup->why, sizeof setup->why, "%s", failure->why);
    setup->failure = *failure;
    setup->failure.why = setup->why;
    setup->state = OTK_BLE_SETUP_FAILED;
}

static void fail_errno(struct otk_ble_setup *setup, int result)
{
    const struct otk_ble_failure failure = {OTK_HOST_IO, strerror(-result), NULL};

    fail(setup, &failure);
}

static bool wants_pairing(const struct otk_ble_setup *setup)
{
    return setup->config.machine->options->ble_pairing != OTK_VIRTUAL_DEVICE_OPEN;
}

static int ask_objects(struct otk_ble_setup *setup)
{
    return sd_bus_call_method_async(setup->config.bus, &setup->call, OTK_BLE_BLUEZ, "/",
                                    "org.freedesktop.DBus.ObjectManager", "GetManagedObjects",
                                    on_reply, setup, "");
}

static int set_flag(struct otk_ble_setup *setup, const char *property)
{
    return sd_bus_call_method_async(setup->config.bus, &setup->call, OTK_BLE_BLUEZ,
                                    setup->adapter.path, "org.freedesktop.DBus.Properties", "Set",
                                    on_reply, setup, "ssv", ADAPTER_INTERFACE, property, "b", 1);
}

static void note_objects(struct otk_ble_setup *setup, sd_bus_message *reply)
{
    static const struct otk_ble_failure taken = {OTK_BUSY, "another device uses the adapter",
                                                 "end it, or name another adapter"};
    struct otk_ble_failure failure;

    if (otk_ble_adapter_find(reply, setup->config.machine->options->ble_adapter, &setup->adapter,
                             &failure) != OTK_OK) {
        fail(setup, &failure);
        return;
    }
    if (otk_ble_adapter_lock(&setup->adapter, &setup->lock) != OTK_OK) {
        fail(setup, &taken);
        return;
    }
    otk_ble_adapter_inherit(&setup->adapter, &setup->before);
}

static int ask_power(struct otk_ble_setup *setup)
{
    return setup->adapter.is_powered ? UNWANTED : set_flag(setup, "Powered");
}

static void note_power(struct otk_ble_setup *setup, sd_bus_message *reply)
{
    (void)reply;
    setup->adapter.power_changed = true;
}

/* The name that a central reads once it is connected; else it would change there. */
static int ask_alias(struct otk_ble_setup *setup)
{
    if (strcmp(setup->adapter.alias, setup->config.name) == 0) {
        return UNWANTED;
    }
    return sd_bus_call_method_async(setup->config.bus, &setup->call, OTK_BLE_BLUEZ,
                                    setup->adapter.path, "org.freedesktop.DBus.Properties", "Set",
                                    on_reply, setup, "ssv", ADAPTER_INTERFACE, "Alias", "s",
                                    setup->config.name);
}

static void note_alias(struct otk_ble_setup *setup, sd_bus_message *reply)
{
    (void)reply;
    setup->adapter.alias_changed = true;
}

static int ask_pairable(struct otk_ble_setup *setup)
{
    return !wants_pairing(setup) || setup->adapter.is_pairable ? UNWANTED
                                                               : set_flag(setup, "Pairable");
}

static void note_pairable(struct otk_ble_setup *setup, sd_bus_message *reply)
{
    (void)reply;
    setup->adapter.pairable_changed = true;
}

static int ask_agent(struct otk_ble_setup *setup)
{
    if (!wants_pairing(setup)) {
        return UNWANTED;
    }
    if (otk_ble_agent_open(&setup->agent, setup->config.bus, setup->config.machine,
                           setup->adapter.path) != OTK_OK) {
        return -ENOMEM;
    }
    return sd_bus_call_method_async(setup->config.bus, &setup->call, OTK_BLE_BLUEZ,
                                    AGENT_MANAGER_AT, AGENT_MANAGER, "RegisterAgent", on_reply,
                                    setup, "os", OTK_BLE_AGENT_PATH,
                                    otk_ble_agent_capability(&setup->agent));
}

/* Centrals that begin to pair are shown to the default agent only. */
static int ask_default_agent(struct otk_ble_setup *setup)
{
    if (!wants_pairing(setup)) {
        return UNWANTED;
    }
    return sd_bus_call_method_async(setup->config.bus, &setup->call, OTK_BLE_BLUEZ,
                                    AGENT_MANAGER_AT, AGENT_MANAGER, "RequestDefaultAgent",
                                    on_reply, setup, "o", OTK_BLE_AGENT_PATH);
}

static int ask_application(struct otk_ble_setup *setup)
{
    if (otk_ble_gatt_open(&setup->gatt, setup->config.bus,
                          setup->config.machine->options->ble_pairing,
                          &setup->config.calls) != OTK_OK) {
        return -ENOMEM;
    }
    return sd_bus_call_method_async(setup->config.bus, &setup->call, OTK_BLE_BLUEZ,
                                    setup->adapter.path, GATT_MANAGER, "RegisterApplication",
                                    on_reply, setup, "oa{sv}", OTK_BLE_GATT_ROOT, 0);
}

static int ask_advert(struct otk_ble_setup *setup)
{
    if (otk_ble_advert_open(&setup->advert, setup->config.bus, setup->config.name) != OTK_OK) {
        return -ENOMEM;
    }
    return sd_bus_call_method_async(setup->config.bus, &setup->call, OTK_BLE_BLUEZ,
                                    setup->adapter.path, ADVERT_MANAGER, "RegisterAdvertisement",
                                    on_reply, setup, "oa{sv}", OTK_BLE_ADVERT_PATH, 0);
}

static const struct step steps[] = {
    {ask_objects, note_objects},   {ask_power, note_power}, {ask_alias, note_alias},
    {ask_pairable, note_pairable}, {ask_agent, NULL},       {ask_default_agent, NULL},
    {ask_application, NULL},       {ask_advert, NULL},
};

#define STEP_COUNT (sizeof steps / sizeof steps[0])

static void go_on(struct otk_ble_setup *setup)
{
    for (; setup->step < STEP_COUNT; setup->step++) {
        const int result = steps[setup->step].begin(setup);

        if (result < 0) {
            fail_errno(setup, result);
            return;
        }
        if (result != UNWANTED) {
            return;
        }
    }
    setup->state = OTK_BLE_SETUP_DONE;
}

static int on_reply(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
    struct otk_ble_setup *setup = userdata;
    const struct step *step = &steps[setup->step];
    struct otk_ble_failure failure;

    (void)error;
    setup->call = sd_bus_slot_unref(setup->call);
    if (sd_bus_message_is_method_error(reply, NULL)) {
        failure = otk_ble_bus_explain(sd_bus_message_get_error(reply));
        fail(setup, &failure);
        return 0;
    }
    if (step->done) {
        step->done(setup, reply);
    }
    if (setup->state == OTK_BLE_SETUP_RUNNING) {
        setup->step++;
        go_on(setup);
    }
    return 0;
}

enum otk_status otk_ble_setup_open(struct otk_ble_setup *setup,
                                   const struct otk_ble_setup_config *config)
{
    /* An attempt that found no adapter knows nothing of it. */
    const struct otk_ble_adapter before = setup->adapter.path[0] != '\0' ? setup->adapter
                                                                         : setup->before;

    memset(setup, 0, sizeof *setup);
    setup->before = before;
    setup->config = *config;
    setup->state = OTK_BLE_SETUP_RUNNING;
    go_on(setup);
    return setup->state == OTK_BLE_SETUP_FAILED ? setup->failure.status : OTK_OK;
}

static void unregister(const struct otk_ble_setup *setup, const char *path, const char *interface,
                       const char *method, const char *object)
{
    (void)sd_bus_call_method(setup->config.bus, OTK_BLE_BLUEZ, path, interface, method, NULL, NULL,
                             "o", object);
}

void otk_ble_setup_close(struct otk_ble_setup *setup, bool is_there)
{
    if (setup->state == OTK_BLE_SETUP_CLOSED) {
        return;
    }
    setup->call = sd_bus_slot_unref(setup->call);
    if (is_there && setup->advert.slot) {
        unregister(setup, setup->adapter.path, ADVERT_MANAGER, "UnregisterAdvertisement",
                   OTK_BLE_ADVERT_PATH);
    }
    if (is_there && setup->gatt.slot_count > 0) {
        unregister(setup, setup->adapter.path, GATT_MANAGER, "UnregisterApplication",
                   OTK_BLE_GATT_ROOT);
    }
    if (is_there && setup->agent.slot) {
        unregister(setup, AGENT_MANAGER_AT, AGENT_MANAGER, "UnregisterAgent", OTK_BLE_AGENT_PATH);
    }
    if (is_there) {
        otk_ble_adapter_restore(&setup->adapter, setup->config.bus);
    }
    otk_ble_advert_close(&setup->advert);
    otk_ble_gatt_close(&setup->gatt);
    otk_ble_agent_close(&setup->agent);
    if (setup->lock > 0) {
        close(setup->lock);
        setup->lock = 0;
    }
    setup->state = OTK_BLE_SETUP_CLOSED;
}
