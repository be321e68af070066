// SPDX-License-Identifier: Apache-2.0
/* To be written. */
#include "port/linux/transports.h"

#include <stddef.h>

#include "port/linux/log.h"

enum otk_status otk_softap_open(const struct otk_host *host, struct otk_softap **softap)
{
    *softap = NULL;
    otk_log_error(host->machine->options, OTK_UNSUPPORTED, host->machine->options->softap_interface, NULL, NULL);
    return OTK_UNSUPPORTED;
}

void otk_softap_close(struct otk_softap *softap)
{
    (void)softap;
}
