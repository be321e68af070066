// SPDX-License-Identifier: Apache-2.0
// The store of the WebAssembly build (micropython/laptop/store.h): a flash file.
//
// Reads come from a copy in memory; each write is in the file before the next instruction runs, so
// that a process that is killed at any moment leaves what the chip would hold.
import fs from "node:fs";

// A chip's sizes, as sim/nor.h has them; a larger file is not even read.
const SIZE_MAX = 0x8000000;

// Whether another process holds the lock that a running virtual device takes on its flash file.
// Node cannot take it: a device that is started while a script runs is not kept away.
function isLocked(path) {
    const { dev, ino } = fs.statSync(path, { bigint: true });
    const hex = (number) => number.toString(16).padStart(2, "0");
    const major = ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & ~0xfffn);
    const minor = (dev & 0xffn) | ((dev >> 12n) & ~0xffn);
    const name = `${hex(major)}:${hex(minor)}:${ino}`;
    try {
        return fs.readFileSync("/proc/locks", "latin1").split("\n")
            .some((line) => line.includes("FLOCK") && line.split(/\s+/).includes(name));
    } catch {
        return false; // not Linux: nothing to be known
    }
}

export class FileStore {
    // Throws an Error with a message for people.
    constructor(path, onPowerLost) {
        if (!fs.existsSync(path)) {
            throw new Error(`${path}: there is no such file`);
        }
        if (isLocked(path)) {
            throw new Error(`${path}: another device is running on it`);
        }
        this.file = fs.openSync(path, "r+");
        this.size = fs.fstatSync(this.file).size;
        if (this.size > SIZE_MAX) {
            throw new Error(`${path}: no flash chip is that large`);
        }
        this.cells = fs.readFileSync(path);
        this.onPowerLost = onPowerLost;
    }

    // The imports of the module; `memory` is a function that gives its memory.
    imports(memory) {
        const bytes = (place, len) => new Uint8Array(memory().buffer, place, len);
        return {
            read: (offset, data, len) => {
                bytes(data, len).set(this.cells.subarray(offset, offset + len));
                return 1;
            },
            write: (offset, data, len) => {
                const source = bytes(data, len);
                this.cells.set(source, offset);
                return fs.writeSync(this.file, source, 0, len, offset) === len ? 1 : 0;
            },
            power_lost: () => this.onPowerLost(),
        };
    }
}
