// SPDX-License-Identifier: Apache-2.0
/*
 * Sends an image in parts, each beginning where the device says it is. Whatever breaks, a part, the
 * Wi-Fi, the phone's attention, or the device's power, the answer is the same: ask, and go on.
 */
import { Failure } from "./failure.js";
import { decide } from "./wait.js";

// Parts become as long as the device takes in PART_MS: long enough to keep the link busy, short
// enough that a lost one costs little.
const FIRST_PART = 32 << 10;
const LEAST_PART = 4 << 10;
const LARGEST_PART = 256 << 10;
const PART_MS = 1000;

const ASK_TIMEOUT_MS = 10000;
const PART_TIMEOUT_MS = 15000;
const VERIFY_TIMEOUT_MS = 60000; // the last part is answered when the image is verified
const RETRY_MS = [300, 1000, 2000, 4000];

const clamp = (number, least, most) => Math.min(most, Math.max(least, number));

// Waits, but no longer than until the network, the person or the device is back.
function pause(milliseconds, portal, signal) {
    return new Promise((resolve) => {
        const events = [[window, "online"], [document, "visibilitychange"], [portal, "back"],
                        [signal, "abort"]];
        const timer = setTimeout(end, milliseconds);
        function end() {
            clearTimeout(timer);
            events.forEach(([target, name]) => target.removeEventListener(name, end));
            resolve();
        }
        events.forEach(([target, name]) => target.addEventListener(name, end));
    });
}

/*
 * Resolves when the device is switched to the image, or has even decided about it.
 *
 * portal   as in http.js
 * context  as flow.js gives it
 * report   called with each session object that the device answers with
 */
export async function upload(portal, bytes, image, context, report) {
    const { before, note, signal, isCancelled } = context;
    const total = bytes.length;
    let part = FIRST_PART;
    let failures = 0;
    let session = null; // null: the device has to be asked

    async function put(range, timeoutMs, body) {
        const headers = { "X-Otakit-Sha256": image.sha256, "Content-Range": `bytes ${range}/${total}`,
                          "Content-Type": "application/octet-stream" };
        const options = { headers, body, signal, timeoutMs };
        return (await portal.change("PUT", "/update", options)).session;
    }

    async function ask() {
        const info = await portal.info();
        return decide(before, info, false)
            ? { state: "switched", written: total, verified: total }
            : put("*", ASK_TIMEOUT_MS);
    }

    async function sendPart() {
        // Where every byte is there but no verdict, the last byte asks for it.
        const first = Math.min(session.offset, total - 1);
        const last = Math.min(first + part, total) - 1;
        const timeoutMs = last === total - 1 ? VERIFY_TIMEOUT_MS : PART_TIMEOUT_MS;
        const started = performance.now();
        const answer = await put(`${first}-${last}`, timeoutMs, bytes.subarray(first, last + 1));
        const wanted = (last + 1 - first) * PART_MS / Math.max(1, performance.now() - started);
        part = clamp(Math.floor(wanted / LEAST_PART) * LEAST_PART, LEAST_PART,
                     Math.min(LARGEST_PART, 2 * part));
        return answer;
    }

    async function recover(failure) {
        if (failure.status === 416 && failure.session) {
            return failure.session;
        }
        if (!failure.isTransient) {
            throw failure;
        }
        part = Math.max(LEAST_PART, part / 2);
        note(failures === 0 ? "The connection broke. Trying again …" :
            "The device does not answer. Stay near it and join its Wi-Fi again; " +
            "the update then goes on where it stopped.");
        const retryMs = RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)];
        await pause(retryMs, portal, signal);
        return null;
    }

    while (session?.state !== "switched") {
        if (isCancelled() || signal.aborted) {
            throw new Failure("CANCELLED", "the update was cancelled");
        }
        try {
            if (session?.state === "receiving") {
                session = await sendPart();
            } else {
                if (session) { // it is verified without us; it needs no hurry
                    await pause(500, portal, signal);
                }
                session = await ask();
            }
            failures = 0;
            note("");
            report(session);
        } catch (failure) {
            session = await recover(failure);
        }
    }
}
