// SPDX-License-Identifier: Apache-2.0
/*
 * The virtual device with a socket in place of the radio, for tests whose central is a browser. All
 * but the stack is the real thing: engines, session, flash, resets, trial.
 *
 *     ble_bridge table                      prints "SERVICE CHARACTERISTIC PROPERTIES VALUE" lines
 *     ble_bridge run FLASH SOCKET [--self-test BEHAVIOUR] [--confirm-manual] [--name NAME]
 *
 * A connection to the socket (Unix, SOCK_SEQPACKET) is a connection of a central. Each message is one
 * byte for the kind, one for the value of the table, and the rest:
 *
 *     'W' value bytes   write with response      'w' value error
 *     'C' value bytes   write without            nothing
 *     'R' value         read                     'r' value error bytes
 *                                                'n' value bytes: notification
 *
 * It stands where the linker would take port/linux/ble_peripheral.c from the library.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "otakit/transport/ble/ble.h"
#include "port/linux/transports.h"

#define HEAD_SIZE    2u
#define MESSAGE_SIZE (HEAD_SIZE + 512u) /* the longest value that GATT knows */

/* Messages in one turn; the updater wants its turn too. */
#define MESSAGE_LIMIT 16u

/* ATT error of a value that cannot be read. */
#define READ_NOT_PERMITTED 0x02u

struct otk_ble_peripheral {
    const struct otk_host *host;
    struct otk_ble ble;
    struct otk_ble_link link;
    uint8_t sector_buffer[OTK_SECTOR_FRAME_SECTOR_SIZE];
    int listener;
    int central;     /* -1: nobody is connected */
    bool is_waiting; /* the engines want to be polled */
};

static void hang_up(struct otk_ble_peripheral *peripheral)
{
    if (peripheral->central >= 0) {
        close(peripheral->central);
        peripheral->central = -1;
        otk_ble_closed(&peripheral->ble);
    }
}

static enum otk_status say(struct otk_ble_peripheral *peripheral, char kind,
                           enum otk_gatt_value value, const uint8_t *bytes, uint32_t len)
{
    uint8_t message[MESSAGE_SIZE];

    if (len > MESSAGE_SIZE - HEAD_SIZE) {
        return OTK_NO_SPACE;
    }
    message[0] = (uint8_t)kind;
    message[1] = (uint8_t)value;
    memcpy(message + HEAD_SIZE, bytes, len);
    if (send(peripheral->central, message, HEAD_SIZE + len, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0) {
        return OTK_OK;
    }
    return errno == EAGAIN ? OTK_BUSY : OTK_CONNECTION_LOST;
}

static enum otk_status notify(void *context, enum otk_gatt_value value, const uint8_t *bytes,
                              uint32_t len)
{
    return say(context, 'n', value, bytes, len);
}

static void answer_write(struct otk_ble_peripheral *peripheral, enum otk_gatt_value value,
                         uint8_t error)
{
    (void)say(peripheral, 'w', value, &error, 1);
}

static void answer_read(struct otk_ble_peripheral *peripheral, enum otk_gatt_value value)
{
    uint8_t bytes[1u + OTK_BLE_READ_SIZE] = {READ_NOT_PERMITTED};
    uint32_t len = 0;

    if (otk_ble_read(&peripheral->ble, value, bytes + 1, OTK_BLE_READ_SIZE, &len) == OTK_OK) {
        bytes[0] = 0;
    }
    (void)say(peripheral, 'r', value, bytes, 1u + len);
}

static void take(struct otk_ble_peripheral *peripheral, const uint8_t *message, uint32_t len,
                 uint32_t now_ms)
{
    const enum otk_gatt_value value = (enum otk_gatt_value)message[1];
    enum otk_status status;

    if (message[0] == 'R') {
        answer_read(peripheral, value);
        return;
    }
    status = otk_ble_write(&peripheral->ble, value, message + HEAD_SIZE, len - HEAD_SIZE, now_ms);
    if (message[0] == 'W') {
        answer_write(peripheral, value, otk_gatt_error(status));
    }
}

/* Returns whether more may be there. */
static bool receive(struct otk_ble_peripheral *peripheral, uint32_t now_ms)
{
    uint8_t message[MESSAGE_SIZE];
    uint32_t count;

    for (count = 0; count < MESSAGE_LIMIT; count++) {
        const ssize_t len = recv(peripheral->central, message, sizeof message, MSG_DONTWAIT);

        if (len < 0 && errno == EAGAIN) {
            return false;
        }
        if (len < (ssize_t)HEAD_SIZE || message[1] >= OTK_GATT_VALUE_COUNT) {
            hang_up(peripheral);
            return false;
        }
        take(peripheral, message, (uint32_t)len, now_ms);
    }
    return true;
}

static enum otk_status serve(void *context, uint32_t now_ms)
{
    struct otk_ble_peripheral *peripheral = context;
    bool has_more = false;

    if (peripheral->central < 0) {
        peripheral->central = accept4(peripheral->listener, NULL, NULL, SOCK_NONBLOCK);
    }
    if (peripheral->central >= 0) {
        has_more = receive(peripheral, now_ms);
    }
    peripheral->is_waiting = otk_ble_poll(&peripheral->ble, now_ms) == OTK_MORE;
    return has_more ? OTK_MORE : OTK_OK;
}

static uint32_t watch(void *context, struct pollfd *files, uint32_t room, uint32_t *timeout_ms)
{
    const struct otk_ble_peripheral *peripheral = context;

    if (peripheral->is_waiting && *timeout_ms > OTK_BLE_POLL_MS) {
        *timeout_ms = OTK_BLE_POLL_MS;
    }
    if (room == 0) {
        return 0;
    }
    files[0] = (struct pollfd){.fd = peripheral->central >= 0 ? peripheral->central
                                                              : peripheral->listener,
                               .events = POLLIN};
    return 1;
}

/* The socket of the application before a reset has the same name. */
static int listen_at(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const int listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    unlink(path);
    if (listener >= 0 && (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 ||
                          listen(listener, 1) != 0)) {
        close(listener);
        return -1;
    }
    return listener;
}

enum otk_status otk_ble_peripheral_open(const struct otk_host *host,
                                        struct otk_ble_peripheral **peripheral)
{
    const struct otk_virtual_device_options *options = host->machine->options;
    struct otk_ble_peripheral *opened = calloc(1, sizeof *opened);
    struct otk_ble_config config;

    if (!opened) {
        return OTK_NO_MEMORY;
    }
    opened->host = host;
    opened->central = -1;
    opened->listener = listen_at(options->ble_adapter);
    if (opened->listener < 0) {
        perror(options->ble_adapter);
        free(opened);
        return OTK_HOST_IO;
    }
    config = (struct otk_ble_config){.name = options->ble_name,
                                     .sector_buffer = opened->sector_buffer};
    opened->link = (struct otk_ble_link){.context = opened, .send = notify};
    otk_ble_init(&opened->ble, host->updater, &config, &opened->link);
    otk_loop_add(host->loop, (struct otk_loop_source){opened, watch, serve});
    *peripheral = opened;
    return OTK_OK;
}

void otk_ble_peripheral_close(struct otk_ble_peripheral *peripheral)
{
    if (!peripheral) {
        return;
    }
    hang_up(peripheral);
    otk_loop_remove(peripheral->host->loop, peripheral);
    close(peripheral->listener);
    unlink(peripheral->host->machine->options->ble_adapter);
    free(peripheral);
}

static void print_table(void)
{
    for (uint32_t service = 0; service < OTK_GATT_SERVICE_COUNT; service++) {
        const struct otk_gatt_service *const found = &otk_gatt_services[service];

        for (uint32_t index = 0; index < found->count; index++) {
            const struct otk_gatt_characteristic *const one = &found->characteristics[index];

            printf("%s %s %u %u\n", found->uuid, one->uuid, one->properties, (unsigned)one->value);
        }
    }
}

static bool parse(struct otk_virtual_device_options *options, int argc, char **argv)
{
    for (int index = 0; index < argc; index++) {
        if (strcmp(argv[index], "--confirm-manual") == 0) {
            options->confirm_manual = true;
            continue;
        }
        if (index + 1 == argc) {
            return false;
        }
        if (strcmp(argv[index], "--self-test") == 0) {
            options->self_test = argv[++index];
        } else if (strcmp(argv[index], "--name") == 0) {
            options->ble_name = argv[++index];
        } else {
            return false;
        }
    }
    return true;
}

int main(int argc, char **argv)
{
    struct otk_virtual_device_options options = {.ble = true,
                                                 .ble_name = OTK_VIRTUAL_DEVICE_BLE_NAME};

    if (argc == 2 && strcmp(argv[1], "table") == 0) {
        print_table();
        return 0;
    }
    if (argc < 4 || strcmp(argv[1], "run") != 0 || !parse(&options, argc - 4, argv + 4)) {
        fprintf(stderr, "usage: ble_bridge table | run FLASH SOCKET [OPTION]...\n");
        return 2;
    }
    options.flash_path = argv[2];
    options.ble_adapter = argv[3];
    return otk_virtual_device_run(&options);
}
