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
    // Without a code it is not the device that answers, but a stranger on another network, or its
    // server, which has no room for a request now.
    return code ? new Failure(code, message, { session: answer.session, status: response.status })
                : unreachable();
}

// Dispatches "back" when the device answers again.
export class Portal extends EventTarget {
    constructor() {
        super();
        this.token = "";
        this.password = "";
        this.isLost = false;
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

    hear(isThere) {
        const isBack = isThere && this.isLost;
        this.isLost = !isThere;
        if (isBack) {
            this.dispatchEvent(new Event("back"));
        }
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
            const answer = await response.json();
            this.hear(true);
            return answer;
        } catch (error) {
            const failure = error instanceof Failure ? error : unreachable();
            this.hear(!failure.isTransient);
            throw failure;
        } finally {
            clearTimeout(timer);
            signal?.removeEventListener("abort", stop);
        }
    }
}
