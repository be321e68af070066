// SPDX-License-Identifier: Apache-2.0
/* A socket for otakit/format/dns.h. */
#include <string.h>

#include <freertos/FreeRTOS.h>
#include <freertos/task.h>
#include <lwip/sockets.h>
#include <sdkconfig.h>

#include "otakit/format/dns.h"
#include "port/espidf/softap.h"

#define DNS_PORT   53
#define STACK_SIZE 3072u

/* What its task works on; one per device. */
static struct {
    int socket;
    uint8_t address[4];
    uint8_t query[OTK_DNS_SIZE];
    uint8_t answer[OTK_DNS_SIZE];
} server;

static void serve_one(void)
{
    struct sockaddr_in client;
    socklen_t client_len = sizeof client;
    const int len = recvfrom(server.socket, server.query, sizeof server.query, 0,
                             (struct sockaddr *)&client, &client_len);
    uint32_t answer_len;

    if (len < 0) {
        vTaskDelay(pdMS_TO_TICKS(100)); /* out of memory, for example: it may pass */
        return;
    }
    if (otk_dns_answer(server.query, (uint32_t)len, server.address, server.answer,
                       sizeof server.answer, &answer_len) == OTK_OK) {
        (void)sendto(server.socket, server.answer, answer_len, 0, (struct sockaddr *)&client,
                     client_len);
    }
}

static void run(void *context)
{
    (void)context;
    for (;;) {
        serve_one();
    }
}

/* On the access point's address only: the network of a station has a name server. */
static int open_socket(const uint8_t address[4])
{
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(DNS_PORT)};
    const int opened = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);

    if (opened < 0) {
        return -1;
    }
    memcpy(&own.sin_addr, address, sizeof own.sin_addr);
    if (bind(opened, (struct sockaddr *)&own, sizeof own) != 0) {
        close(opened);
        return -1;
    }
    return opened;
}

esp_err_t otk_dns_server_start(const uint8_t address[4])
{
    server.socket = open_socket(address);
    if (server.socket < 0) {
        return ESP_FAIL;
    }
    memcpy(server.address, address, sizeof server.address);
    if (xTaskCreate(run, "otakit dns", STACK_SIZE, NULL, CONFIG_OTAKIT_TASK_PRIORITY, NULL) !=
        pdPASS) {
        close(server.socket);
        return ESP_ERR_NO_MEM;
    }
    return ESP_OK;
}
