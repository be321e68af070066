// SPDX-License-Identifier: Apache-2.0
/* Partitions: read from the table at the first question, in its order, registered ones behind. */
#include "compat/esp_idf/partition_list.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "compat/esp_idf/attached.h"
#include "compat/esp_idf/flash.h"
#include "otakit/core/table.h"
#include "otakit/format/partition.h"

struct item {
    esp_partition_t partition;
    bool is_registered; /* by the application; the table does not name it */
    struct item *next;
};

struct esp_partition_iterator_opaque_ {
    esp_partition_type_t type;
    esp_partition_subtype_t subtype;
    const char *label; /* NULL: any */
    const struct item *at;
};

/* Held while the list grows; who reads it has taken it once before. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct item *first;

/* With flash encryption some are encrypted whatever the table says. */
static bool is_encrypted(const struct otk_partition *entry)
{
    if (!otk_idf_attached()->has_flash_encryption) {
        return false;
    }
    return (entry->flags & OTK_PARTITION_ENCRYPTED) != 0 || entry->type == ESP_PARTITION_TYPE_APP ||
           entry->type == ESP_PARTITION_TYPE_BOOTLOADER ||
           entry->type == ESP_PARTITION_TYPE_PARTITION_TABLE ||
           (entry->type == ESP_PARTITION_TYPE_DATA &&
            (entry->subtype == ESP_PARTITION_SUBTYPE_DATA_OTA ||
             entry->subtype == ESP_PARTITION_SUBTYPE_DATA_TEE_OTA ||
             entry->subtype == ESP_PARTITION_SUBTYPE_DATA_NVS_KEYS));
}

/* Put a partition at the end of a list. */
static esp_err_t append(struct item **end, const struct otk_partition *entry, esp_flash_t *chip,
                        struct item **added)
{
    struct item *item = calloc(1, sizeof *item);

    if (!item) {
        return ESP_ERR_NO_MEM;
    }
    item->partition = (esp_partition_t){
        .flash_chip = chip,
        .type = (esp_partition_type_t)entry->type,
        .subtype = (esp_partition_subtype_t)entry->subtype,
        .address = entry->offset,
        .size = entry->size,
        .erase_size = OTK_SECTOR_SIZE,
        .encrypted = otk_idf_is_main_flash(chip) && is_encrypted(entry),
        .readonly = (entry->flags & OTK_PARTITION_READONLY) != 0,
    };
    memcpy(item->partition.label, entry->label, sizeof item->partition.label);
    while (*end) {
        end = &(*end)->next;
    }
    *end = item;
    *added = item;
    return ESP_OK;
}

static esp_err_t table_error(enum otk_status status)
{
    switch (status) {
    case OTK_OK:
    case OTK_NO_TABLE: /* an empty one: what is looked for is not there */
        return ESP_OK;
    case OTK_NO_MD5:
        return ESP_ERR_NOT_FOUND;
    case OTK_BAD_MD5:
        return ESP_ERR_INVALID_STATE;
    default:
        return ESP_FAIL;
    }
}

static void release(struct item **list)
{
    while (*list) {
        struct item *item = *list;

        *list = item->next;
        free(item);
    }
}

static esp_err_t append_table(struct item **list, const uint8_t *table, uint32_t count)
{
    esp_err_t err = ESP_OK;

    for (uint32_t i = 0; err == ESP_OK && i < count; i++) {
        struct otk_partition entry;
        struct item *item;

        otk_partition_decode(table + i * OTK_PARTITION_RECORD_SIZE, &entry);
        err = append(list, &entry, esp_flash_default_chip, &item);
    }
    return err;
}

static esp_err_t read_table(struct item **list)
{
    uint8_t table[OTK_SECTOR_SIZE];
    uint32_t count = 0;
    esp_err_t err = esp_flash_read(NULL, table, otk_idf_table_offset(), sizeof table);

    if (err == ESP_OK) {
        err = table_error(otk_table_decode_app(table, sizeof table, &count));
    }
    if (err == ESP_OK) {
        err = append_table(list, table, count);
    }
    if (err != ESP_OK) {
        release(list);
    }
    return err;
}

/* Read the table unless that was done. Another task sees all of it or nothing. */
static esp_err_t load(void)
{
    struct item *list = NULL;
    esp_err_t err = ESP_OK;

    if (!otk_idf_attached()) {
        return ESP_ERR_INVALID_STATE;
    }
    pthread_mutex_lock(&mutex);
    if (!first) {
        err = read_table(&list);
        first = list;
    }
    pthread_mutex_unlock(&mutex);
    return err;
}

void esp_partition_unload_all(void)
{
    pthread_mutex_lock(&mutex);
    release(&first);
    pthread_mutex_unlock(&mutex);
}

static bool fits(const esp_partition_t *partition, esp_partition_iterator_t wanted)
{
    return (wanted->type == ESP_PARTITION_TYPE_ANY || wanted->type == partition->type) &&
           (wanted->subtype == ESP_PARTITION_SUBTYPE_ANY ||
            wanted->subtype == partition->subtype) &&
           (!wanted->label || strcmp(wanted->label, partition->label) == 0);
}

/* Stand on the first item that fits, from `item` on. */
static esp_partition_iterator_t settle(esp_partition_iterator_t iterator, const struct item *item)
{
    while (item && !fits(&item->partition, iterator)) {
        item = item->next;
    }
    if (!item) {
        esp_partition_iterator_release(iterator);
        return NULL;
    }
    iterator->at = item;
    return iterator;
}

esp_err_t esp_partition_find_err(esp_partition_type_t type, esp_partition_subtype_t subtype,
                                 const char *label, esp_partition_iterator_t *it)
{
    esp_partition_iterator_t iterator;
    esp_err_t err;

    if (!it) {
        return ESP_ERR_INVALID_ARG;
    }
    *it = NULL;
    err = load();
    if (err != ESP_OK) {
        return err;
    }
    if (type == ESP_PARTITION_TYPE_ANY && subtype != ESP_PARTITION_SUBTYPE_ANY) {
        return ESP_ERR_INVALID_ARG;
    }
    iterator = calloc(1, sizeof *iterator);
    if (!iterator) {
        return ESP_ERR_NO_MEM;
    }
    iterator->type = type;
    iterator->subtype = subtype;
    iterator->label = label;
    *it = settle(iterator, first);
    return *it ? ESP_OK : ESP_ERR_NOT_FOUND;
}

esp_partition_iterator_t esp_partition_find(esp_partition_type_t type,
                                            esp_partition_subtype_t subtype, const char *label)
{
    esp_partition_iterator_t iterator = NULL;

    (void)esp_partition_find_err(type, subtype, label, &iterator);
    return iterator;
}

esp_err_t esp_partition_find_first_err(esp_partition_type_t type, esp_partition_subtype_t subtype,
                                       const char *label, const esp_partition_t **partition)
{
    esp_partition_iterator_t iterator = NULL;
    esp_err_t err;

    if (!partition) {
        return ESP_ERR_INVALID_ARG;
    }
    err = esp_partition_find_err(type, subtype, label, &iterator);
    *partition = esp_partition_get(iterator);
    esp_partition_iterator_release(iterator);
    return err;
}

const esp_partition_t *esp_partition_find_first(esp_partition_type_t type,
                                                esp_partition_subtype_t subtype, const char *label)
{
    const esp_partition_t *partition = NULL;

    (void)esp_partition_find_first_err(type, subtype, label, &partition);
    return partition;
}

const esp_partition_t *esp_partition_get(esp_partition_iterator_t iterator)
{
    return iterator ? &iterator->at->partition : NULL;
}

esp_partition_iterator_t esp_partition_next(esp_partition_iterator_t iterator)
{
    return iterator ? settle(iterator, iterator->at->next) : NULL;
}

void esp_partition_iterator_release(esp_partition_iterator_t iterator)
{
    free(iterator);
}

static bool is_like(const esp_partition_t *a, const esp_partition_t *b)
{
    return a->flash_chip == b->flash_chip && a->address == b->address && a->size == b->size &&
           a->encrypted == b->encrypted;
}

esp_err_t esp_partition_verify_err(const esp_partition_t *partition,
                                   const esp_partition_t **out_partition)
{
    esp_partition_iterator_t it = NULL;
    esp_err_t err;

    if (!partition || !out_partition) {
        return ESP_ERR_INVALID_ARG;
    }
    *out_partition = NULL;
    err = esp_partition_find_err(partition->type, partition->subtype,
                                 partition->label[0] ? partition->label : NULL, &it);
    while (it && !is_like(esp_partition_get(it), partition)) {
        it = esp_partition_next(it);
    }
    if (err != ESP_OK) {
        return err;
    }
    *out_partition = esp_partition_get(it);
    esp_partition_iterator_release(it);
    return *out_partition ? ESP_OK : ESP_ERR_NOT_FOUND;
}

const esp_partition_t *esp_partition_verify(const esp_partition_t *partition)
{
    const esp_partition_t *found = NULL;

    (void)esp_partition_verify_err(partition, &found);
    return found;
}

static bool overlaps(const esp_partition_t *partition, size_t offset, size_t size)
{
    return offset < (uint64_t)partition->address + partition->size &&
           partition->address < (uint64_t)offset + size;
}

esp_err_t esp_partition_register_external(esp_flash_t *flash_chip, size_t offset, size_t size,
                                          const char *label, esp_partition_type_t type,
                                          esp_partition_subtype_t subtype,
                                          const esp_partition_t **out_partition)
{
    esp_flash_t *chip = flash_chip ? flash_chip : esp_flash_default_chip;
    const struct otk_flash *flash = otk_idf_flash(chip);
    struct otk_partition entry = {.type = (uint8_t)type, .subtype = (uint8_t)subtype};
    struct item *item;
    esp_err_t err;

    if (out_partition) {
        *out_partition = NULL;
    }
    if (!flash) {
        return ESP_ERR_INVALID_STATE;
    }
    if (!label) {
        return ESP_ERR_INVALID_ARG;
    }
    if (offset > flash->size || size > flash->size - offset) {
        return ESP_ERR_INVALID_SIZE;
    }
    err = load();
    for (item = first; err == ESP_OK && item; item = item->next) {
        if (item->partition.flash_chip == chip && overlaps(&item->partition, offset, size)) {
            err = ESP_ERR_INVALID_ARG;
        }
    }
    if (err != ESP_OK) {
        return err;
    }
    entry.offset = (uint32_t)offset;
    entry.size = (uint32_t)size;
    strncpy(entry.label, label, OTK_PARTITION_LABEL_SIZE);
    pthread_mutex_lock(&mutex);
    err = append(&first, &entry, chip, &item);
    if (err == ESP_OK) {
        item->is_registered = true;
    }
    pthread_mutex_unlock(&mutex);
    if (err == ESP_OK && out_partition) {
        *out_partition = &item->partition;
    }
    return err;
}

/* With the lock held. */
static esp_err_t deregister(const esp_partition_t *partition)
{
    struct item **link = &first;
    struct item *item;

    while (*link && &(*link)->partition != partition) {
        link = &(*link)->next;
    }
    item = *link;
    if (!item) {
        return ESP_ERR_NOT_FOUND;
    }
    if (!item->is_registered) {
        return ESP_ERR_INVALID_ARG;
    }
    *link = item->next;
    free(item);
    return ESP_OK;
}

esp_err_t esp_partition_deregister_external(const esp_partition_t *partition)
{
    esp_err_t err;

    pthread_mutex_lock(&mutex);
    err = deregister(partition);
    pthread_mutex_unlock(&mutex);
    return err;
}

const esp_partition_t *otk_idf_partition_at(uint32_t address)
{
    esp_partition_iterator_t it = esp_partition_find(ESP_PARTITION_TYPE_APP,
                                                     ESP_PARTITION_SUBTYPE_ANY, NULL);
    const esp_partition_t *found;

    while (it) {
        const esp_partition_t *partition = esp_partition_get(it);

        if (address >= partition->address && address - partition->address < partition->size) {
            break;
        }
        it = esp_partition_next(it);
    }
    found = esp_partition_get(it);
    esp_partition_iterator_release(it);
    return found;
}

bool esp_partition_is_flash_region_writable(size_t addr, size_t size)
{
    esp_partition_iterator_t it = esp_partition_find(ESP_PARTITION_TYPE_ANY,
                                                     ESP_PARTITION_SUBTYPE_ANY, NULL);
    bool is_writable = true;

    for (; it; it = esp_partition_next(it)) {
        const esp_partition_t *partition = esp_partition_get(it);

        if (partition->readonly && overlaps(partition, addr, size)) {
            is_writable = false;
        }
    }
    return is_writable;
}
