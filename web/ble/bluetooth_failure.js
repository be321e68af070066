// SPDX-License-Identifier: Apache-2.0
/*
 * What goes wrong between a page and a Bluetooth device, in plain words. A browser only says
 * "NetworkError"; what the page was doing tells the rest.
 *
 *     throw new BluetoothFailure("OUT_OF_RANGE");
 */
import { Failure } from "../failure.js";

const reasons = {
    NO_BLUETOOTH_API: ["This browser cannot use Bluetooth",
        "Open this page in Chrome or Edge on Android, Windows, macOS, ChromeOS or Linux. Firefox, " +
        "Safari and every browser on iPhone and iPad cannot do it; use the device's Wi-Fi page there."],
    FLAG_NEEDED: ["This browser needs a flag for Bluetooth",
        "Copy chrome://flags/#enable-web-bluetooth into the address bar, choose Enabled, and start the " +
        "browser again."],
    NOT_SECURE: ["Bluetooth needs a secure page",
        "Open this page by https:// or from localhost; a page by plain http:// or from a file may " +
        "not use Bluetooth."],
    BLUETOOTH_OFF: ["Bluetooth is off, or this computer has none",
        "Switch it on, then try again. On Android the browser also needs the permission for nearby " +
        "devices."],
    NOT_ALLOWED: ["The browser was told not to use Bluetooth",
        "Allow it in the browser's site settings, then reload this page."],
    OUT_OF_RANGE: ["The device cannot be reached",
        "Stay near it, and see that no other phone or computer is connected to it."],
    OTHER_DEVICE: ["This device does not offer an update over Bluetooth",
        "Choose another one. A device may offer updates only in a certain mode: see its manual."],
    NOT_PAIRED: ["The device wants to be paired first",
        "Accept the request to pair, or pair it in the system's Bluetooth settings; then try again."],
    NO_ANSWER: ["The device does not answer", "Stay near it and try once more."],
};

export class BluetoothFailure extends Failure {
    constructor(code) {
        super(code, reasons[code][0]);
    }

    get advice() {
        return reasons[this.code][1];
    }
}

// A failed read, write or connection, from what the browser threw.
export function failureFrom(error) {
    if (error instanceof Failure) {
        return error;
    }
    const isRefused = error.name === "SecurityError" || error.name === "NotAllowedError" ||
        /not (authorized|permitted|paired)|authenti|encrypt|insufficient/i.test(error.message);
    return new BluetoothFailure(isRefused ? "NOT_PAIRED" : "OUT_OF_RANGE");
}
