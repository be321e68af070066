// SPDX-License-Identifier: Apache-2.0
/*
 * Requests to the portal of SPEC.md, section 11, with its token and password. What fails is a Failure:
 * with `session` where the device sent one, and `isTransient` where trying again makes sense.
 */
import { Failure } from "./failure.js";

const REQUEST_TIMEOUT_MS = 6000;

function unreachable() {
    return new Failure("UNREACHABLE", "the device does not answer", { isTransient: true });
}

// The answer that is not 2xx, as a Failure.
async function readFailure(response) {
    const answer = await response.json().catch(() => ({}));
    const { code, message } = answer.error ?? {};
    return new Failure(code ?? "UNKNOWN", message ?? `the device answered ${response.status}`,
                       { session: answer.session, status: response.status });
}

export class Portal {
    constructor() {
        this.token = "";
        this.password = "";
    }

    // GET /info; the token is kept.
    async info(timeoutMs = REQUEST_TIMEOUT_MS) {
        const info = await this.request("GET", "/info", { timeoutMs });
        this.token = info.token;
        return info;
    }

    // Something that changes the device. After its reset the token is another one.
    async change(method, path, options) {
        try {
            return await this.request(method, path, options);
        } catch (failure) {
            if (failure.code !== "FOREIGN_REQUEST") {
                throw failure;
            }
        }
        await this.info();
        return this.request(method, path, options);
    }

    async request(method, path, { headers = {}, body, timeoutMs = REQUEST_TIMEOUT_MS, signal } = {}) {
        const abort = new AbortController();
        const stop = () => abort.abort();
        const timer = timeoutMs && setTimeout(stop, timeoutMs);
        signal?.addEventListener("abort", stop);
        if (method !== "GET") {
            headers = { ...headers, "X-Otakit-Token": this.token };
            if (this.password) {
                headers["X-Otakit-Password"] = this.password;
            }
        }
        try {
            // Without credentials the browser never asks for a password itself.
            const response = await fetch(path, { method, headers, body, signal: abort.signal,
                                                 credentials: "omit", cache: "no-store" });
            if (!response.ok) {
                throw await readFailure(response);
            }
            return await response.json();
        } catch (error) {
            throw error instanceof Failure ? error : unreachable();
        } finally {
            clearTimeout(timer);
            signal?.removeEventListener("abort", stop);
        }
    }
}
