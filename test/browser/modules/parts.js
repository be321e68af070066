// SPDX-License-Identifier: Apache-2.0
/* Cases for the parts that the pages share. Each export is a case; it throws when something is wrong. */
import { Failure } from "/failure.js";
import { asSentence, formatBytes, formatRevision, formatSeconds } from "/format.js";
import { Rate } from "/rate.js";
import { Sha256, hex } from "/sha256.js";
import { judge } from "/verdict.js";
import { compareVersions } from "/version.js";
import { decide } from "/wait.js";

function equal(actual, expected, what = "") {
    const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
    if (a !== b) {
        throw new Error(`${what} ${a} is not ${b}`);
    }
}

const bytesOf = (length) => Uint8Array.from({ length }, (_, index) => (index * 7 + 3) & 255);

export async function sha256_agrees_with_the_browsers_for_every_length() {
    for (let length = 0; length < 200; length++) {
        const bytes = bytesOf(length);
        const expected = hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
        equal(hex(new Sha256().update(bytes).digest()), expected, `length ${length}`);
    }
}

export function sha256_gives_the_same_in_any_split() {
    const bytes = bytesOf(150);
    const whole = hex(new Sha256().update(bytes).digest());
    for (let at = 0; at <= bytes.length; at++) {
        const sha = new Sha256().update(bytes.subarray(0, at));
        const copy = sha.copy();
        sha.update(bytes); // must not disturb the copy
        equal(hex(copy.update(bytes.subarray(at)).digest()), whole, `split at ${at}`);
    }
}

export async function sha256_is_right_for_megabytes() {
    const bytes = new Uint8Array(1 << 20);
    const sha = new Sha256();
    for (let count = 0; count < 16; count++) {
        sha.update(bytes);
    }
    const expected = new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(16 << 20)));
    equal(hex(sha.digest()), hex(expected));
}

export function versions_are_ordered_as_the_device_does() {
    const grid = [
        ["1.0.0", "1.0.1"], ["1.9.0", "1.10.0"], ["v1.2", "1.3"], ["1.2.0-rc1", "1.2.0"],
        ["1.2.0-rc1", "1.2.0-rc2"], ["1.2", "1.2.1"], ["1.2", "1.2-5-g0123ab"],
        ["1.2-5-gfff", "1.2-12-g0"], ["0.9.12", "1.0.0"], ["1.2~1", "1.2"], ["1", "1.0"],
        ["", "1"], ["1.99999999999999999998", "1.99999999999999999999"],
    ];
    for (const [older, newer] of grid) {
        equal(compareVersions(older, newer) < 0, true, `${older} < ${newer}`);
        equal(compareVersions(newer, older) > 0, true, `${newer} > ${older}`);
        equal(compareVersions(older, older), 0, older);
    }
    equal(compareVersions("v1.2.0", "1.2.0+build7"), 0);
    equal(compareVersions("1.02", "1.2"), 0);
}

const image = {
    size: 500000, chip: "esp32c3", minRevision: 0, maxRevision: 65535, project: "lamp",
    version: "2.0.0", secureVersion: 0, elfSha256: "aa", problem: null,
};
const device = {
    chip: "esp32c3", revision: 4, running: { label: "ota_0", project: "lamp", version: "1.0.0",
    elf_sha256: "bb", on_trial: false }, update_slot: { label: "ota_1", size: 1000000 },
    secure_version: null, policy: { other_project: true, same_version: true, older_version: true },
};

export function verdicts_name_every_case() {
    const running = (more) => ({ ...device, running: { ...device.running, ...more } });
    const policy = (more) => ({ ...device, policy: { ...device.policy, ...more } });
    const rows = [
        [image, device, "fine", "newer"],
        [{ ...image, what: "a ZIP archive" }, device, "refuse", "not-firmware"],
        [{ ...image, problem: { code: "BAD_HASH", text: "it is damaged" } }, device, "refuse", "damaged"],
        [{ ...image, chip: "esp32" }, device, "refuse", "other-chip"],
        [{ ...image, minRevision: 4 }, device, "fine", "newer"],
        [{ ...image, minRevision: 5 }, device, "refuse", "chip-revision"],
        [{ ...image, maxRevision: 3 }, device, "refuse", "chip-revision"],
        [{ ...image, maxRevision: 0 }, device, "fine", "newer"],
        [image, running({ on_trial: true }), "refuse", "on-trial"],
        [image, { ...device, update_slot: null }, "refuse", "no-slot"],
        [image, { ...device, update_slot: { size: 499999 } }, "refuse", "too-big"],
        [image, { ...device, update_slot: { size: 500000 } }, "fine", "newer"],
        [image, { ...device, secure_version: 1 }, "refuse", "secure-version"],
        [{ ...image, secureVersion: 1 }, { ...device, secure_version: 1 }, "fine", "newer"],
        [{ ...image, project: "heater" }, device, "ask", "other-project"],
        [{ ...image, project: "heater" }, policy({ other_project: false }), "refuse", "other-project"],
        [{ ...image, version: "0.9" }, device, "ask", "older"],
        [{ ...image, version: "0.9" }, policy({ older_version: false }), "refuse", "older"],
        [{ ...image, version: "1.0.0" }, device, "fine", "same"],
        [{ ...image, version: "1.0.0" }, policy({ same_version: false }), "refuse", "same"],
        [{ ...image, version: "1.0.0+b2" }, device, "fine", "other-version"],
        [image, running({ project: null, version: null }), "fine", "unknown"],
        [image, {}, "fine", "unknown"],
    ];
    for (const [file, target, level, kind] of rows) {
        const verdict = judge(file, target);
        equal([verdict.level, verdict.kind], [level, kind], JSON.stringify([file, target]));
        equal(/^[A-Z].*\.$/.test(verdict.sentence), true, verdict.sentence);
    }
}

export function an_outcome_is_decided_by_boot_id_and_slot() {
    const before = { boot_id: "1", running: { label: "ota_0" }, last_update: { stage: "none" } };
    const rolledBack = { stage: "rolled_back", code: "UNCONFIRMED", message: "it was reset" };
    const now = (label, last, more = {}) =>
        ({ boot_id: "2", running: { label, on_trial: false, ...more }, last_update: last });
    const result = (...given) => decide(...given)?.result ?? null;

    equal(decide(before, { ...now("ota_1", null), boot_id: "1" }, true), null);
    equal(result(before, now("ota_1", { stage: "confirmed" }), false), "confirmed");
    equal(result(before, now("ota_1", { stage: "trial" }, { on_trial: true }), false), "trial");
    equal(decide(before, now("ota_0", rolledBack), false),
          { result: "rolled-back", code: "UNCONFIRMED", message: "it was reset" });
    // A reset in the middle of the upload: the update goes on.
    equal(result(before, now("ota_0", { stage: "writing" }), false), null);
    equal(result({ ...before, last_update: rolledBack }, now("ota_0", rolledBack), false), null);
    // Behind the switch the same record is a new one.
    equal(result({ ...before, last_update: rolledBack }, now("ota_0", rolledBack), true), "rolled-back");
    equal(result(before, now("ota_0", { stage: "none" }), true), "rolled-back");
}

export function numbers_are_written_for_people() {
    equal([formatBytes(0), formatBytes(1023), formatBytes(150000), formatBytes(1 << 20)],
          ["0 B", "1023 B", "146 KB", "1.00 MB"]);
    equal([formatSeconds(0.2), formatSeconds(59.4), formatSeconds(60), formatSeconds(119.7),
           formatSeconds(7260)], ["1 s", "59 s", "1 min 0 s", "2 min 0 s", "2 h 1 min"]);
    equal([formatRevision(0), formatRevision(3), formatRevision(301)], ["v0.0", "v0.3", "v3.1"]);
    equal([asSentence("it is so"), asSentence("It is."), asSentence("")],
          ["It is so.", "It is.", ""]);
}

export function speed_is_that_of_the_last_seconds() {
    const rate = new Rate();
    equal(rate.get(), 0);
    rate.add(0, 0);
    rate.add(100, 5000);
    equal(rate.get(), 0, "too early to say");
    rate.add(1000, 100000);
    equal(rate.get(), 100000);
    for (let second = 2; second < 20; second++) {
        rate.add(second * 1000, 100000 + second * 10000);
    }
    equal(Math.round(rate.get()), 10000, "the fast beginning is forgotten");
}

export function a_failure_says_what_to_do() {
    const failure = new Failure("WRONG_CHIP", "the image is for another chip", { status: 422 });
    equal([failure.message, failure.advice, failure.status],
          ["The image is for another chip.", "Choose the file that was built for this chip.", 422]);
    equal(new Failure("NO_SUCH_CODE", "what").advice, "");
}
