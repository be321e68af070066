// SPDX-License-Identifier: Apache-2.0
/*
 * The life of an update page, whatever the way to the device:
 *
 *     IDLE --file--> CHOSEN --install--> SENDING --switched--> WAITING --reset--> ENDED
 *       ^               |                   |                                       |
 *       +---------------+------ failed -----+------------------- done --------------+
 *
 * The page brings a link, which knows the way, and feeds what it learns of the device:
 *
 *     const flow = createFlow(document.querySelector("main"), link);
 *     flow.show(device);             // as /info of SPEC.md, section 11, or the part that is known
 *     flow.unreachable(seconds);     // nothing was heard for so long
 *
 *     link.send(bytes, image, { before, note, signal, isCancelled })
 *                                    resolves when the device is switched to the image or has even
 *                                    booted it; rejects with a Failure. `before` is the device at the
 *                                    start; note(text) tells the person; once isCancelled() nothing
 *                                    new is begun; then the device is told, then signal aborts
 *     link.cancel(), confirm(), rollback()    promises; reject with a Failure
 *     link.password                  set by the page's field where the device wants one
 *     link.lostAdvice                what to do when the device does not come back
 *
 * Progress is what the device says: show(device) with device.session, or flow.progress(session).
 */
import { createChooser } from "./chooser.js";
import { createDeviceCard } from "./device_card.js";
import { element, message } from "./dom.js";
import { Failure } from "./failure.js";
import { readFile } from "./file.js";
import { createForeign } from "./foreign.js";
import { formatBytes } from "./format.js";
import { createOutcome } from "./outcome.js";
import { createPassword } from "./password.js";
import { createProgress } from "./progress.js";
import { createReview } from "./review.js";
import { decide } from "./wait.js";

// Seconds without an answer until the person is told: in the middle of nothing, and after a switch,
// where a reset takes a while.
const LOST_AFTER_S = 5;
const LATE_AFTER_S = 12;

function describeWanted(device) {
    const slot = device.update_slot;
    const most = slot ? `, up to ${formatBytes(slot.size)}` : "";
    return `A .bin file for ${device.chip ?? "this device"}${most}. It can be dropped here, too.`;
}

// What of the device a review rests on.
const basisOf = (device) => JSON.stringify([device?.boot_id, device?.running?.on_trial]);

export function createFlow(main, link) {
    let state = "IDLE";
    let device = null;    // as it was last heard of
    let before = null;    // as it was when the update began
    let chosen = null;    // as file.js reads it
    let reading = null;   // the file that is being read
    let sending = null;   // {abort, isCancelled}, while SENDING
    let installed = null; // the image that the device was switched to
    let reviewed = "";    // basis of the review on screen

    const card = createDeviceCard({
        onConfirm: () => command(link.confirm),
        onRollback: () => command(link.rollback),
    });
    const chooser = createChooser(choose);
    const progress = createProgress(cancel);
    const outcome = createOutcome(finish);
    const review = createReview(send);
    const foreign = createForeign(() => command(link.cancel));
    const password = createPassword(link);
    const alert = element("div", { role: "alert" });
    const update = element("section", { class: "card", "aria-labelledby": "update" },
        element("h2", { id: "update", class: "label" }, "Update"), foreign.root, review.root,
        chooser.root);
    main.append(alert, progress.root, outcome.root, card.root, password.root, update);

    function enter(next) {
        state = next;
        const isChoosing = next === "IDLE" || next === "CHOSEN";
        update.hidden = !isChoosing;
        chooser.enable(isChoosing);
        progress.root.hidden = next !== "SENDING";
        if (isChoosing) {
            outcome.hide();
        }
        if (device) {
            showSurroundings();
        }
    }

    // What depends on both the state and the device.
    function showSurroundings() {
        const isAway = state === "SENDING" || state === "WAITING";
        chooser.label(chosen ? "Choose another file" : "Choose a firmware file",
                      describeWanted(device));
        password.root.hidden = !device.password || isAway;
        card.enable(!isAway);
        foreign.show(isAway ? null : device.session);
    }

    function lost() {
        const banner = message("warn", "The device does not answer", link.lostAdvice);
        banner.classList.add("lost");
        return banner;
    }

    function complain(failure) {
        alert.replaceChildren(message("bad", failure.message, failure.advice));
        if (failure.code === "PASSWORD_NEEDED") {
            password.ask();
        }
    }

    async function command(request) {
        alert.replaceChildren();
        card.enable(false);
        try {
            await request.call(link);
        } catch (failure) {
            complain(failure);
        }
        card.enable(true);
    }

    async function choose(file) {
        alert.replaceChildren();
        review.reading(file.name);
        chosen = null;
        reading = file;
        enter("IDLE");
        let content = null;
        try {
            content = await readFile(file);
        } catch (failure) {
            complain(failure);
        }
        if (reading !== file) { // another one was chosen meanwhile
            return;
        }
        chosen = content;
        if (chosen) {
            enter("CHOSEN");
            showReview();
        } else {
            review.clear();
        }
    }

    function showReview() {
        reviewed = basisOf(device);
        review.show(chosen, device);
    }

    async function send() {
        const { bytes, image } = chosen;
        alert.replaceChildren();
        before = device;
        installed = null;
        const abort = new AbortController();
        const current = sending = { abort, isCancelled: false };
        progress.start(image);
        enter("SENDING");
        try {
            await link.send(bytes, image, { before, note: progress.note, signal: abort.signal,
                                            isCancelled: () => current.isCancelled });
        } catch (failure) {
            fail(current.isCancelled ? new Failure("CANCELLED", "The update was cancelled") : failure);
            return;
        }
        installed = image;
        enter("WAITING");
        outcome.waiting(image);
        show(device);
    }

    function fail(failure) {
        if (failure.code === "PASSWORD_NEEDED") {
            enter("CHOSEN");
            complain(failure);
            return;
        }
        enter("ENDED");
        outcome.failed(failure);
    }

    async function cancel() {
        const { abort } = sending;
        sending.isCancelled = true;
        progress.cancelling();
        try {
            await link.cancel();
        } catch (failure) {
            if (failure.code !== "NOT_OPEN") {
                complain(failure);
            }
        }
        abort.abort();
    }

    function finish() {
        if (chosen && !installed) {
            enter("CHOSEN"); // it failed; the same file may be tried again
            showReview();
        } else {
            chosen = installed = null;
            review.clear();
            enter("IDLE");
        }
        chooser.input.focus();
    }

    function show(now) {
        device = now;
        alert.querySelector(".lost")?.remove();
        card.show(now);
        if (state === "SENDING" && now.session) {
            progress.show(now.session);
        }
        if (state === "CHOSEN" && reviewed !== basisOf(device)) {
            showReview();
        }
        const result = installed && decide(before, now, true);
        if (result) {
            enter("ENDED");
            outcome.decided(installed, result);
        }
        showSurroundings();
    }

    enter("IDLE");
    return {
        show,
        progress(session) {
            if (state === "SENDING") {
                progress.show(session);
            }
        },
        unreachable(seconds) {
            if (state === "WAITING" && seconds > LATE_AFTER_S) {
                outcome.lost(installed, link.lostAdvice);
            } else if (state !== "WAITING" && state !== "SENDING" && seconds > LOST_AFTER_S &&
                       !alert.querySelector(".lost")) {
                alert.append(lost());
            }
        },
        // Whether leaving the page now would interrupt something.
        isBusy: () => state === "SENDING",
        isWaiting: () => state === "WAITING",
    };
}
