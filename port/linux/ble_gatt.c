// SPDX-License-Identifier: Apache-2.0
/* Characteristics on D-Bus. Source: BlueZ 5.66, doc/gatt-api.txt. */
#include "port/linux/ble_gatt.h"

#include <stdio.h>
#include <string.h>

#define SERVICE_INTERFACE        "org.bluez.GattService1"
#define CHARACTERISTIC_INTERFACE "org.bluez.GattCharacteristic1"

/*
 * Where the services stand in the adapter's attribute table: always at the same place, as on a chip.
 * Without it every reset would put them elsewhere, and centrals remember where they were. Far from
 * what BlueZ itself and other programs have.
 */
#define HANDLE_FIRST 0x4F00u
#define HANDLE_STEP  0x40u

/* Notifications that may wait for the bus before the engines are asked to hold back. */
#define QUEUE_LIMIT 64u

/* ATT error for a value of the wrong length. Source: Bluetooth Core 5.4, Vol 3, Part F, 3.4.1.1. */
#define ATT_INVALID_LENGTH 0x0Du

/* What BlueZ says with ReadValue and WriteValue. */
struct access {
    const char *device;
    uint16_t offset;
    bool is_question; /* may the client prepare a long write? */
};

static int read_option(sd_bus_message *message, struct access *access)
{
    const char *key;
    int asks = 0;
    int result = sd_bus_message_read_basic(message, 's', &key);

    if (result < 0) {
        return result;
    }
    if (strcmp(key, "device") == 0) {
        return sd_bus_message_read(message, "v", "o", &access->device);
    }
    if (strcmp(key, "offset") == 0) {
        return sd_bus_message_read(message, "v", "q", &access->offset);
    }
    if (strcmp(key, "prepare-authorize") == 0) {
        result = sd_bus_message_read(message, "v", "b", &asks);
        access->is_question = asks != 0;
        return result;
    }
    return sd_bus_message_skip(message, "v");
}

static int read_options(sd_bus_message *message, struct access *access)
{
    int result = sd_bus_message_enter_container(message, 'a', "{sv}");

    *access = (struct access){.device = ""};
    while (result >= 0 && (result = sd_bus_message_enter_container(message, 'e', "sv")) > 0) {
        result = read_option(message, access);
        if (result >= 0) {
            result = sd_bus_message_exit_container(message);
        }
    }
    return result < 0 ? result : sd_bus_message_exit_container(message);
}

/* BlueZ makes an ATT error of the name, or of the number that Failed has for a text. */
static int reply_error(sd_bus_message *message, enum otk_status status)
{
    const uint8_t error = otk_gatt_error(status);

    if (error == ATT_INVALID_LENGTH) {
        return sd_bus_reply_method_errorf(message, "org.bluez.Error.InvalidValueLength", "%s",
                                          otk_status_text(status));
    }
    return sd_bus_reply_method_errorf(message, "org.bluez.Error.Failed", "0x%02X", (unsigned)error);
}

static int reply_bad_offset(sd_bus_message *message)
{
    return sd_bus_reply_method_errorf(message, "org.bluez.Error.InvalidOffset", "no such offset");
}

static int reply_piece(sd_bus_message *message, const uint8_t *bytes, size_t len)
{
    sd_bus_message *reply = NULL;
    int result = sd_bus_message_new_method_return(message, &reply);

    if (result >= 0) {
        result = sd_bus_message_append_array(reply, 'y', bytes, len);
    }
    if (result >= 0) {
        result = sd_bus_send(NULL, reply, NULL);
    }
    sd_bus_message_unref(reply);
    return result;
}

static int read_value(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
    struct otk_ble_gatt_object *object = userdata;
    struct otk_ble_gatt *gatt = object->gatt;
    const enum otk_gatt_value value = object->characteristic->value;
    struct access access;
    enum otk_status status;
    const int result = read_options(message, &access);

    (void)error;
    if (result < 0) {
        return result;
    }
    if (access.offset == 0 || gatt->read_value != value) {
        gatt->read_value = value;
        gatt->read_len = 0;
        status = gatt->calls.read(gatt->calls.context, access.device, value, gatt->read_bytes,
                                  sizeof gatt->read_bytes, &gatt->read_len);
        if (status != OTK_OK) {
            return reply_error(message, status);
        }
    }
    if (access.offset > gatt->read_len) {
        return reply_bad_offset(message);
    }
    return reply_piece(message, gatt->read_bytes + access.offset, gatt->read_len - access.offset);
}

/* A long write arrives in one piece: BlueZ puts it together. */
static int write_value(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
    struct otk_ble_gatt_object *object = userdata;
    struct otk_ble_gatt *gatt = object->gatt;
    const void *bytes;
    size_t len;
    struct access access;
    enum otk_status status = OTK_OK;
    int result = sd_bus_message_read_array(message, 'y', &bytes, &len);

    (void)error;
    if (result >= 0) {
        result = read_options(message, &access);
    }
    if (result < 0) {
        return result;
    }
    if (access.offset != 0) {
        return reply_bad_offset(message);
    }
    if (!access.is_question) {
        status = gatt->calls.write(gatt->calls.context, access.device,
                                   object->characteristic->value, bytes, (uint32_t)len);
    }
    return status == OTK_OK ? sd_bus_reply_method_return(message, "")
                            : reply_error(message, status);
}

/* StartNotify, StopNotify, and Confirm of an indication: BlueZ keeps the books. */
static int take_note(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
    (void)userdata;
    (void)error;
    return sd_bus_reply_method_return(message, "");
}

static int get_service_uuid(sd_bus *bus, const char *path, const char *interface,
                            const char *property, sd_bus_message *reply, void *userdata,
                            sd_bus_error *error)
{
    const struct otk_gatt_service *service = userdata;

    (void)bus, (void)path, (void)interface, (void)property, (void)error;
    return sd_bus_message_append(reply, "s", service->uuid);
}

static int get_primary(sd_bus *bus, const char *path, const char *interface, const char *property,
                       sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
    (void)bus, (void)path, (void)interface, (void)property, (void)userdata, (void)error;
    return sd_bus_message_append(reply, "b", 1);
}

static int get_handle(sd_bus *bus, const char *path, const char *interface, const char *property,
                      sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
    const struct otk_gatt_service *service = userdata;
    const uint32_t index = (uint32_t)(service - otk_gatt_services);

    (void)bus, (void)path, (void)interface, (void)property, (void)error;
    return sd_bus_message_append(reply, "q", (int)(HANDLE_FIRST + index * HANDLE_STEP));
}

static int get_uuid(sd_bus *bus, const char *path, const char *interface, const char *property,
                    sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
    const struct otk_ble_gatt_object *object = userdata;

    (void)bus, (void)path, (void)interface, (void)property, (void)error;
    return sd_bus_message_append(reply, "s", object->characteristic->uuid);
}

static int get_service(sd_bus *bus, const char *path, const char *interface, const char *property,
                       sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
    const struct otk_ble_gatt_object *object = userdata;

    (void)bus, (void)path, (void)interface, (void)property, (void)error;
    return sd_bus_message_append(reply, "o", object->service);
}

/* The flag that asks for pairing before a write; NULL: none. */
static const char *pairing_flag(const struct otk_ble_gatt_object *object)
{
    const uint8_t writes = OTK_GATT_WRITE | OTK_GATT_WRITE_NO_RESPONSE;

    if ((object->characteristic->properties & writes) == 0) {
        return NULL;
    }
    switch (object->gatt->pairing) {
    case OTK_VIRTUAL_DEVICE_ENCRYPTED:
        return "encrypt-write";
    case OTK_VIRTUAL_DEVICE_AUTHENTICATED:
        return "encrypt-authenticated-write";
    default:
        return NULL;
    }
}

static int get_flags(sd_bus *bus, const char *path, const char *interface, const char *property,
                     sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
    static const struct {
        uint8_t property;
        const char *flag;
    } names[] = {{OTK_GATT_READ, "read"},
                 {OTK_GATT_WRITE_NO_RESPONSE, "write-without-response"},
                 {OTK_GATT_WRITE, "write"},
                 {OTK_GATT_NOTIFY, "notify"},
                 {OTK_GATT_INDICATE, "indicate"}};
    const struct otk_ble_gatt_object *object = userdata;
    const char *pairing = pairing_flag(object);
    size_t index;
    int result = sd_bus_message_open_container(reply, 'a', "s");

    (void)bus, (void)path, (void)interface, (void)property, (void)error;
    for (index = 0; result >= 0 && index < sizeof names / sizeof names[0]; index++) {
        if (object->characteristic->properties & names[index].property) {
            result = sd_bus_message_append(reply, "s", names[index].flag);
        }
    }
    if (result >= 0 && pairing) {
        result = sd_bus_message_append(reply, "s", pairing);
    }
    return result < 0 ? result : sd_bus_message_close_container(reply);
}

static const sd_bus_vtable service_vtable[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_PROPERTY("UUID", "s", get_service_uuid, 0, SD_BUS_VTABLE_PROPERTY_CONST),
    SD_BUS_PROPERTY("Primary", "b", get_primary, 0, SD_BUS_VTABLE_PROPERTY_CONST),
    SD_BUS_PROPERTY("Handle", "q", get_handle, 0, SD_BUS_VTABLE_PROPERTY_CONST),
    SD_BUS_VTABLE_END,
};

static const sd_bus_vtable characteristic_vtable[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_PROPERTY("UUID", "s", get_uuid, 0, SD_BUS_VTABLE_PROPERTY_CONST),
    SD_BUS_PROPERTY("Service", "o", get_service, 0, SD_BUS_VTABLE_PROPERTY_CONST),
    SD_BUS_PROPERTY("Flags", "as", get_flags, 0, SD_BUS_VTABLE_PROPERTY_CONST),
    SD_BUS_METHOD("ReadValue", "a{sv}", "ay", read_value, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("WriteValue", "aya{sv}", "", write_value, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("StartNotify", "", "", take_note, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("StopNotify", "", "", take_note, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("Confirm", "", "", take_note, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_VTABLE_END,
};

static int add_characteristic(struct otk_ble_gatt *gatt, const char *service_path,
                              const struct otk_gatt_characteristic *characteristic)
{
    struct otk_ble_gatt_object *object = &gatt->objects[characteristic->value];

    object->gatt = gatt;
    object->characteristic = characteristic;
    snprintf(object->service, sizeof object->service, "%s", service_path);
    snprintf(object->path, sizeof object->path, "%s/value%u", service_path,
             (unsigned)characteristic->value);
    return sd_bus_add_object_vtable(gatt->bus, &gatt->slots[gatt->slot_count++], object->path,
                                    CHARACTERISTIC_INTERFACE, characteristic_vtable, object);
}

static int add_service(struct otk_ble_gatt *gatt, uint32_t service_index)
{
    const struct otk_gatt_service *service = &otk_gatt_services[service_index];
    char path[OTK_BLE_PATH_SIZE / 2u];
    uint32_t index;
    int result;

    snprintf(path, sizeof path, OTK_BLE_GATT_ROOT "/service%u", (unsigned)service_index);
    /* Only read: get_service_uuid takes it as const again. */
    result = sd_bus_add_object_vtable(gatt->bus, &gatt->slots[gatt->slot_count++], path,
                                      SERVICE_INTERFACE, service_vtable,
                                      (void *)(uintptr_t)service);
    for (index = 0; result >= 0 && index < service->count; index++) {
        result = add_characteristic(gatt, path, &service->characteristics[index]);
    }
    return result;
}

enum otk_status otk_ble_gatt_open(struct otk_ble_gatt *gatt, sd_bus *bus,
                                  enum otk_virtual_device_pairing pairing,
                                  const struct otk_ble_gatt_calls *calls)
{
    uint32_t index;
    int result;

    memset(gatt, 0, sizeof *gatt);
    gatt->bus = bus;
    gatt->pairing = pairing;
    gatt->calls = *calls;
    gatt->read_value = OTK_GATT_VALUE_COUNT;
    result = sd_bus_add_object_manager(bus, &gatt->slots[gatt->slot_count++], OTK_BLE_GATT_ROOT);
    for (index = 0; result >= 0 && index < OTK_GATT_SERVICE_COUNT; index++) {
        result = add_service(gatt, index);
    }
    if (result < 0) {
        otk_ble_gatt_close(gatt);
        return OTK_NO_MEMORY;
    }
    return OTK_OK;
}

static int append_change(sd_bus_message *signal, const uint8_t *bytes, uint32_t len)
{
    int result = sd_bus_message_append(signal, "s", CHARACTERISTIC_INTERFACE);

    if (result >= 0) {
        result = sd_bus_message_open_container(signal, 'a', "{sv}");
    }
    if (result >= 0) {
        result = sd_bus_message_open_container(signal, 'e', "sv");
    }
    if (result >= 0) {
        result = sd_bus_message_append(signal, "s", "Value");
    }
    if (result >= 0) {
        result = sd_bus_message_open_container(signal, 'v', "ay");
    }
    if (result >= 0) {
        result = sd_bus_message_append_array(signal, 'y', bytes, len);
    }
    for (int depth = 0; result >= 0 && depth < 3; depth++) {
        result = sd_bus_message_close_container(signal);
    }
    return result < 0 ? result : sd_bus_message_append(signal, "as", 0);
}

enum otk_status otk_ble_gatt_notify(struct otk_ble_gatt *gatt, enum otk_gatt_value value,
                                    const uint8_t *bytes, uint32_t len)
{
    sd_bus_message *signal = NULL;
    uint64_t waiting = 0;
    int result;

    if (sd_bus_get_n_queued_write(gatt->bus, &waiting) >= 0 && waiting > QUEUE_LIMIT) {
        return OTK_BUSY;
    }
    result = sd_bus_message_new_signal(gatt->bus, &signal, gatt->objects[value].path,
                                       "org.freedesktop.DBus.Properties", "PropertiesChanged");
    if (result >= 0) {
        result = append_change(signal, bytes, len);
    }
    if (result >= 0) {
        result = sd_bus_send(gatt->bus, signal, NULL);
    }
    sd_bus_message_unref(signal);
    return result < 0 ? OTK_CONNECTION_LOST : OTK_OK;
}

void otk_ble_gatt_close(struct otk_ble_gatt *gatt)
{
    for (; gatt->slot_count > 0; gatt->slot_count--) {
        sd_bus_slot_unref(gatt->slots[gatt->slot_count - 1u]);
    }
}
