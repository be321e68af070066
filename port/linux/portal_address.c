// SPDX-License-Identifier: Apache-2.0
/* From "ADDR:PORT" to a listening socket. */
#include "port/linux/portal_address.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HOST_SIZE    64u
#define PORT_SIZE    8u
#define DEFAULT_HOST "127.0.0.1"
#define DEFAULT_PORT "80"
#define BACKLOG      16

static const struct trouble_of {
    int error;
    enum otk_status status;
    struct otk_portal_trouble trouble;
} troubles[] = {
    {EADDRINUSE,
     OTK_BUSY,
     {"another program listens on this address", "choose another port, or 0 for any free one"}},
    {EACCES,
     OTK_HOST_IO,
     {"ports below 1024 are not for everybody", "choose a port from 1024 on, or run it as root"}},
    {EADDRNOTAVAIL,
     OTK_HOST_IO,
     {"this computer does not have that address",
      "`ip address` lists them; :PORT listens on all of them"}},
};

static enum otk_status explain(int error, struct otk_portal_trouble *trouble)
{
    for (size_t index = 0; index < sizeof troubles / sizeof troubles[0]; index++) {
        if (troubles[index].error == error) {
            *trouble = troubles[index].trouble;
            return troubles[index].status;
        }
    }
    trouble->why = strerror(error);
    return OTK_HOST_IO;
}

/* Resolvers take numbers that no port has, and cut them. */
static bool is_port(const char *text)
{
    return strspn(text, "0123456789") == strlen(text) && strtoul(text, NULL, 10) <= UINT16_MAX;
}

/* Cut "[::1]:8080" into its host and its port. Returns whether it looks like that. */
static bool cut_at_colon(const char *text, char host[HOST_SIZE], char port[PORT_SIZE])
{
    const char *const bracket = text[0] == '[' ? strchr(text, ']') : NULL;
    const char *const colon = strrchr(bracket ? bracket : text, ':');
    const char *const begin = bracket ? text + 1 : text;
    const char *const end = bracket ? bracket : colon ? colon : text + strlen(text);
    const size_t host_len = (size_t)(end - begin);

    if (text[0] == '\0' || host_len >= HOST_SIZE || (text[0] == '[' && !bracket) ||
        (bracket && bracket[1] != '\0' && bracket[1] != ':') ||
        (!bracket && colon && strchr(text, ':') != colon)) {
        return false;
    }
    memcpy(host, begin, host_len);
    host[host_len] = '\0';
    snprintf(port, PORT_SIZE, "%s", colon ? colon + 1 : DEFAULT_PORT);
    return !colon || (strlen(colon + 1) < PORT_SIZE && colon[1] != '\0');
}

/* A number alone is a port, which resolvers would take for an IPv4 address. */
static bool split(const char *text, char host[HOST_SIZE], char port[PORT_SIZE])
{
    if (text[0] != '\0' && strspn(text, "0123456789") == strlen(text)) {
        snprintf(host, HOST_SIZE, "%s", DEFAULT_HOST);
        snprintf(port, PORT_SIZE, "%s", text);
        return strlen(text) < PORT_SIZE && is_port(port);
    }
    return cut_at_colon(text, host, port) && is_port(port);
}

static int open_socket(const struct addrinfo *address)
{
    const int on = 1;
    const int file = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (file < 0) {
        return -1;
    }
    /* A device that was reset listens again at once, whatever its old connections do. */
    (void)setsockopt(file, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(file, address->ai_addr, address->ai_addrlen) != 0 || listen(file, BACKLOG) != 0) {
        const int error = errno;

        close(file);
        errno = error;
        return -1;
    }
    return file;
}

/* The socket's own address as a URL; "every address" becomes the one that always works here. */
static void describe(struct otk_portal_place *place)
{
    struct sockaddr_storage own;
    socklen_t len = sizeof own;
    char host[NI_MAXHOST] = "";
    char port[NI_MAXSERV] = "";

    if (getsockname(place->socket, (struct sockaddr *)&own, &len) == 0) {
        (void)getnameinfo((struct sockaddr *)&own, len, host, sizeof host, port, sizeof port,
                          NI_NUMERICHOST | NI_NUMERICSERV);
    }
    place->is_everywhere = strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0;
    if (place->is_everywhere) {
        snprintf(host, sizeof host, "%s", host[0] == '0' ? "127.0.0.1" : "::1");
    }
    place->port = (uint16_t)strtoul(port, NULL, 10);
    snprintf(place->url, sizeof place->url, strchr(host, ':') ? "http://[%.50s]" : "http://%.50s",
             host);
    if (strcmp(port, DEFAULT_PORT) != 0) {
        snprintf(place->url + strlen(place->url), sizeof place->url - strlen(place->url), ":%.5s",
                 port);
    }
    snprintf(place->url + strlen(place->url), sizeof place->url - strlen(place->url), "/");
}

enum otk_status otk_portal_listen(const char *text, uint16_t port, struct otk_portal_place *place,
                                  struct otk_portal_trouble *trouble)
{
    const struct addrinfo wanted = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV,
                                    .ai_family = AF_UNSPEC,
                                    .ai_socktype = SOCK_STREAM};
    char host[HOST_SIZE];
    char service[PORT_SIZE];
    struct addrinfo *found;

    *trouble = (struct otk_portal_trouble){.hint = "as in 127.0.0.1:8080, [::1]:8080 or :8080"};
    if (!split(text, host, service)) {
        trouble->why = "this is no ADDRESS:PORT";
        return OTK_USAGE;
    }
    if (strcmp(service, "0") == 0 && port != 0) {
        snprintf(service, sizeof service, "%u", (unsigned)port);
    }
    if (getaddrinfo(host[0] ? host : "0.0.0.0", service, &wanted, &found) != 0) {
        trouble->why = "this computer knows no such address or port";
        return OTK_USAGE;
    }
    place->socket = open_socket(found);
    freeaddrinfo(found);
    if (place->socket < 0) {
        trouble->hint = NULL;
        return explain(errno, trouble);
    }
    describe(place);
    return OTK_OK;
}
