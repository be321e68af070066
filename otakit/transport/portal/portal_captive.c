// SPDX-License-Identifier: Apache-2.0
/*
 * Phones look for the Internet as soon as they have joined a network. A wrong answer opens their
 * sign-in view, which is how a person finds the page; the right one afterwards keeps the phone on a
 * network that has no Internet.
 */
#include <stddef.h>

#include "otakit/base/memory.h"
#include "otakit/transport/portal/portal_parts.h"

/* A detection address and its "online" answer. Vendors use many hosts with the same paths, so that the
 * path decides; the host only has to be another than ours. */
struct probe {
    const char *path;
    uint16_t status;
    const char *type; /* NULL: no body */
    const char *body;
};

static const char type_html[] = "text/html";
static const char type_text[] = "text/plain";

/* Source of the bodies: what the vendors' servers answer. */
static const struct probe probes[] = {
    {"/generate_204", 204, NULL, ""}, /* Android */
    {"/gen_204", 204, NULL, ""},
    {"/hotspot-detect.html", 200, type_html, /* iOS, macOS */
     "<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>\n"},
    {"/library/test/success.html", 200, type_html,
     "<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>\n"},
    {"/connecttest.txt", 200, type_text, "Microsoft Connect Test"}, /* Windows */
    {"/ncsi.txt", 200, type_text, "Microsoft NCSI"},
    {"/success.txt", 200, type_text, "success\n"}, /* Firefox */
    {"/canonical.html", 200, type_html,
     "<meta http-equiv=\"refresh\" "
     "content=\"0;url=https://support.mozilla.org/kb/captive-portal\"/>"},
    {"/check_network_status.txt", 200, type_text, "NetworkManager is online\n"}, /* GNOME */
};

#define PROBE_COUNT ((int)(sizeof probes / sizeof probes[0]))

int otk_portal_find_probe(struct otk_text path)
{
    int index;

    for (index = 0; index < PROBE_COUNT; index++) {
        if (otk_text_is(path, probes[index].path)) {
            return index;
        }
    }
    return -1;
}

void otk_portal_answer_probe(int probe, struct otk_portal_answer *answer)
{
    const struct probe *const found = &probes[probe];

    answer->status = found->status;
    answer->body = (const uint8_t *)found->body;
    answer->body_len = otk_portal_text(found->body).len;
    if (found->type != NULL) {
        answer->headers[answer->header_count++] = (struct otk_portal_header){"Content-Type",
                                                                             found->type};
    }
}

static bool is_same_station(const struct otk_portal_station *a, const struct otk_portal_station *b)
{
    return memcmp(a->address, b->address, sizeof a->address) == 0;
}

bool otk_portal_is_known(const struct otk_portal *portal, const struct otk_portal_station *station)
{
    uint32_t index;

    for (index = 0; index < OTK_PORTAL_STATION_COUNT; index++) {
        if (is_same_station(&portal->stations[index], station)) {
            return true;
        }
    }
    return false;
}

void otk_portal_remember(struct otk_portal *portal, const struct otk_portal_station *station)
{
    if (otk_portal_is_known(portal, station)) {
        return;
    }
    portal->stations[portal->station_index] = *station;
    portal->station_index = (portal->station_index + 1u) % OTK_PORTAL_STATION_COUNT;
}

static bool contains(struct otk_text text, const char *word)
{
    for (; text.len > 0; text = otk_text_from(text, 1)) {
        if (otk_text_starts(text, word)) {
            return true;
        }
    }
    return false;
}

bool otk_portal_is_sign_in(struct otk_text user_agent)
{
    return contains(user_agent, "CaptivePortalLogin") ||  /* Android */
           contains(user_agent, "; wv)") ||               /* Android's web view in any program */
           contains(user_agent, "CaptiveNetworkSupport"); /* iOS, macOS */
}

/* A page, made of constant pieces with the page's address between them. */
static void answer_page(const struct otk_portal *portal, const char *const pieces[], char *buffer,
                        struct otk_portal_answer *answer)
{
    uint32_t len = 0;
    uint32_t index;

    for (index = 0; pieces[index] != NULL; index++) {
        const struct otk_text piece = otk_portal_text(pieces[index][0] == '\0' ? portal->config.url
                                                                               : pieces[index]);
        const uint32_t room = OTK_PORTAL_ANSWER_SIZE - len;
        const uint32_t taken = piece.len < room ? piece.len : room;

        memcpy(buffer + len, piece.chars, taken);
        len += taken;
    }
    answer->status = 200;
    answer->headers[answer->header_count++] = (struct otk_portal_header){
        "Content-Type", "text/html; charset=utf-8"};
    answer->body = (const uint8_t *)buffer;
    answer->body_len = len;
}

/* "": the page's address. */
#define ADDRESS ""

#define HEAD                                                                             \
    "<!DOCTYPE html><html lang=en><meta charset=utf-8>"                                  \
    "<meta name=viewport content=\"width=device-width,initial-scale=1\">"                \
    "<meta name=color-scheme content=\"light dark\"><title>Device update</title>"        \
    "<style>body{font:1.1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:2rem auto;" \
    "padding:0 1rem}input,button,.b{font:inherit;padding:.7rem;width:100%;box-sizing:"   \
    "border-box;margin:.4rem 0;text-align:center;display:block;border:1px solid;"        \
    "border-radius:.5rem;background:none;color:inherit;text-decoration:none}</style>"

void otk_portal_answer_sign_in(const struct otk_portal *portal, char *buffer,
                               struct otk_portal_answer *answer)
{
    static const char *const pieces[] = {
        HEAD
        "<h1>Open the page in your browser</h1>"
        "<p>This window cannot pick files. Copy the address, close this window, and open it in "
        "your browser.<label for=a>Address of the device</label>"
        "<input id=a readonly onfocus=this.select() value=\"",
        ADDRESS,
        "\"><button onclick=\"a.focus();a.select();"
        "document.execCommand('copy');this.textContent='Copied'\">Copy the address</button>"
        "<a class=b href=/stay>I have it: stay on this network</a>"
        "<p><a href=/update>Show the page here all the same</a></html>\n",
        NULL,
    };

    answer_page(portal, pieces, buffer, answer);
}

void otk_portal_answer_stay(const struct otk_portal *portal, char *buffer,
                            struct otk_portal_answer *answer)
{
    static const char *const pieces[] = {
        HEAD "<h1>You can close this window</h1><p>The phone stays on this network. Open <b>",
        ADDRESS,
        "</b> in your browser.</html>\n",
        NULL,
    };

    answer_page(portal, pieces, buffer, answer);
}
