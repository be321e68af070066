// SPDX-License-Identifier: Apache-2.0
/* BlueZ on the system bus. Source of all names: BlueZ 5.66, doc/adapter-api.txt and its neighbours. */
#include "host/bluez_bus.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "host/bluez_uuid.h"
#include "host/push_parts.h"

/* How long to sleep at most, so that a stop is noticed. */
#define TICK_MS 100u

#define VISIT_TIMEOUT_MS 10000u

/* The answer to a call. */
struct answer {
    bool is_there;
    sd_bus_message *message;
};

enum otk_status otk_bluez_open(struct otk_bluez *bluez, bool (*must_stop)(void *context),
                               void *context)
{
    *bluez = (struct otk_bluez){.must_stop = must_stop, .context = context};
    return sd_bus_open_system(&bluez->bus) < 0 ? OTK_HOST_IO : OTK_OK;
}

void otk_bluez_close(struct otk_bluez *bluez)
{
    bluez->bus = sd_bus_flush_close_unref(bluez->bus);
}

static int on_answer(sd_bus_message *message, void *context, sd_bus_error *error)
{
    struct answer *const answer = context;

    (void)error;
    answer->is_there = true;
    answer->message = sd_bus_message_ref(message);
    return 0;
}

enum otk_status otk_bluez_wait(struct otk_bluez *bluez, uint32_t timeout_ms)
{
    const uint64_t wait_us = (uint64_t)(timeout_ms < TICK_MS ? timeout_ms : TICK_MS) * 1000u;
    int result;

    if (bluez->must_stop && bluez->must_stop(bluez->context)) {
        return OTK_INTERRUPTED;
    }
    result = sd_bus_process(bluez->bus, NULL);
    if (result == 0) {
        result = sd_bus_wait(bluez->bus, wait_us);
    }
    return result < 0 && result != -EINTR ? OTK_HOST_IO : OTK_OK;
}

/* Take what a call was answered. */
static enum otk_status take_answer(struct otk_bluez *bluez, struct answer *answer,
                                   sd_bus_message **reply)
{
    const sd_bus_error *const error = sd_bus_message_get_error(answer->message);

    if (error) {
        snprintf(bluez->error_name, sizeof bluez->error_name, "%s", error->name);
        snprintf(bluez->error_text, sizeof bluez->error_text, "%s",
                 error->message ? error->message : "");
        sd_bus_message_unref(answer->message);
        return OTK_REFUSED;
    }
    if (reply) {
        *reply = answer->message;
    } else {
        sd_bus_message_unref(answer->message);
    }
    return OTK_OK;
}

enum otk_status otk_bluez_send(struct otk_bluez *bluez, sd_bus_message *message,
                               uint32_t timeout_ms, sd_bus_message **reply)
{
    const uint64_t end_ms = otk_push_now_ms() + timeout_ms;
    struct answer answer = {0};
    sd_bus_slot *slot = NULL;
    enum otk_status status = OTK_OK;

    if (sd_bus_call_async(bluez->bus, &slot, message, on_answer, &answer,
                          (uint64_t)timeout_ms * 1000u + 1000000u) < 0) {
        return OTK_HOST_IO;
    }
    while (status == OTK_OK && !answer.is_there) {
        status = otk_push_now_ms() > end_ms ? OTK_TIMEOUT : otk_bluez_wait(bluez, TICK_MS);
    }
    sd_bus_slot_unref(slot); /* no answer is delivered any more */
    if (answer.is_there) {
        return take_answer(bluez, &answer, reply);
    }
    return status;
}

enum otk_status otk_bluez_call(struct otk_bluez *bluez, const struct otk_bluez_call *call,
                               sd_bus_message **reply, const char *types, ...)
{
    sd_bus_message *message = NULL;
    enum otk_status status = OTK_NO_MEMORY;
    va_list arguments;
    int result;

    result = sd_bus_message_new_method_call(bluez->bus, &message, OTK_BLUEZ_NAME, call->path,
                                            call->interface, call->member);
    va_start(arguments, types);
    if (result >= 0 && types[0]) {
        result = sd_bus_message_appendv(message, types, arguments);
    }
    va_end(arguments);
    if (result >= 0) {
        status = otk_bluez_send(bluez, message, call->timeout_ms, reply);
    }
    sd_bus_message_unref(message);
    return status;
}

bool otk_bluez_was(const struct otk_bluez *bluez, const char *name)
{
    const char *const dot = strrchr(bluez->error_name, '.');

    return dot && strcmp(dot + 1, name) == 0;
}

/* Where a property goes. */
struct property {
    const char *name;
    char type; /* of D-Bus */
    size_t offset;
    size_t size; /* of a text */
};

#define TEXT(property, field)                                    \
    {                                                            \
        property, 's', offsetof(struct otk_bluez_object, field), \
            sizeof(((struct otk_bluez_object *)NULL)->field)     \
    }
#define FLAG(property, field)                                      \
    {                                                              \
        property, 'b', offsetof(struct otk_bluez_object, field), 0 \
    }

static const struct property properties[] = {
    TEXT("Address", address),    TEXT("AddressType", address_type),
    TEXT("Name", name),          TEXT("UUID", uuid),
    FLAG("Powered", is_powered), FLAG("Connected", is_connected),
    FLAG("Paired", is_paired),   FLAG("ServicesResolved", is_resolved),
};

static int take_flag(sd_bus_message *message, bool *flag)
{
    int value = 0;
    const int result = sd_bus_message_read(message, "v", "b", &value);

    *flag = value != 0;
    return result;
}

static int take_text(sd_bus_message *message, char *text, size_t size)
{
    const char *value = "";
    const int result = sd_bus_message_read(message, "v", "s", &value);

    if (result >= 0) {
        snprintf(text, size, "%s", value);
    }
    return result;
}

static int take_rssi(sd_bus_message *message, struct otk_bluez_object *object)
{
    const int result = sd_bus_message_read(message, "v", "n", &object->rssi);

    object->has_rssi = result >= 0;
    return result;
}

static uint32_t service_of(const char *uuid)
{
    if (strcasecmp(uuid, OTK_BLUEZ_UUID_SIMPLE) == 0 ||
        strcasecmp(uuid, OTK_BLUEZ_UUID_SIMPLE_OTHER) == 0) {
        return OTK_BLUEZ_HAS_SIMPLE;
    }
    if (strcasecmp(uuid, OTK_BLUEZ_UUID_SECTOR) == 0) {
        return OTK_BLUEZ_HAS_SECTOR;
    }
    return strcasecmp(uuid, OTK_BLUEZ_UUID_WINDOW) == 0 ? OTK_BLUEZ_HAS_WINDOW : 0;
}

static int take_services(sd_bus_message *message, struct otk_bluez_object *object)
{
    const char *uuid;
    int result = sd_bus_message_enter_container(message, 'v', "as");

    if (result >= 0) {
        result = sd_bus_message_enter_container(message, 'a', "s");
    }
    while (result >= 0 && (result = sd_bus_message_read(message, "s", &uuid)) > 0) {
        object->services |= service_of(uuid);
    }
    if (result >= 0) {
        result = sd_bus_message_exit_container(message);
    }
    return result < 0 ? result : sd_bus_message_exit_container(message);
}

static int take_property(sd_bus_message *message, const char *name, void *context)
{
    struct otk_bluez_object *const object = context;
    char *const base = context;

    if (strcmp(name, "RSSI") == 0) {
        return take_rssi(message, object);
    }
    if (strcmp(name, "UUIDs") == 0) {
        return take_services(message, object);
    }
    for (size_t i = 0; i < sizeof properties / sizeof properties[0]; i++) {
        const struct property *const property = &properties[i];

        if (strcmp(name, property->name) == 0) {
            return property->type == 'b'
                       ? take_flag(message, (bool *)(void *)(base + property->offset))
                       : take_text(message, base + property->offset, property->size);
        }
    }
    return sd_bus_message_skip(message, "v");
}

/* Go through a dictionary; `take` consumes each value. */
static int each(sd_bus_message *message, const char *entry, const char *content,
                int (*take)(sd_bus_message *message, const char *key, void *context), void *context)
{
    const char *key;
    int result = sd_bus_message_enter_container(message, 'a', entry);

    while (result >= 0 && (result = sd_bus_message_enter_container(message, 'e', content)) > 0) {
        result = sd_bus_message_read_basic(message, content[0], &key);
        if (result >= 0) {
            result = take(message, key, context);
        }
        if (result >= 0) {
            result = sd_bus_message_exit_container(message);
        }
    }
    return result < 0 ? result : sd_bus_message_exit_container(message);
}

static enum otk_bluez_kind kind_of(const char *interface)
{
    static const struct {
        const char *name;
        enum otk_bluez_kind kind;
    } kinds[] = {{"org.bluez.Adapter1", OTK_BLUEZ_ADAPTER},
                 {"org.bluez.Device1", OTK_BLUEZ_DEVICE},
                 {"org.bluez.GattService1", OTK_BLUEZ_SERVICE},
                 {"org.bluez.GattCharacteristic1", OTK_BLUEZ_CHARACTERISTIC}};

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(interface, kinds[i].name) == 0) {
            return kinds[i].kind;
        }
    }
    return OTK_BLUEZ_OTHER;
}

static int take_interface(sd_bus_message *message, const char *interface, void *context)
{
    struct otk_bluez_object *const object = context;
    const enum otk_bluez_kind kind = kind_of(interface);

    if (kind == OTK_BLUEZ_OTHER) {
        return sd_bus_message_skip(message, "a{sv}");
    }
    object->kind = kind;
    return each(message, "{sv}", "sv", take_property, object);
}

struct visit {
    void (*visit)(void *context, const struct otk_bluez_object *object);
    void *context;
};

static int take_object(sd_bus_message *message, const char *path, void *context)
{
    const struct visit *const visit = context;
    struct otk_bluez_object object;
    int result;

    memset(&object, 0, sizeof object);
    snprintf(object.path, sizeof object.path, "%s", path);
    result = each(message, "{sa{sv}}", "sa{sv}", take_interface, &object);
    if (result >= 0 && object.kind != OTK_BLUEZ_OTHER) {
        visit->visit(visit->context, &object);
    }
    return result;
}

enum otk_status otk_bluez_visit(struct otk_bluez *bluez,
                                void (*visit)(void *context, const struct otk_bluez_object *object),
                                void *context)
{
    const struct otk_bluez_call call = {.path = "/",
                                        .interface = "org.freedesktop.DBus.ObjectManager",
                                        .member = "GetManagedObjects",
                                        .timeout_ms = VISIT_TIMEOUT_MS};
    struct visit visitor = {visit, context};
    sd_bus_message *reply = NULL;
    enum otk_status status = otk_bluez_call(bluez, &call, &reply, "");

    if (status == OTK_OK && each(reply, "{oa{sa{sv}}}", "oa{sa{sv}}", take_object, &visitor) < 0) {
        status = OTK_HOST_IO;
    }
    sd_bus_message_unref(reply);
    return status;
}

static const struct {
    const char *name; /* the last word of the error's name */
    const char *text; /* a part of its text; NULL: any */
    enum otk_status status;
    const char *why;
    const char *hint;
} known[] = {
    {"ServiceUnknown", NULL, OTK_HOST_IO, "no Bluetooth daemon is on the system bus",
     "install bluez, and start it with `sudo systemctl start bluetooth`"},
    {"NameHasNoOwner", NULL, OTK_HOST_IO, "no Bluetooth daemon is on the system bus",
     "install bluez, and start it with `sudo systemctl start bluetooth`"},
    {"AccessDenied", NULL, OTK_HOST_IO, "the system bus does not let this user talk to BlueZ",
     "run it as root, or as the user who sits at this computer"},
    {"NotReady", NULL, OTK_HOST_IO, "the Bluetooth adapter is switched off",
     "`bluetoothctl power on` switches it on"},
    {"Blocked", NULL, OTK_HOST_IO, "the radio is switched off",
     "`rfkill unblock bluetooth` switches it on"},
    {"NotPermitted", "Not paired", OTK_PASSWORD_NEEDED, "the device wants to be paired",
     "--passkey asks for the six digits that it shows"},
    {"Failed", OTK_BLUEZ_UNLIKELY, OTK_PASSWORD_NEEDED, "the device wants to be paired",
     "--passkey asks for the six digits that it shows"},
    {"NotAuthorized", NULL, OTK_PASSWORD_NEEDED, "the device wants to be paired",
     "--passkey asks for the six digits that it shows"},
    {"AuthenticationFailed", NULL, OTK_PASSWORD_NEEDED, "pairing failed",
     "check the six digits; `bluetoothctl remove ADDRESS` forgets an old pairing"},
    {"AuthenticationCanceled", NULL, OTK_PASSWORD_NEEDED, "pairing failed",
     "--passkey takes the six digits that the device shows"},
    {"AuthenticationRejected", NULL, OTK_PASSWORD_NEEDED, "the device refuses to be paired", NULL},
    {"AuthenticationTimeout", NULL, OTK_PASSWORD_NEEDED, "pairing took too long", NULL},
};

static enum otk_status explain_refusal(const struct otk_bluez *bluez, struct otk_error *error)
{
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (otk_bluez_was(bluez, known[i].name) &&
            (!known[i].text || strstr(bluez->error_text, known[i].text))) {
            otk_error_set(error, 0, "%s", known[i].why);
            if (known[i].hint) {
                otk_error_hint(error, "%s", known[i].hint);
            }
            return known[i].status;
        }
    }
    otk_error_set(error, 0, "%s", bluez->error_text[0] ? bluez->error_text : bluez->error_name);
    otk_error_hint(error, "`journalctl -u bluetooth` may say more");
    return OTK_HOST_IO;
}

enum otk_status otk_bluez_explain(const struct otk_bluez *bluez, enum otk_status status,
                                  struct otk_error *error)
{
    switch (status) {
    case OTK_REFUSED:
        return explain_refusal(bluez, error);
    case OTK_HOST_IO:
        otk_error_set(error, 0, "there is no system bus, or it broke");
        otk_error_hint(error, "Bluetooth is reached over D-Bus: `systemctl status dbus bluetooth`");
        return status;
    case OTK_TIMEOUT:
        otk_error_set(error, 0, "BlueZ does not answer");
        otk_error_hint(error, "`sudo systemctl restart bluetooth` may help");
        return status;
    default:
        otk_error_set(error, 0, "%s", otk_status_text(status));
        return status;
    }
}
