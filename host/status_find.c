// SPDX-License-Identifier: Apache-2.0
/* Statuses by their names. */
#include "host/status_find.h"

#include <stddef.h>
#include <string.h>

struct entry {
    const char *name;
    enum otk_status status;
};

#define ENTRY(name, number, text) {#name, OTK_##name},
static const struct entry entries[] = {OTK_STATUS_LIST(ENTRY)};
#undef ENTRY

enum otk_status otk_status_find(const char *name)
{
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
        if (strcmp(entries[i].name, name) == 0) {
            return entries[i].status;
        }
    }
    return OTK_OK;
}

enum otk_status otk_status_of_device(enum otk_status said)
{
    return said == OTK_MORE || said >= OTK_USAGE ? OTK_REFUSED : said;
}
