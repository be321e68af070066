// SPDX-License-Identifier: Apache-2.0
/*
 * A person at the device: lines on standard input.
 *
 *     switch (otk_console_ask()) {
 *     case OTK_CONSOLE_CONFIRM: ...
 */
#ifndef PORT_LINUX_CONSOLE_H
#define PORT_LINUX_CONSOLE_H

#ifdef __cplusplus
extern "C" {
#endif

enum otk_console_word {
    OTK_CONSOLE_CONFIRM,
    OTK_CONSOLE_REJECT,
    OTK_CONSOLE_RESET,
    OTK_CONSOLE_END, /* standard input has ended: nobody will answer */
    OTK_CONSOLE_INTERRUPTED
};

/* Wait for a line that is one of "confirm", "reject", "reset"; other lines are answered with that
 * list on standard error. */
enum otk_console_word otk_console_ask(void);

#ifdef __cplusplus
}
#endif

#endif
