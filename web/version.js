// SPDX-License-Identifier: Apache-2.0
/*
 * Order of versions, exactly as the device sees it (otakit/core/version.c): runs of digits by value,
 * everything else by letters; "1.2-rc1" and "1.2~1" before "1.2", "1.2-5-g0123abc" after it.
 */

const isDigit = (char) => char >= "0" && char <= "9";

// Where a version stands among all that are equal up to here.
function weigh(text, at) {
    const char = text[at];
    if (char === "~") {
        return -2;
    }
    if (char === "-" && !isDigit(text[at + 1])) {
        return -1;
    }
    return char === undefined || char === "+" ? 0 : char.charCodeAt(0);
}

// Digits from here on, without leading zeros: longer is greater, then letters decide.
function readNumber(text, at) {
    const digits = /^\d*/.exec(text.slice(at))[0];
    return { length: digits.length, value: digits.replace(/^0+/, "") };
}

// Less than 0: `a` is older than `b`; 0: neither; more: newer.
export function compareVersions(a, b) {
    let atA = /^v/i.test(a) ? 1 : 0;
    let atB = /^v/i.test(b) ? 1 : 0;
    for (;;) {
        let difference;
        if (isDigit(a[atA]) && isDigit(b[atB])) {
            const numberA = readNumber(a, atA);
            const numberB = readNumber(b, atB);
            atA += numberA.length;
            atB += numberB.length;
            difference = numberA.value.length - numberB.value.length ||
                (numberA.value > numberB.value) - (numberA.value < numberB.value);
        } else {
            difference = weigh(a, atA) - weigh(b, atB);
            if (difference === 0 && weigh(a, atA) === 0) {
                return 0;
            }
            atA++;
            atB++;
        }
        if (difference !== 0) {
            return difference;
        }
    }
}
