// SPDX-License-Identifier: Apache-2.0
/* The field for the device's password; what is typed goes to the link at once. */
import { element } from "./dom.js";

export function createPassword(link) {
    const field = element("input", {
        type: "password", id: "password", autocomplete: "current-password",
        oninput: () => {
            link.password = field.value;
        },
    });
    // A form, because password managers look for one.
    const root = element("form", { class: "card", hidden: true,
                                   onsubmit: (event) => event.preventDefault() },
        element("label", { class: "label", for: "password" }, "Password of this device"), field);

    return {
        root,
        ask() {
            root.hidden = false;
            field.focus();
        },
    };
}
