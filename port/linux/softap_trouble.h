// SPDX-License-Identifier: Apache-2.0
/* Why there is no access point, for the person at the keyboard. */
#ifndef PORT_LINUX_SOFTAP_TROUBLE_H
#define PORT_LINUX_SOFTAP_TROUBLE_H

#include "otakit/base/status.h"

/* Bytes of the reason with its NUL. */
#define OTK_SOFTAP_WHY_SIZE 512u

/* What otk_log_error is told. */
struct otk_softap_trouble {
    enum otk_status status;
    char why[OTK_SOFTAP_WHY_SIZE];
    const char *hint; /* a constant; NULL: none */
};

#endif
