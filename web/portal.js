// SPDX-License-Identifier: Apache-2.0
/* The page that the device serves: /info is its eye, PUT /update its hand. */
import { keepAwake } from "./awake.js";
import { setText } from "./dom.js";
import "./errors.js";
import { createFlow } from "./flow.js";
import { Portal } from "./http.js";
import { upload } from "./upload.js";

// How often /info is asked, in milliseconds.
const BUSY_MS = 400;
const WAITING_MS = 1000;
const IDLE_MS = 3000;

const portal = new Portal();
let wake = () => {};

const rest = (milliseconds) => new Promise((resolve) => {
    wake = resolve;
    setTimeout(resolve, milliseconds);
});

async function change(path) {
    await portal.change("POST", path);
    wake();
}

const link = {
    lostAdvice: "Your phone may have moved to another network: join the device's Wi-Fi again. " +
        "This page goes on by itself.",
    set password(text) {
        portal.password = text;
    },
    async send(bytes, image, context) {
        const lock = await keepAwake();
        wake();
        try {
            await upload(portal, bytes, image, context, flow.progress);
        } finally {
            lock?.release();
            wake();
        }
    },
    cancel: () => change("/cancel"),
    confirm: () => change("/confirm"),
    rollback: () => change("/rollback"),
};

const flow = createFlow(document.querySelector("main"), link);

function showHeader(device) {
    setText(document.querySelector("h1"), device.device);
    document.title = `${device.device}: firmware update`;
}

function interval() {
    if (flow.isBusy()) {
        return BUSY_MS;
    }
    return flow.isWaiting() ? WAITING_MS : IDLE_MS;
}

async function watch() {
    let heardMs = performance.now();
    for (;;) {
        try {
            const device = await portal.info(3000);
            heardMs = performance.now();
            showHeader(device);
            flow.show(device);
        } catch (failure) {
            if (!failure.code) {
                throw failure;
            }
            flow.unreachable((performance.now() - heardMs) / 1000);
        }
        await rest(document.hidden && !flow.isBusy() ? 4 * IDLE_MS : interval());
    }
}

document.addEventListener("visibilitychange", () => wake());
window.addEventListener("online", () => wake());
window.addEventListener("beforeunload", (event) => {
    if (flow.isBusy()) {
        event.preventDefault();
    }
});

watch();
