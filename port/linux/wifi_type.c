// SPDX-License-Identifier: Apache-2.0
/*
 * The two requests of nl80211 that are needed, without a library for them.
 *
 * A message is a netlink header, a generic netlink header, and attributes: each a length, a type and
 * a value, padded to four bytes. nl80211 is found by its name, as its number differs from start to
 * start.
 */
#include "port/linux/wifi_type.h"

#include <linux/genetlink.h>
#include <linux/nl80211.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The answers are about 300 bytes. */
#define MESSAGE_SIZE 4096u

/* An attribute's head; what follows it is padded to a multiple of that. */
#define HEAD_SIZE ((uint32_t)sizeof(struct nlattr))

struct message {
    union {
        struct nlmsghdr header;
        char bytes[MESSAGE_SIZE];
    };
};

static void begin(struct message *message, uint16_t family, uint8_t command)
{
    const struct genlmsghdr generic = {.cmd = command, .version = 1};

    memset(message, 0, sizeof *message);
    message->header.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN);
    message->header.nlmsg_type = family;
    message->header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
    memcpy(NLMSG_DATA(&message->header), &generic, sizeof generic);
}

static void add(struct message *message, uint16_t type, const void *value, uint16_t len)
{
    const struct nlattr attribute = {.nla_len = (uint16_t)(HEAD_SIZE + len), .nla_type = type};
    char *const end = message->bytes + NLMSG_ALIGN(message->header.nlmsg_len);

    memcpy(end, &attribute, sizeof attribute);
    memcpy(end + HEAD_SIZE, value, len);
    message->header.nlmsg_len = NLMSG_ALIGN(message->header.nlmsg_len) + attribute.nla_len;
}

/* Copy an attribute of that type and length out of a message. Returns whether there is one. */
static bool find(const struct message *message, uint16_t type, void *value, uint16_t len)
{
    uint32_t position = NLMSG_LENGTH(GENL_HDRLEN);
    struct nlattr attribute;

    while (position + HEAD_SIZE <= message->header.nlmsg_len) {
        memcpy(&attribute, message->bytes + position, sizeof attribute);
        if (attribute.nla_len < HEAD_SIZE ||
            attribute.nla_len > message->header.nlmsg_len - position) {
            return false;
        }
        if (attribute.nla_type == type && attribute.nla_len == HEAD_SIZE + len) {
            memcpy(value, message->bytes + position + HEAD_SIZE, len);
            return true;
        }
        position += (attribute.nla_len + HEAD_SIZE - 1u) / HEAD_SIZE * HEAD_SIZE;
    }
    return false;
}

/* Send a request; `message` becomes the answer, where the request has one. Returns whether the kernel
 * did what was asked. */
static bool ask(int file, struct message *message)
{
    struct message received;

    if (send(file, message, message->header.nlmsg_len, 0) < 0) {
        return false;
    }
    for (;;) {
        const ssize_t count = recv(file, &received, sizeof received, 0);

        if (count < (ssize_t)NLMSG_HDRLEN || received.header.nlmsg_len > (uint32_t)count) {
            return false;
        }
        if (received.header.nlmsg_type == NLMSG_ERROR) {
            const struct nlmsgerr *const error = NLMSG_DATA(&received.header);

            return error->error == 0; /* the acknowledgement */
        }
        *message = received;
    }
}

/* A socket for generic netlink, and the number of nl80211; -1 where there is none. */
static int open_nl80211(uint16_t *family)
{
    static const char name[] = "nl80211";
    const int file = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
    struct message message;

    if (file < 0) {
        return -1;
    }
    begin(&message, GENL_ID_CTRL, CTRL_CMD_GETFAMILY);
    add(&message, CTRL_ATTR_FAMILY_NAME, name, sizeof name);
    if (!ask(file, &message) || !find(&message, CTRL_ATTR_FAMILY_ID, family, sizeof *family)) {
        close(file);
        return -1;
    }
    return file;
}

bool otk_wifi_type_get(unsigned index, uint32_t *type)
{
    const uint32_t interface = index;
    struct message message;
    uint16_t family;
    const int file = open_nl80211(&family);
    bool found;

    if (file < 0) {
        return false;
    }
    begin(&message, family, NL80211_CMD_GET_INTERFACE);
    add(&message, NL80211_ATTR_IFINDEX, &interface, sizeof interface);
    found = ask(file, &message) && find(&message, NL80211_ATTR_IFTYPE, type, sizeof *type);
    close(file);
    return found;
}

bool otk_wifi_type_set(unsigned index, uint32_t type)
{
    const uint32_t interface = index;
    struct message message;
    uint16_t family;
    const int file = open_nl80211(&family);
    bool done;

    if (file < 0) {
        return false;
    }
    begin(&message, family, NL80211_CMD_SET_INTERFACE);
    add(&message, NL80211_ATTR_IFINDEX, &interface, sizeof interface);
    add(&message, NL80211_ATTR_IFTYPE, &type, sizeof type);
    done = ask(file, &message);
    close(file);
    return done;
}
