// SPDX-License-Identifier: Apache-2.0
/* A mistake in the page is shown, so that it can be reported from a phone, which has no console. */
import { message } from "./dom.js";

function show(text) {
    document.querySelector("main").prepend(message("bad", "Something went wrong in this page",
        text, "Reload it. The device itself is not affected."));
}

window.addEventListener("error", (event) => show(event.message));
window.addEventListener("unhandledrejection", (event) => show(String(event.reason)));
