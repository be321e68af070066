// SPDX-License-Identifier: Apache-2.0
/*
 * The life of hostapd or dnsmasq.
 *
 *     start --its line of success--> ready --ends by itself--> ended --1, 2, 4, 8, 16 s--> start
 *       \--ends, or 20 s-----------------------------------------/ \--too often--> given up
 *
 * Its standard input is a file that exists in memory only: a password never reaches a disk, and
 * nothing is left to clean up however the device ends.
 */
#include "port/linux/softap_program.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "port/linux/interrupt.h"
#include "port/linux/uptime.h"

/* How long a program may take to be ready. hostapd looks for its neighbours before it chooses. */
#define READY_TIMEOUT_MS 20000u

/* How often an interrupt is looked for meanwhile. */
#define LOOK_INTERVAL_MS 100

/* Between the end of a program and its next start; doubled every time until it has been ready for
 * SETTLED_MS. */
#define RESTART_DELAY_MS 1000u
#define RESTART_COUNT    5u
#define SETTLED_MS       60000u

/* Bytes of the last words with their NUL, so that they fit into a sentence. */
#define WORDS_SIZE 400u

/* What a program's last words mean for the person. */
static const struct {
    const char *mark;
    const char *hint;
} hints[] = {
    {"rfkill", "`rfkill unblock wifi`"},
    {"driver mode", "this adapter may not support access points; `iw list` shows its modes"},
    {"hannel", "try another --softap-channel, or --softap-country"},
    {"hw_mode", "try another --softap-channel, or --softap-country"},
    {"Address already in use",
     "another DNS or DHCP server listens on every address: `ss -lnup` shows which"},
};

static const char *explain(const struct otk_softap_program *program)
{
    for (size_t index = 0; index < sizeof hints / sizeof hints[0]; index++) {
        if (strstr(program->words, hints[index].mark)) {
            return hints[index].hint;
        }
    }
    return program->advice;
}

/* Debian's users do not have sbin in their path, and a service's path may be anything. */
bool otk_softap_program_find(struct otk_softap_program *program, struct otk_softap_trouble *trouble)
{
    static const char *const directories[] = {"/usr/local/sbin", "/usr/sbin", "/sbin",
                                              "/usr/local/bin",  "/usr/bin",  "/bin"};

    for (size_t index = 0; index < sizeof directories / sizeof directories[0]; index++) {
        snprintf(program->path, sizeof program->path, "%s/%s", directories[index], program->name);
        if (access(program->path, X_OK) == 0) {
            return true;
        }
    }
    *trouble = (struct otk_softap_trouble){
        .status = OTK_HOST_IO, .why = "it is not installed", .hint = program->how};
    return false;
}

/* A file in memory that holds the text; -1 where there is none to be had. */
static int open_text(const char *text)
{
    const int file = memfd_create("otakit", MFD_CLOEXEC);
    const size_t len = strlen(text);

    if (file >= 0 && write(file, text, len) != (ssize_t)len) {
        close(file);
        return -1;
    }
    return file;
}

static bool start(struct otk_softap_program *program)
{
    const int input = program->input ? open_text(program->input) : -1;
    bool started = false;

    program->is_ready = false;
    program->words[0] = '\0';
    program->since_ms = otk_uptime_ms();
    if (input >= 0 || !program->input) {
        started = otk_child_open(&program->child, program->argv, input) == OTK_OK;
    }
    if (input >= 0) {
        close(input);
    }
    return started;
}

/* Keep what may explain why a program ends: its last words, as many whole lines as fit. */
static void remember(struct otk_softap_program *program, const char *line)
{
    static const char between[] = "; ";
    const size_t line_len = strlen(line);
    size_t len = strlen(program->words);

    if (line_len == 0 || otk_softap_news_is_chatter(line)) {
        return;
    }
    while (len > 0 && len + line_len + sizeof between > WORDS_SIZE) {
        const char *const end = strstr(program->words, between);
        const size_t oldest_len = end ? (size_t)(end - program->words) + sizeof between - 1u : len;

        len -= oldest_len;
        memmove(program->words, program->words + oldest_len, len + 1u);
    }
    snprintf(program->words + len, sizeof program->words - len, "%s%s", len > 0 ? between : "",
             line);
}

/* Take in what it has printed; listener may be NULL. */
static void listen_to(struct otk_softap_program *program, otk_softap_listener *listener,
                      void *context)
{
    char line[OTK_CHILD_LINE_SIZE];

    while (program->child.keeper != 0 && otk_child_read(&program->child, line)) {
        const struct otk_softap_news news = otk_softap_news_read(line);

        if (news.kind == OTK_SOFTAP_NEWS_READY) {
            program->is_ready = true;
            program->since_ms = otk_uptime_ms();
            program->words[0] = '\0';
        } else if (news.kind == OTK_SOFTAP_NEWS_NONE) {
            remember(program, line);
        } else if (listener) {
            listener(context, &news);
        }
    }
}

/* Whether it has ended, or never got ready. */
static bool has_failed(const struct otk_softap_program *program, uint32_t now_ms)
{
    return program->child.has_ended || (program->child.keeper != 0 && !program->is_ready &&
                                        now_ms - program->since_ms >= READY_TIMEOUT_MS);
}

/* Clear away what is left of it, and say what is known. */
static void bury(struct otk_softap_program *program, struct otk_softap_trouble *trouble)
{
    const bool had_ended = program->child.has_ended;
    const int exit_status = otk_child_close(&program->child);
    size_t len;

    *trouble = (struct otk_softap_trouble){.status = OTK_HOST_IO, .hint = explain(program)};
    if (had_ended) {
        snprintf(trouble->why, sizeof trouble->why, "it ended with exit status %d", exit_status);
    } else {
        snprintf(trouble->why, sizeof trouble->why, "it was not ready within %u s",
                 READY_TIMEOUT_MS / 1000u);
    }
    if (program->words[0]) {
        len = strlen(trouble->why);
        snprintf(trouble->why + len, sizeof trouble->why - len, ": %.*s", (int)WORDS_SIZE,
                 program->words);
    }
    program->is_ready = false;
}

enum otk_status otk_softap_program_open(struct otk_softap_program *program,
                                        struct otk_softap_trouble *trouble)
{
    if (!start(program)) {
        *trouble = (struct otk_softap_trouble){.status = OTK_HOST_IO};
        snprintf(trouble->why, sizeof trouble->why, "it cannot be started: %s", strerror(errno));
        return OTK_HOST_IO;
    }
    while (!program->is_ready) {
        struct pollfd output = {.fd = program->child.output, .events = POLLIN};

        if (otk_interrupt_seen()) {
            return OTK_INTERRUPTED;
        }
        if (has_failed(program, otk_uptime_ms())) {
            bury(program, trouble);
            return OTK_HOST_IO;
        }
        (void)poll(&output, 1, LOOK_INTERVAL_MS);
        listen_to(program, NULL, NULL);
    }
    return OTK_OK;
}

static enum otk_softap_change note_end(struct otk_softap_program *program, uint32_t now_ms,
                                       struct otk_softap_trouble *trouble)
{
    if (program->is_ready && now_ms - program->since_ms >= SETTLED_MS) {
        program->restarts = 0;
    }
    bury(program, trouble);
    program->since_ms = now_ms;
    program->is_given_up = program->restarts == RESTART_COUNT;
    return program->is_given_up ? OTK_SOFTAP_GIVEN_UP : OTK_SOFTAP_ENDED;
}

enum otk_softap_change otk_softap_program_tend(struct otk_softap_program *program, uint32_t now_ms,
                                               otk_softap_listener *listener, void *context,
                                               struct otk_softap_trouble *trouble)
{
    const bool was_ready = program->is_ready;

    listen_to(program, listener, context);
    if (has_failed(program, now_ms)) {
        return note_end(program, now_ms, trouble);
    }
    if (program->is_ready && !was_ready) {
        return OTK_SOFTAP_CAME_BACK;
    }
    if (program->child.keeper == 0 && !program->is_given_up &&
        now_ms - program->since_ms >= RESTART_DELAY_MS << program->restarts) {
        program->restarts++;
        (void)start(program); /* where that fails, the next time is later */
        program->is_given_up = program->child.keeper == 0 && program->restarts == RESTART_COUNT;
    }
    return OTK_SOFTAP_SAME;
}

void otk_softap_program_close(struct otk_softap_program *program)
{
    (void)otk_child_close(&program->child);
}
