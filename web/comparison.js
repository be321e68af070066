// SPDX-License-Identifier: Apache-2.0
/* The chosen file beside what runs now, as a table. */
import { element } from "./dom.js";
import { formatBytes } from "./format.js";

const built = (date, time) => [date, time?.slice(0, 5)].filter(Boolean).join(" ");

// Long digits in groups, so that a narrow screen can break them and an eye can compare them.
const grouped = (digits) =>
    (digits.match(/.{8}/g) ?? []).flatMap((group) => [element("span", {}, group), " "]);

export function createComparison(image, device) {
    const running = device.running ?? {};
    const slot = device.update_slot;
    const rows = [
        ["Project", running.project, image.project, true],
        ["Version", running.version, image.version, true],
        ["Chip", device.chip, image.chip, true],
        ["Built", built(running.date, running.time), built(image.date, image.time)],
        ["ESP-IDF", running.idf_version, image.idfVersion],
    ];
    const body = rows.map(([label, now, then, matters]) => element("tr", {},
        element("th", { scope: "row" }, label), element("td", {}, now || "–"),
        element("td", { class: matters && now !== then ? "differs" : "" }, then || "–")));
    const wide = (label, ...value) => element("tr", {}, element("th", { scope: "row" }, label),
        element("td", { colspan: "2" }, ...value));
    const signature = image.signature ? `${image.signature}; the device checks it` : "none";

    return element("table", { class: "comparison" },
        element("caption", { class: "unseen" }, "This file beside what runs now"),
        element("thead", {}, element("tr", {}, element("td", {}),
            element("th", { scope: "col" }, "Runs now"),
            element("th", { scope: "col" }, "This file"))),
        element("tbody", {}, ...body,
            wide("Size", formatBytes(image.size) +
                (slot ? ` of ${formatBytes(slot.size)} in ${slot.label}` : "")),
            wide("Signature", signature),
            image.sha256 ? wide("SHA-256", element("code", {}, ...grouped(image.sha256))) : null));
}
