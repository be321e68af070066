// SPDX-License-Identifier: Apache-2.0
/*
 * The way to a device: the button that opens the browser's chooser, what to do when the device is not
 * in it, and how the connection is.
 *
 *     const card = createConnectionCard({ onChoose });     // onChoose(all)
 *     card.show("Connecting to lamp …");
 *     card.fail(failure);                                  // or card.unsupported(failure)
 *     card.connected("lamp");
 */
import { button, element, message, setText } from "../dom.js";

export function createConnectionCard({ onChoose }) {
    const status = element("p", { role: "status" });
    const trouble = element("div", { role: "alert" });
    const choose = button("primary wide", "Choose a device", () => onChoose(false));
    const all = button("secondary", "Show everything in reach", () => onChoose(true));
    const help = element("details", {}, element("summary", {}, "My device is not in the list"),
        element("p", {}, "Switch it on and stay near it. It can be found while no other phone or " +
            "computer is connected to it. Some devices offer updates only after a button was " +
            "pressed. A device with a name of its own may be hidden:"),
        element("div", { class: "buttons" }, all));
    const root = element("section", { class: "card", "aria-labelledby": "connection" },
        element("h2", { id: "connection", class: "label" }, "Bluetooth"), trouble, status, choose,
        help);

    function show(text) {
        setText(status, text);
        trouble.replaceChildren();
    }

    show("The device has to be switched on and near.");
    return {
        root,
        show,
        fail(failure) {
            setText(status, "");
            trouble.replaceChildren(message("bad", failure.message, failure.advice));
        },
        unsupported(failure) {
            this.fail(failure);
            choose.hidden = help.hidden = true;
        },
        connected(name) {
            show(`Connected to ${name}.`);
            setText(choose, "Choose another device");
            choose.className = "secondary";
            help.hidden = true;
        },
        enable(enabled) {
            choose.disabled = all.disabled = !enabled;
        },
    };
}
