// SPDX-License-Identifier: Apache-2.0
/*
 * Protocol C as its client speaks it (SPEC.md, section 10), for one update: frames in, frames out,
 * time passed in. update.js moves them over a link.
 *
 *     const client = new WindowClient(bytes, image);
 *     client.connected(nowMs);
 *     const write = client.give(nowMs);     // {to: "control" | "data", bytes}, or null: wait for a
 *     client.take(frame, nowMs);            // notification, or until client.dueMs
 *     client.disconnected();                // connected() again goes on where the device stands
 *     client.session                        // as /info describes one; client.failure: why it ended
 *
 *     offline --> opening --> probing --> sending --> finishing --> over
 *        ^           ^   the link, silence  |  bytes missing |
 *        +-----------+----------------------+----------------+
 */
import { Failure } from "../failure.js";
import { FrameSize } from "./frame_size.js";
import { BUSY, GAP, INCOMPLETE, NOT_OPEN, OK, failureOf } from "./status.js";
import {
    CANCEL, DATA_HEADER_SIZE, FINISH, QUERY, WINDOW_SIZE_MAX, decodeAnswer, encodeData, encodeOpen,
} from "./window_frame.js";

// Nothing heard for that long: ask. The frame on trial is asked for sooner.
const SILENCE_MS = 1000;
const PROBE_SILENCE_MS = 300;

// Questions without an answer before the link counts as dead.
const PATIENCE = 8;

// The device repeats a gap while the missing bytes are still on their way behind others: they are
// not sent again before that time, twice as long each time.
const GAP_HOLD_MS = 300;

export class WindowClient {
    constructor(bytes, image, size = new FrameSize()) {
        this.bytes = bytes;
        this.open = encodeOpen(image);
        this.size = size;
        this.mode = "offline";
        this.session = { state: "preparing", written: 0, verified: 0 };
        this.failure = null;
        this.isLinkDead = false;
        this.isCancelled = false;
        this.window = 0;
        this.#goBack(0);
    }

    get isOver() {
        return this.mode === "over";
    }

    // When give() is to be called again if nothing comes.
    get dueMs() {
        return this.activeMs + (this.probe ? PROBE_SILENCE_MS : SILENCE_MS);
    }

    connected(nowMs) {
        this.size.reconnected();
        this.isLinkDead = false;
        this.unanswered = 0;
        this.activeMs = nowMs;
        this.isDue = true;
        this.mode = "opening";
    }

    disconnected() {
        if (this.isOver) {
            return;
        }
        this.mode = "offline";
        if (this.isCancelled) {
            this.#end(new Failure("CANCELLED", "the update was cancelled"));
        }
    }

    // The device was reset and says itself what became of the update.
    settle() {
        this.#end(null);
    }

    // A person wants to stop.
    cancel() {
        this.isCancelled = true;
        this.isDue = true;
        if (this.mode === "offline") {
            this.disconnected();
        }
    }

    // The next write, or null.
    give(nowMs) {
        if (this.isOver || this.mode === "offline") {
            return null;
        }
        if (nowMs >= this.dueMs) {
            this.#fallSilent();
        }
        const write = this.#giveRequest() ?? this.#giveData();
        if (write) {
            this.activeMs = nowMs;
        }
        return write;
    }

    // The system refused the write that was given last: a data frame may be too long.
    refused(write) {
        if (write.to === "data" && this.size.refused()) {
            this.#goBack(this.next);
            this.mode = "probing";
            this.#ask();
        } else {
            this.#end(new Failure("REFUSED", "the device or this computer's Bluetooth refuses to " +
                                             "be written to"));
        }
    }

    // A notification.
    take(frame, nowMs) {
        const answer = decodeAnswer(frame);
        if (!answer || this.isOver || this.mode === "offline") {
            return;
        }
        this.activeMs = nowMs;
        this.unanswered = 0;
        if (answer.kind === "answer") {
            this.#takeAnswer(answer);
        } else if (this.isCancelled) {
            return;
        } else if (answer.kind === "opened") {
            this.#takeOpened(answer);
        } else if (this.mode !== "opening") {
            this.#takeState(answer, nowMs);
        }
    }

    #end(failure) {
        this.failure = failure;
        this.mode = "over";
        this.session = { ...this.session, state: failure ? "failed" : "switched" };
    }

    // Send from here; nothing is under way.
    #goBack(offset) {
        this.next = offset;
        this.offset = offset;
        this.probe = null;
        this.gap = { offset: -1, untilMs: 0, holdMs: GAP_HOLD_MS };
    }

    // Data waits until the answer tells which bytes came.
    #ask() {
        this.isAsking = true;
        this.isDue = true;
    }

    #fallSilent() {
        this.isLinkDead = ++this.unanswered > PATIENCE;
        if (this.mode === "opening" || this.isCancelled) {
            this.isDue = true;
        } else {
            this.#ask();
        }
    }

    #giveRequest() {
        if (!this.isDue) {
            return null;
        }
        this.isDue = false;
        if (this.isCancelled) {
            return { to: "control", bytes: Uint8Array.of(CANCEL) };
        }
        return { to: "control",
                 bytes: this.mode === "opening" ? this.open : Uint8Array.of(QUERY) };
    }

    #giveData() {
        if (this.isAsking || this.isCancelled || this.probe ||
            (this.mode !== "sending" && this.mode !== "probing")) {
            return null;
        }
        if (this.next === this.bytes.length) {
            this.mode = "finishing";
            return { to: "control", bytes: Uint8Array.of(FINISH) };
        }
        const length = Math.min(this.size.bytes - DATA_HEADER_SIZE,
                                this.bytes.length - this.offset);
        if (length === 0 || this.offset + length - this.next > this.window) {
            return null;
        }
        const frame = encodeData(this.bytes, this.offset, length);
        if (this.mode === "probing") {
            this.probe = { offset: this.offset, length };
        }
        this.offset += length;
        return { to: "data", bytes: frame };
    }

    #takeAnswer(answer) {
        if (answer.request === CANCEL && this.isCancelled) {
            const isGone = answer.status === OK || answer.status === NOT_OPEN;
            this.#end(isGone ? new Failure("CANCELLED", "the update was cancelled")
                             : failureOf(answer.status));
        } else if (answer.status !== OK) {
            this.#end(failureOf(answer.status)); // a request of ours that it cannot read
        }
    }

    #takeOpened(opened) {
        if (opened.status !== OK) {
            this.#end(failureOf(opened.status));
            return;
        }
        if (opened.offset > this.bytes.length || opened.window === 0) {
            this.#end(new Failure("BAD_FORMAT", "the device asks for what cannot be"));
            return;
        }
        this.window = Math.min(opened.window, WINDOW_SIZE_MAX);
        this.isAsking = false;
        this.isDue = false;
        this.#goBack(opened.offset);
        this.mode = this.size.isKnown ? "sending" : "probing";
        this.session = { state: "receiving", written: opened.offset, verified: 0 };
    }

    #takeState(state, nowMs) {
        if (state.phase === "switched") {
            this.session = { state: "switched", written: state.written, verified: state.verified };
            this.#end(null);
        } else if (state.phase === "failed" ||
                   (state.phase === "idle" && state.status === BUSY)) {
            this.#end(failureOf(state.status));
        } else if (state.phase === "idle") {
            this.mode = "opening"; // it forgot us, not what is on its flash
            this.isDue = true;
        } else {
            this.session = { state: state.phase, written: state.written,
                             verified: state.verified };
            this.#follow(state, nowMs);
        }
    }

    // Where the device stands decides where we go on.
    #follow(state, nowMs) {
        const wasAsked = this.isAsking;
        this.isAsking = false;
        if (state.phase === "finishing") {
            this.mode = "finishing";
        } else if (this.mode === "finishing") {
            if (wasAsked || state.status === INCOMPLETE) {
                this.#goBack(state.next); // FINISH was lost, or bytes were
                this.mode = "sending";
            }
        } else if (this.probe) {
            this.#judgeProbe(state, wasAsked);
        } else if (state.status === GAP && !wasAsked) {
            this.#mendGap(state.next, nowMs);
        } else {
            this.next = state.next;
            if (wasAsked || this.offset < state.next) {
                this.#goBack(state.next);
            }
        }
    }

    #judgeProbe(state, wasAsked) {
        const { offset, length } = this.probe;
        const came = state.next - offset;
        if (came <= 0 && !wasAsked) {
            return; // it speaks of an earlier moment
        }
        this.size.arrived(came >= length ? this.size.bytes
                                         : came > 0 ? came + DATA_HEADER_SIZE : 0);
        this.#goBack(state.next);
        this.mode = this.size.isKnown ? "sending" : "probing";
    }

    #mendGap(next, nowMs) {
        const isRepeated = this.gap.offset === next;
        if (isRepeated && nowMs < this.gap.untilMs) {
            return;
        }
        const holdMs = isRepeated ? this.gap.holdMs * 2 : GAP_HOLD_MS;
        this.#goBack(next);
        this.gap = { offset: next, untilMs: nowMs + holdMs, holdMs };
    }
}
