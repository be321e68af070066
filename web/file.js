// SPDX-License-Identifier: Apache-2.0
/* The chosen file: its name, its bytes, and what image.js says of them. */
import { Failure } from "./failure.js";
import { formatBytes } from "./format.js";
import { readImage } from "./image.js";

// More than any flash chip for these devices holds; such a file is not even read.
const FILE_SIZE_LIMIT = 128 << 20;

// Rejects with a Failure when the phone does not give the file out, as with one in a cloud.
async function readBytes(file) {
    try {
        return new Uint8Array(await file.arrayBuffer());
    } catch {
        throw new Failure("HOST_IO", "this phone or computer cannot read the file");
    }
}

export async function readFile(file) {
    const { name, size } = file;
    if (size > FILE_SIZE_LIMIT) {
        const what = `a file of ${formatBytes(size)}, more than any flash chip holds`;
        return { name, bytes: null, image: { size, what } };
    }
    const bytes = await readBytes(file);
    return { name, bytes, image: await readImage(bytes) };
}
