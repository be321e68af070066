// SPDX-License-Identifier: Apache-2.0
/* Device Information, as the Bluetooth SIG assigns it: texts that a device may or may not offer. */

const assigned = (digits) => `0000${digits}-0000-1000-8000-00805f9b34fb`;

export const INFORMATION_SERVICE = assigned("180a");
export const MODEL = assigned("2a24");
export const FIRMWARE_REVISION = assigned("2a26");
