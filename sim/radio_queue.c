// SPDX-License-Identifier: Apache-2.0
/* PDUs that wait. */
#include "sim/radio_queue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct otk_radio_pdu *otk_radio_pdu_new(enum otk_radio_pdu_kind kind, int handle,
                                        const uint8_t *bytes, uint32_t len)
{
    struct otk_radio_pdu *const pdu = malloc(sizeof *pdu + len);

    if (!pdu) {
        fputs("radio: no memory\n", stderr);
        exit(1);
    }
    memset(pdu, 0, sizeof *pdu);
    pdu->kind = kind;
    pdu->handle = handle;
    pdu->len = len;
    if (len > 0) {
        memcpy(pdu->bytes, bytes, len);
    }
    return pdu;
}

void otk_radio_queue_put(struct otk_radio_queue *queue, struct otk_radio_pdu *pdu)
{
    pdu->next = NULL;
    if (queue->last) {
        queue->last->next = pdu;
    } else {
        queue->first = pdu;
    }
    queue->last = pdu;
    queue->count++;
}

struct otk_radio_pdu *otk_radio_queue_take(struct otk_radio_queue *queue)
{
    struct otk_radio_pdu *const pdu = queue->first;

    if (!pdu) {
        return NULL;
    }
    queue->first = pdu->next;
    if (!queue->first) {
        queue->last = NULL;
    }
    queue->count--;
    return pdu;
}

void otk_radio_queue_clear(struct otk_radio_queue *queue)
{
    struct otk_radio_pdu *pdu;

    while ((pdu = otk_radio_queue_take(queue)) != NULL) {
        free(pdu);
    }
}
