// SPDX-License-Identifier: Apache-2.0
/*
 * The Bluetooth page: a device is chosen once, then kept connected and looked at, so that it is there
 * again after each reset; an update has the link to itself.
 *
 *     nobody --choose--> connecting --> looking every few seconds <--> updating
 *                            ^                 |
 *                            +----- lost ------+
 */
import { keepAwake } from "./awake.js";
import { element, setText } from "./dom.js";
import "./errors.js";
import { createFlow } from "./flow.js";
import { chooseDevice, whyNoBluetooth } from "./ble/choose_device.js";
import { createConnectionCard } from "./ble/connection_card.js";
import { GattLink } from "./ble/gatt_link.js";
import { SimpleDevice } from "./ble/simple_device.js";
import { WindowDevice } from "./ble/window_device.js";

// Between two looks at the device, and between two attempts to connect, in milliseconds.
const LOOK_MS = 3000;
const RETRY_MS = 700;

// A first connection fails now and then for no reason.
const FIRST_ATTEMPTS = 3;

let link = null;   // to the chosen device
let device = null; // what speaks its protocol, once connected
let misses = 0;    // attempts to connect to a device that was never seen
let wake = () => {};

const rest = (milliseconds) => new Promise((resolve) => {
    wake = resolve;
    setTimeout(resolve, milliseconds);
});

async function command(name) {
    await device[name]();
    wake();
}

const way = {
    lostAdvice: "Stay near it, with Bluetooth switched on. This page connects again by itself.",
    async send(bytes, image, context) {
        const lock = await keepAwake();
        card.enable(false);
        try {
            await device.send(bytes, image, context, flow.progress);
        } finally {
            card.enable(true);
            lock?.release();
            wake();
        }
    },
    cancel: () => command("cancel"),
    confirm: () => command("confirm"),
    rollback: () => command("rollback"),
};

const content = element("div", { class: "flow", hidden: true });
const card = createConnectionCard({ onChoose: choose });
document.querySelector("main").append(card.root, content);
const flow = createFlow(content, way);

function showDevice(description) {
    setText(document.querySelector("h1"), description.device);
    document.title = `${description.device}: firmware update`;
    card.connected(description.device);
    content.hidden = false;
    flow.show(description);
}

async function choose(all) {
    try {
        const chosen = await chooseDevice(all);
        if (chosen && chosen !== link?.device) {
            link?.disconnect();
            link = new GattLink(chosen);
            chosen.addEventListener("gattserverdisconnected", () => wake());
            device = null;
            misses = 0;
            content.hidden = true;
            card.show(`Connecting to ${link.name} …`);
        }
    } catch (failure) {
        card.fail(failure);
    }
    wake();
}

// The device as it is now. Another one may be chosen meanwhile: then null.
async function look() {
    const current = link;
    if (!current.isConnected) {
        await current.connect();
        device = current.protocol === "window" ? new WindowDevice(current)
                                               : new SimpleDevice(current);
    }
    const description = await device.describe();
    return current === link && !flow.isBusy() ? description : null;
}

async function watch() {
    let heardMs = performance.now();
    for (;;) {
        if (link && !flow.isBusy()) {
            const current = link;
            try {
                const description = await look();
                heardMs = performance.now();
                if (description) {
                    showDevice(description);
                }
            } catch (failure) {
                if (!failure.code) {
                    throw failure;
                }
                if (current === link) {
                    complain(failure, (performance.now() - heardMs) / 1000);
                }
            }
        }
        await rest(link && !link.isConnected ? RETRY_MS : LOOK_MS);
    }
}

// A device that was never seen is the person's to choose again; one that was comes back.
function complain(failure, seconds) {
    const isHopeless = ["OTHER_DEVICE", "NOT_PAIRED"].includes(failure.code);
    if (content.hidden && (isHopeless || ++misses >= FIRST_ATTEMPTS)) {
        link = null;
        card.fail(failure);
    } else if (isHopeless) {
        card.fail(failure);
    } else {
        card.show(`Connecting to ${link.name} …`);
        flow.unreachable(seconds);
    }
}

const obstacle = whyNoBluetooth();
if (obstacle) {
    card.unsupported(obstacle);
} else {
    document.addEventListener("visibilitychange", () => wake());
    window.addEventListener("beforeunload", (event) => {
        if (flow.isBusy()) {
            event.preventDefault();
        }
    });
    watch();
}
