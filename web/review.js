// SPDX-License-Identifier: Apache-2.0
/*
 * What is said of the chosen file: the verdict, the way to install it where there is one, and the
 * facts beside what runs now.
 *
 *     const review = createReview(install);
 *     review.show(chosen, device);     // {name, image}; the device may be null, while nothing is known
 */
import { createComparison } from "./comparison.js";
import { button, element, message } from "./dom.js";
import { formatBytes } from "./format.js";
import { judge } from "./verdict.js";

const tones = { fine: "good", ask: "warn", refuse: "bad" };
const titles = {
    newer: "Newer version", older: "Older version", same: "Same version",
    "other-version": "Other version", "other-project": "Other project", "other-chip": "Other chip",
    "chip-revision": "Other chip revision", "not-firmware": "Not firmware",
    damaged: "Damaged file", "too-big": "Too big", "secure-version": "Secure version too low",
    "on-trial": "Not now", "no-slot": "No room for an update", unknown: "Firmware",
};

// The button, and before it what has to be ticked.
function createInstall(verdict, onInstall) {
    const install = button("primary wide",
                           verdict.kind === "same" ? "Install again" : "Install", onInstall);
    if (verdict.level !== "ask") {
        return [install];
    }
    const tick = element("input", { type: "checkbox", onchange: () => {
        install.disabled = !tick.checked;
    } });
    install.disabled = true;
    return [element("label", { class: "tick" }, tick, element("span", {}, verdict.advice)), install];
}

export function createReview(onInstall) {
    const root = element("div", { class: "review", role: "region", "aria-label": "Chosen file" });

    return {
        root,
        reading(name) {
            root.replaceChildren(element("p", { role: "status" }, `Reading ${name} …`));
        },
        show({ name, image }, device) {
            const verdict = judge(image, device ?? {});
            const isPossible = device && verdict.level !== "refuse";
            root.replaceChildren(
                element("p", {}, element("strong", {}, name), ` ${formatBytes(image.size)}`),
                element("div", { role: "status" }, message(tones[verdict.level],
                    titles[verdict.kind], verdict.sentence,
                    verdict.level === "ask" ? "" : verdict.advice)),
                ...(isPossible ? createInstall(verdict, onInstall) : []),
                ...(image.project === undefined ? [] : [createComparison(image, device ?? {})]));
        },
        clear() {
            root.replaceChildren();
        },
    };
}
