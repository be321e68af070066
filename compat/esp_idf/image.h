// SPDX-License-Identifier: Apache-2.0
/* What the functions on images share beyond esp_image_format.h. */
#ifndef COMPAT_ESP_IDF_IMAGE_H
#define COMPAT_ESP_IDF_IMAGE_H

#include <stdbool.h>

#include "compat/esp_idf/include/esp_image_format.h"

/*
 * As esp_image_verify; an image may be judged as a bootloader's, wherever it stands: its appended hash
 * and its greatest chip revision are not looked at.
 *
 * Returns  as esp_image_verify
 */
esp_err_t otk_idf_verify_image(const esp_partition_pos_t *part, bool is_bootloader,
                               esp_image_metadata_t *data);

#endif
