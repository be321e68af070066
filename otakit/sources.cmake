# SPDX-License-Identifier: Apache-2.0
#
# The one list of otakit's sources, relative to this directory. The host build, the bare-metal
# build and an ESP-IDF component all include it and pick what they need: base, format, core, and
# exactly one of the two crypto lists. Sorted by name.

set(OTAKIT_BASE_SOURCES
    base/crc16.c
    base/crc32.c
    base/status.c)

set(OTAKIT_FORMAT_SOURCES
    format/app_desc.c
    format/base64.c
    format/chip_name.c
    format/dns.c
    format/http.c
    format/image.c
    format/json.c
    format/manifest.c
    format/multipart.c
    format/otadata.c
    format/partition.c
    format/sector_frame.c
    format/serial_frame.c
    format/signature.c
    format/state_name.c
    format/text.c
    format/url.c
    format/window_frame.c)

# SHA-256, MD5 and signatures through PSA Crypto (mbedTLS).
set(OTAKIT_CRYPTO_PSA_SOURCES
    crypto/digest_psa.c
    crypto/signature_psa.c)

# SHA-256 and MD5 in plain C, for boards that have no PSA Crypto.
set(OTAKIT_CRYPTO_PORTABLE_SOURCES
    crypto/digest_portable.c)

set(OTAKIT_CORE_SOURCES
    core/block.c
    core/boot.c
    core/device.c
    core/journal.c
    core/last_update.c
    core/measure.c
    core/mend.c
    core/otadata.c
    core/policy.c
    core/record.c
    core/reset_name.c
    core/session.c
    core/session_recall.c
    core/session_verify.c
    core/session_write.c
    core/slot.c
    core/stage_name.c
    core/table.c
    core/table_app.c
    core/table_check.c
    core/trial.c
    core/updater.c
    core/verify.c
    core/version.c)

# Protocol engines; each directory is a feature that can be left out.
set(OTAKIT_PULL_SOURCES
    transport/pull/pull.c
    transport/pull/pull_body.c
    transport/pull/pull_head.c
    transport/pull/pull_manifest.c
    transport/pull/pull_retry.c)

set(OTAKIT_PORTAL_SOURCES
    transport/portal/portal.c
    transport/portal/portal_access.c
    transport/portal/portal_answer.c
    transport/portal/portal_captive.c
    transport/portal/portal_info.c
    transport/portal/portal_request.c
    transport/portal/portal_upload.c)

set(OTAKIT_BLE_SOURCES
    transport/ble/ble.c
    transport/ble/gatt.c
    transport/ble/sector.c
    transport/ble/simple.c
    transport/ble/window.c
    transport/ble/window_info.c
    transport/ble/window_send.c)
