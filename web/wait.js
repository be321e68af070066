// SPDX-License-Identifier: Apache-2.0
/*
 * What became of an update, told by comparing the device before it and now. The boot id says that
 * there was a reset, the running slot which version it chose.
 *
 *     const outcome = decide(before, now, true);    // null: nothing to say yet
 *
 * isSwitched   the device has said that the next reset boots the new image. Otherwise a reset without
 *              a trace of this update decides nothing: it goes on where it stopped
 *
 * Gives {result, code, message}; result is "confirmed", "trial", "rolled-back", or "untold" where a
 * device does not say what runs.
 */

const isSameRecord = (a, b) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

export function decide(before, now, isSwitched) {
    if (now.boot_id === before.boot_id) {
        return null;
    }
    if (now.running.label === undefined) {
        return isSwitched ? { result: "untold", code: "OK", message: "" } : null;
    }
    if (now.running.label !== before.running.label) {
        return { result: now.running.on_trial ? "trial" : "confirmed", code: "OK", message: "" };
    }
    const last = now.last_update ?? { stage: "none" };
    const wentBack = ["rolled_back", "rejected"].includes(last.stage);
    if (wentBack && (isSwitched || !isSameRecord(last, before.last_update))) {
        return { result: "rolled-back", code: last.code, message: last.message };
    }
    return isSwitched ? { result: "rolled-back", code: "UNKNOWN",
                          message: "the device does not say why" } : null;
}
