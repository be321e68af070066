// SPDX-License-Identifier: Apache-2.0
/* An update that is in progress and not this page's: how it comes, and a way to stop it. */
import { button, element, message } from "./dom.js";

const ways = { portal: "this web page", serial: "a serial line", pull: "the device's own download",
               another: "another connection" };

export function createForeign(onStop) {
    const root = element("div", { role: "status" });
    let shown = "";

    return {
        root,
        // A session as /info describes it, or nothing. What has not changed is not spoken again.
        show(session) {
            const isUnderWay = ["receiving", "finishing"].includes(session?.state);
            const way = isUnderWay ? ways[session.owner] ?? "Bluetooth" : "";
            if (way === shown) {
                return;
            }
            shown = way;
            root.replaceChildren(...(isUnderWay ? [message("info", "An update is in progress",
                `It comes over ${way}. Another file can be installed when it has ended; the same ` +
                "file goes on where it stopped."),
                element("div", { class: "buttons" }, button("secondary", "Stop it", onStop))] : []));
        },
    };
}
