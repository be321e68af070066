// SPDX-License-Identifier: Apache-2.0
/*
 * One device over navigator.bluetooth: connect, read, write, be notified; one operation at a time, as
 * the systems below want it. Which protocol the device speaks is found while connecting.
 *
 *     const link = new GattLink(await chooseDevice());
 *     await link.connect();                        // again and again, as long as the page lives
 *     link.onnotify = (bytes) => …;                // from control
 *     link.ondisconnect = () => …;
 *     await link.write({ to: "data", bytes });
 *     link.disconnect();
 *
 * Every rejection is a Failure.
 */
import { BluetoothFailure, failureFrom } from "./bluetooth_failure.js";
import { INFORMATION_SERVICE } from "./information.js";
import {
    SIMPLE_CONTROL, SIMPLE_DATA, SIMPLE_SERVICE, SIMPLE_SERVICE_AS_DOCUMENTED,
} from "./simple_client.js";
import { WINDOW_CONTROL, WINDOW_DATA, WINDOW_INFO, WINDOW_SERVICE } from "./window_frame.js";

// A device that is not there keeps some systems trying for ever.
const CONNECT_TIMEOUT_MS = 20000;

// Some systems forget to say that a link is gone, or an operation that it took with it. A device of
// protocol A erases its flash before it answers a write.
const READ_TIMEOUT_MS = 5000;
const WRITE_TIMEOUT_MS = 30000;

// The better protocol first.
const services = [
    { protocol: "window", service: WINDOW_SERVICE, control: WINDOW_CONTROL, data: WINDOW_DATA },
    { protocol: "simple", service: SIMPLE_SERVICE, control: SIMPLE_CONTROL, data: SIMPLE_DATA },
    { protocol: "simple", service: SIMPLE_SERVICE_AS_DOCUMENTED, control: SIMPLE_CONTROL,
      data: SIMPLE_DATA },
];

const bytesOf = (value) => new Uint8Array(value.buffer, value.byteOffset, value.byteLength);

// null where the device does not have it.
async function findService(server, uuid) {
    try {
        return await server.getPrimaryService(uuid);
    } catch (error) {
        if (error.name === "NotFoundError") {
            return null;
        }
        throw error;
    }
}

export class GattLink {
    constructor(device) {
        this.device = device;
        this.protocol = null;   // "window" or "simple", once connected
        this.isConnected = false;
        this.connections = 0;
        this.connecting = null; // a promise while it does
        this.onnotify = null;
        this.ondisconnect = null;
        this.queue = Promise.resolve();
        device.addEventListener("gattserverdisconnected", () => this.#drop());
    }

    get name() {
        return this.device.name || "Device";
    }

    connect() {
        this.connecting ??= this.#connect().finally(() => {
            this.connecting = null;
        });
        return this.connecting;
    }

    disconnect() {
        this.device.gatt.disconnect();
        this.#drop();
    }

    // Data of protocol C goes without response, everything else with one.
    write({ to, bytes }) {
        const isAnswered = to === "control" || this.protocol !== "window";
        const target = to === "control" ? this.control : this.data;
        return this.#serially(WRITE_TIMEOUT_MS, () => isAnswered
            ? target.writeValueWithResponse(bytes) : target.writeValueWithoutResponse(bytes));
    }

    // The info block of protocol C.
    readInfo() {
        return this.#serially(READ_TIMEOUT_MS, async () => bytesOf(await this.info.readValue()));
    }

    // A text of Device Information; "" where the device has none.
    async readText(uuid) {
        try {
            return await this.#serially(READ_TIMEOUT_MS, async () => {
                const characteristic = await this.information.getCharacteristic(uuid);
                return new TextDecoder().decode(await characteristic.readValue());
            });
        } catch {
            return "";
        }
    }

    async #connect() {
        const timer = setTimeout(() => this.disconnect(), CONNECT_TIMEOUT_MS);
        try {
            const server = await this.device.gatt.connect();
            await this.#discover(server);
            this.broken = new Promise((_, reject) => {
                this.breakOff = reject;
            });
            this.broken.catch(() => {}); // nobody may be waiting
            this.isConnected = server.connected;
            this.connections++;
        } catch (error) {
            this.disconnect();
            throw failureFrom(error);
        } finally {
            clearTimeout(timer);
        }
        if (!this.isConnected) {
            throw new BluetoothFailure("OUT_OF_RANGE");
        }
    }

    async #discover(server) {
        const found = await this.#findProtocol(server);
        this.protocol = found.protocol;
        this.control = await found.service.getCharacteristic(found.control);
        this.data = await found.service.getCharacteristic(found.data);
        this.info = found.protocol === "window" ? await found.service.getCharacteristic(WINDOW_INFO)
                                                : null;
        this.information = await findService(server, INFORMATION_SERVICE);
        this.control.addEventListener("characteristicvaluechanged", (event) => {
            this.onnotify?.(bytesOf(event.target.value));
        });
        await this.control.startNotifications();
    }

    async #findProtocol(server) {
        for (const known of services) {
            const service = await findService(server, known.service);
            if (service) {
                return { ...known, service };
            }
        }
        throw new BluetoothFailure("OTHER_DEVICE");
    }

    // An operation without an end takes the link with it, and ends with the link.
    async #serially(timeoutMs, operation) {
        const before = this.queue;
        let release;
        this.queue = new Promise((resolve) => {
            release = resolve;
        });
        await before;
        const timer = setTimeout(() => this.disconnect(), timeoutMs);
        try {
            return await Promise.race([operation(), this.broken]);
        } catch (error) {
            throw failureFrom(error);
        } finally {
            clearTimeout(timer);
            release();
        }
    }

    #drop() {
        if (this.isConnected) {
            this.isConnected = false;
            this.breakOff(new BluetoothFailure("OUT_OF_RANGE"));
            this.ondisconnect?.();
        }
    }
}
