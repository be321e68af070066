// SPDX-License-Identifier: Apache-2.0
/*
 * A device that speaks protocol C, for the page: what it is, in the words of /info (SPEC.md, section
 * 11) as far as it says so, and what it can be asked.
 */
import { chipName } from "../image.js";
import { decide } from "../wait.js";
import { BluetoothFailure } from "./bluetooth_failure.js";
import { OK, failureOf, statusOf } from "./status.js";
import { Update } from "./update.js";
import { WindowClient } from "./window_client.js";
import { CANCEL, CONFIRM, REJECT, decodeAnswer, decodeInfo } from "./window_frame.js";

const ANSWER_MS = 5000;

const stageNames = ["none", "writing", "failed", "switched", "trial", "confirmed", "rejected",
                    "rolled_back"];
const resetReasons = { 1: "power on", 2: "external", 3: "software", 4: "panic", 5: "watchdog",
                       9: "brownout" };

function slotLabel(slot) {
    return { "-1": "factory", "-2": "test" }[slot] ?? (slot >= 0 ? `ota_${slot}` : "");
}

function describeApp(info) {
    return {
        label: slotLabel(info.running),
        project: info.hasApp ? info.project : null,
        version: info.hasApp ? info.version : null,
        on_trial: info.onTrial,
    };
}

export function describeInfo(info, name) {
    return {
        device: info.name || name,
        chip: chipName(info.chipId),
        revision: info.revision,
        boot_id: info.bootId.toString(16),
        running: describeApp(info),
        update_slot: info.updateSlot === -3 ? null
            : { label: slotLabel(info.updateSlot), size: info.slotSize },
        secure_version: info.secureVersion || null,
        last_update: { stage: stageNames[info.stage] ?? "none", ...statusOf(info.status),
                       reset_reason: resetReasons[info.resetReason] ?? "unknown" },
        session: { state: info.isUpdating ? "receiving" : "idle", owner: "another" },
    };
}

export class WindowDevice {
    constructor(link) {
        this.link = link;
        this.update = null;
    }

    async describe() {
        const info = decodeInfo(await this.link.readInfo());
        if (!info) {
            throw new BluetoothFailure("OTHER_DEVICE");
        }
        return describeInfo(info, this.link.name);
    }

    // As flow.js asks for it.
    async send(bytes, image, { before, note }, show) {
        const client = new WindowClient(bytes, image);
        const hasEnded = async () => decide(before, await this.describe(), false) !== null;
        this.update = new Update(client, this.link, { show, note, hasEnded });
        try {
            await this.update.run();
        } finally {
            this.update = null;
        }
    }

    // Our own update, or somebody else's.
    async cancel() {
        if (this.update) {
            await this.update.cancel();
        } else {
            await this.#request(CANCEL);
        }
    }

    confirm() {
        return this.#request(CONFIRM);
    }

    rollback() {
        return this.#request(REJECT);
    }

    async #request(op) {
        const { link } = this;
        const answer = new Promise((resolve, reject) => {
            setTimeout(() => reject(new BluetoothFailure("NO_ANSWER")), ANSWER_MS);
            link.onnotify = (bytes) => {
                const answer = decodeAnswer(bytes);
                if (answer?.kind === "answer" && answer.request === op) {
                    resolve(answer.status);
                }
            };
        });
        const [status] = await Promise.all([answer,
            link.write({ to: "control", bytes: Uint8Array.of(op) })]);
        if (status !== OK) {
            throw failureOf(status);
        }
    }
}
