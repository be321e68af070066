// SPDX-License-Identifier: Apache-2.0
/*
 * What the files of the virtual device's application share: its RAM, and how a step ends it.
 *
 * A step returns whether the application has ended, and then says how in app->end.
 */
#ifndef PORT_LINUX_APP_PARTS_H
#define PORT_LINUX_APP_PARTS_H

#include <stdbool.h>

#include "otakit/core/last_update.h"
#include "port/linux/app.h"
#include "port/linux/console.h"
#include "port/linux/inbox.h"
#include "port/linux/slot_info.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OTK_EXIT_DONE        0
#define OTK_EXIT_REFUSED     1
#define OTK_EXIT_USAGE       2
#define OTK_EXIT_INTERRUPTED 130

/* How long a wait goes on without looking for an interrupt. */
#define OTK_APP_LOOK_INTERVAL_MS 100u

/* The application's RAM. Gone with the reset. */
struct app {
    struct otk_machine *machine;
    struct otk_app_history *history;
    struct otk_device device;
    struct otk_last_update last_update;
    struct otk_app_end end;
    struct otk_inbox inbox;
    struct otk_console console;
    char label[OTK_SLOT_LABEL_SIZE]; /* of the running slot */
    char name[OTK_APP_NAME_SIZE];    /* of the running application */
    bool rests;                      /* a verdict has just fallen; no new update right away */
};

/* The run is over. */
bool otk_app_stop(struct app *app, int exit_status);

/* The run is over, and all is well. */
bool otk_app_stop_well(struct app *app, enum otk_status outcome);

/* The chip is reset. */
bool otk_app_reset(struct app *app, enum otk_reset_reason reason);

/* An update is decided: that ends a run with --once. Ill is for a failure that standard error has
 * been told of. */
bool otk_app_decide_well(struct app *app, enum otk_status outcome);
bool otk_app_decide_ill(struct app *app);

/* Begin and end an event that names slot, project and version of the running application. */
void otk_app_begin_event(struct app *app, const char *event);
void otk_app_end_event(struct app *app);

/* Wait for something to happen, at most OTK_APP_LOOK_INTERVAL_MS. Ends the application at an
 * interrupt, a loss of power, or the reset that an update or a client asks for. */
bool otk_app_turn(struct app *app);

/* The application is on trial: self-test, then the verdict, a person's or a client's where the
 * options want one. */
bool otk_app_stand_trial(struct app *app);

#ifdef __cplusplus
}
#endif

#endif
