// SPDX-License-Identifier: Apache-2.0
/*
 * What went wrong: a code of SPEC.md, section 9 (or one of the page's own), a sentence, and what to
 * do about it.
 *
 *     throw new Failure("WRONG_CHIP", "the image is for another chip");
 */
import { asSentence } from "./format.js";

const anotherFile = "Choose another file.";
const damaged = "The file or the transfer was damaged. Get the file again and try once more.";
const flash = "Try once more. If it happens again, the flash chip is worn or badly supplied.";
const wentBack = "The version before is running, unharmed. Tell the maker of the firmware what you " +
    "see here.";

const advices = {
    BAD_MAGIC: anotherFile,
    BAD_CHECKSUM: damaged,
    BAD_HASH: damaged,
    TRUNCATED: damaged,
    TOO_BIG: "Build a smaller firmware, or change the partition table over USB.",
    WRONG_CHIP: "Choose the file that was built for this chip.",
    CHIP_REVISION: "Choose a firmware that was built for this chip's revision.",
    NO_APP_DESC: "Choose the application's .bin file, not a bootloader or a whole flash image.",
    WRONG_PROJECT: "This device accepts its own project only.",
    SAME_VERSION: "This device does not accept the same version again.",
    OLDER_VERSION: "This device does not accept older versions.",
    SECURE_VERSION: "A fuse in the chip forbids the way back to versions with known weaknesses.",
    NO_SIGNATURE: "This device accepts signed firmware only.",
    BAD_SIGNATURE: "Ask the maker of the device for the firmware that is signed for it.",
    NO_SLOT: "This device can be updated over USB only.",
    PENDING_VERIFY: "Confirm the running version or go back first.",
    NOT_PENDING: "Nothing is left to do.",
    NO_ROLLBACK: "The other slot holds nothing that could run.",
    SELF_TEST_FAILED: wentBack,
    SELF_TEST_TIMEOUT: wentBack,
    UNCONFIRMED: wentBack,
    BUSY: "Wait until it has ended, then try again.",
    CANCELLED: "Nothing has changed: the version before still runs.",
    FLASH_IO: flash,
    FLASH_VERIFY: flash,
    POWER_LOST: "Begin again; what was written is kept.",
    UNREACHABLE: "Stay near the device and join its Wi-Fi again.",
    PASSWORD_NEEDED: "Enter the password of this device.",
    FOREIGN_REQUEST: "Reload this page and try again.",
};

// "" where there is nothing to add.
export const adviceFor = (code) => advices[code] ?? "";

export class Failure extends Error {
    // `more` is kept as further properties, for whoever catches it.
    constructor(code, message, more = {}) {
        super(asSentence(message));
        this.code = code;
        Object.assign(this, more);
    }

    get advice() {
        return adviceFor(this.code);
    }
}
