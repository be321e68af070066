// SPDX-License-Identifier: Apache-2.0
/*
 * Choosing a file: a picker that restricts nothing (an accept filter hides firmware on some phones),
 * and the whole page as a place to drop it on.
 *
 *     const chooser = createChooser((file) => …);
 */
import { element, setText } from "./dom.js";

export function createChooser(onFile) {
    const input = element("input", {
        type: "file", id: "file", class: "unseen",
        onchange: () => {
            const file = input.files[0];
            input.value = ""; // the same file may be chosen again
            if (file) {
                onFile(file);
            }
        },
    });
    const words = element("span", { class: "choose" });
    const hint = element("span", { class: "muted" });
    const root = element("label", { class: "drop", for: "file" }, input, words, hint);
    let isEnabled = true;

    function isFileDrag(event) {
        return event.dataTransfer && Array.from(event.dataTransfer.types).includes("Files");
    }

    // A file that is dropped beside the target would otherwise replace the page.
    for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
        document.addEventListener(name, (event) => {
            if (!isFileDrag(event)) {
                return;
            }
            event.preventDefault();
            const leaves = name === "drop" || (name === "dragleave" && !event.relatedTarget);
            root.classList.toggle("over", isEnabled && !leaves);
            const file = name === "drop" && event.dataTransfer.files[0];
            if (file && isEnabled) {
                onFile(file);
            }
        });
    }

    return {
        root,
        input,
        label(text, more) {
            setText(words, text);
            setText(hint, more);
        },
        enable(enabled) {
            isEnabled = enabled;
            input.disabled = !enabled;
        },
    };
}
