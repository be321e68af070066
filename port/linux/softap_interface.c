// SPDX-License-Identifier: Apache-2.0
/* A Wi-Fi interface: checks before it is taken, its address, and what it was like before. */
#include "port/linux/softap_interface.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glob.h>
#include <linux/capability.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "port/linux/softap_config.h"
#include "port/linux/softap_rival.h"
#include "port/linux/wifi_type.h"

#define PATH_SIZE 128u

static bool refuse(struct otk_softap_trouble *trouble, enum otk_status status, const char *why,
                   const char *hint)
{
    trouble->status = status;
    snprintf(trouble->why, sizeof trouble->why, "%s", why);
    trouble->hint = hint;
    return false;
}

/* Whether this process may configure interfaces. */
static bool may_change_network(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];

    memset(sets, 0, sizeof sets);
    return syscall(SYS_capget, &header, sets) == 0 &&
           (sets[CAP_TO_INDEX(CAP_NET_ADMIN)].effective & CAP_TO_MASK(CAP_NET_ADMIN)) != 0;
}

/* The first character of a file of the kernel's; '\0' where there is none. */
static char peek(const char *path)
{
    FILE *const file = fopen(path, "re");
    const int first = file ? fgetc(file) : EOF;

    if (file) {
        fclose(file);
    }
    return first == EOF ? '\0' : (char)first;
}

/* Whether one of the radio's switches (kind: "soft" or "hard") is off. */
static bool is_blocked(const char *name, const char *kind)
{
    char pattern[PATH_SIZE];
    bool blocked = false;
    glob_t found;

    snprintf(pattern, sizeof pattern, "/sys/class/net/%s/phy80211/rfkill*/%s", name, kind);
    if (glob(pattern, 0, NULL, &found) != 0) {
        return false;
    }
    for (size_t index = 0; index < found.gl_pathc; index++) {
        blocked = blocked || peek(found.gl_pathv[index]) == '1';
    }
    globfree(&found);
    return blocked;
}

static bool is_wireless(const char *name)
{
    char path[PATH_SIZE];

    snprintf(path, sizeof path, "/sys/class/net/%s/phy80211", name);
    return access(path, F_OK) == 0;
}

/* Read or write the interface's flags (request: SIOCGIFFLAGS, SIOCSIFFLAGS). */
static bool exchange_flags(const char *name, unsigned long request, short *flags)
{
    const int file = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct ifreq exchange;
    bool done;

    if (file < 0) {
        return false;
    }
    memset(&exchange, 0, sizeof exchange);
    snprintf(exchange.ifr_name, sizeof exchange.ifr_name, "%s", name);
    exchange.ifr_flags = *flags;
    done = ioctl(file, request, &exchange) == 0;
    *flags = exchange.ifr_flags;
    close(file);
    return done;
}

/* A request to add or remove an IPv4 address, as rtnetlink takes it. */
struct address_request {
    struct nlmsghdr header;
    struct ifaddrmsg message;
    struct rtattr local;
    struct in_addr local_address;
    struct rtattr address;
    struct in_addr peer_address; /* the same, where there is no peer */
};

/* Ask the kernel and wait for its answer. Returns 0 or its errno. */
static int ask_kernel(const struct address_request *request)
{
    const int file = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    struct {
        struct nlmsghdr header;
        struct nlmsgerr error;
        char original[sizeof *request];
    } answer;
    int error = EIO;

    if (file < 0) {
        return errno;
    }
    if (send(file, request, sizeof *request, 0) == (ssize_t)sizeof *request &&
        recv(file, &answer, sizeof answer, 0) >= (ssize_t)NLMSG_LENGTH(sizeof answer.error) &&
        answer.header.nlmsg_type == NLMSG_ERROR) {
        error = -answer.error.error;
    }
    close(file);
    return error;
}

/* Add or remove the device's address (type: RTM_NEWADDR, RTM_DELADDR). Returns 0 or an errno. */
static int change_address(unsigned index, uint16_t type)
{
    struct address_request request = {
        .header = {.nlmsg_len = sizeof request,
                   .nlmsg_type = type,
                   .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK},
        .message = {.ifa_family = AF_INET,
                    .ifa_prefixlen = OTK_SOFTAP_PREFIX_LEN,
                    .ifa_index = index},
        .local = {.rta_len = RTA_LENGTH(sizeof(struct in_addr)), .rta_type = IFA_LOCAL},
        .address = {.rta_len = RTA_LENGTH(sizeof(struct in_addr)), .rta_type = IFA_ADDRESS},
    };

    if (type == RTM_NEWADDR) {
        request.header.nlmsg_flags |= NLM_F_CREATE | NLM_F_EXCL;
    }
    inet_pton(AF_INET, OTK_SOFTAP_ADDRESS, &request.local_address);
    request.peer_address = request.local_address;
    return ask_kernel(&request);
}

bool otk_softap_interface_open(struct otk_softap_interface *interface, const char *name,
                               struct otk_softap_trouble *trouble)
{
    const unsigned index = if_nametoindex(name);
    uint32_t type;
    short flags = 0;

    if (index == 0) {
        return refuse(trouble, OTK_HOST_IO, "there is no such network interface",
                      "`iw dev` lists the Wi-Fi interfaces");
    }
    if (!is_wireless(name)) {
        return refuse(trouble, OTK_UNSUPPORTED, "this is no Wi-Fi interface",
                      "`iw dev` lists the Wi-Fi interfaces");
    }
    if (!may_change_network()) {
        return refuse(trouble, OTK_HOST_IO, "an access point takes root's rights",
                      "run it with sudo");
    }
    if (is_blocked(name, "hard")) {
        return refuse(trouble, OTK_BUSY, "a switch of this computer has its radio off",
                      "turn Wi-Fi on with the switch or key; `rfkill` shows it");
    }
    if (is_blocked(name, "soft")) {
        return refuse(trouble, OTK_BUSY, "its radio is switched off", "`rfkill unblock wifi`");
    }
    if (otk_softap_find_rival(name, trouble)) {
        return false;
    }
    if (!exchange_flags(name, SIOCGIFFLAGS, &flags) || !otk_wifi_type_get(index, &type)) {
        return refuse(trouble, OTK_HOST_IO, "the kernel does not tell its state",
                      "`dmesg` shows what the driver says");
    }
    *interface = (struct otk_softap_interface){
        .index = index, .was_up = (flags & IFF_UP) != 0, .was_type = type};
    snprintf(interface->name, sizeof interface->name, "%s", name);
    return true;
}

bool otk_softap_interface_address(struct otk_softap_interface *interface,
                                  struct otk_softap_trouble *trouble)
{
    const int error = change_address(interface->index, RTM_NEWADDR);

    if (error != 0 && error != EEXIST) {
        (void)refuse(trouble, OTK_HOST_IO, "", "`ip address` shows what the interface has");
        snprintf(trouble->why, sizeof trouble->why, "the address %s could not be set: %s",
                 OTK_SOFTAP_ADDRESS, strerror(error));
        return false;
    }
    interface->has_address = error == 0;
    return true;
}

static void set_up(const char *name, bool up)
{
    short flags = 0;

    if (exchange_flags(name, SIOCGIFFLAGS, &flags) && ((flags & IFF_UP) != 0) != up) {
        flags = (short)(flags ^ IFF_UP);
        (void)exchange_flags(name, SIOCSIFFLAGS, &flags);
    }
}

void otk_softap_interface_close(struct otk_softap_interface *interface)
{
    uint32_t type;

    if (interface->has_address) {
        (void)change_address(interface->index, RTM_DELADDR);
    }
    if (interface->index != 0) {
        if (otk_wifi_type_get(interface->index, &type) && type != interface->was_type) {
            set_up(interface->name, false);
            (void)otk_wifi_type_set(interface->index, interface->was_type);
        }
        set_up(interface->name, interface->was_up);
    }
    memset(interface, 0, sizeof *interface);
}
