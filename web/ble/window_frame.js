// SPDX-License-Identifier: Apache-2.0
/*
 * The frames of protocol C: SPEC.md, section 10. Bytes in and out, nothing else.
 *
 *     control.writeValueWithResponse(encodeOpen(image));
 *     const answer = decodeAnswer(bytes);     // {kind: "state", next: 4096, …}; null: not readable
 *     const info = decodeInfo(bytes);         // null: not readable
 */

export const WINDOW_SERVICE = "cf870001-dcb4-4991-b984-07d5f0ee4c4e";
export const WINDOW_CONTROL = "cf870002-dcb4-4991-b984-07d5f0ee4c4e";
export const WINDOW_DATA = "cf870003-dcb4-4991-b984-07d5f0ee4c4e";
export const WINDOW_INFO = "cf870004-dcb4-4991-b984-07d5f0ee4c4e";

export const QUERY = 0x02;
export const FINISH = 0x03;
export const CANCEL = 0x04;
export const CONFIRM = 0x05;
export const REJECT = 0x06;

export const DATA_HEADER_SIZE = 2;
export const WINDOW_SIZE_MAX = 32768;

const OPEN = 0x01;
const OPEN_SIZE = 108;
const INFO_SIZE = 128;
const TEXT_SIZE = 32;

const phaseNames = ["idle", "receiving", "finishing", "switched", "failed"];

const frameView = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function putFrameText(bytes, offset, text) {
    bytes.set(new TextEncoder().encode(text).subarray(0, TEXT_SIZE), offset);
}

function frameText(bytes, offset) {
    const field = bytes.subarray(offset, offset + TEXT_SIZE);
    const end = field.indexOf(0);
    return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}

// image  as image.js reads it
export function encodeOpen(image) {
    const frame = new Uint8Array(OPEN_SIZE);
    const view = frameView(frame);
    frame[0] = OPEN;
    view.setUint16(2, image.chipId, true);
    view.setUint32(4, image.size, true);
    view.setUint32(8, image.secureVersion, true);
    frame.set(image.sha256.match(/../g).map((pair) => parseInt(pair, 16)), 12);
    putFrameText(frame, 44, image.version);
    putFrameText(frame, 76, image.project);
    return frame;
}

// The bytes of an image from an offset, at most `length` of them.
export function encodeData(bytes, offset, length) {
    const piece = bytes.subarray(offset, offset + length);
    const frame = new Uint8Array(DATA_HEADER_SIZE + piece.length);
    frameView(frame).setUint16(0, offset & 0xFFFF, true);
    frame.set(piece, DATA_HEADER_SIZE);
    return frame;
}

const decoders = {
    0x81: [12, (view) => ({
        kind: "opened",
        status: view.getUint8(1),
        window: view.getUint32(4, true),
        offset: view.getUint32(8, true),
    })],
    0x82: [16, (view) => ({
        kind: "state",
        status: view.getUint8(1),
        phase: phaseNames[view.getUint8(2)],
        next: view.getUint32(4, true),
        written: view.getUint32(8, true),
        verified: view.getUint32(12, true),
    })],
    0x83: [3, (view) => ({
        kind: "answer",
        status: view.getUint8(1),
        request: view.getUint8(2),
    })],
};

export function decodeAnswer(bytes) {
    const [size, decode] = decoders[bytes[0]] ?? [];
    if (bytes.length !== size) {
        return null;
    }
    const answer = decode(frameView(bytes));
    return answer.kind === "state" && !answer.phase ? null : answer;
}

// A later version may be longer; what is behind is passed over.
export function decodeInfo(bytes) {
    if (bytes.length < INFO_SIZE || bytes[0] === 0) {
        return null;
    }
    const view = frameView(bytes);
    return {
        onTrial: (bytes[1] & 1) !== 0,
        isUpdating: (bytes[1] & 2) !== 0,
        hasApp: (bytes[1] & 4) !== 0,
        chipId: view.getUint16(2, true),
        revision: view.getUint16(4, true),
        running: view.getInt8(6),
        updateSlot: view.getInt8(7),
        stage: bytes[8],
        status: bytes[9],
        resetReason: bytes[10],
        bootId: view.getUint32(12, true),
        slotSize: view.getUint32(16, true),
        secureVersion: view.getUint32(20, true),
        version: frameText(bytes, 32),
        project: frameText(bytes, 64),
        name: frameText(bytes, 96),
    };
}
