// SPDX-License-Identifier: Apache-2.0
/*
 * A device that speaks protocol A only, for the page. It says little: no chip, no slot, no record of
 * an update; its version where Device Information holds one.
 */
import { FIRMWARE_REVISION } from "./information.js";
import { SimpleClient } from "./simple_client.js";
import { Update } from "./update.js";

export class SimpleDevice {
    constructor(link) {
        this.link = link;
        this.update = null;
    }

    async describe() {
        const version = await this.link.readText(FIRMWARE_REVISION);
        return { device: this.link.name, running: version ? { version } : {},
                 boot_id: this.link.connections }; // a reset is seen by the link that it cuts
    }

    // As flow.js asks for it.
    async send(bytes, image, { note }, show) {
        const client = new SimpleClient(bytes);
        const hasEnded = async () => client.session.state === "finishing";
        this.update = new Update(client, this.link, { show, note, hasEnded });
        try {
            await this.update.run();
        } finally {
            this.update = null;
            this.link.disconnect(); // the only word that the protocol has for stopping
        }
    }

    async cancel() {
        await this.update?.cancel();
    }
}
