// SPDX-License-Identifier: Apache-2.0
/* To be written. */
#include "port/linux/transports.h"

#include <stddef.h>

#include "port/linux/log.h"

enum otk_status otk_portal_server_open(const struct otk_host *host, struct otk_portal_server **server)
{
    *server = NULL;
    otk_log_error(host->machine->options, OTK_UNSUPPORTED, host->machine->options->portal_address, NULL, NULL);
    return OTK_UNSUPPORTED;
}

void otk_portal_server_close(struct otk_portal_server *server)
{
    (void)server;
}
