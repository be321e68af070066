// SPDX-License-Identifier: Apache-2.0
/*
 * The access point of the virtual device: hostapd and dnsmasq, beside it for as long as the
 * application runs.
 *
 *     checks --> hostapd --> address --> dnsmasq --> up --reset, Ctrl-C, error--> as it was found
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "port/linux/events.h"
#include "port/linux/log.h"
#include "port/linux/softap_config.h"
#include "port/linux/softap_interface.h"
#include "port/linux/softap_program.h"
#include "port/linux/transports.h"

#define LOG_WHO "wifi"

/* How often a program that is not there is thought of. */
#define TEND_INTERVAL_MS 100u

enum { HOSTAPD, DNSMASQ, PROGRAM_COUNT };

struct otk_softap {
    struct otk_host host;
    struct otk_softap_settings settings;
    struct otk_softap_interface interface;
    struct otk_softap_program programs[PROGRAM_COUNT];
    char *hostapd_argv[3];
    char *dnsmasq_argv[OTK_SOFTAP_DNSMASQ_COUNT];
    char hostapd_config[OTK_SOFTAP_HOSTAPD_SIZE];
    char dnsmasq_interface[OTK_SOFTAP_WORD_SIZE];
};

static const struct otk_log *log_of(const struct otk_softap *softap)
{
    return &softap->host.machine->log;
}

/* Say on standard error what stands in the way. */
static enum otk_status refuse(const struct otk_softap *softap, const char *what,
                              const struct otk_softap_trouble *trouble)
{
    otk_log_error(softap->host.machine->options, trouble->status, what, trouble->why,
                  trouble->hint);
    return trouble->status;
}

/* An event of the access point itself. */
static void tell_state(const struct otk_softap *softap, const char *event)
{
    struct otk_events *const events = &softap->host.machine->events;

    otk_event_begin(events, event);
    otk_event_text(events, "interface", softap->settings.interface);
    otk_event_text(events, "ssid", softap->settings.ssid);
    otk_event_number(events, "channel", softap->settings.channel);
    otk_event_end(events);
}

/* An event of a station. */
static void tell_station(void *context, const struct otk_softap_news *news)
{
    static const struct {
        const char *event;
        const char *words;
    } names[] = {
        [OTK_SOFTAP_NEWS_JOINED] = {"station_joined", "joins"},
        [OTK_SOFTAP_NEWS_LEFT] = {"station_left", "leaves"},
        [OTK_SOFTAP_NEWS_ADDRESS] = {"station_address", "has the address "},
        [OTK_SOFTAP_NEWS_REFUSED] = {"station_refused", "does not know the password"},
    };
    const struct otk_softap *const softap = context;
    struct otk_events *const events = &softap->host.machine->events;

    otk_log_line(log_of(softap), LOG_WHO, "%s %s%s", news->station, names[news->kind].words,
                 news->address);
    otk_event_begin(events, names[news->kind].event);
    otk_event_text(events, "station", news->station);
    if (news->address[0]) {
        otk_event_text(events, "address", news->address);
    }
    otk_event_end(events);
}

static uint32_t watch(void *context, struct pollfd *files, uint32_t room, uint32_t *timeout_ms)
{
    const struct otk_softap *const softap = context;
    uint32_t count = 0;

    for (size_t index = 0; index < PROGRAM_COUNT; index++) {
        const struct otk_softap_program *const program = &softap->programs[index];

        if (program->child.keeper != 0 && count < room) {
            files[count++] = (struct pollfd){.fd = program->child.output, .events = POLLIN};
        }
        if (!program->is_ready && !program->is_given_up && *timeout_ms > TEND_INTERVAL_MS) {
            *timeout_ms = TEND_INTERVAL_MS;
        }
    }
    return count;
}

static void tend(struct otk_softap *softap, struct otk_softap_program *program, uint32_t now_ms)
{
    struct otk_softap_trouble trouble;

    switch (otk_softap_program_tend(program, now_ms, tell_station, softap, &trouble)) {
    case OTK_SOFTAP_CAME_BACK:
        otk_log_line(log_of(softap), LOG_WHO, "%s runs again", program->name);
        tell_state(softap, "softap_up");
        break;
    case OTK_SOFTAP_ENDED:
        otk_log_line(log_of(softap), LOG_WHO, "%s is gone: %s", program->name, trouble.why);
        tell_state(softap, "softap_down");
        break;
    case OTK_SOFTAP_GIVEN_UP:
        tell_state(softap, "softap_down");
        (void)refuse(softap, program->name, &trouble);
        otk_log_line(log_of(softap), LOG_WHO,
                     "%s ends again and again: no access point until "
                     "the next reset",
                     program->name);
        break;
    default:
        break;
    }
}

static enum otk_status serve(void *context, uint32_t now_ms)
{
    struct otk_softap *const softap = context;

    for (size_t index = 0; index < PROGRAM_COUNT; index++) {
        tend(softap, &softap->programs[index], now_ms);
    }
    return OTK_OK;
}

static void set_programs(struct otk_softap *softap)
{
    static char standard_input[] = "/proc/self/fd/0";
    struct otk_softap_program *const hostapd = &softap->programs[HOSTAPD];
    struct otk_softap_program *const dnsmasq = &softap->programs[DNSMASQ];

    *hostapd = (struct otk_softap_program){
        .name = "hostapd",
        .how = "`apt-get install hostapd`",
        .advice = "`iw list` shows what the adapter can do, `dmesg` what its driver says",
        .argv = softap->hostapd_argv,
        .input = softap->hostapd_config,
    };
    softap->hostapd_argv[0] = hostapd->path;
    softap->hostapd_argv[1] = standard_input;
    otk_softap_write_hostapd(&softap->settings, softap->hostapd_config);
    *dnsmasq = (struct otk_softap_program){
        .name = "dnsmasq",
        .how = "`apt-get install dnsmasq-base`",
        .advice = "`ss -lnup` shows who else serves names and addresses",
        .argv = softap->dnsmasq_argv,
    };
    otk_softap_write_dnsmasq(&softap->settings, dnsmasq->path, softap->dnsmasq_interface,
                             softap->dnsmasq_argv);
}

/* All that can be known to fail before anything is changed. */
static enum otk_status prepare(struct otk_softap *softap)
{
    const struct otk_virtual_device_options *options = softap->host.machine->options;
    struct otk_softap_trouble trouble = {.status = OTK_USAGE,
                                         .hint = "see `otakit device run --help`"};
    const char *why = otk_softap_settings_read(&softap->settings, options);

    if (why) {
        snprintf(trouble.why, sizeof trouble.why, "%s", why);
        return refuse(softap, "device run", &trouble);
    }
    if (!otk_softap_interface_open(&softap->interface, options->softap_interface, &trouble)) {
        return refuse(softap, options->softap_interface, &trouble);
    }
    set_programs(softap);
    for (size_t index = 0; index < PROGRAM_COUNT; index++) {
        if (!otk_softap_program_find(&softap->programs[index], &trouble)) {
            return refuse(softap, softap->programs[index].name, &trouble);
        }
    }
    return OTK_OK;
}

static enum otk_status open_program(struct otk_softap *softap, struct otk_softap_program *program)
{
    struct otk_softap_trouble trouble;
    const enum otk_status status = otk_softap_program_open(program, &trouble);

    if (status != OTK_OK && status != OTK_INTERRUPTED) {
        return refuse(softap, program->name, &trouble);
    }
    return status;
}

/* dnsmasq after the address that it binds to. */
static enum otk_status bring_up(struct otk_softap *softap)
{
    struct otk_softap_trouble trouble;
    const enum otk_status status = open_program(softap, &softap->programs[HOSTAPD]);

    if (status != OTK_OK) {
        return status;
    }
    if (!otk_softap_interface_address(&softap->interface, &trouble)) {
        return refuse(softap, softap->settings.interface, &trouble);
    }
    return open_program(softap, &softap->programs[DNSMASQ]);
}

enum otk_status otk_softap_open(const struct otk_host *host, struct otk_softap **opened)
{
    struct otk_softap *softap = calloc(1, sizeof *softap);
    enum otk_status status;

    if (!softap) {
        otk_log_error(host->machine->options, OTK_NO_MEMORY, "softap", NULL, NULL);
        return OTK_NO_MEMORY;
    }
    softap->host = *host;
    status = prepare(softap);
    if (status == OTK_OK) {
        status = bring_up(softap);
    }
    if (status != OTK_OK) {
        otk_softap_close(softap);
        return status;
    }
    otk_loop_add(host->loop, (struct otk_loop_source){softap, watch, serve});
    otk_log_line(log_of(softap), LOG_WHO, "the network \"%s\" is %s, on %s, channel %u",
                 softap->settings.ssid, softap->settings.password ? "up, with a password" : "open",
                 softap->settings.interface, (unsigned)softap->settings.channel);
    tell_state(softap, "softap_up");
    *opened = softap;
    return OTK_OK;
}

void otk_softap_close(struct otk_softap *softap)
{
    if (!softap) {
        return;
    }
    otk_loop_remove(softap->host.loop, softap);
    otk_softap_program_close(&softap->programs[DNSMASQ]);
    otk_softap_program_close(&softap->programs[HOSTAPD]);
    otk_softap_interface_close(&softap->interface);
    free(softap);
}
