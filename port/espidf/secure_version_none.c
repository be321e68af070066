// SPDX-License-Identifier: Apache-2.0
/* A build without anti-rollback: images of any secure version are accepted, and no eFuse is burnt. */
#include <stddef.h>

#include "port/espidf/board.h"

const struct otk_secure_version *otk_espidf_secure_version(void)
{
    return NULL;
}
