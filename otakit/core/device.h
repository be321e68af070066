// SPDX-License-Identifier: Apache-2.0
/*
 * The running device, and which images it accepts.
 *
 *     struct otk_device device;
 *     status = otk_device_start(&device, &board, running, OTK_RESET_SOFTWARE, scratch);
 *     device.policy.refuse_other_project = true;
 */
#ifndef OTAKIT_CORE_DEVICE_H
#define OTAKIT_CORE_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "otakit/base/status.h"
#include "otakit/core/boot.h"
#include "otakit/core/flash.h"
#include "otakit/core/otadata.h"
#include "otakit/core/table.h"
#include "otakit/format/image.h"

#ifdef __cplusplus
extern "C" {
#endif

struct otk_session;

/* Which images a device accepts beside what its hardware demands. Zero refuses nothing. */
struct otk_policy {
    bool refuse_other_project; /* project name must equal the running application's */
    bool refuse_same_version;
    bool refuse_older_version; /* versions compared as dotted numbers; see SPEC.md */
};

/* The running device, as sessions and the verdict after a reset see it. One per device. */
struct otk_device {
    struct otk_board board;
    struct otk_layout layout;
    int running; /* the slot whose application runs */
    struct otk_policy policy;
    uint32_t erase_size_max; /* bytes cleared by one call at most, the worst stall; 0: block_size */
    struct otk_app_desc app; /* of the running application */
    bool has_app;            /* false: it carries no description */
    struct otk_session *session; /* the open one, or NULL: one at a time */
};

/* Why the chip was reset. Numbers stand in flash records. The names follow esp_reset_reason_t. */
enum otk_reset_reason {
    OTK_RESET_UNKNOWN = 0,
    OTK_RESET_POWER_ON = 1,
    OTK_RESET_EXTERNAL = 2,
    OTK_RESET_SOFTWARE = 3,
    OTK_RESET_PANIC = 4,
    OTK_RESET_WATCHDOG = 5,
    OTK_RESET_BROWNOUT = 9
};

/* The reason's name ("power on", "watchdog"); "unknown" for any other number. */
const char *otk_reset_reason_name(enum otk_reset_reason reason);

/*
 * See what a device is: load the table and describe the application. Writes nothing; for tools that
 * look at a flash, and the first part of otk_device_start. Fills every field of `device`; the caller
 * may set policy and erase_size_max afterwards.
 *
 * board    copied
 * running  the slot whose application runs
 * scratch  borrowed for the call
 *
 * Returns  OTK_OK  ready
 *          others  as otk_layout_load
 */
OTK_MUST_USE enum otk_status otk_device_open(struct otk_device *device,
                                             const struct otk_board *board, int running,
                                             uint8_t scratch[OTK_TABLE_SIZE]);

/*
 * Take stock after a reset: otk_device_open, put in order what a power cut may have left of otadata
 * (mend.h), and note in the last-update record when the bootloader went back to the running
 * application.
 *
 * Returns  as otk_device_open, or OTK_FLASH_IO
 * Power loss: the record may miss this change. The running application boots, or, where its entry
 * was being mended, the one before it.
 */
OTK_MUST_USE enum otk_status otk_device_start(struct otk_device *device,
                                              const struct otk_board *board, int running,
                                              enum otk_reset_reason reset_reason,
                                              uint8_t scratch[OTK_TABLE_SIZE]);

/*
 * Whether the device may install an image, judged by its first bytes: magic, chip and revision,
 * project and version policy, secure version.
 *
 * head  the first OTK_IMAGE_HEAD_SIZE bytes
 *
 * Returns  OTK_OK  it may
 *          OTK_BAD_MAGIC, OTK_WRONG_CHIP, OTK_CHIP_REVISION, OTK_TOO_MANY_SEGMENTS,
 *          OTK_NO_APP_DESC, OTK_WRONG_PROJECT, OTK_SAME_VERSION, OTK_OLDER_VERSION,
 *          OTK_SECURE_VERSION
 *                  why not
 *          OTK_FLASH_IO  the device's secure version could not be read
 */
OTK_MUST_USE enum otk_status otk_device_accepts(const struct otk_device *device,
                                                const uint8_t head[OTK_IMAGE_HEAD_SIZE]);

/*
 * The same, judged by what a client says of an image before it sends the first byte: chip, project
 * and version policy, secure version.
 *
 * app  only project, version and secure_version are looked at
 *
 * Returns  OTK_OK, OTK_WRONG_CHIP, OTK_WRONG_PROJECT, OTK_SAME_VERSION, OTK_OLDER_VERSION,
 *          OTK_SECURE_VERSION, OTK_FLASH_IO
 */
OTK_MUST_USE enum otk_status otk_device_accepts_app(const struct otk_device *device,
                                                    uint16_t chip_id,
                                                    const struct otk_app_desc *app);

/*
 * Compare versions as people read them: numbers by value, text by letters, and a pre-release
 * ("1.2.0-rc1") before its release ("1.2.0"), commits counted by git ("1.2.0-5-g0123abc") behind it.
 * A leading "v" and what follows "+" do not count.
 *
 * Returns  negative, 0 or positive as `a` is older than, equal to or newer than `b`
 */
int otk_version_compare(const char *a, const char *b);

/*
 * Make otadata name the running application, where the bootloader fell back to another one than
 * otadata asks for. Without this, preparing the other slot could change what boots.
 *
 * selection  written on success only; as otk_selection_load afterwards
 *
 * Returns  OTK_OK  otadata names the running application, or nothing where that is factory or test
 *          OTK_NO_OTADATA, OTK_NO_SLOT, OTK_OUT_OF_RANGE, OTK_FLASH_IO
 * Power loss: the running application boots in every case, see DESIGN.md.
 */
OTK_MUST_USE enum otk_status otk_device_settle(const struct otk_device *device,
                                               struct otk_selection *selection);

#ifdef __cplusplus
}
#endif

#endif
