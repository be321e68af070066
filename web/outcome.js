// SPDX-License-Identifier: Apache-2.0
/* How an update ended, or that it is still being waited for: one card with a sentence and what to do. */
import { button, element, message, setText } from "./dom.js";
import { adviceFor } from "./failure.js";
import { asSentence } from "./format.js";

const named = (image) => `${image.project} ${image.version}`;

const texts = {
    confirmed: (image) => ["good", `${named(image)} is running`,
        "The new version has started and is confirmed. The update is complete."],
    trial: (image) => ["warn", `${named(image)} is running on trial`,
        "The new version has started and is being tested. It is kept once it is confirmed."],
    untold: (image) => ["info", `${named(image)} is installed`,
        "The device has restarted and answers. It cannot say whether it kept the new version."],
    "rolled-back": (image, { code, message: reason }) => ["bad",
        "The device went back to the version before",
        `${named(image)} was started but not kept: ${asSentence(reason)}`, adviceFor(code)],
};

export function createOutcome(onDone) {
    const content = element("div", { role: "status" });
    const done = button("secondary", "Done", onDone);
    const root = element("section", { class: "card", tabindex: "-1", "aria-label": "Result",
                                      hidden: true }, content, done);
    let shown = "";

    // The same card again is not spoken again.
    function show(key, ...card) {
        root.hidden = false;
        root.classList.toggle("waits", key === "waiting" || key === "lost");
        if (key !== shown) {
            shown = key;
            content.replaceChildren(message(...card));
        }
    }

    return {
        root,
        done,
        hide() {
            root.hidden = true;
            shown = "";
        },
        waiting(image) {
            done.hidden = true;
            show("waiting", "info", "The device restarts",
                 `${named(image)} is installed. Waiting for the device to come back …`);
            root.focus();
        },
        lost(image, advice) {
            show("lost", "info", "Waiting for the device",
                 `${named(image)} is installed, but the device has not come back yet. ${advice}`);
        },
        decided(image, outcome) {
            done.hidden = false;
            setText(done, "Done");
            show(outcome.result + outcome.code, ...texts[outcome.result](image, outcome));
        },
        failed(failure) {
            done.hidden = false;
            setText(done, "Back");
            const calm = failure.code === "CANCELLED";
            show(`failed ${failure.message}`, calm ? "info" : "bad",
                 calm ? "Cancelled" : "The update did not succeed",
                 calm ? "" : failure.message, failure.advice);
            root.focus();
        },
    };
}
