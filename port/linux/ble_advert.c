// SPDX-License-Identifier: Apache-2.0
/* An advertisement on D-Bus. Source: BlueZ 5.66, doc/advertising-api.txt. */
#include "port/linux/ble_advert.h"

#include "otakit/transport/ble/gatt.h"

/* The service that a characteristic stands in; otk_gatt_services has every value. */
static const char *service_uuid(enum otk_gatt_value value)
{
    const struct otk_gatt_service *service;
    uint32_t index;

    for (service = otk_gatt_services;; service++) {
        for (index = 0; index < service->count; index++) {
            if (service->characteristics[index].value == value) {
                return service->uuid;
            }
        }
    }
}

static int get_type(sd_bus *bus, const char *path, const char *interface, const char *property,
                    sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
    (void)bus, (void)path, (void)interface, (void)property, (void)userdata, (void)error;
    return sd_bus_message_append(reply, "s", "peripheral");
}

static int get_uuids(sd_bus *bus, const char *path, const char *interface, const char *property,
                     sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
    (void)bus, (void)path, (void)interface, (void)property, (void)userdata, (void)error;
    return sd_bus_message_append(reply, "as", 2, service_uuid(OTK_GATT_WINDOW_CONTROL),
                                 service_uuid(OTK_GATT_SECTOR_COMMAND));
}

static int get_name(sd_bus *bus, const char *path, const char *interface, const char *property,
                    sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
    const struct otk_ble_advert *advert = userdata;

    (void)bus, (void)path, (void)interface, (void)property, (void)error;
    return sd_bus_message_append(reply, "s", advert->name);
}

/* Phones list what says of itself that it may be found. It says so for this advertisement only; the
 * adapter stays as it is. */
static int get_discoverable(sd_bus *bus, const char *path, const char *interface,
                            const char *property, sd_bus_message *reply, void *userdata,
                            sd_bus_error *error)
{
    (void)bus, (void)path, (void)interface, (void)property, (void)userdata, (void)error;
    return sd_bus_message_append(reply, "b", 1);
}

/* BlueZ has dropped it; it does so when it ends, which is noticed elsewhere. */
static int release(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
    (void)userdata;
    (void)error;
    return sd_bus_reply_method_return(message, "");
}

static const sd_bus_vtable vtable[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_PROPERTY("Type", "s", get_type, 0, SD_BUS_VTABLE_PROPERTY_CONST),
    SD_BUS_PROPERTY("ServiceUUIDs", "as", get_uuids, 0, SD_BUS_VTABLE_PROPERTY_CONST),
    SD_BUS_PROPERTY("LocalName", "s", get_name, 0, SD_BUS_VTABLE_PROPERTY_CONST),
    SD_BUS_PROPERTY("Discoverable", "b", get_discoverable, 0, SD_BUS_VTABLE_PROPERTY_CONST),
    SD_BUS_METHOD("Release", "", "", release, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_VTABLE_END,
};

enum otk_status otk_ble_advert_open(struct otk_ble_advert *advert, sd_bus *bus, const char *name)
{
    *advert = (struct otk_ble_advert){.name = name};
    return sd_bus_add_object_vtable(bus, &advert->slot, OTK_BLE_ADVERT_PATH,
                                    "org.bluez.LEAdvertisement1", vtable, advert) < 0
               ? OTK_NO_MEMORY
               : OTK_OK;
}

void otk_ble_advert_close(struct otk_ble_advert *advert)
{
    advert->slot = sd_bus_slot_unref(advert->slot);
}
