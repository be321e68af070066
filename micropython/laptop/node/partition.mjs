// SPDX-License-Identifier: Apache-2.0
// otakit's C code as WebAssembly, and the module `_otakit_wasm` that MicroPython sees of it.
//
// Numbers go through the calls. Bytes go through a window: a buffer here that is the file
// /dev/otakit there, which copies at the speed of the machine and not byte by byte.
import fs from "node:fs";

const PAGE = 65536;

// Bytes that MicroPython wrote to /dev/otakit, or that it reads from there next.
class Window {
    constructor() {
        this.bytes = new Uint8Array(0);
    }

    streamOperations() {
        return {
            open: (stream) => { stream.seekable = false; },
            read: (stream, buffer, offset, length) => {
                const piece = this.bytes.subarray(0, length);
                buffer.set(piece, offset);
                this.bytes = this.bytes.subarray(piece.length);
                return piece.length;
            },
            write: (stream, buffer, offset, length) => {
                this.bytes = Uint8Array.from(buffer.subarray(offset, offset + length));
                return length;
            },
        };
    }
}

export class PartitionModule {
    // wasmPath  otakit_partition.wasm
    // store     FileStore
    constructor(wasmPath, store) {
        const module = new WebAssembly.Module(fs.readFileSync(wasmPath));
        this.store = store;
        this.window = new Window();
        this.never = new Int32Array(new SharedArrayBuffer(4)); // nobody wakes who sleeps on it
        this.c = new WebAssembly.Instance(module, {
            store: store.imports(() => this.c.memory),
        }).exports;
    }

    // Memory of the module behind everything it uses itself, `len` bytes at least.
    scratch(len) {
        const start = this.c.__heap_base.value;
        const missing = start + len - this.c.memory.buffer.byteLength;
        if (missing > 0) {
            this.c.memory.grow(Math.ceil(missing / PAGE));
        }
        return new Uint8Array(this.c.memory.buffer, start, len);
    }

    // A C string, as a place in the module's memory; 0 for none.
    place(text) {
        if (text === null || text === undefined) {
            return 0;
        }
        const bytes = Buffer.from(`${text}\0`);
        const scratch = this.scratch(bytes.length);
        scratch.set(bytes);
        return scratch.byteOffset;
    }

    text(place) {
        const bytes = new Uint8Array(this.c.memory.buffer, place);
        return Buffer.from(bytes.subarray(0, bytes.indexOf(0))).toString();
    }

    // Call a function that fills `len` bytes at its last pointer; they wait in the window then.
    fill(len, call) {
        const scratch = this.scratch(len);
        const error = call(scratch.byteOffset);
        this.window.bytes = this.scratch(len).slice();
        return error;
    }

    // Call a function that takes the bytes in the window.
    take(call) {
        const bytes = this.window.bytes;
        const scratch = this.scratch(bytes.length);
        scratch.set(bytes);
        return call(scratch.byteOffset, bytes.length);
    }

    // Power up. Returns "" or why nothing boots.
    boot(cutAfter) {
        const status = this.c.otk_mpy_boot(this.store.size, cutAfter);
        return status === 0 ? "" : this.text(this.c.otk_mpy_status_text(status));
    }

    // What MicroPython imports as `_otakit_wasm`.
    jsModule() {
        const c = this.c;
        return {
            error_name: (error) => this.text(c.otk_mpy_error_name(error)),
            get: (which) => c.otk_mpy_get(which),
            find: (from, type, subtype, label) =>
                c.otk_mpy_find(from, type, subtype, this.place(label)),
            next_update: (index) => c.otk_mpy_next_update(index),
            info: (index, len) => this.fill(len, (place) => c.otk_mpy_info(index, place)),
            read: (index, offset, len) =>
                this.fill(len, (place) => c.otk_mpy_read(index, offset, place, len)),
            write: (index, offset) =>
                this.take((place, len) => c.otk_mpy_write(index, offset, place, len)),
            change: (index, offset) =>
                this.take((place, len) => c.otk_mpy_change(index, offset, place, len)),
            erase: (index, offset, len) => c.otk_mpy_erase(index, offset, len),
            set_boot: (index) => c.otk_mpy_set_boot(index),
            mark_valid: () => c.otk_mpy_mark_valid(),
            exit: (status) => process.exit(status),
            sleep: (ms) => { Atomics.wait(this.never, 0, 0, ms); },
        };
    }
}
