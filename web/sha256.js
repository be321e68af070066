// SPDX-License-Identifier: Apache-2.0
/*
 * SHA-256, fed in pieces. Browsers give crypto.subtle to secure origins only, and a device serves
 * its page over plain HTTP.
 *
 *     const sha = new Sha256();
 *     sha.update(bytes);
 *     hex(sha.digest());
 */

const firstPrimes = [];
for (let number = 2; firstPrimes.length < 64; number++) {
    if (firstPrimes.every((prime) => number % prime)) {
        firstPrimes.push(number);
    }
}

// The constants are the first 32 bits of the fractions of roots of primes. Doubles are exact enough:
// no root comes nearer than 2^-8 to an integer when multiplied by 2^32.
const fraction = (root) => (root * 2 ** 32) | 0;
const initialState = firstPrimes.slice(0, 8).map((prime) => fraction(prime ** (1 / 2)));
const roundConstants = Int32Array.from(firstPrimes, (prime) => fraction(prime ** (1 / 3)));

const rotate = (word, bits) => (word >>> bits) | (word << (32 - bits));

export class Sha256 {
    constructor(state = initialState) {
        this.state = Int32Array.from(state);
        this.words = new Int32Array(64);
        this.block = new Uint8Array(64);
        this.view = new DataView(this.block.buffer);
        this.length = 0;
    }

    // Another one that goes on from here.
    copy() {
        const other = new Sha256(this.state);
        other.block.set(this.block);
        other.length = this.length;
        return other;
    }

    update(bytes) {
        let offset = 0;
        while (offset < bytes.length) {
            const fill = this.length % 64;
            const piece = bytes.subarray(offset, offset + 64 - fill);
            this.block.set(piece, fill);
            offset += piece.length;
            this.length += piece.length;
            if (this.length % 64 === 0) {
                this.compress();
            }
        }
        return this;
    }

    // The 32 bytes. Ends this one; take a copy to go on.
    digest() {
        const bits = this.length * 8;
        const end = new Uint8Array(((this.length + 8) % 64 < this.length % 64 ? 128 : 64) -
                                   this.length % 64);
        const view = new DataView(end.buffer);
        end[0] = 0x80;
        view.setUint32(end.length - 8, Math.floor(bits / 2 ** 32));
        view.setUint32(end.length - 4, bits % 2 ** 32);
        this.update(end);

        const result = new DataView(new ArrayBuffer(32));
        this.state.forEach((word, index) => result.setInt32(index * 4, word));
        return new Uint8Array(result.buffer);
    }

    compress() {
        const words = this.words;
        let [a, b, c, d, e, f, g, h] = this.state;
        for (let i = 0; i < 64; i++) {
            if (i < 16) {
                words[i] = this.view.getInt32(i * 4);
            } else {
                const w15 = words[i - 15];
                const w2 = words[i - 2];
                words[i] = words[i - 16] + words[i - 7] +
                    (rotate(w15, 7) ^ rotate(w15, 18) ^ (w15 >>> 3)) +
                    (rotate(w2, 17) ^ rotate(w2, 19) ^ (w2 >>> 10));
            }
            const t1 = (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) +
                        ((e & f) ^ (~e & g)) + roundConstants[i] + words[i]) | 0;
            const t2 = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) +
                        ((a & b) ^ (a & c) ^ (b & c))) | 0;
            h = g;
            g = f;
            f = e;
            e = (d + t1) | 0;
            d = c;
            c = b;
            b = a;
            a = (t1 + t2) | 0;
        }
        [a, b, c, d, e, f, g, h].forEach((word, index) => {
            this.state[index] += word;
        });
    }
}

export const hex = (bytes) =>
    Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
