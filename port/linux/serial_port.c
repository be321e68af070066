// SPDX-License-Identifier: Apache-2.0
/* To be written. */
#include "port/linux/transports.h"

#include <stddef.h>

#include "port/linux/log.h"

enum otk_status otk_serial_port_open(const struct otk_host *host, struct otk_serial_port **port)
{
    *port = NULL;
    otk_log_error(host->machine->options, OTK_UNSUPPORTED, host->machine->options->serial_path, NULL, NULL);
    return OTK_UNSUPPORTED;
}

void otk_serial_port_close(struct otk_serial_port *port)
{
    (void)port;
}
