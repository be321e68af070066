// SPDX-License-Identifier: Apache-2.0
/*
 * Reads an application image in the browser, as the device will (SPEC.md, sections 4 and 5), so that
 * a mistake is found before anything is erased. The device judges again; nothing rests on this.
 *
 *     const image = await readImage(new Uint8Array(await file.arrayBuffer()));
 *     if (image.what)          // not an application: "a ZIP archive"
 *     else if (image.problem)  // damaged: {code: "BAD_HASH", text: "..."}
 *     else                     // image.project, image.version, image.chip, ...
 */
import { Sha256, hex } from "./sha256.js";
import { isMerged, whatElse } from "./sniff.js";

const MAGIC = 0xE9;
const DESCRIPTION = 32;
const DESCRIPTION_MAGIC = 0xABCD5432;
const HEAD_SIZE = 288;
const SECTOR = 4096;
const SIGNATURE_BLOCK = 1216;
const PIECE = 1 << 18;

const chips = {
    0: "esp32", 2: "esp32s2", 5: "esp32c3", 9: "esp32s3", 12: "esp32c2", 13: "esp32c6",
    16: "esp32h2", 18: "esp32p4", 20: "esp32c61", 23: "esp32c5", 25: "esp32h21", 28: "esp32h4",
    32: "esp32s31",
};

export const chipName = (id) => chips[id] || `chip ${id}`;

const viewOf = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const roundUp = (number, unit) => Math.ceil(number / unit) * unit;

function textAt(bytes, offset, size) {
    const field = bytes.subarray(offset, offset + size);
    const end = field.indexOf(0);
    return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}

const problem = (code, text) => ({ code, text });

// The row of segments: {segments, end}, or {problem}.
function readSegments(bytes, view) {
    const count = bytes[1];
    const segments = [];
    let offset = 24;
    if (count > 16) {
        return { problem: problem("TOO_MANY_SEGMENTS", `it names ${count} segments`) };
    }
    for (let index = 0; index < count; index++) {
        if (offset + 8 > bytes.length) {
            return { problem: truncated(offset + 8, bytes.length) };
        }
        const length = view.getUint32(offset + 4, true);
        if (length % 4 || length >= 1 << 24) {
            return { problem: problem("BAD_SEGMENT", `the length of segment ${index} is impossible`) };
        }
        segments.push({ address: view.getUint32(offset, true), offset: offset + 8, length });
        offset += 8 + length;
    }
    return { segments, end: offset };
}

function truncated(expected, length) {
    return problem("TRUNCATED", `it ends after ${length} bytes, though at least ${expected} belong ` +
                                "to it; the download or copy is not complete");
}

function checksum(bytes, segments) {
    let sum = 0xEF;
    for (const { offset, length } of segments) {
        for (let at = offset; at < offset + length; at++) {
            sum ^= bytes[at];
        }
    }
    return sum;
}

function crc32(bytes) {
    let crc = -1;
    for (const byte of bytes) {
        crc ^= byte;
        for (let bit = 0; bit < 8; bit++) {
            crc = (crc >>> 1) ^ (crc & 1 ? 0xEDB88320 : 0);
        }
    }
    return ~crc >>> 0;
}

// The scheme of the first good block in the signature sector, or null.
function findSignature(bytes, padded) {
    for (let index = 0; index < 3; index++) {
        const at = padded + index * SIGNATURE_BLOCK;
        const block = bytes.subarray(at, at + SIGNATURE_BLOCK);
        if (block.length === SIGNATURE_BLOCK && block[0] === 0xE7 &&
            viewOf(block).getUint32(1196, true) === crc32(block.subarray(0, 1196))) {
            return block[1] === 2 ? "RSA-3072" : "ECDSA P-256";
        }
    }
    return null;
}

function readDescription(bytes, view) {
    return {
        secureVersion: view.getUint32(DESCRIPTION + 4, true),
        version: textAt(bytes, DESCRIPTION + 16, 32),
        project: textAt(bytes, DESCRIPTION + 48, 32),
        time: textAt(bytes, DESCRIPTION + 80, 16),
        date: textAt(bytes, DESCRIPTION + 96, 16),
        idfVersion: textAt(bytes, DESCRIPTION + 112, 32),
        elfSha256: hex(bytes.subarray(DESCRIPTION + 144, DESCRIPTION + 176)),
    };
}

// All digests in one pass: of the file, and of what stands before each of the offsets.
async function hashFile(bytes, offsets, onProgress) {
    const sha = new Sha256();
    const digests = {};
    for (let offset = 0; offset < bytes.length;) {
        const stop = Math.min(bytes.length, offset + PIECE, ...offsets.filter((at) => at > offset));
        sha.update(bytes.subarray(offset, stop));
        offset = stop;
        if (offsets.includes(offset)) {
            digests[offset] = hex(sha.copy().digest());
        }
        onProgress(offset);
        await new Promise((resolve) => setTimeout(resolve));
    }
    return { file: hex(sha.digest()), before: digests };
}

// What the file is when it is no application; null when it is one, perhaps cut short.
function describeOther(bytes) {
    if (bytes[0] !== MAGIC) {
        return whatElse(bytes) ?? "something else; no ESP32 firmware begins like this";
    }
    if (bytes.length < HEAD_SIZE ||
        viewOf(bytes).getUint32(DESCRIPTION, true) === DESCRIPTION_MAGIC) {
        return null;
    }
    if (isMerged(bytes)) {
        return whatElse(bytes);
    }
    return bytes.length <= 0x10000 ? "a bootloader"
                                   : "an image without an application description";
}

// Everything that the bytes alone tell, without the digests.
function readStructure(bytes) {
    if (bytes.length < HEAD_SIZE) {
        return { problem: truncated(HEAD_SIZE, bytes.length) };
    }
    const view = viewOf(bytes);
    const found = {
        chipId: view.getUint16(12, true),
        chip: chipName(view.getUint16(12, true)),
        minRevision: view.getUint16(15, true),
        maxRevision: view.getUint16(17, true),
        hashAppended: bytes[23] !== 0,
        ...readDescription(bytes, view),
        ...readSegments(bytes, view),
    };
    if (found.problem) {
        return found;
    }
    found.hashOffset = roundUp(found.end + 1, 16);
    found.length = found.hashOffset + (found.hashAppended ? 32 : 0);
    if (found.length > bytes.length) {
        found.problem = truncated(found.length, bytes.length);
    } else if (checksum(bytes, found.segments) !== bytes[found.hashOffset - 1]) {
        found.problem = problem("BAD_CHECKSUM", "its checksum does not match; the file is damaged");
    }
    return found;
}

export async function readImage(bytes, onProgress = () => {}) {
    const what = describeOther(bytes);
    if (what) {
        return { size: bytes.length, what };
    }
    const image = { size: bytes.length, ...readStructure(bytes) };
    if (image.problem) {
        return image;
    }
    const padded = roundUp(image.length, SECTOR);
    const digests = await hashFile(bytes, [image.hashOffset, padded], onProgress);
    image.sha256 = digests.file;
    image.signature = findSignature(bytes, padded);

    const appended = hex(bytes.subarray(image.hashOffset, image.hashOffset + 32));
    if (image.hashAppended && appended !== digests.before[image.hashOffset]) {
        image.problem = problem("BAD_HASH", "its SHA-256 does not match; the file is damaged");
    } else if (image.signature &&
               hex(bytes.subarray(padded + 4, padded + 36)) !== digests.before[padded]) {
        image.problem = problem("BAD_SIGNATURE", "its signature belongs to other content");
    }
    return image;
}
