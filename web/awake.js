// SPDX-License-Identifier: Apache-2.0
/*
 * A phone that falls asleep stops an update; it goes on afterwards. Browsers let secure pages ask for
 * the screen to stay on.
 *
 *     const lock = await keepAwake();
 *     lock?.release();
 */

export async function keepAwake() {
    try {
        return await navigator.wakeLock?.request("screen");
    } catch {
        return null;
    }
}
