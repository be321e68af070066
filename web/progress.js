// SPDX-License-Identifier: Apache-2.0
/*
 * The progress view: what the device has written and verified, never what the browser has sent.
 *
 *     const progress = createProgress(cancel);
 *     card.append(progress.root);
 *     progress.start(image);
 *     progress.show({ state: "receiving", written: 4096, verified: 0 });
 *     progress.note("The connection broke …");
 */
import { button, element, setText } from "./dom.js";
import { formatBytes, formatSeconds } from "./format.js";
import { Rate } from "./rate.js";

const steps = { receiving: "Writing", finishing: "Verifying", switched: "Restarting" };
const order = Object.keys(steps);

export function createProgress(onCancel) {
    const title = element("h2", { tabindex: "-1" });
    const phase = element("span", { role: "status" });
    const percent = element("span", { class: "percent", "aria-hidden": "true" });
    const written = element("div", { class: "written" });
    const verified = element("div", { class: "verified" });
    const bar = element("div", { class: "bar", role: "progressbar", "aria-label": "Update",
                                 "aria-valuemin": "0", "aria-valuemax": "100" }, written, verified);
    const amount = element("span", { class: "amount" });
    const pace = element("span", { class: "pace" });
    const stepItems = order.map((state) => element("li", {}, steps[state]));
    const note = element("p", { class: "note", role: "status" });
    const cancel = button("secondary", "Cancel", onCancel);
    const root = element("section", { class: "card progress", hidden: true }, title,
        element("div", { class: "row" }, phase, percent), bar,
        element("div", { class: "row muted" }, amount, pace),
        element("ol", { class: "steps", "aria-hidden": "true" }, ...stepItems), note, cancel);
    let size = 1;
    let rate = new Rate();

    function showStep(state) {
        const current = order.indexOf(state);
        stepItems.forEach((item, index) => {
            item.className = index < current ? "done" : index === current ? "current" : "";
        });
        setText(phase, steps[state] ?? "Preparing");
        cancel.hidden = state === "switched";
    }

    function showBar(bytes, words) {
        const share = Math.min(100, Math.floor(bytes * 100 / size));
        setText(percent, `${share} %`);
        bar.setAttribute("aria-valuenow", share);
        bar.setAttribute("aria-valuetext", `${share} %, ${words}`);
        setText(amount, words);
    }

    function showPace(bytes) {
        const speed = rate.get();
        setText(pace, speed ? `${formatBytes(speed)}/s, about ` +
            `${formatSeconds((size - bytes) / speed)} left` : "");
    }

    return {
        root,
        start(image) {
            size = image.size;
            rate = new Rate();
            setText(title, `Installing ${image.project} ${image.version}`);
            setText(note, "");
            cancel.disabled = false;
            root.hidden = false;
            this.show({ state: "preparing", written: 0, verified: 0 });
            title.focus();
        },
        // A session as /info describes it.
        show(session) {
            const total = formatBytes(size);
            written.style.width = `${session.written * 100 / size}%`;
            verified.style.width = `${session.verified * 100 / size}%`;
            showStep(session.state);
            if (session.state === "receiving") {
                rate.add(performance.now(), session.written);
                showBar(session.written, `${formatBytes(session.written)} of ${total} written`);
                showPace(session.written);
            } else if (session.state === "finishing") {
                showBar(session.verified, `${formatBytes(session.verified)} of ${total} verified`);
                setText(pace, "");
            } else {
                showBar(session.verified, session.verified ? `${total} verified` : "");
                setText(pace, "");
            }
        },
        note(text) {
            setText(note, text);
        },
        cancelling() {
            cancel.disabled = true;
            setText(note, "Cancelling …");
        },
    };
}
