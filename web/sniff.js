// SPDX-License-Identifier: Apache-2.0
/*
 * What a file is that is not an application image, in words for the person who chose it.
 *
 *     whatElse(bytes)     // "a ZIP archive", or null when nothing is recognised
 */

const esp8266 = "an image for the ESP8266";
const picture = "a picture";

// First bytes, in hexadecimal.
const beginnings = {
    "7f454c46": "an ELF file, the linker's output; the firmware is the .bin file beside it",
    "504b0304": "a ZIP archive; unpack it and choose the firmware inside",
    "1f8b": "a gzip archive; unpack it and choose the firmware inside",
    "377abcaf": "a 7-Zip archive; unpack it and choose the firmware inside",
    "fd377a585a": "an xz archive; unpack it and choose the firmware inside",
    "28b52ffd": "a Zstandard archive; unpack it and choose the firmware inside",
    "425a68": "a bzip2 archive; unpack it and choose the firmware inside",
    "aa50": "a partition table",
    "ea04": esp8266,
    "5546320a": "a UF2 file, for a device that shows up as a USB drive",
    "3db8f396": "an image for MCUboot",
    "10decdfc": "a delta patch; this page takes whole images",
    "68737173": "a SquashFS file system",
    "89504e47": picture,
    "ffd8ff": picture,
    "25504446": "a PDF document",
    "4d5a": "a Windows program",
    "cafebabe": "a macOS program",
    "cffaedfe": "a macOS program",
};

const startsWith = (bytes, at, digits) =>
    digits.match(/../g).every((pair, index) => bytes[at + index] === parseInt(pair, 16));

// The table's second entry counts too, because two bytes alone are no proof.
const hasTableAt = (bytes, at) =>
    startsWith(bytes, at, "aa50") && (startsWith(bytes, at + 32, "aa50") ||
                                      startsWith(bytes, at + 32, "ebeb"));

// A bootloader before the table: where it lies depends on the chip.
export const isMerged = (bytes) =>
    hasTableAt(bytes, 0x8000) && [0, 0x1000, 0x2000].some((at) => bytes[at] === 0xE9);

function asText(bytes) {
    const head = bytes.subarray(0, 512);
    if (head.some((byte) => byte < 9 || (byte > 13 && byte < 32) || byte === 127)) {
        return null;
    }
    const text = new TextDecoder().decode(head).trimStart();
    if (/^<(!doctype html|html|head)/i.test(text)) {
        return "a web page; the download probably ended at a login or an error page";
    }
    if (/^:[0-9a-f]{10}/i.test(text)) {
        return "an Intel HEX file; this page takes the .bin file";
    }
    return "a text file";
}

export function whatElse(bytes) {
    if (bytes.length === 0) {
        return "an empty file";
    }
    if (isMerged(bytes)) {
        return "a whole flash image with bootloader and partition table; it is written over USB. " +
            "The firmware alone is the .bin file named after the project";
    }
    for (const [digits, name] of Object.entries(beginnings)) {
        if (startsWith(bytes, 0, digits)) {
            return name;
        }
    }
    if (bytes.every((byte) => byte === 0xFF)) {
        return "erased flash without content";
    }
    if (startsWith(bytes, 8, "6c6974746c656673")) {
        return "a LittleFS file system";
    }
    return asText(bytes);
}
