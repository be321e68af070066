// SPDX-License-Identifier: Apache-2.0
/*
 * The head of a request, as esp_http_server has parsed it. The server finds the first field of a name;
 * that one stands there twice, the engine does not learn.
 */
#include <string.h>

#include <lwip/sockets.h>

#include "port/espidf/portal_parts.h"

/* Bytes 10 and 11 of an IPv4 address in IPv6's clothes, ::FFFF:192.168.4.2. Source: RFC 4291. */
static const uint8_t mapped[12] = {[10] = 0xFF, [11] = 0xFF};

static struct otk_text text_of(const char *chars)
{
    return otk_text(chars, (uint32_t)strlen(chars));
}

static enum otk_portal_method method_of(const httpd_req_t *request)
{
    switch (request->method) {
    case HTTP_GET:
    case HTTP_HEAD:
        return OTK_PORTAL_GET;
    case HTTP_POST:
        return OTK_PORTAL_POST;
    case HTTP_PUT:
        return OTK_PORTAL_PUT;
    default:
        return OTK_PORTAL_OTHER;
    }
}

void otk_portal_read_head(httpd_req_t *request, const struct otk_portal *portal, bool is_known,
                          char buffer[OTK_PORTAL_ANSWER_SIZE], struct otk_portal_request *head)
{
    const char *name;

    otk_portal_request_init(head, portal, is_known ? method_of(request) : OTK_PORTAL_OTHER,
                            text_of(request->uri));
    for (uint32_t index = 0; (name = otk_portal_field_name(index)) != NULL; index++) {
        if (httpd_req_get_hdr_value_str(request, name, buffer, OTK_PORTAL_ANSWER_SIZE) == ESP_OK) {
            otk_portal_request_field(head, text_of(name), text_of(buffer));
        }
    }
}

struct otk_portal_station otk_portal_station_of(httpd_req_t *request)
{
    struct otk_portal_station station = {{0}};
    struct sockaddr_storage address;
    socklen_t len = sizeof address;

    if (getpeername(httpd_req_to_sockfd(request), (struct sockaddr *)&address, &len) != 0) {
        return station;
    }
    if (address.ss_family == AF_INET) {
        memcpy(station.address, &((const struct sockaddr_in *)(const void *)&address)->sin_addr, 4);
        return station;
    }
    memcpy(station.address, &((const struct sockaddr_in6 *)(const void *)&address)->sin6_addr,
           sizeof station.address);
    if (memcmp(station.address, mapped, sizeof mapped) == 0) {
        memcpy(station.address, station.address + sizeof mapped, 4);
        memset(station.address + 4, 0, sizeof station.address - 4);
    }
    return station;
}
