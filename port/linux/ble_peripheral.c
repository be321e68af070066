// SPDX-License-Identifier: Apache-2.0
/* To be written. */
#include "port/linux/transports.h"

#include <stddef.h>

#include "port/linux/log.h"

enum otk_status otk_ble_peripheral_open(const struct otk_host *host, struct otk_ble_peripheral **peripheral)
{
    *peripheral = NULL;
    otk_log_error(host->machine->options, OTK_UNSUPPORTED, host->machine->options->ble_name, NULL, NULL);
    return OTK_UNSUPPORTED;
}

void otk_ble_peripheral_close(struct otk_ble_peripheral *peripheral)
{
    (void)peripheral;
}
