// SPDX-License-Identifier: Apache-2.0
/*
 * The browser's chooser: which devices it offers, and why there may be none.
 *
 *     button.onclick = async () => {
 *         const device = await chooseDevice(false);    // null: the person closed the chooser
 */
import { BluetoothFailure } from "./bluetooth_failure.js";
import { INFORMATION_SERVICE } from "./information.js";
import { SIMPLE_SERVICE, SIMPLE_SERVICE_AS_DOCUMENTED } from "./simple_client.js";
import { WINDOW_SERVICE } from "./window_frame.js";

// What devices of esp32_ble_ota are called, which advertise no service.
const SIMPLE_NAME = "esp32";

const optionalServices = [WINDOW_SERVICE, SIMPLE_SERVICE, SIMPLE_SERVICE_AS_DOCUMENTED,
                          INFORMATION_SERVICE];
const filters = [{ services: [WINDOW_SERVICE] }, { services: [SIMPLE_SERVICE] },
                 { services: [SIMPLE_SERVICE_AS_DOCUMENTED] }, { namePrefix: SIMPLE_NAME },
                 { namePrefix: SIMPLE_NAME.toUpperCase() }];

// Chromium, whatever it is called, on Linux: it can, but a flag must be set. Other engines have no
// userAgentData.
function isBehindFlag() {
    return navigator.userAgentData?.platform === "Linux";
}

// Why there is no Bluetooth here, as a Failure; null where there may be some.
export function whyNoBluetooth() {
    if (!window.isSecureContext) {
        return new BluetoothFailure("NOT_SECURE");
    }
    if (navigator.bluetooth) {
        return null;
    }
    return new BluetoothFailure(isBehindFlag() ? "FLAG_NEEDED" : "NO_BLUETOOTH_API");
}

function explain(error) {
    if (/cancel/i.test(error.message)) {
        return null;
    }
    if (error.name === "NotFoundError" || error.name === "InvalidStateError") {
        return new BluetoothFailure("BLUETOOTH_OFF");
    }
    if (error.name === "SecurityError" || error.name === "NotAllowedError") {
        return new BluetoothFailure("NOT_ALLOWED");
    }
    throw error;
}

// To be called by a click: browsers insist on it. `all` offers whatever is in reach.
export async function chooseDevice(all) {
    try {
        return await navigator.bluetooth.requestDevice(
            all ? { acceptAllDevices: true, optionalServices } : { filters, optionalServices });
    } catch (error) {
        const failure = explain(error);
        if (failure) {
            throw failure;
        }
        return null;
    }
}
