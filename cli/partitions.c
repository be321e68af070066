// SPDX-License-Identifier: Apache-2.0
/* All entries of a partition table. */
#include "cli/partitions.h"

#include <stdio.h>
#include <string.h>

#include "cli/report.h"
#include "cli/text.h"
#include "host/partition_name.h"
#include "otakit/crypto/digest.h"

static enum cli_md5 check_md5(const uint8_t *table, uint32_t offset)
{
    uint8_t digest[OTK_MD5_SIZE];

    if (otk_md5(table, offset, digest) != OTK_OK) {
        return CLI_MD5_MISMATCH;
    }
    return memcmp(table + offset + OTK_PARTITION_MD5_OFFSET, digest, sizeof digest) == 0
               ? CLI_MD5_OK
               : CLI_MD5_MISMATCH;
}

void cli_partitions_decode(const uint8_t table[OTK_TABLE_SIZE], struct cli_partitions *partitions)
{
    partitions->count = 0;
    partitions->md5 = CLI_MD5_ABSENT;
    partitions->status = OTK_BAD_TABLE;
    for (uint32_t offset = 0; offset < OTK_TABLE_SIZE; offset += OTK_PARTITION_RECORD_SIZE) {
        switch (otk_partition_record_kind(table + offset)) {
        case OTK_PARTITION_ENTRY:
            otk_partition_decode(table + offset, &partitions->entries[partitions->count++]);
            break;
        case OTK_PARTITION_MD5:
            partitions->md5 = check_md5(table, offset);
            break;
        case OTK_PARTITION_END:
            partitions->status = offset == 0 ? OTK_NO_TABLE : OTK_OK;
            return;
        case OTK_PARTITION_UNKNOWN:
            return;
        }
    }
}

const struct otk_partition *cli_partitions_find(const struct cli_partitions *partitions,
                                                const char *label)
{
    for (size_t i = 0; i < partitions->count; i++) {
        if (strcmp(partitions->entries[i].label, label) == 0) {
            return &partitions->entries[i];
        }
    }
    return NULL;
}

const struct otk_partition *cli_partitions_find_app(const struct cli_partitions *partitions,
                                                    uint8_t subtype)
{
    const struct otk_partition *found = NULL;

    for (size_t i = 0; i < partitions->count; i++) {
        const struct otk_partition *partition = &partitions->entries[i];
        if (partition->type == OTK_TYPE_APP && partition->subtype == subtype) {
            found = partition;
        }
    }
    return found;
}

int cli_partitions_fail_label(const struct cli_call *call, const struct cli_partitions *partitions,
                              const char *label)
{
    char hint[400] = "the table names no partitions";
    size_t used = 0;
    const struct cli_error error = {
        .status = OTK_NOT_FOUND, .why = "the table has no partition of that name", .hint = hint};

    for (size_t i = 0; i < partitions->count && used < sizeof hint - 40; i++) {
        char clean[2 * OTK_PARTITION_LABEL_SIZE];
        cli_text_clean(partitions->entries[i].label, clean, sizeof clean);
        used += (size_t)snprintf(hint + used, sizeof hint - used, "%s%s",
                                 i == 0 ? "the table has " : ", ", clean);
    }
    return cli_fail_with(call, &error, "%s", label);
}

static cJSON *flags_json(uint32_t flags)
{
    cJSON *names = cJSON_CreateArray();
    const uint32_t unknown = flags & ~(OTK_PARTITION_ENCRYPTED | OTK_PARTITION_READONLY);
    char text[16];

    if (flags & OTK_PARTITION_ENCRYPTED) {
        cJSON_AddItemToArray(names, cJSON_CreateString("encrypted"));
    }
    if (flags & OTK_PARTITION_READONLY) {
        cJSON_AddItemToArray(names, cJSON_CreateString("readonly"));
    }
    if (unknown) {
        snprintf(text, sizeof text, "0x%x", unknown);
        cJSON_AddItemToArray(names, cJSON_CreateString(text));
    }
    return names;
}

static void add_name_or_number(cJSON *object, const char *key, const char *name, uint8_t number)
{
    if (name) {
        cJSON_AddStringToObject(object, key, name);
    } else {
        cJSON_AddNumberToObject(object, key, number);
    }
}

cJSON *cli_partition_json(const struct otk_partition *partition)
{
    cJSON *entry = cJSON_CreateObject();

    cli_text_add_json(entry, "label", partition->label);
    add_name_or_number(entry, "type", otk_partition_type_name(partition->type), partition->type);
    add_name_or_number(entry, "subtype",
                       otk_partition_subtype_name(partition->type, partition->subtype),
                       partition->subtype);
    cJSON_AddNumberToObject(entry, "offset", partition->offset);
    cJSON_AddNumberToObject(entry, "size", partition->size);
    cJSON_AddItemToObject(entry, "flags", flags_json(partition->flags));
    return entry;
}
