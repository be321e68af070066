// SPDX-License-Identifier: Apache-2.0
/*
 * What the device is and what runs on it; with a version on trial, the question what to do about it.
 *
 *     const card = createDeviceCard({ onConfirm, onRollback });
 *     card.show(device);      // as /info describes it; unknown fields may be left out
 */
import { button, element, message, setText } from "./dom.js";
import { asSentence, formatBytes, formatRevision } from "./format.js";

const stages = {
    none: () => "There was no update yet.",
    writing: () => "An update was begun and is not complete. The same file goes on where it stopped.",
    failed: (last) => `The last update failed: ${last.message}.`,
    switched: () => "An update is installed; the device starts it with the next reset.",
    trial: () => "An update is on trial.",
    confirmed: () => "The last update was confirmed.",
    rejected: (last) => `The last update was rejected: ${last.message}.`,
    rolled_back: (last) => `The last update was rolled back: ${last.message}.`,
};

function resetReason(last) {
    const reason = last.reset_reason;
    return last.stage === "rolled_back" && reason && reason !== "unknown"
        ? ` Reset by: ${reason.replace(/_/g, " ")}.` : "";
}

export const describeLastUpdate = (last) =>
    (stages[last?.stage] ?? stages.none)(last) + (last ? resetReason(last) : "");

// What the progress view tells need not be told twice.
const isUnderWay = (session) => ["receiving", "finishing", "switched"].includes(session?.state);

function fact(label, value) {
    return value === undefined || value === null || value === "" ? [] :
        [element("dt", {}, label), element("dd", {}, String(value))];
}

function describeSlot(slot) {
    const content = slot.version ? `${slot.project} ${slot.version}` : "empty";
    return `${content}, ${formatBytes(slot.size)}${slot.running ? ", runs now" : ""}`;
}

const describeLeast = (version) =>
    version === null || version === undefined ? null : `${version} or more is accepted`;

const describeWay = (last) => last?.from && last.to &&
    `${last.from} → ${last.to}${last.image_size ? `, ${formatBytes(last.image_size)}` : ""}`;

function details(device) {
    const { running, slots = [] } = device;
    return [
        ...fact("Built", [running.date, running.time].filter(Boolean).join(" ")),
        ...fact("ESP-IDF", running.idf_version),
        ...slots.flatMap((slot) => fact(`Slot ${slot.label}`, describeSlot(slot))),
        ...fact("Next update", device.update_slot && `goes to ${device.update_slot.label}`),
        ...fact("Last update", describeWay(device.last_update)),
        ...fact("Secure version", describeLeast(device.secure_version)),
    ];
}

export function createDeviceCard({ onConfirm, onRollback }) {
    const version = element("span", { class: "version" }, "…");
    const badge = element("span", { class: "badge" });
    const project = element("p", { class: "muted" });
    const last = element("p", { class: "last" });
    const facts = element("dl");
    const more = element("details", {}, element("summary", {}, "Details"), facts);
    const confirm = button("primary", "Confirm this version", onConfirm);
    const rollback = button("secondary", "Go back", onRollback);
    const trial = element("div", { hidden: true }, message("warn", "Is everything in order?",
        "This version is on trial. If it is not confirmed before the next reset, the device goes " +
        "back to the version before."), element("div", { class: "buttons" }, confirm, rollback));
    const root = element("section", { class: "card", "aria-labelledby": "running" },
        element("h2", { id: "running", class: "label" }, "Runs now"),
        element("p", { class: "headline" }, version, " ", badge), project, trial, last,
        more);

    return {
        root,
        show(device) {
            const { running } = device;
            const chip = device.revision === undefined ? device.chip :
                `${device.chip} ${formatRevision(device.revision)}`;
            setText(version, running.version ?? "unknown version");
            setText(badge, running.on_trial ? "On trial" : "Confirmed");
            badge.hidden = running.on_trial === undefined;
            badge.className = `badge ${running.on_trial ? "warn" : "good"}`;
            setText(project, [running.project, chip, running.label].filter(Boolean).join(" · "));
            setText(last, asSentence(describeLastUpdate(device.last_update)));
            trial.hidden = !running.on_trial;
            last.hidden = running.on_trial === true || device.last_update === undefined ||
                isUnderWay(device.session);
            const shown = element("dl", {}, ...details(device));
            if (shown.innerHTML !== facts.innerHTML) {
                facts.replaceChildren(...shown.childNodes);
                more.hidden = !facts.hasChildNodes();
            }
        },
        // While a request is on its way.
        enable(enabled) {
            confirm.disabled = rollback.disabled = !enabled;
        },
    };
}
