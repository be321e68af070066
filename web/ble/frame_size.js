// SPDX-License-Identifier: Apache-2.0
/*
 * How long a write without response may be. A page cannot ask for the MTU, and nobody splits: what is
 * too long is refused, cut, or silently dropped, depending on the system. So one frame of each size is
 * tried, the largest first, and the device says how many of its bytes came.
 *
 *     const size = new FrameSize();
 *     send(size.bytes);
 *     size.arrived(count)     // or size.refused(); until size.isKnown
 */

// MTU - 3 of an MTU that fills two link-layer packets, one, of many iPhones and Macs, of the oldest
// stacks, and in between. Longer ones gain nothing: 512 bytes need a third, nearly empty packet.
const SIZES = [495, 244, 182, 100, 20];

// A single frame may be lost for other reasons.
const TRIES = 2;

export class FrameSize {
    constructor(sizes = SIZES) {
        this.sizes = sizes;
        this.bytes = sizes[0];
        this.isKnown = false;
        this.tries = 0;
    }

    // The connection is another one, and may be worse.
    reconnected() {
        this.isKnown = false;
        this.tries = 0;
    }

    // Of the frame on trial that many bytes came; 0: none.
    arrived(count) {
        if (count >= this.bytes) {
            this.isKnown = true;
        } else if (count > 0) {
            this.#take(this.sizes.find((size) => size <= count && size >= 182) ?? count);
            this.isKnown = true;
        } else if (++this.tries >= TRIES) {
            this.refused();
        }
    }

    // The system does not take it. Gives whether there is a smaller one to try.
    refused() {
        const smaller = this.sizes.find((size) => size < this.bytes);
        if (smaller === undefined) {
            return false;
        }
        this.#take(smaller);
        return true;
    }

    #take(bytes) {
        this.bytes = bytes;
        this.isKnown = false;
        this.tries = 0;
    }
}
