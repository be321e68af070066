#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Runs a MicroPython script on the WebAssembly build as if it ran on the device of a flash file.
import fs from "node:fs";
import { createRequire } from "node:module";
import nodePath from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { mountHost } from "./hostfs.mjs";
import { Network } from "./net.mjs";
import { PartitionModule } from "./partition.mjs";
import { FileStore } from "./store.mjs";

const USAGE = `usage: otakit-micropython.mjs --flash FILE [OPTION]... SCRIPT [ARGUMENT...]

Runs a MicroPython script on the device whose flash is FILE: one run is one power-up.

  --flash FILE     the flash file, as \`otakit flash create\` makes it
  --path DIR       look for modules there too; may be repeated
  --cut-after N    the power is lost inside the N-th flash operation, counted from 1
  --help           print this

Exit status: the script's own, 1 after an exception and where nothing boots, 2 for wrong use,
100 after machine.reset(), 101 when the power was lost. OTAKIT_BUILD names the directory with
otakit_partition.wasm, build/ of the tree where it is not set.
`;

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
const EXIT_POWER_LOST = 101;

const HEAP_SIZE = 4 << 20; // bytes, for Python's objects; the unix port has 2 MB

const PACKAGE = "@micropython/micropython-webassembly-pyscript/micropython.mjs";
const HERE = nodePath.dirname(fileURLToPath(import.meta.url));

function fail(message, hint) {
    fs.writeSync(2, `otakit-micropython: error: ${message}\n${hint ? `hint: ${hint}\n` : ""}`);
    process.exit(EXIT_FAILED);
}

function wrong(message) {
    fs.writeSync(2, `otakit-micropython: error: ${message}\n${USAGE}`);
    process.exit(EXIT_USAGE);
}

function number(option, value) {
    if (!/^[0-9]{1,9}$/.test(value)) {
        wrong(`${option} needs a number`);
    }
    return Number(value);
}

function parse(words) {
    const options = { path: [], cutAfter: 0 };
    let i = 0;
    for (; i < words.length && words[i].startsWith("-"); i += 2) {
        const [option, value] = words.slice(i);
        if (option === "--help") {
            fs.writeSync(1, USAGE);
            process.exit(0);
        }
        if (!["--flash", "--path", "--cut-after"].includes(option)) {
            wrong(`there is no option ${option}`);
        }
        if (value === undefined) {
            wrong(`${option} needs a value`);
        }
        switch (option) {
        case "--flash": options.flash = value; break;
        case "--path": options.path.push(nodePath.resolve(value)); break;
        case "--cut-after": options.cutAfter = number(option, value); break;
        }
    }
    options.flash ??= process.env.OTAKIT_FLASH;
    options.arguments = words.slice(i);
    if (options.arguments.length === 0) {
        wrong("no script");
    }
    if (!fs.statSync(options.arguments[0], { throwIfNoEntry: false })?.isFile()) {
        wrong(`${options.arguments[0]}: there is no such script`);
    }
    if (!options.flash) {
        wrong("--flash is missing");
    }
    return options;
}

function buildDirectory() {
    return process.env.OTAKIT_BUILD || nodePath.resolve(HERE, "../../../build");
}

// The npm package: beside this file, in the directory one stands in, or in the build directory.
async function loadPackage() {
    for (const place of [HERE, process.cwd(), buildDirectory()]) {
        try {
            const path = createRequire(nodePath.join(place, "x.js")).resolve(PACKAGE);
            return await import(pathToFileURL(path));
        } catch (error) {
            if (error.code !== "MODULE_NOT_FOUND") {
                throw error;
            }
        }
    }
    return fail("the npm package @micropython/micropython-webassembly-pyscript is not installed",
        `npm install --prefix ${HERE}`);
}

function powerUp(options) {
    const wasm = nodePath.join(buildDirectory(), "otakit_partition.wasm");
    if (!fs.existsSync(wasm)) {
        fail(`${wasm} is not there`, "it is built where clang and lld are installed");
    }
    try {
        const store = new FileStore(options.flash, () => {
            fs.writeSync(2, "\notakit: the power was cut\n");
            process.exit(EXIT_POWER_LOST);
        });
        const partitions = new PartitionModule(wasm, store);
        const refusal = partitions.boot(options.cutAfter);
        if (refusal) {
            fail(`${options.flash}: ${refusal}`);
        }
        return partitions;
    } catch (error) {
        return fail(error.message);
    }
}

// Bytes that Python printed, in order and before the process can end.
function writer(descriptor) {
    return (bytes) => {
        for (let done = 0; done < bytes.length;) {
            done += fs.writeSync(descriptor, bytes, done);
        }
    };
}

function exitStatus(error) {
    if (error.type !== "SystemExit") {
        fs.writeSync(2, error.message);
        return EXIT_FAILED;
    }
    const text = error.message.trimEnd().split("\n").pop().replace(/^SystemExit:? ?/, "");
    if (text === "" || text === "None") {
        return 0;
    }
    return /^-?[0-9]+$/.test(text) ? Number(text) & 0xff : EXIT_FAILED;
}

const options = parse(process.argv.slice(2));
const { loadMicroPython } = await loadPackage();
const partitions = powerUp(options);
const python = await loadMicroPython({
    heapsize: HEAP_SIZE, linebuffer: false, stdout: writer(1), stderr: writer(2),
});
mountHost(python.FS);
const device = python.FS.makedev(79, 0);
python.FS.registerDevice(device, partitions.window.streamOperations());
python.FS.mkdev("/dev/otakit", device);
python.registerJsModule("_otakit_wasm", partitions.jsModule());
python.registerJsModule("_otakit_net", new Network(partitions.window).jsModule());
python.registerJsModule("_otakit_start", {
    path: [nodePath.join(HERE, "lib"), nodePath.resolve(HERE, "../lib"), ...options.path],
    arguments: options.arguments,
});
try {
    python.runPython(`
import sys, _otakit_start
sys.path[:0] = list(_otakit_start.path)
import otakit_start
otakit_start.run(_otakit_start.arguments[0], list(_otakit_start.arguments)[1:])
`);
    process.exit(0);
} catch (error) {
    if (error.name !== "PythonError") {
        throw error;
    }
    process.exit(exitStatus(error));
}
