// SPDX-License-Identifier: Apache-2.0
/*
 * Building the page. Text is always text, never markup: names come from files and devices.
 *
 *     const button = element("button", { class: "primary", onclick: install }, "Install");
 */

export function element(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
        if (name.startsWith("on")) {
            node.addEventListener(name.slice(2), value);
        } else if (value === true) {
            node.setAttribute(name, "");
        } else if (value !== false && value !== undefined) {
            node.setAttribute(name, value);
        }
    }
    node.append(...children.filter((child) => child !== null && child !== undefined));
    return node;
}

// Writes only what changes, so that a live region speaks once and a selection is kept.
export function setText(node, text) {
    if (node.textContent !== text) {
        node.textContent = text;
    }
}

export function button(kind, text, onclick) {
    return element("button", { type: "button", class: kind, onclick }, text);
}

// A round sign before a sentence: tone is good, warn, bad or info. The sentence says the same.
export function sign(tone) {
    const glyphs = { good: "✓", warn: "!", bad: "✕", info: "i" };
    return element("span", { class: `sign ${tone}`, "aria-hidden": "true" }, glyphs[tone]);
}

// A message with a sign, a heading and paragraphs; empty paragraphs are left out.
export function message(tone, title, ...paragraphs) {
    return element("div", { class: `message ${tone}` }, sign(tone),
        element("div", {}, element("strong", {}, title),
            ...paragraphs.filter(Boolean).map((text) => element("p", {}, text))));
}
