// SPDX-License-Identifier: Apache-2.0
/*
 * A client on the air: drives a client engine against the device engines of test/support/air.h, and
 * loses frames and links on request.
 *
 *     otk_window_client_init(&window, &image);
 *     pusher_open(&pusher, &air, &window.client, OTK_OWNER_BLE_WINDOW);
 *     pusher.lose_link_after = 7;
 *     assert_int_equal(pusher_run(&pusher), OTK_OK);
 */
#ifndef TEST_SUPPORT_PUSHER_H
#define TEST_SUPPORT_PUSHER_H

#include <stdbool.h>
#include <stdint.h>

#include "host/client.h"
#include "test/support/air.h"

struct pusher {
    struct air *air;
    struct otk_client *client;
    enum otk_owner protocol;
    uint32_t frame_size;           /* of data frames; 244 */
    uint32_t lose_from;            /* index of the first data frame that gets lost */
    uint32_t lose_count;           /* how many get lost */
    uint32_t lose_link_after;      /* data frames; 0: never */
    uint32_t reset_device_after;   /* data frames; 0: never. On a serial line nobody notices */
    bool is_deaf;                  /* nothing that the device says arrives */
    enum otk_client_phase stop_in; /* the phase in which pusher_run stops; 0: none */
    uint32_t stop_after;           /* data frames, likewise */
    uint32_t data_count;           /* data frames sent, lost ones included */
    uint32_t connect_count;
    uint32_t frame_count; /* frames sent on any channel */
};

void pusher_open(struct pusher *pusher, struct air *air, struct otk_client *client,
                 enum otk_owner protocol);

/* Drive until the client has ended. Returns how: OTK_OK or why it failed; OTK_MORE where it stopped
 * before, as asked for. */
enum otk_status pusher_run(struct pusher *pusher);

/* The description of an image, as a command line would fill it. */
struct otk_client_image pusher_image(const struct rig_image *image, const char *version);

#endif
