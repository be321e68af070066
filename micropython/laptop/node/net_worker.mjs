// SPDX-License-Identifier: Apache-2.0
// The sockets of a script, in a thread of their own: node's are asynchronous, MicroPython's block.
// net.mjs is the other side and waits for each answer.
import crypto from "node:crypto";
import dns from "node:dns";
import net from "node:net";
import tls from "node:tls";
import { workerData } from "node:worker_threads";

const CHUNK_SIZE = 65536; // bytes of one answer at most

// What mbedTLS says of a certificate, and MicroPython raises as ValueError.
// Source: mbedTLS, x509.h, MBEDTLS_X509_CRT_ERROR_INFO_LIST.
const CERTIFICATE_TEXTS = {
    CERT_HAS_EXPIRED: "The certificate validity has expired",
    CERT_NOT_YET_VALID: "The certificate validity starts in the future",
    ERR_TLS_CERT_ALTNAME_INVALID:
        "The certificate Common Name (CN) does not match with the expected CN",
    DEPTH_ZERO_SELF_SIGNED_CERT: "The certificate is not correctly signed by the trusted CA",
    SELF_SIGNED_CERT_IN_CHAIN: "The certificate is not correctly signed by the trusted CA",
    UNABLE_TO_GET_ISSUER_CERT: "The certificate is not correctly signed by the trusted CA",
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "The certificate is not correctly signed by the trusted CA",
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: "The certificate is not correctly signed by the trusted CA",
    CERT_SIGNATURE_FAILURE: "The certificate is not correctly signed by the trusted CA",
    INVALID_CA: "The certificate is not correctly signed by the trusted CA",
};

const sockets = new Map(); // by number: { stream, failure, isOver }

// Resolves when one of the events happens; rejects on failure and when the time is over.
function wait(socket, events, timeoutMs) {
    const { stream } = socket;
    return new Promise((resolve, reject) => {
        const timer = timeoutMs >= 0 &&
            setTimeout(() => done(reject, { code: "ETIMEDOUT" }), timeoutMs);
        const done = (settle, value) => {
            clearTimeout(timer);
            events.forEach((event) => stream.off(event, good));
            stream.off("failed", bad);
            settle(value);
        };
        const good = () => done(resolve);
        const bad = () => done(reject, socket.failure);
        events.forEach((event) => stream.on(event, good));
        stream.on("failed", bad);
    });
}

function adopt(id, stream) {
    const socket = { stream, failure: null, isOver: false };
    stream.on("error", (error) => {
        socket.failure = error;
        stream.emit("failed");
    });
    stream.on("end", () => { socket.isOver = true; });
    stream.on("close", () => { socket.isOver = true; });
    sockets.set(id, socket);
    return socket;
}

function find(id) {
    const socket = sockets.get(id);
    if (!socket) {
        throw { code: "EBADF" };
    }
    return socket;
}

// mbedTLS takes DER as well; node PEM only.
function pemOf(bytes) {
    const certificate = new crypto.X509Certificate(bytes); // throws on anything else
    const text = Buffer.from(bytes).toString("latin1");
    return text.includes("-----BEGIN") ? text : certificate.toString();
}

const operations = {
    async resolve({ host, port }) {
        const found = await dns.promises.lookup(host, { all: true, verbatim: false });
        return found.map(({ address, family }) => [family, address, port]);
    },

    async connect({ id, address, port, timeoutMs }) {
        const stream = new net.Socket({ allowHalfOpen: true });
        const socket = adopt(id, stream);
        stream.connect({ host: address, port });
        await wait(socket, ["connect"], timeoutMs);
    },

    async secure({ id, host, ca, isVerified, timeoutMs }) {
        const plain = find(id);
        const stream = tls.connect({
            socket: plain.stream,
            host,
            servername: host && !net.isIP(host) ? host : undefined,
            ca: ca.map(pemOf),
            rejectUnauthorized: isVerified,
            // Without a name nothing can be compared, with it everything is; an empty one is nobody's.
            checkServerIdentity: (_, certificate) => (host ?? null) === null
                ? undefined : tls.checkServerIdentity(host, certificate),
        });
        const socket = adopt(id, stream);
        await wait(socket, ["secureConnect"], timeoutMs);
    },

    checkCertificate({ bytes }) {
        pemOf(bytes);
    },

    async send({ id, bytes, timeoutMs }) {
        const socket = find(id);
        if (socket.failure) {
            throw socket.failure;
        }
        if (!socket.stream.write(bytes)) {
            await wait(socket, ["drain"], timeoutMs);
        }
        return bytes.length;
    },

    async receive({ id, timeoutMs }) {
        const socket = find(id);
        for (;;) {
            const available = Math.min(socket.stream.readableLength, CHUNK_SIZE);
            const bytes = socket.stream.read(available || undefined);
            if (bytes) {
                return bytes;
            }
            if (socket.failure) {
                throw socket.failure;
            }
            if (socket.isOver) {
                return new Uint8Array(0);
            }
            await wait(socket, ["readable", "end", "close"], timeoutMs);
        }
    },

    close({ id }) {
        sockets.get(id)?.stream.destroy();
        sockets.delete(id);
    },
};

const { port, signal } = workerData;

port.on("message", async ({ operation, ...parameters }) => {
    let answer;
    try {
        answer = { value: await operations[operation](parameters) };
    } catch (error) {
        answer = {
            code: String(error.code ?? ""),
            message: String(error.message ?? error.code),
            certificate: CERTIFICATE_TEXTS[error.code] ?? "",
        };
    }
    port.postMessage(answer);
    Atomics.store(signal, 0, 1);
    Atomics.notify(signal, 0);
});
