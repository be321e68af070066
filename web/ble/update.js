// SPDX-License-Identifier: Apache-2.0
/*
 * Moves one update over a link until it is decided, over as many connections as it takes.
 *
 *     const update = new Update(client, link, { show, note, hasEnded });
 *     await update.run();       // throws a Failure
 *     update.cancel();
 *
 * client   WindowClient or SimpleClient
 * link     gatt_link.js, or a test's: connect(), disconnect(), write({to, bytes}),
 *          onnotify = (bytes) => …, ondisconnect = () => …
 * show     called with client.session whenever that may have changed
 * note     called with a sentence for the person; "" takes it back
 * hasEnded asked when a link is back: a promise of whether the device has reset and decided meanwhile
 */
// A link that breaks comes back by itself, as long as the person stays near.
const RECONNECT_MS = [200, 500, 1000, 2000];
const GIVE_UP_MS = 90000;

const clockMs = () => performance.now();

export class Update {
    constructor(client, link, { show, note, hasEnded }) {
        this.client = client;
        this.link = link;
        this.show = show;
        this.note = note;
        this.hasEnded = hasEnded;
        this.hasBegun = false;
        this.wake = () => {};
    }

    cancel() {
        this.client.cancel();
        if (!this.link.isConnected) {
            this.link.disconnect(); // some systems try to connect for ever
        }
        this.wake();
    }

    async run() {
        const { client, link } = this;
        link.onnotify = (bytes) => {
            client.take(bytes, clockMs());
            this.wake();
        };
        link.ondisconnect = () => {
            client.disconnected();
            this.wake();
        };
        try {
            while (!client.isOver) {
                await this.#connect();
                await this.#transfer();
            }
        } finally {
            link.onnotify = null;
            link.ondisconnect = null;
        }
        this.show(client.session);
        if (client.failure) {
            throw client.failure;
        }
    }

    async #reach() {
        await this.link.connect();
        if (this.hasBegun && await this.hasEnded()) {
            this.client.settle();
        }
    }

    async #connect() {
        const { client, link } = this;
        const beganMs = clockMs();
        for (let attempt = 0; !link.isConnected; attempt++) {
            try {
                await this.#reach();
            } catch (failure) {
                link.disconnect();
                if (client.isOver || clockMs() - beganMs > GIVE_UP_MS) {
                    throw client.failure ?? failure;
                }
                await this.#pause(RECONNECT_MS[Math.min(attempt, RECONNECT_MS.length - 1)]);
            }
            if (client.isOver) {
                return;
            }
        }
        this.hasBegun = true;
        this.note("");
        client.connected(clockMs());
    }

    // Until the update is over or the link is gone.
    async #transfer() {
        const { client, link } = this;
        while (!client.isOver && link.isConnected && !client.isLinkDead) {
            const write = client.give(clockMs());
            this.show(client.session);
            if (write) {
                await this.#write(write);
            } else if (!client.isOver) {
                await this.#pause(client.dueMs - clockMs());
            }
        }
        if (!client.isOver) {
            link.disconnect();
            client.disconnected();
            this.note("The connection broke. Connecting again …");
        }
    }

    async #write(write) {
        try {
            await this.link.write(write);
        } catch (failure) {
            if (this.link.isConnected && !this.client.isOver) {
                await this.#refuse(write, failure);
            }
        }
    }

    // A write that failed because the link is breaking is not refused: give the event time to come.
    async #refuse(write, failure) {
        await this.#pause(RECONNECT_MS[0]);
        if (!this.link.isConnected || this.client.isOver) {
            return;
        }
        if (failure.code === "NOT_PAIRED") {
            throw failure;
        }
        this.client.refused(write, clockMs());
    }

    #pause(ms) {
        return new Promise((resolve) => {
            const timer = setTimeout(resolve, Math.max(0, ms));
            this.wake = () => {
                clearTimeout(timer);
                resolve();
            };
        });
    }
}
