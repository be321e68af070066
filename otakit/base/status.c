// SPDX-License-Identifier: Apache-2.0
/* Names and texts of every status, both made from the one list. */
#include "otakit/base/status.h"

const char *otk_status_name(enum otk_status status)
{
    switch (status) {
#define OTK_STATUS_NAME(name, number, text) \
    case OTK_##name:                        \
        return #name;
        OTK_STATUS_LIST(OTK_STATUS_NAME)
#undef OTK_STATUS_NAME
    }
    return "UNKNOWN";
}

const char *otk_status_text(enum otk_status status)
{
    switch (status) {
#define OTK_STATUS_TEXT(name, number, text) \
    case OTK_##name:                        \
        return text;
        OTK_STATUS_LIST(OTK_STATUS_TEXT)
#undef OTK_STATUS_TEXT
    }
    return "unknown status";
}
