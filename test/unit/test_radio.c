// SPDX-License-Identifier: Apache-2.0
/* The link model against the arithmetic of Bluetooth's air. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "otakit/base/bytes.h"
#include "sim/radio.h"

#define HANDLE 7

static const struct otk_ble_air air_1m = {.ll_payload = OTK_BLE_LL_LONG};
static const struct otk_ble_air air_2m = {.is_2m = true, .ll_payload = OTK_BLE_LL_LONG};

/* Both ends of a link under test. */
static struct ends {
    struct otk_radio *radio;
    uint64_t received; /* bytes at the device */
    uint32_t count;    /* values at the device, */
    uint32_t missing;  /* of which so many did not carry the next number */
    uint64_t busy_ns;  /* the device's flash */
    uint64_t busy_each_ns;
    uint32_t answers; /* at the client */
    uint32_t notified;
    uint64_t notified_ns;
    uint32_t lost_by_device;
    uint32_t lost_by_client;
    bool is_echoing; /* the device notifies of each value */
} ends;

static uint8_t on_written(void *context, int handle, const uint8_t *bytes, uint32_t len,
                          uint32_t now_ms)
{
    struct ends *const e = context;

    (void)now_ms;
    assert_int_equal(handle, HANDLE);
    e->missing += len >= 4 && otk_load_le32(bytes) != e->count;
    e->count++;
    e->received += len;
    e->busy_ns += e->busy_each_ns;
    if (e->is_echoing) {
        assert_int_equal(otk_radio_notify(e->radio, HANDLE, bytes, 1, false), OTK_OK);
    }
    return 0;
}

static uint32_t on_read(void *context, int handle, uint8_t *bytes, uint32_t size)
{
    (void)context;
    (void)handle;
    memset(bytes, 5, size);
    return 100;
}

static void on_sdu(void *context, const uint8_t *bytes, uint32_t len, uint32_t now_ms)
{
    (void)on_written(context, HANDLE, bytes, len, now_ms);
}

static bool on_poll(void *context, uint32_t now_ms)
{
    (void)context;
    (void)now_ms;
    return false;
}

static uint64_t on_busy(void *context)
{
    return ((struct ends *)context)->busy_ns;
}

static void on_device_lost(void *context)
{
    ((struct ends *)context)->lost_by_device++;
}

static void on_answered(void *context, uint8_t att_error)
{
    assert_int_equal(att_error, 0);
    ((struct ends *)context)->answers++;
}

static void on_was_read(void *context, int handle, const uint8_t *bytes, uint32_t len)
{
    (void)bytes;
    assert_int_equal(handle, HANDLE);
    assert_int_equal(len, 100);
    ((struct ends *)context)->answers++;
}

static void on_notified(void *context, int handle, const uint8_t *bytes, uint32_t len)
{
    struct ends *const e = context;

    (void)bytes;
    assert_int_equal(handle, HANDLE);
    assert_int_equal(len, 1);
    e->notified++;
    e->notified_ns = otk_radio_now_ns(e->radio);
}

static void on_client_lost(void *context)
{
    ((struct ends *)context)->lost_by_client++;
}

static void open_link(const struct otk_radio_config *config)
{
    const struct otk_radio_device device = {.context = &ends,
                                            .written = on_written,
                                            .read = on_read,
                                            .sdu = on_sdu,
                                            .poll = on_poll,
                                            .busy_ns = on_busy,
                                            .disconnected = on_device_lost};
    const struct otk_radio_client client = {.context = &ends,
                                            .answered = on_answered,
                                            .was_read = on_was_read,
                                            .notified = on_notified,
                                            .disconnected = on_client_lost};

    memset(&ends, 0, sizeof ends);
    assert_int_equal(otk_radio_create(config, &device, &client, &ends.radio), OTK_OK);
    otk_radio_connect(ends.radio);
}

static int teardown(void **state)
{
    (void)state;
    otk_radio_destroy(ends.radio);
    ends.radio = NULL;
    return 0;
}

/* Keep the client's queue full for so many events. Returns values written. */
static uint32_t saturate(uint32_t value_len, uint32_t event_count, bool is_sdu)
{
    uint8_t value[512] = {0};
    uint32_t sent = 0;

    for (uint32_t i = 0; i < event_count; i++) {
        for (;;) {
            otk_store_le32(value, sent);
            if ((is_sdu ? otk_radio_send_sdu(ends.radio, value, value_len)
                        : otk_radio_write(ends.radio, HANDLE, value, value_len, false)) != OTK_OK) {
                break;
            }
            sent++;
        }
        otk_radio_run(ends.radio);
    }
    return sent;
}

/* kB/s of a saturated link, rounded to a tenth. */
static double rate_of(const struct otk_radio_config *config)
{
    double seconds;

    open_link(config);
    saturate(config->mtu - 3, 2000, false);
    seconds = (double)otk_radio_now_ns(ends.radio) / 1e9;
    otk_radio_destroy(ends.radio);
    return (double)(uint64_t)((double)ends.received / seconds / 100 + 0.5) / 10;
}

static void ble_air_takes_the_time_that_the_specification_says(void **state)
{
    const struct otk_ble_air short_1m = {.ll_payload = OTK_BLE_LL_SHORT};
    const struct otk_ble_air short_2m = {.is_2m = true, .ll_payload = OTK_BLE_LL_SHORT};

    (void)state;
    assert_int_equal(otk_ble_packet_ns(&air_1m, 0), 80000);
    assert_int_equal(otk_ble_packet_ns(&air_2m, 0), 44000);
    assert_int_equal(otk_ble_pair_ns(&short_1m, 27, 0), 676000);
    assert_int_equal(otk_ble_pair_ns(&air_1m, 251, 0), 2468000);
    assert_int_equal(otk_ble_pair_ns(&air_2m, 251, 0), 1392000);
    assert_int_equal(otk_ble_pair_ns(&short_2m, 27, 0), 496000);
}

static void ble_air_adds_a_mic_to_packets_that_are_not_empty(void **state)
{
    const struct otk_ble_air air = {.is_encrypted = true, .ll_payload = OTK_BLE_LL_LONG};

    (void)state;
    assert_int_equal(otk_ble_packet_ns(&air, 0), 80000);
    assert_int_equal(otk_ble_packet_ns(&air, 251), (251 + 4 + 10) * 8000);
}

/* Bytes of values in a second without intervals: 29.6, 98.9, 175.3, 40.3 kB/s. */
static void ble_limit_is_that_of_the_packets(void **state)
{
    const struct otk_ble_air short_1m = {.ll_payload = OTK_BLE_LL_SHORT};
    const struct otk_ble_air short_2m = {.is_2m = true, .ll_payload = OTK_BLE_LL_SHORT};

    (void)state;
    assert_int_equal(otk_ble_limit(&short_1m, 0, 0, 23), 29585);
    assert_int_equal(otk_ble_limit(&air_1m, 0, 0, 247), 98865);
    assert_int_equal(otk_ble_limit(&air_2m, 0, 0, 247), 175287);
    assert_int_equal(otk_ble_limit(&short_2m, 0, 0, 23), 40322);
    assert_int_equal(otk_ble_limit(&air_2m, 0, 0, 498), 177801);
}

/* A link that is kept full carries whole pairs in each interval and nothing less. */
static void radio_reaches_its_limit_where_flash_takes_no_time(void **state)
{
    static const struct {
        uint32_t interval_us;
        bool is_2m;
        uint32_t packets_per_event;
        uint32_t mtu;
        double rate; /* kB/s */
    } cases[] = {
        {7500, false, 0, 247, 97.6},  {15000, false, 0, 247, 97.6}, {30000, false, 0, 247, 97.6},
        {45000, false, 0, 247, 97.6}, {7500, true, 0, 247, 162.7},  {15000, true, 0, 247, 162.7},
        {30000, true, 0, 247, 170.8}, {45000, true, 0, 247, 173.5}, {15000, true, 0, 498, 165.0},
        {15000, true, 4, 247, 65.1},  {7500, false, 2, 247, 65.1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct otk_radio_config config = {.air = cases[i].is_2m ? air_2m : air_1m,
                                                .interval_us = cases[i].interval_us,
                                                .packets_per_event = cases[i].packets_per_event,
                                                .mtu = cases[i].mtu};
        const double limit = otk_ble_limit(&config.air, config.interval_us,
                                           config.packets_per_event, config.mtu);

        assert_int_equal((int)(rate_of(&config) * 10 + 0.5), (int)(cases[i].rate * 10 + 0.5));
        assert_int_equal((int)(limit / 100 + 0.5), (int)(cases[i].rate * 10 + 0.5));
    }
}

/* 5,738 packets of 244 bytes: 86, 172, 344 s. */
static void radio_takes_two_intervals_for_a_write_with_response(void **state)
{
    static const uint32_t intervals_us[] = {7500, 15000, 30000};
    static const uint32_t seconds[] = {86, 172, 344};
    const uint8_t value[244] = {0};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        const struct otk_radio_config config = {
            .air = air_1m, .interval_us = intervals_us[i], .mtu = 247};

        open_link(&config);
        for (uint32_t sent = 0; sent < 5738; sent++) {
            assert_int_equal(otk_radio_write(ends.radio, HANDLE, value, sizeof value, true),
                             OTK_OK);
            while (ends.answers == sent) {
                otk_radio_run(ends.radio);
            }
        }
        assert_int_equal((otk_radio_now_ns(ends.radio) + 500000000u) / 1000000000u, seconds[i]);
        otk_radio_destroy(ends.radio);
        ends.radio = NULL;
    }
}

static void radio_carries_a_notification_in_the_next_event(void **state)
{
    const struct otk_radio_config config = {.air = air_1m, .interval_us = 15000, .mtu = 247};
    const uint8_t value[4] = {0};

    (void)state;
    open_link(&config);
    ends.is_echoing = true;
    assert_int_equal(otk_radio_write(ends.radio, HANDLE, value, 4, false), OTK_OK);
    otk_radio_run(ends.radio);
    assert_int_equal(ends.notified, 0);
    otk_radio_run(ends.radio);
    assert_int_equal(ends.notified, 1);
    assert_true(ends.notified_ns > 15000000u);
}

static void radio_holds_indications_until_they_are_confirmed(void **state)
{
    const struct otk_radio_config config = {.air = air_1m, .interval_us = 15000, .mtu = 247};
    const uint8_t value = 1;

    (void)state;
    open_link(&config);
    assert_int_equal(otk_radio_notify(ends.radio, HANDLE, &value, 1, true), OTK_OK);
    assert_int_equal(otk_radio_notify(ends.radio, HANDLE, &value, 1, true), OTK_BUSY);
    otk_radio_run(ends.radio);
    assert_int_equal(ends.notified, 1);
    assert_int_equal(otk_radio_notify(ends.radio, HANDLE, &value, 1, true), OTK_BUSY);
    otk_radio_run(ends.radio);
    assert_int_equal(otk_radio_notify(ends.radio, HANDLE, &value, 1, true), OTK_OK);
}

static void radio_reads(void **state)
{
    const struct otk_radio_config config = {.air = air_1m, .interval_us = 15000, .mtu = 23};

    (void)state;
    open_link(&config);
    assert_int_equal(otk_radio_read(ends.radio, HANDLE), OTK_OK);
    for (int i = 0; i < 3; i++) {
        otk_radio_run(ends.radio);
    }
    assert_int_equal(ends.answers, 1);
}

static void radio_loses_nothing_where_packets_get_lost(void **state)
{
    const struct otk_radio_config config = {
        .air = air_2m, .interval_us = 15000, .mtu = 498, .loss_ppm = 100000, .seed = 3};
    struct otk_radio_counts counts;

    (void)state;
    open_link(&config);
    saturate(495, 1000, false);
    otk_radio_get_counts(ends.radio, &counts);
    assert_true(counts.lost > counts.pairs / 6); /* of two packets a pair */
    assert_int_equal(ends.missing, 0);
    assert_true(ends.count > 1000);
    assert_int_equal(ends.lost_by_device, 0);
}

static void radio_makes_the_client_wait_for_a_full_device(void **state)
{
    const struct otk_radio_config config = {
        .air = air_2m, .interval_us = 15000, .mtu = 247, .buffer_size = 2048};
    struct otk_radio_counts counts;

    (void)state;
    open_link(&config);
    ends.busy_each_ns = 10000000; /* 10 ms a value */
    saturate(244, 1000, false);
    otk_radio_get_counts(ends.radio, &counts);
    assert_true(counts.refused > 0);
    assert_int_equal(ends.missing, 0);
    assert_in_range(ends.count, 1490, 1500); /* in 15 s */
}

static void radio_loses_values_in_a_device_that_drops_them(void **state)
{
    const struct otk_radio_config config = {.air = air_2m,
                                            .interval_us = 15000,
                                            .mtu = 498,
                                            .buffer_size = 2048,
                                            .drops_when_full = true};
    struct otk_radio_counts counts;
    uint32_t sent;

    (void)state;
    open_link(&config);
    ends.busy_each_ns = 10000000;
    sent = saturate(495, 1000, false);
    otk_radio_get_counts(ends.radio, &counts);
    assert_true(counts.dropped > 1000);
    assert_in_range(counts.dropped + ends.count, sent - 40, sent);
    assert_true(ends.missing > 0);
}

static void radio_carries_sdus_as_credits_allow(void **state)
{
    const struct otk_radio_config config = {
        .air = air_2m, .interval_us = 15000, .mtu = 247, .buffer_size = 8192};

    (void)state;
    open_link(&config);
    saturate(492, 1000, true);
    assert_int_equal(ends.missing, 0);
    assert_true(ends.received > 140000u * 15);
}

static void radio_is_lost_by_both_ends_when_nothing_is_heard(void **state)
{
    const struct otk_radio_config config = {
        .air = air_1m, .interval_us = 15000, .mtu = 247, .supervision_ms = 2000};

    (void)state;
    open_link(&config);
    otk_radio_darken(ends.radio, 1500);
    saturate(244, 150, false);
    assert_true(otk_radio_is_connected(ends.radio));
    assert_int_equal(ends.missing, 0);
    otk_radio_darken(ends.radio, 2500);
    for (int i = 0; i < 150; i++) {
        otk_radio_run(ends.radio);
    }
    assert_false(otk_radio_is_connected(ends.radio));
    assert_int_equal(ends.lost_by_device, 1);
    assert_int_equal(ends.lost_by_client, 1);
    assert_int_equal(otk_radio_read(ends.radio, HANDLE), OTK_NOT_OPEN);
}

static void radio_of_a_reset_device_is_lost_by_the_client(void **state)
{
    const struct otk_radio_config config = {.air = air_1m, .interval_us = 15000, .mtu = 247};

    (void)state;
    open_link(&config);
    otk_radio_reset_device(ends.radio);
    for (int i = 0; i < 300; i++) {
        otk_radio_run(ends.radio);
    }
    assert_int_equal(ends.lost_by_device, 0);
    assert_int_equal(ends.lost_by_client, 1);
    otk_radio_connect(ends.radio);
    saturate(244, 10, false);
    assert_true(ends.count > 0);
}

static void radio_refuses_what_cannot_work(void **state)
{
    const struct otk_radio_device device = {0};
    const struct otk_radio_client client = {0};
    struct otk_radio *radio;

    (void)state;
    assert_int_equal(
        otk_radio_create(&(struct otk_radio_config){.air = air_1m, .interval_us = 7500, .mtu = 22},
                         &device, &client, &radio),
        OTK_INVALID_ARGUMENT);
    assert_int_equal(
        otk_radio_create(&(struct otk_radio_config){.air = air_1m, .interval_us = 2000, .mtu = 247},
                         &device, &client, &radio),
        OTK_INVALID_ARGUMENT);
    assert_int_equal(otk_radio_create(
                         &(struct otk_radio_config){
                             .air = air_1m, .interval_us = 7500, .mtu = 247, .buffer_size = 200},
                         &device, &client, &radio),
                     OTK_INVALID_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ble_air_takes_the_time_that_the_specification_says),
        cmocka_unit_test(ble_air_adds_a_mic_to_packets_that_are_not_empty),
        cmocka_unit_test(ble_limit_is_that_of_the_packets),
        cmocka_unit_test(radio_reaches_its_limit_where_flash_takes_no_time),
        cmocka_unit_test(radio_takes_two_intervals_for_a_write_with_response),
        cmocka_unit_test_teardown(radio_carries_a_notification_in_the_next_event, teardown),
        cmocka_unit_test_teardown(radio_holds_indications_until_they_are_confirmed, teardown),
        cmocka_unit_test_teardown(radio_reads, teardown),
        cmocka_unit_test_teardown(radio_loses_nothing_where_packets_get_lost, teardown),
        cmocka_unit_test_teardown(radio_makes_the_client_wait_for_a_full_device, teardown),
        cmocka_unit_test_teardown(radio_loses_values_in_a_device_that_drops_them, teardown),
        cmocka_unit_test_teardown(radio_carries_sdus_as_credits_allow, teardown),
        cmocka_unit_test_teardown(radio_is_lost_by_both_ends_when_nothing_is_heard, teardown),
        cmocka_unit_test_teardown(radio_of_a_reset_device_is_lost_by_the_client, teardown),
        cmocka_unit_test(radio_refuses_what_cannot_work),
    };

    return cmocka_run_group_tests_name("radio", tests, NULL, NULL);
}
