// SPDX-License-Identifier: Apache-2.0
/*
 * What devices show on Bluetooth LE, as a client looks for it. SPEC.md, "Protocol C" and "Protocols A
 * and B".
 *
 *     strcasecmp(object->uuid, OTK_BLUEZ_UUID_WINDOW_CONTROL) == 0
 */
#ifndef OTAKIT_HOST_BLUEZ_UUID_H
#define OTAKIT_HOST_BLUEZ_UUID_H

#define OTK_BLUEZ_BASE "-0000-1000-8000-00805f9b34fb"

/* Protocol A. Its source writes 144a, a comment there 244a; clients are to take both. */
#define OTK_BLUEZ_UUID_SIMPLE         "d6f1d96d-594c-4c53-b1c6-144a1dfde6d8"
#define OTK_BLUEZ_UUID_SIMPLE_OTHER   "d6f1d96d-594c-4c53-b1c6-244a1dfde6d8"
#define OTK_BLUEZ_UUID_SIMPLE_CONTROL "7ad671aa-21c0-46a4-b722-270e3ae3d830"
#define OTK_BLUEZ_UUID_SIMPLE_DATA    "23408888-1f40-4cd8-9b89-ca8d45f8a5b0"

/* Protocol B. */
#define OTK_BLUEZ_UUID_SECTOR          "00008018" OTK_BLUEZ_BASE
#define OTK_BLUEZ_UUID_SECTOR_FIRMWARE "00008020" OTK_BLUEZ_BASE
#define OTK_BLUEZ_UUID_SECTOR_COMMAND  "00008022" OTK_BLUEZ_BASE

/* Protocol C. */
#define OTK_BLUEZ_UUID_WINDOW         "cf870001-dcb4-4991-b984-07d5f0ee4c4e"
#define OTK_BLUEZ_UUID_WINDOW_CONTROL "cf870002-dcb4-4991-b984-07d5f0ee4c4e"
#define OTK_BLUEZ_UUID_WINDOW_DATA    "cf870003-dcb4-4991-b984-07d5f0ee4c4e"
#define OTK_BLUEZ_UUID_WINDOW_INFO    "cf870004-dcb4-4991-b984-07d5f0ee4c4e"

/* Device Information: the version that runs. */
#define OTK_BLUEZ_UUID_FIRMWARE_REVISION "00002a26" OTK_BLUEZ_BASE

#endif
