// SPDX-License-Identifier: Apache-2.0
/*
 * What devices go through in the power-cut harness: how they start, and what is asked of them.
 *
 *     const struct scenario *scenario = scenario_find("resume");
 */
#ifndef TEST_POWER_SCENARIO_H
#define TEST_POWER_SCENARIO_H

#include <stdbool.h>
#include <stdint.h>

#include "otakit/core/table.h"
#include "otakit/format/otadata.h"

/* The applications of a scenario. */
enum image_id {
    IMAGE_OLD,   /* runs and is confirmed at the start */
    IMAGE_NEW,   /* what updates bring */
    IMAGE_OTHER, /* a third one: good, and wanted only where a step says so */
    IMAGE_BAD,   /* the new one, damaged */
    IMAGE_COUNT,
    IMAGE_NONE = -1 /* anything that is none of these */
};

enum step_kind {
    STEP_NONE,    /* the end of the list */
    STEP_UPDATE,  /* send the image until it runs and the verdict is carried out */
    STEP_PART,    /* send a part of it, then the connection ends and the device resets */
    STEP_ABORT,   /* send a part of it, then cancel */
    STEP_CANCEL,  /* open a session for it and cancel */
    STEP_REFUSED, /* send it; the device has to refuse */
    STEP_SELECT,  /* select the slot that holds it by hand, until it runs and is confirmed */
    STEP_TRY      /* send it, whatever becomes of it */
};

/* How an image gets to the application. */
enum carrier {
    CARRIER_NONE, /* straight into a session */
    CARRIER_BLE_SIMPLE,
    CARRIER_BLE_SECTOR,
    CARRIER_BLE_WINDOW,
    CARRIER_SERIAL, /* protocol C on a line */
    CARRIER_PORTAL, /* PUT */
    CARRIER_PULL,
    CARRIER_COUNT
};

/* How an application does it that knows ESP-IDF's functions only (test/power/esp_app.h). */
enum esp_way {
    WAY_ESP_UNKNOWN,    /* the whole slot is erased first */
    WAY_ESP_SIZED,      /* as much as the image needs */
    WAY_ESP_SEQUENTIAL, /* sector by sector */
    WAY_ESP_RESUME,     /* likewise, from where an earlier attempt ended */
    WAY_ESP_OFFSET      /* backwards */
};

enum self_test { SELF_TEST_PASS, SELF_TEST_FAIL, SELF_TEST_HANG };

struct step {
    enum step_kind kind;
    enum image_id image;
    enum self_test self_test;
    enum carrier carrier;
    enum esp_way way; /* where the scenario says by_esp_ota */
    uint32_t percent; /* STEP_PART, STEP_ABORT: how much is sent; 0: 60 */
    bool once;        /* whatever became of it when the power was lost, it is not repeated */
    bool claims_new;  /* announce the SHA-256 of IMAGE_NEW whatever is sent */
};

#define STEP_COUNT    4
#define INSTALL_COUNT 3

struct install {
    bool used;
    int slot;
    enum image_id image;
};

struct start_entry {
    uint32_t seq; /* 0: no entry */
    uint32_t state;
};

struct scenario {
    const char *name;
    /* the chip and its table */
    bool has_factory;
    uint32_t slot_count;
    uint32_t write_align; /* 0: 4 */
    uint32_t block_size;  /* 0: 64 KB */
    bool anti_rollback;
    uint32_t secure_version; /* burned at the start */
    /* what is on flash */
    struct install installs[INSTALL_COUNT];
    struct start_entry entries[2];
    /* the applications */
    uint32_t image_size; /* bytes of each; 0: 5 sectors and a bit */
    bool same_head;      /* IMAGE_OTHER starts with the same bytes as IMAGE_NEW */
    bool may_inherit;    /* two files go by one identity: the second may be refused once */
    bool same_sectors;   /* IMAGE_OLD shares most of its sectors with IMAGE_NEW */
    bool no_hash;        /* the applications carry a checksum only */
    /* how they are sent */
    bool hide_sha256; /* the hash of the file is not known up front */
    bool hide_size;
    uint32_t erase_size_max; /* 0: the chip's block size */
    uint32_t chunk;          /* bytes of a write; 0: 1436 */
    bool poll;               /* erase ahead between writes */
    /* by whom */
    bool by_esp_ota;  /* the application calls esp_ota functions. These write an image's first bytes
                        first, so a slot may start like an application and be a part of one */
    bool may_rewrite; /* and any number of bytes, over what a cut left */
    bool erase_last;  /* a confirmed application erases the one before it */
    bool is_bare;     /* nothing of otakit looks after otadata at the start */
    bool is_hole;     /* ESP-IDF's order of writes is known to lose here: run only by name */
    struct step steps[STEP_COUNT];
};

extern const struct scenario scenarios[];
extern const unsigned scenario_count;

/* The scenario of that name; NULL: there is none. */
const struct scenario *scenario_find(const char *name);

#endif
