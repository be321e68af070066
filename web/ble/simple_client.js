// SPDX-License-Identifier: Apache-2.0
/*
 * Protocol A, esp32_ble_ota's, as its client speaks it, for one update. The same calls as
 * window_client.js, but every write waits for its response, and a lost link begins again.
 *
 *     packet size -> data, REQUEST -> control, packets -> data, DONE -> control
 *                          <- REQUEST_ACK                       <- DONE_ACK, once verified
 */
import { Failure } from "../failure.js";

export const SIMPLE_SERVICE = "d6f1d96d-594c-4c53-b1c6-144a1dfde6d8";
// As a comment in esp32_ble_ota spells it; its code sends the other one.
export const SIMPLE_SERVICE_AS_DOCUMENTED = "d6f1d96d-594c-4c53-b1c6-244a1dfde6d8";
export const SIMPLE_CONTROL = "7ad671aa-21c0-46a4-b722-270e3ae3d830";
export const SIMPLE_DATA = "23408888-1f40-4cd8-9b89-ca8d45f8a5b0";

const opcodes = { REQUEST: 1, REQUEST_ACK: 2, REQUEST_NAK: 3, DONE: 4, DONE_ACK: 5, DONE_NAK: 6 };

// A packet has to fit one write of a small MTU, for not every server puts long writes together.
const PACKET_SIZES = [244, 20];

// The device erases before it answers REQUEST and verifies before it answers DONE.
const ANSWER_TIMEOUT_MS = 60000;

// How often a lost link may begin at the first byte again.
const ATTEMPTS = 3;

export class SimpleClient {
    constructor(bytes) {
        this.bytes = bytes;
        this.sizes = [...PACKET_SIZES];
        this.mode = "offline";
        this.session = { state: "preparing", written: 0, verified: 0 };
        this.failure = null;
        this.isLinkDead = false;
        this.attempts = 0;
        this.dueMs = 0;
    }

    get isOver() {
        return this.mode === "over";
    }

    connected(nowMs) {
        if (++this.attempts > ATTEMPTS) {
            this.#end(new Failure("CONNECTION_LOST", "the connection keeps breaking, and this " +
                                  "device cannot go on in the middle"));
            return;
        }
        this.#begin(nowMs);
    }

    disconnected() {
        if (!this.isOver) {
            this.mode = "offline";
        }
    }

    // The device was reset after the last byte: there is nobody left to say more.
    settle() {
        this.#end(null);
    }

    // The protocol has no word for it: the device notices that the link is gone.
    cancel() {
        this.#end(new Failure("CANCELLED", "the update was cancelled"));
    }

    give(nowMs) {
        if (this.isOver || this.mode === "offline") {
            return null;
        }
        const write = this.#next();
        if (write) {
            this.dueMs = nowMs + ANSWER_TIMEOUT_MS;
        } else if (nowMs >= this.dueMs) {
            this.#end(new Failure("TIMEOUT", "the device does not answer any more"));
        }
        return write;
    }

    refused(write, nowMs) {
        if (write.to === "data" && this.sizes.length > 1 && this.offset <= this.sizes[0]) {
            this.sizes.shift(); // the first packet: it may be too long
            this.#begin(nowMs);
        } else {
            this.#end(new Failure("REFUSED", "the device refuses the data"));
        }
    }

    take(frame, nowMs) {
        this.dueMs = nowMs + ANSWER_TIMEOUT_MS;
        if (this.mode === "requested" && frame[0] === opcodes.REQUEST_ACK) {
            this.mode = "sending";
            this.session = { state: "receiving", written: 0, verified: 0 };
        } else if (this.mode === "requested" && frame[0] === opcodes.REQUEST_NAK) {
            this.#end(new Failure("REFUSED", "the device refuses to begin and does not say why"));
        } else if (this.mode === "done" && frame[0] === opcodes.DONE_ACK) {
            this.#end(null);
        } else if (this.mode === "done" && frame[0] === opcodes.DONE_NAK) {
            this.#end(new Failure("REFUSED", "the device refuses the image and does not say why"));
        }
    }

    #begin(nowMs) {
        this.mode = "sizing";
        this.offset = 0;
        this.dueMs = nowMs + ANSWER_TIMEOUT_MS;
    }

    #end(failure) {
        this.failure = failure;
        this.mode = "over";
        this.session = { ...this.session, state: failure ? "failed" : "switched" };
    }

    #next() {
        const [size] = this.sizes;
        if (this.mode === "sizing") {
            this.mode = "requesting";
            return { to: "data", bytes: Uint8Array.of(size & 0xFF, size >> 8) };
        }
        if (this.mode === "requesting") {
            this.mode = "requested";
            return { to: "control", bytes: Uint8Array.of(opcodes.REQUEST) };
        }
        if (this.mode !== "sending") {
            return null;
        }
        // What is asked for next was answered before: every write waits for its response.
        this.session = { state: "receiving", written: this.offset, verified: 0 };
        if (this.offset === this.bytes.length) {
            this.mode = "done";
            this.session = { state: "finishing", written: this.offset, verified: 0 };
            return { to: "control", bytes: Uint8Array.of(opcodes.DONE) };
        }
        const packet = this.bytes.slice(this.offset, this.offset + size);
        this.offset += packet.length;
        return { to: "data", bytes: packet };
    }
}
