// SPDX-License-Identifier: Apache-2.0
/*
 * Tests of web/ble's clients of protocols C and A, frame by frame. test_ble_clients.py runs each
 * exported function in a browser; what throws has failed.
 */
import { FrameSize } from "/ble/frame_size.js";
import { SimpleClient } from "/ble/simple_client.js";
import { WindowClient } from "/ble/window_client.js";
import { decodeAnswer, decodeInfo, encodeData, encodeOpen } from "/ble/window_frame.js";

const IMAGE_SIZE = 3000;
const OPEN = 0x01, QUERY = 0x02, FINISH = 0x03, CANCEL = 0x04;
const OK = 0, WRONG_CHIP = 24, BUSY = 60, GAP = 63, INCOMPLETE = 64;
const IDLE = 0, RECEIVING = 1, FINISHING = 2, SWITCHED = 3, FAILED = 4;

const facts = {
    chipId: 5, size: IMAGE_SIZE, secureVersion: 7, sha256: "0123456789abcdef".repeat(4),
    version: "1.2.3", project: "lamp",
};

const image = Uint8Array.from({ length: IMAGE_SIZE }, (_, index) => index * 7 + (index >> 8));

function equal(actual, wanted, what) {
    const [a, b] = [JSON.stringify(actual), JSON.stringify(wanted)];
    if (a !== b) {
        throw new Error(`${what}: ${a} instead of ${b}`);
    }
}

function opened({ status = OK, window = 16384, offset = 0 } = {}) {
    const frame = new Uint8Array(12);
    const view = new DataView(frame.buffer);
    frame.set([0x81, status]);
    view.setUint32(4, window, true);
    view.setUint32(8, offset, true);
    return frame;
}

function state({ status = OK, phase = RECEIVING, next = 0, written = next, verified = 0 } = {}) {
    const frame = new Uint8Array(16);
    const view = new DataView(frame.buffer);
    frame.set([0x82, status, phase]);
    view.setUint32(4, next, true);
    view.setUint32(8, written, true);
    view.setUint32(12, verified, true);
    return frame;
}

const answer = (request, status = OK) => Uint8Array.of(0x83, status, request);

// What the client has to say now: data as [offset, length], requests as their first byte.
function drain(client, nowMs = 0) {
    const writes = [];
    for (let write = client.give(nowMs); write; write = client.give(nowMs)) {
        writes.push(write.to === "data"
            ? [write.bytes[0] | write.bytes[1] << 8, write.bytes.length - 2] : write.bytes[0]);
    }
    return writes;
}

// A client whose frames of `size` bytes were found to work up to `next`.
function sending({ size = 502, ...options } = {}) {
    const client = new WindowClient(image, facts, new FrameSize([size, 20]));
    client.connected(0);
    drain(client);
    client.take(opened(options), 0);
    drain(client);
    client.take(state({ next: size - 2 }), 0);
    return client;
}

export function open_carries_the_facts_of_the_image() {
    const frame = encodeOpen(facts);
    const view = new DataView(frame.buffer);
    equal([frame.length, frame[0], frame[1], view.getUint16(2, true), view.getUint32(4, true),
           view.getUint32(8, true)], [108, OPEN, 0, 5, IMAGE_SIZE, 7], "numbers");
    equal([...frame.subarray(12, 16)], [0x01, 0x23, 0x45, 0x67], "digest");
    equal(new TextDecoder().decode(frame.subarray(44, 50)), "1.2.3\0", "version");
    equal(new TextDecoder().decode(frame.subarray(76, 81)), "lamp\0", "project");
}

export function data_begins_with_the_low_half_of_its_offset() {
    const long = new Uint8Array(70000).fill(9);
    equal([...encodeData(long, 65538, 3)], [2, 0, 9, 9, 9], "frame");
    equal(encodeData(long, 69999, 100).length, 3, "the last frame is short");
}

export function answers_of_another_length_or_kind_are_not_read() {
    equal(decodeAnswer(new Uint8Array(0)), null, "nothing");
    equal(decodeAnswer(state().subarray(1)), null, "no answer");
    equal(decodeAnswer(state().subarray(0, 15)), null, "short state");
    equal(decodeAnswer(state({ phase: 5 })), null, "unknown phase");
    equal(decodeAnswer(answer(CANCEL, BUSY)), { kind: "answer", status: BUSY, request: CANCEL },
          "answer");
}

export function info_may_be_longer_but_not_shorter() {
    const block = new Uint8Array(140);
    block.set([1, 5, 5, 0, 0x2d, 1, 0xff, 1]);
    block.set(new TextEncoder().encode("1.0"), 32);
    const info = decodeInfo(block);
    equal([info.onTrial, info.hasApp, info.chipId, info.revision, info.running, info.updateSlot,
           info.version], [true, true, 5, 301, -1, 1, "1.0"], "fields");
    equal(decodeInfo(block.subarray(0, 127)), null, "short");
}

export function update_goes_from_open_to_switched() {
    const client = new WindowClient(image, facts, new FrameSize([502, 20]));
    client.connected(0);
    equal(drain(client), [OPEN], "first");
    client.take(opened(), 1);
    equal(drain(client, 1), [[0, 500]], "one frame alone");
    client.take(state({ next: 500 }), 2);
    equal(drain(client, 2), [[500, 500], [1000, 500], [1500, 500], [2000, 500], [2500, 500]], "rest");
    client.take(state({ next: 3000 }), 3);
    equal(drain(client, 3), [FINISH], "end");
    client.take(state({ phase: FINISHING, next: 3000, verified: 1000 }), 4);
    equal(client.session, { state: "finishing", written: 3000, verified: 1000 }, "session");
    client.take(state({ phase: SWITCHED, next: 3000, verified: 3000 }), 5);
    equal([client.isOver, client.failure, client.session.state], [true, null, "switched"], "over");
}

export function never_more_than_a_window_is_under_way() {
    const client = sending({ window: 1200 });
    equal(drain(client), [[500, 500], [1000, 500]], "first window");
    client.take(state({ next: 1000 }), 1);
    equal(drain(client, 1), [[1500, 500]], "one more fits");
}

export function update_goes_on_where_the_device_stands() {
    const client = new WindowClient(image, facts, new FrameSize([502, 20]));
    client.connected(0);
    drain(client);
    client.take(opened({ offset: 2700 }), 0);
    equal(drain(client), [[2700, 300]], "rest");
    equal(client.session.written, 2700, "session");
}

export function everything_already_there_is_finished_at_once() {
    const client = new WindowClient(image, facts);
    client.connected(0);
    drain(client);
    client.take(opened({ offset: IMAGE_SIZE }), 0);
    equal(drain(client), [FINISH], "finish");
}

export function gap_is_sent_again_from_the_byte_that_is_missing() {
    const client = sending();
    drain(client);
    client.take(state({ status: GAP, next: 1000 }), 10);
    equal(drain(client, 10), [[1000, 500], [1500, 500], [2000, 500], [2500, 500]], "again");
}

export function repeated_gap_waits_for_what_is_on_its_way() {
    const client = sending();
    drain(client);
    client.take(state({ status: GAP, next: 1000 }), 0);
    drain(client);
    client.take(state({ status: GAP, next: 1000 }), 200);
    equal(drain(client, 200), [], "held");
    client.take(state({ status: GAP, next: 1000 }), 400);
    equal(drain(client, 400).length, 4, "lost once more");
    client.take(state({ status: GAP, next: 1000 }), 800);
    equal(drain(client, 800), [], "held for longer");
}

export function silence_is_asked_and_the_answer_believed() {
    const client = sending();
    drain(client);
    equal(drain(client, 999), [], "patient");
    equal(drain(client, 1000), [QUERY], "asked; no data before the answer");
    client.take(state({ next: 2500 }), 1001);
    equal(drain(client, 1001), [[2500, 500]], "lost tail");
}

export function link_without_answers_is_given_up() {
    const client = sending();
    drain(client);
    let questions = 0;
    for (let nowMs = 0; !client.isLinkDead && nowMs < 60000; nowMs += 100) {
        questions += drain(client, nowMs).length;
    }
    equal([client.isLinkDead, questions], [true, 9], "dead");
}

export function lost_finish_is_said_again() {
    const client = sending();
    drain(client);
    client.take(state({ next: 3000 }), 1);
    equal(drain(client, 1), [FINISH], "finish");
    equal(drain(client, 1001), [QUERY], "silence");
    client.take(state({ next: 3000 }), 1002);
    equal(drain(client, 1002), [FINISH], "again");
}

export function incomplete_image_is_completed() {
    const client = sending();
    drain(client);
    client.take(state({ next: 3000 }), 1);
    drain(client, 1);
    client.take(state({ status: INCOMPLETE, next: 2500 }), 2);
    equal(drain(client, 2), [[2500, 500]], "the missing part");
}

export function refusal_says_why() {
    const client = new WindowClient(image, facts);
    client.connected(0);
    drain(client);
    client.take(opened({ status: WRONG_CHIP }), 0);
    equal([client.isOver, client.failure.code, client.failure.message],
          [true, "WRONG_CHIP", "The image is for another chip."], "failure");
}

export function failure_in_the_middle_says_why() {
    const client = sending();
    client.take(state({ status: 6, phase: FAILED }), 0);
    equal(client.failure.code, "BAD_HASH", "failure");
}

export function device_that_forgot_the_client_is_opened_again() {
    const client = sending();
    drain(client);
    client.take(state({ phase: IDLE }), 0);
    equal(drain(client), [OPEN], "open");
    client.take(opened({ offset: 1000 }), 1);
    equal(drain(client, 1)[0], [1000, 500], "goes on");
}

export function device_that_serves_another_one_is_busy() {
    const client = sending();
    client.take(state({ phase: IDLE, status: BUSY }), 0);
    equal(client.failure.code, "BUSY", "failure");
}

export function lost_link_opens_again_and_tries_the_length_again() {
    const client = sending();
    drain(client);
    client.disconnected();
    equal(drain(client, 5000), [], "offline");
    client.connected(6000);
    equal(drain(client, 6000), [OPEN], "open");
    client.take(opened({ offset: 1500 }), 6001);
    equal(drain(client, 6001), [[1500, 500]], "one frame alone");
}

export function cancel_is_asked_until_it_is_answered() {
    const client = sending();
    client.cancel();
    equal(drain(client), [CANCEL], "cancel");
    client.take(state({ next: 1000 }), 1);
    equal(drain(client, 1), [], "no data");
    equal(drain(client, 1002), [CANCEL], "again");
    client.take(answer(CANCEL), 1003);
    equal([client.isOver, client.failure.code], [true, "CANCELLED"], "over");
}

export function cancel_without_a_link_is_the_end() {
    const client = sending();
    client.disconnected();
    client.cancel();
    equal([client.isOver, client.failure.code], [true, "CANCELLED"], "over");
}

export function dropped_frame_on_trial_leads_to_a_shorter_one() {
    const client = new WindowClient(image, facts, new FrameSize([502, 102]));
    client.connected(0);
    drain(client);
    client.take(opened(), 0);
    equal(drain(client), [[0, 500]], "long");
    equal(drain(client, 300), [QUERY], "where is it?");
    client.take(state({ next: 0 }), 301);
    equal(drain(client, 301), [[0, 500]], "it may have been lost otherwise");
    equal(drain(client, 601), [QUERY], "where is it?");
    client.take(state({ next: 0 }), 602);
    equal(drain(client, 602), [[0, 100]], "shorter");
    client.take(state({ next: 100 }), 603);
    equal(drain(client, 603)[0], [100, 100], "it works");
}

export function cut_frame_on_trial_tells_the_length() {
    const client = new WindowClient(image, facts);
    client.connected(0);
    drain(client);
    client.take(opened(), 0);
    equal(drain(client), [[0, 493]], "long");
    client.take(state({ next: 251 }), 50);
    equal(drain(client, 50)[0], [251, 242], "the next that fills a packet");
}

export function cut_frame_of_an_odd_length_is_used_as_it_is() {
    const size = new FrameSize();
    size.arrived(158);
    equal([size.isKnown, size.bytes], [true, 158], "size");
}

export function refused_frame_leads_to_a_shorter_one() {
    const client = new WindowClient(image, facts, new FrameSize([502, 102]));
    client.connected(0);
    drain(client);
    client.take(opened(), 0);
    client.refused(client.give(0), 0);
    equal(drain(client), [QUERY], "where does the device stand?");
    client.take(state({ next: 0 }), 1);
    equal(drain(client, 1), [[0, 100]], "shorter");
}

export function refused_shortest_frame_is_the_end() {
    const client = new WindowClient(image, facts, new FrameSize([102]));
    client.connected(0);
    drain(client);
    client.take(opened(), 0);
    client.refused(client.give(0), 0);
    equal(client.failure.code, "REFUSED", "failure");
}

// A device as SPEC.md describes it, behind a link that loses what it wants, in both directions.
class LossyDevice {
    constructor(random, limit) {
        Object.assign(this, { random, limit, next: 0, answers: [], bytes: [], isOpen: false,
                              phase: RECEIVING, lastMs: 0, inGap: false, toldMs: 0, owes: false });
    }

    lose() {
        return this.random() < 0.1;
    }

    say(frame, nowMs) {
        this.toldMs = nowMs;
        this.owes = false;
        if (!this.lose()) {
            this.answers.push(frame);
        }
    }

    tell(nowMs) {
        this.say(state({ status: this.inGap ? GAP : OK, phase: this.phase, next: this.next }), nowMs);
    }

    take({ to, bytes }, nowMs) {
        if (this.lose() || (to === "data" && bytes.length > this.limit)) {
            return;
        }
        if (to === "data") {
            this.takeData(bytes, nowMs);
        } else if (bytes[0] === OPEN) {
            this.say(opened({ window: 1500, offset: this.next }), nowMs);
        } else if (bytes[0] === QUERY) {
            this.tell(nowMs);
        } else if (bytes[0] === FINISH && this.next === IMAGE_SIZE) {
            this.phase = SWITCHED;
            this.tell(nowMs);
        }
    }

    takeData(bytes, nowMs) {
        const offset = bytes[0] | bytes[1] << 8;
        if (offset > this.next) {
            if (!this.inGap) {
                this.inGap = true;
                this.tell(nowMs);
            }
            return;
        }
        for (const byte of bytes.subarray(2 + this.next - offset)) {
            this.bytes[this.next++] = byte;
            this.inGap = false;
        }
        this.lastMs = nowMs;
        this.owes = true;
    }

    poll(nowMs) {
        if ((this.owes && nowMs - this.lastMs >= 50) || (this.inGap && nowMs - this.toldMs >= 200)) {
            this.tell(nowMs);
        }
    }
}

// The same numbers for the same seed (mulberry32).
function randomOf(seed) {
    let word = seed;
    return () => {
        word = (word + 0x6D2B79F5) | 0;
        let mixed = Math.imul(word ^ (word >>> 15), 1 | word);
        mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
    };
}

function runLossy(seed, limit) {
    const device = new LossyDevice(randomOf(seed), limit);
    const client = new WindowClient(image, facts);
    client.connected(0);
    for (let nowMs = 0; !client.isOver; nowMs += 5) {
        equal(nowMs < 600000 && !client.isLinkDead, true, `seed ${seed} goes on`);
        const write = client.give(nowMs);
        if (write) {
            device.take(write, nowMs);
        }
        device.poll(nowMs);
        device.answers.splice(0).forEach((frame) => client.take(frame, nowMs));
    }
    equal([client.failure, device.bytes.length], [null, IMAGE_SIZE], `seed ${seed} ends`);
    equal(device.bytes.every((byte, index) => byte === image[index]), true, `seed ${seed} bytes`);
}

export function every_tenth_frame_lost_is_repaired() {
    for (let seed = 1; seed <= 200; seed++) {
        runLossy(seed, [20, 155, 244, 495][seed % 4]);
    }
}

const simple = () => {
    const client = new SimpleClient(image.subarray(0, 500));
    client.connected(0);
    return client;
};

const plain = (client, nowMs = 0) => {
    const write = client.give(nowMs);
    return write && [write.to, write.bytes.length, write.bytes[0]];
};

export function simple_update_goes_from_the_packet_size_to_done() {
    const client = simple();
    equal(plain(client), ["data", 2, 244], "packet size");
    equal(plain(client), ["control", 1, 1], "request");
    equal(plain(client), null, "waits");
    client.take(Uint8Array.of(2), 0);
    equal([plain(client), plain(client), plain(client)],
          [["data", 244, image[0]], ["data", 244, image[244]], ["data", 12, image[488]]], "packets");
    equal(client.session.written, 488, "what was answered");
    equal(plain(client), ["control", 1, 4], "done");
    client.take(Uint8Array.of(5), 0);
    equal([client.isOver, client.failure], [true, null], "over");
}

export function simple_refusals_end_the_update() {
    const early = simple();
    drain(early);
    early.take(Uint8Array.of(3), 0);
    equal(early.failure.code, "REFUSED", "begin");
    const late = simple();
    drain(late);
    late.take(Uint8Array.of(2), 0);
    drain(late);
    late.take(Uint8Array.of(6), 0);
    equal(late.failure.code, "REFUSED", "image");
}

export function simple_packet_that_is_too_long_begins_again_with_shorter_ones() {
    const client = simple();
    drain(client);
    client.take(Uint8Array.of(2), 0);
    client.refused(client.give(0), 0);
    equal([plain(client), plain(client)], [["data", 2, 20], ["control", 1, 1]], "again");
    client.take(Uint8Array.of(2), 0);
    equal(plain(client), ["data", 20, image[0]], "shorter");
    client.refused(client.give(0), 0);
    equal(client.failure.code, "REFUSED", "no shorter one");
}

export function simple_link_that_keeps_breaking_is_given_up() {
    const client = simple();
    for (let count = 0; count < 3; count++) {
        client.disconnected();
        client.connected(0);
    }
    equal(client.failure.code, "CONNECTION_LOST", "failure");
}

export function simple_device_that_says_nothing_is_given_up() {
    const client = simple();
    drain(client);
    equal(client.isOver, false, "patient");
    drain(client, 60001);
    equal(client.failure.code, "TIMEOUT", "failure");
}
