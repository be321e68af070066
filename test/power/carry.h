// SPDX-License-Identifier: Apache-2.0
/*
 * Bringing an image to the running application of the power-cut harness as transports do: the engines
 * of both sides, with nothing between them but what may go wrong.
 *
 *     const struct parcel parcel = {.image = image, .sha256 = image->sha256, .limit = UINT32_MAX};
 *     app_open(&app, world);
 *     status = carry(&app, CARRIER_BLE_WINDOW, &parcel);
 *     app_close(&app);
 */
#ifndef TEST_POWER_CARRY_H
#define TEST_POWER_CARRY_H

#include "otakit/transport/ble/ble.h"
#include "otakit/transport/portal/portal.h"
#include "otakit/transport/pull/pull.h"
#include "test/power/world.h"

/* Bytes of the longest thing that the device says, and how many of them wait at most. */
#define APP_FRAME_SIZE  160u
#define APP_FRAME_COUNT 80u

/* What happens to a piece on its way. */
enum mishap {
    MISHAP_NONE,
    MISHAP_LOST,  /* a frame does not arrive, or arrives damaged; streams break instead */
    MISHAP_TWICE, /* it arrives twice */
    MISHAP_LATE,  /* it takes long */
    MISHAP_BROKEN /* the connection ends here */
};

/* Decides what goes wrong; asked for each piece. */
struct trouble {
    void *context; /* handed back to both */
    enum mishap (*next)(void *context);
    uint32_t (*number)(void *context, uint32_t limit); /* any, from 0 to limit - 1 */
};

/* What is brought. */
struct parcel {
    const struct image *image;
    const uint8_t *sha256;         /* that is claimed */
    uint32_t limit;                /* bytes behind which the client goes for good */
    const struct trouble *trouble; /* NULL: nothing goes wrong */
};

struct app_frame {
    enum otk_gatt_value value; /* OTK_GATT_VALUE_COUNT: the serial line */
    uint32_t len;
    uint8_t bytes[APP_FRAME_SIZE];
};

/* An application with everything that brings images, until its reset. */
struct app {
    struct world *world;
    struct otk_updater *updater;
    struct otk_updater own_updater;
    struct otk_ble ble;
    struct otk_ble_link link;
    struct otk_window serial;
    struct otk_portal portal;
    uint8_t sector_buffer[OTK_SECTOR_FRAME_SECTOR_SIZE];
    uint32_t now_ms;
    struct app_frame frames[APP_FRAME_COUNT]; /* that the device sent, not yet heard */
    uint32_t frame_count;
};

/* The application starts; the world's device has. */
void app_open(struct app *app, struct world *world);

/* The same, but with an updater and a Bluetooth side that somebody else has; borrowed. */
void app_join(struct app *app, struct world *world, struct otk_updater *updater);

/* A turn of its loop, `ms` later. */
void app_turn(struct app *app, uint32_t ms);

/* It ends: whatever is in progress is left. */
void app_close(struct app *app);

/*
 * Bring an image.
 *
 * Returns  OTK_OK               the next reset boots it
 *          OTK_CONNECTION_LOST  the limit was reached, or the client gave up
 *          others               the device refused, or the power is gone
 */
enum otk_status carry(struct app *app, enum carrier carrier, const struct parcel *parcel);

/* For carry.c: by a client of host/client.h, over Bluetooth or a serial line; by PUT requests to the
 * portal; by a pull. */
enum otk_status carry_by_client(struct app *app, enum carrier carrier, const struct parcel *parcel);
enum otk_status carry_by_portal(struct app *app, const struct parcel *parcel);
enum otk_status carry_by_pull(struct app *app, const struct parcel *parcel);

/* What goes wrong with the next piece. */
enum mishap parcel_mishap(const struct parcel *parcel);

/* How long something takes that is late, milliseconds. */
uint32_t parcel_delay_ms(const struct parcel *parcel);

/* An image as clients are told of it. */
struct otk_client_image;
void parcel_describe(const struct parcel *parcel, struct otk_client_image *description);

#endif
