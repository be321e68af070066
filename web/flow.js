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
import { createComparison } from "./comparison.js";
import { createDeviceCard } from "./device_card.js";
import { button, element, message, setText } from "./dom.js";
import { Failure } from "./failure.js";
import { formatBytes } from "./format.js";
import { readImage } from "./image.js";
import { createOutcome } from "./outcome.js";
import { createProgress } from "./progress.js";
import { judge } from "./verdict.js";
import { decide } from "./wait.js";

// More than any flash chip for these devices holds; such a file is not even read.
const FILE_SIZE_LIMIT = 128 << 20;

const owners = { portal: "this web page", serial: "a serial line",
                 pull: "the device's own download", another: "another connection" };

const tones = { fine: "good", ask: "warn", refuse: "bad" };
const titles = {
    newer: "Newer version", older: "Older version", same: "Same version",
    "other-version": "Other version", "other-project": "Other project", "other-chip": "Other chip",
    "chip-revision": "Other chip revision", "not-firmware": "Not firmware",
    damaged: "Damaged file", "too-big": "Too big", "secure-version": "Secure version too low",
    "on-trial": "Not now", "no-slot": "No room for an update", unknown: "Firmware",
};

// Seconds without an answer until the person is told: in the middle of nothing, and after a switch,
// where a reset takes a while.
const LOST_AFTER_S = 5;
const LATE_AFTER_S = 12;

async function readFile(file) {
    if (file.size > FILE_SIZE_LIMIT) {
        return { bytes: null, image: { size: file.size,
                 what: `a file of ${formatBytes(file.size)}, more than any flash chip holds` } };
    }
    try {
        const bytes = new Uint8Array(await file.arrayBuffer());
        return { bytes, image: await readImage(bytes) };
    } catch {
        throw new Failure("HOST_IO", "The file could not be read on this phone or computer");
    }
}

export function createFlow(main, link) {
    let state = "IDLE";
    let device = null;    // as it was last heard of
    let before = null;    // as it was when the update began
    let chosen = null;    // {name, bytes, image}
    let sending = null;   // {abort, isCancelled}, while SENDING
    let installed = null; // the image that the device was switched to
    let foreign = "";     // the way of an update that is not this page's
    let reviewed = "";    // what of the device the review on screen rests on

    const card = createDeviceCard({
        onConfirm: () => command(link.confirm),
        onRollback: () => command(link.rollback),
    });
    const chooser = createChooser(choose);
    const progress = createProgress(cancel);
    const outcome = createOutcome(finish);
    const review = element("div", { class: "review", role: "region", "aria-label": "Chosen file" });
    const alert = element("div", { role: "alert" });
    const busy = element("div", { role: "status" });
    const password = element("input", { type: "password", id: "password",
                                        autocomplete: "current-password" });
    const passwordForm = element("form", { class: "card", hidden: true,
                                           onsubmit: (event) => event.preventDefault() },
        element("label", { class: "label", for: "password" }, "Password of this device"), password);
    const update = element("section", { class: "card", "aria-labelledby": "update" },
        element("h2", { id: "update", class: "label" }, "Update"), busy, review, chooser.root);
    main.append(alert, progress.root, outcome.root, card.root, passwordForm, update);
    password.addEventListener("input", () => {
        link.password = password.value;
    });

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
        const slot = device.update_slot;
        chooser.label(chosen ? "Choose another file" : "Choose a firmware file",
            `A .bin file for ${device.chip ?? "this device"}${slot ? `, up to ${formatBytes(slot.size)}` : ""}. ` +
            "It can be dropped here, too.");
        passwordForm.hidden = !device.password || state === "SENDING" || state === "WAITING";
        card.enable(state !== "SENDING" && state !== "WAITING");
        const session = device.session;
        const isForeign = session && state !== "SENDING" &&
            ["receiving", "finishing"].includes(session.state);
        const owner = isForeign ? owners[session.owner] ?? "Bluetooth" : "";
        if (owner !== foreign) {
            foreign = owner;
            busy.replaceChildren(...(isForeign ? [message("info", "An update is in progress",
                `It comes over ${owner}. Another file can be installed when it has ended; the same ` +
                "file goes on where it stopped."),
                element("div", { class: "buttons" },
                        button("secondary", "Stop it", () => command(link.cancel)))] : []));
        }
    }

    function lost() {
        const banner = message("warn", "The device does not answer", link.lostAdvice);
        banner.classList.add("lost");
        return banner;
    }

    function complain(failure) {
        alert.replaceChildren(message("bad", failure.message, failure.advice));
        if (failure.code === "PASSWORD_NEEDED") {
            passwordForm.hidden = false;
            password.focus();
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
        review.replaceChildren(element("p", { role: "status" }, `Reading ${file.name} …`));
        chosen = null;
        enter("IDLE");
        try {
            chosen = { name: file.name, ...await readFile(file) };
        } catch (failure) {
            review.replaceChildren();
            complain(failure);
            return;
        }
        enter("CHOSEN");
        showReview();
    }

    const basis = () => JSON.stringify([device?.boot_id, device?.running?.on_trial]);

    function showReview() {
        reviewed = basis();
        const { name, image } = chosen;
        const verdict = judge(image, device ?? {});
        const install = button("primary wide",
                               verdict.kind === "same" ? "Install again" : "Install", send);
        const tick = element("input", { type: "checkbox", onchange: () => {
            install.disabled = !tick.checked;
        } });
        const parts = [
            element("p", {}, element("strong", {}, name), ` ${formatBytes(image.size)}`),
            element("div", { role: "status" }, message(tones[verdict.level], titles[verdict.kind],
                verdict.sentence, verdict.level === "ask" ? "" : verdict.advice)),
        ];
        if (verdict.level === "ask") {
            install.disabled = true;
            parts.push(element("label", { class: "tick" }, tick, element("span", {}, verdict.advice)));
        }
        if (verdict.level !== "refuse" && device) {
            parts.push(install);
        }
        if (image.project !== undefined) {
            parts.push(createComparison(image, device ?? {}));
        }
        review.replaceChildren(...parts);
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
            review.replaceChildren();
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
        if (state === "CHOSEN" && reviewed !== basis()) {
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
