// SPDX-License-Identifier: Apache-2.0
/* Requests as a web server would hand them over. */
#include "test/support/visitor.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BOOT_ID    0x5F3C2A10u
#define POLL_LIMIT 100000u

static const uint8_t page[] = "\x1F\x8B page";

static struct otk_text text_of(const char *chars)
{
    return otk_text(chars, (uint32_t)strlen(chars));
}

static void start(struct visitor *visitor, const struct otk_portal_config *config)
{
    static const uint8_t random[8] = {0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77};
    struct otk_portal_config complete = *config;

    complete.name = complete.name ? complete.name : "lamp";
    complete.url = complete.url ? complete.url : "http://192.168.4.1/";
    complete.page = page;
    complete.page_len = sizeof page - 1;
    memcpy(complete.random, random, sizeof random);
    otk_updater_init(&visitor->updater, &visitor->rig.device, visitor->buffer, BOOT_ID);
    otk_portal_init(&visitor->portal, &visitor->updater, &complete, visitor->now_ms);
}

void visitor_open(struct visitor *visitor, const struct otk_portal_config *config)
{
    static struct rig_image old_image;

    memset(visitor, 0, sizeof *visitor);
    visitor->now_ms = 1000;
    visitor->station = 2;
    rig_open(&visitor->rig, RIG_FACTORY_AND_TWO);
    rig_make_image(&old_image, "1.0.0", 5 * 4096, 1);
    rig_make_image(&visitor->image, "1.1.0", 9 * 4096 + 100, 2);
    rig_install(&visitor->rig, OTK_SLOT_FACTORY, &old_image);
    (void)rig_reset(&visitor->rig);
    start(visitor, config);
}

void visitor_close(struct visitor *visitor)
{
    rig_close(&visitor->rig);
}

int visitor_reset(struct visitor *visitor)
{
    const struct otk_portal_config config = visitor->portal.config;
    const int slot = rig_reset(&visitor->rig);

    start(visitor, &config);
    return slot;
}

static void send_field(struct visit *visit, const char *line, size_t len)
{
    const struct otk_text text = otk_text(line, (uint32_t)len);
    const uint32_t colon = otk_text_find(text, ':');

    assert(colon < len);
    otk_portal_request_field(&visit->request, otk_text(line, colon),
                             otk_text_from(text, colon + 1));
}

static void send_fields(struct visit *visit, const char *fields)
{
    while (*fields) {
        const size_t len = strcspn(fields, "\n");

        send_field(visit, fields, len);
        fields += len + (fields[len] == '\n');
    }
}

void visit_begin(struct visitor *visitor, struct visit *visit, const char *line, const char *fields)
{
    const struct otk_text text = text_of(line);
    const uint32_t blank = otk_text_find(text, ' ');
    const struct otk_portal_station station = {{192, 168, 4, visitor->station}};

    memset(visit, 0xA5, sizeof *visit); /* nothing may depend on zeros */
    memset(&visit->answer, 0, sizeof visit->answer);
    otk_portal_request_init(&visit->request, &visitor->portal,
                            otk_portal_method(otk_text(line, blank)),
                            otk_text_from(text, blank + 1));
    send_fields(visit, strstr(fields, "Host:") ? "" : VISITOR_HOST);
    send_fields(visit, fields);
    visit->step = otk_portal_begin(&visit->exchange, &visitor->portal, &visit->request, &station,
                                   visitor->now_ms);
}

void visit_send(struct visitor *visitor, struct visit *visit, const void *data, uint32_t len)
{
    uint8_t *const copy = malloc(len > 0 ? len : 1);

    memcpy(copy, data, len);
    visit->step = otk_portal_body(&visit->exchange, copy, len, visitor->now_ms);
    free(copy);
}

void visit_answer(struct visitor *visitor, struct visit *visit)
{
    otk_portal_answer(&visit->exchange, visit->buffer, visitor->now_ms, &visit->answer);
    assert(visit->answer.body_len <= OTK_PORTAL_ANSWER_SIZE);
    memcpy(visit->text, visit->answer.body, visit->answer.body_len);
    visit->text[visit->answer.body_len] = '\0';
}

void visit_end(struct visitor *visitor, struct visit *visit)
{
    unsigned count = 0;

    visit->step = otk_portal_end(&visit->exchange, visitor->now_ms);
    while (visit->step == OTK_PORTAL_WAIT) {
        const enum otk_status ignored = otk_updater_poll(&visitor->updater, visitor->now_ms);

        (void)ignored; /* the exchange sees what it led to */
        assert(count++ < POLL_LIMIT);
        visit->step = otk_portal_poll(&visit->exchange);
    }
    visit_answer(visitor, visit);
}

void visit_close(struct visitor *visitor, struct visit *visit)
{
    otk_portal_close(&visit->exchange, visitor->now_ms);
}

void visit_all(struct visitor *visitor, struct visit *visit, const char *line, const char *fields,
               const char *body)
{
    visit_begin(visitor, visit, line, fields);
    if (visit->step == OTK_PORTAL_BODY && body[0]) {
        visit_send(visitor, visit, body, (uint32_t)strlen(body));
    }
    if (visit->step == OTK_PORTAL_BODY) {
        visit_end(visitor, visit);
    } else {
        visit_answer(visitor, visit);
    }
    visit_close(visitor, visit);
}

const char *visit_field(const struct visit *visit, const char *name)
{
    for (uint32_t index = 0; index < visit->answer.header_count; index++) {
        if (strcasecmp(visit->answer.headers[index].name, name) == 0) {
            return visit->answer.headers[index].value;
        }
    }
    return NULL;
}
