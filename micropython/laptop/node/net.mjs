// SPDX-License-Identifier: Apache-2.0
// Sockets that block, for a MicroPython that has none: the module `_otakit_net`.
//
// The sockets live in a worker thread (net_worker.mjs); this side sleeps until it has answered.
// Bytes go through the window that partition.mjs describes.
import { MessageChannel, Worker, receiveMessageOnPort } from "node:worker_threads";

// Errors of node as MicroPython numbers them on the ESP32. Source: MicroPython, py/mperrno.h.
const ERRNO = {
    EBADF: 9, EPIPE: 32, ECONNABORTED: 103, ECONNRESET: 104, ETIMEDOUT: 110, ECONNREFUSED: 111,
    EHOSTUNREACH: 113, ENETUNREACH: 113,
};
const EIO = 5;

// What getaddrinfo says of a name that there is not. Source: lwIP, netdb.h, HOST_NOT_FOUND negated
// by MicroPython's ESP32 port.
const NAME_NOT_FOUND = -202;

// A handshake that failed for another reason than the certificate.
// Source: mbedTLS, ssl.h, MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE.
const HANDSHAKE_FAILED = -0x7780;

function errorNumber(operation, code) {
    if (operation === "resolve") {
        return NAME_NOT_FOUND;
    }
    return ERRNO[code] ?? (operation === "secure" ? HANDSHAKE_FAILED : EIO);
}

export class Network {
    constructor(window) {
        this.window = window;
        this.waiting = new Map(); // bytes received that nobody has read, by socket
        this.trusted = []; // certificates for the next handshake
        this.lastId = 0;
        this.worker = null;
    }

    // The thread is started by the first socket: most scripts have none.
    start() {
        const channel = new MessageChannel();
        this.port = channel.port1;
        this.signal = new Int32Array(new SharedArrayBuffer(4));
        this.worker = new Worker(new URL("net_worker.mjs", import.meta.url), {
            workerData: { port: channel.port2, signal: this.signal },
            transferList: [channel.port2],
        });
        this.worker.unref();
    }

    // Have the worker do something. Returns { value }, or { number, text, certificate } of the
    // error: what MicroPython raises, why, and what is wrong with the server's certificate.
    ask(operation, parameters) {
        if (!this.worker) {
            this.start();
        }
        Atomics.store(this.signal, 0, 0);
        this.port.postMessage({ operation, ...parameters });
        Atomics.wait(this.signal, 0, 0);
        const answer = receiveMessageOnPort(this.port).message;
        if (answer.code !== undefined) {
            return {
                number: errorNumber(operation, answer.code),
                text: answer.message,
                certificate: answer.certificate,
            };
        }
        return answer;
    }

    // Put at most `len` bytes into the window, waiting for the first one. `value` says how many;
    // 0 at the end of the stream.
    receive(id, len, timeoutMs) {
        let bytes = this.waiting.get(id);
        if (!bytes?.length) {
            const answer = this.ask("receive", { id, timeoutMs });
            if (!answer.value) {
                return answer;
            }
            bytes = answer.value;
        }
        this.window.bytes = bytes.subarray(0, len);
        this.waiting.set(id, bytes.subarray(len));
        return { number: 0, value: this.window.bytes.length };
    }

    // What MicroPython imports as `_otakit_net`. Answers have a `number`, 0 for success.
    jsModule() {
        const ask = (operation, parameters) => ({ number: 0, ...this.ask(operation, parameters) });
        return {
            open: () => ++this.lastId,
            resolve: (host, port) => ask("resolve", { host, port }),
            connect: (id, address, port, timeoutMs) =>
                ask("connect", { id, address, port, timeoutMs }),
            send: (id, timeoutMs) => ask("send", { id, bytes: this.window.bytes, timeoutMs }),
            receive: (id, len, timeoutMs) => this.receive(id, len, timeoutMs),
            close: (id) => {
                this.waiting.delete(id);
                ask("close", { id });
            },
            // A certificate is in the window: is it one, and may the next handshake rely on it?
            check: () => ask("checkCertificate", { bytes: this.window.bytes }),
            trust: () => { this.trusted.push(this.window.bytes); },
            secure: (id, host, isVerified, timeoutMs) => {
                const ca = this.trusted;
                this.trusted = [];
                return ask("secure", { id, host, ca, isVerified, timeoutMs });
            },
        };
    }
}
