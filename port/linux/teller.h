// SPDX-License-Identifier: Apache-2.0
/*
 * Tells how an update advances, by looking at its session now and then.
 *
 *     struct otk_teller teller;
 *     otk_teller_init(&teller, &machine);
 *     while (...)
 *         otk_teller_look(&teller, &session);
 */
#ifndef PORT_LINUX_TELLER_H
#define PORT_LINUX_TELLER_H

#include <stdbool.h>
#include <stdint.h>

#include "otakit/core/session.h"
#include "port/linux/machine.h"
#include "port/linux/slot_info.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What was told already. */
struct otk_teller {
    struct otk_machine *machine;
    char label[OTK_SLOT_LABEL_SIZE]; /* of the slot being written; "" before the first byte */
    enum otk_session_state state;    /* as last seen */
    uint32_t next_written;           /* bytes at which progress is told again */
};

/* Nothing has been told. machine is borrowed as long as the teller. */
void otk_teller_init(struct otk_teller *teller, struct otk_machine *machine);

/* Tell what has changed since the last look: begin, resumption, progress in steps of a tenth,
 * verification, success. Cheap when nothing has. */
void otk_teller_look(struct otk_teller *teller, const struct otk_session *session);

/* Tell that the device has switched, and before that what no look has seen: an image that was in the
 * slot already is verified as soon as its session opens. The session is closed. */
void otk_teller_switched(struct otk_teller *teller, const struct otk_session *session);

#ifdef __cplusplus
}
#endif

#endif
