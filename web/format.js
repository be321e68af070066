// SPDX-License-Identifier: Apache-2.0
/* Numbers as people read them. */

export function formatBytes(count) {
    if (count < 1024) {
        return `${count} B`;
    }
    return count < 1024 * 1024 ? `${(count / 1024).toFixed(0)} KB`
                               : `${(count / 1024 / 1024).toFixed(2)} MB`;
}

export function formatSeconds(seconds) {
    const whole = Math.max(1, Math.round(seconds));
    const minutes = Math.floor(whole / 60);
    if (minutes === 0) {
        return `${whole} s`;
    }
    return minutes < 60 ? `${minutes} min ${whole % 60} s`
                        : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

// 301: "v3.1"
export const formatRevision = (revision) => `v${Math.floor(revision / 100)}.${revision % 100}`;

// A sentence of the device, which begins in lower case and has no full stop.
export const asSentence = (text) =>
    text ? text[0].toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".") : "";
