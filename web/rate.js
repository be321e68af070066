// SPDX-License-Identifier: Apache-2.0
/* Speed over the last seconds, from what the device says it has written. */

const WINDOW_MS = 6000;

export class Rate {
    constructor() {
        this.samples = [];
    }

    add(timeMs, bytes) {
        this.samples.push({ timeMs, bytes });
        while (this.samples.length > 2 && timeMs - this.samples[1].timeMs > WINDOW_MS) {
            this.samples.shift();
        }
    }

    // Bytes a second; 0 while it cannot be known.
    get() {
        const first = this.samples[0];
        const last = this.samples[this.samples.length - 1];
        const elapsed = first ? last.timeMs - first.timeMs : 0;
        return elapsed < 500 ? 0 : Math.max(0, (last.bytes - first.bytes) * 1000 / elapsed);
    }
}
