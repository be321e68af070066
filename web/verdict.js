// SPDX-License-Identifier: Apache-2.0
/*
 * What an update would mean for a device, in one sentence.
 *
 *     const verdict = judge(image, device);
 *
 * image   as image.js reads it
 * device  as /info describes it (SPEC.md, section 11). A page that knows less leaves fields out:
 *         chip and revision are then not compared, nor are running, update_slot or secure_version
 *
 * Gives {level, kind, sentence, advice}. level is "refuse": a clear mistake, or the device would say
 * no; "ask": allowed, but wants an explicit yes to `advice`; "fine".
 */
import { formatBytes, formatRevision } from "./format.js";
import { compareVersions } from "./version.js";

const refuse = (kind, sentence, advice = "") => ({ level: "refuse", kind, sentence, advice });
const ask = (kind, sentence, advice) => ({ level: "ask", kind, sentence, advice });
const fine = (kind, sentence) => ({ level: "fine", kind, sentence, advice: "" });

function judgeFile(image) {
    if (image.what) {
        return refuse("not-firmware", `This is not firmware but ${image.what}.`,
                      "Choose the application's .bin file.");
    }
    if (image.problem) {
        return refuse("damaged", `This firmware file cannot be used: ${image.problem.text}.`,
                      "Get the file again.");
    }
    return null;
}

function judgeChip(image, device) {
    if (device.chip === undefined) {
        return null;
    }
    if (image.chip !== device.chip) {
        return refuse("other-chip", `This firmware is for ${image.chip}, this device is ` +
                      `${device.chip}.`, "Choose the file that was built for this chip.");
    }
    const { minRevision, maxRevision } = image;
    const limited = maxRevision !== 0 && maxRevision !== 65535;
    if (device.revision < minRevision || (limited && device.revision > maxRevision)) {
        const wanted = `${formatRevision(minRevision)} ` +
            (limited ? `to ${formatRevision(maxRevision)}` : "or later");
        return refuse("chip-revision", `This firmware needs chip revision ${wanted}, this device ` +
                      `has ${formatRevision(device.revision)}.`);
    }
    return null;
}

function judgeRoom(image, device) {
    if (device.running?.on_trial) {
        return refuse("on-trial", "The running version is still on trial.",
                      "Confirm it or go back first; an update would overwrite the way back.");
    }
    if (device.update_slot === null) {
        return refuse("no-slot", "This device has no second slot for an update.",
                      "It can be updated over USB only.");
    }
    if (device.update_slot && image.size > device.update_slot.size) {
        return refuse("too-big", `This firmware has ${formatBytes(image.size)}, the slot of this ` +
                      `device only ${formatBytes(device.update_slot.size)}.`,
                      "Build a smaller one, or change the partition table over USB.");
    }
    if (image.secureVersion < (device.secure_version ?? 0)) {
        return refuse("secure-version", `The secure version of this firmware is ` +
                      `${image.secureVersion}, the device accepts ${device.secure_version} or more.`,
                      "A fuse in the chip forbids the way back to versions with known weaknesses.");
    }
    return null;
}

function judgeProject(image, running, allowed) {
    if (image.project === running.project) {
        return null;
    }
    const sentence = `This is another project: ${image.project} instead of ${running.project}.`;
    return allowed ? ask("other-project", sentence, `Yes, replace ${running.project}`)
                   : refuse("other-project", sentence, "This device accepts its own project only.");
}

function judgeVersion(image, running, policy) {
    const step = compareVersions(image.version, running.version);
    const change = `${running.version} → ${image.version}`;
    if (step < 0) {
        const sentence = `This is older than what runs now: ${change}.`;
        return policy.older_version === false
            ? refuse("older", sentence, "This device does not accept older versions.")
            : ask("older", sentence, "Yes, go back to the older version");
    }
    if (image.version === running.version) {
        const isSameBuild = image.elfSha256 === running.elf_sha256;
        const sentence = isSameBuild
            ? `This is exactly what runs now: ${image.version}.`
            : `The version number is the one that runs now, ${image.version}, ` +
              "but it may be another build.";
        return policy.same_version === false
            ? refuse("same", sentence, "This device does not accept the same version again.")
            : fine("same", sentence);
    }
    return step > 0 ? fine("newer", `This is newer than what runs now: ${change}.`)
                    : fine("other-version", `This replaces what runs now: ${change}.`);
}

export function judge(image, device) {
    const running = device.running;
    const policy = device.policy ?? {};
    const mistake = judgeFile(image) ?? judgeChip(image, device) ?? judgeRoom(image, device);
    if (mistake) {
        return mistake;
    }
    if (!running || !running.project) {
        return fine("unknown", `This is ${image.project} ${image.version}; what runs now does not ` +
                    "say what it is.");
    }
    return judgeProject(image, running, policy.other_project !== false) ??
        judgeVersion(image, running, policy);
}
