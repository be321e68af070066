// SPDX-License-Identifier: Apache-2.0
// The computer's files for Emscripten's file system, of which the npm package brings only the one
// in memory: scripts import modules and open files under their usual paths.
import fs from "node:fs";
import nodePath from "node:path";

// What lies in memory only: devices, and what the system itself makes up.
const NOT_FROM_HOST = new Set(["dev", "proc", "sys"]);

// Emscripten's flags are those of musl on Linux; only the ones that node takes are kept.
const OPEN_FLAGS = fs.constants.O_RDONLY | fs.constants.O_WRONLY | fs.constants.O_RDWR |
    fs.constants.O_CREAT | fs.constants.O_EXCL | fs.constants.O_TRUNC | fs.constants.O_APPEND;

// Error numbers of Emscripten, which are WASI's. Source: WASI preview 1, witx, errno.
const ERRNO = {
    EACCES: 2, EBUSY: 10, EEXIST: 20, EINVAL: 28, EIO: 29, EISDIR: 31, EMFILE: 33,
    ENAMETOOLONG: 37, ENOENT: 44, ENOSPC: 51, ENOTDIR: 54, ENOTEMPTY: 55, EPERM: 63, EROFS: 69,
    ETXTBSY: 74, EXDEV: 75,
};

function hostFileSystem(FS) {
    // Run a function of node:fs; its error becomes Emscripten's.
    function attempt(call) {
        try {
            return call();
        } catch (error) {
            throw new FS.ErrnoError(ERRNO[error.code] ?? ERRNO.EIO);
        }
    }

    function hostPath(node) {
        const names = [];
        let at = node;
        while (at.parent !== at) {
            names.unshift(at.name);
            at = at.parent;
        }
        return nodePath.join(at.mount.opts.root, ...names);
    }

    function makeNode(parent, name, path) {
        const info = attempt(() => fs.statSync(path));
        const node = FS.createNode(parent, name, info.mode, 0);
        node.node_ops = nodeOperations;
        node.stream_ops = streamOperations;
        return node;
    }

    const nodeOperations = {
        getattr: (node) => attempt(() => fs.statSync(hostPath(node))),
        setattr: (node, attributes) => {
            if (attributes.size !== undefined) {
                attempt(() => fs.truncateSync(hostPath(node), attributes.size));
            }
        },
        lookup: (parent, name) => makeNode(parent, name, nodePath.join(hostPath(parent), name)),
        mknod: (parent, name, mode) => {
            const path = nodePath.join(hostPath(parent), name);
            attempt(() => {
                if (FS.isDir(mode)) {
                    fs.mkdirSync(path, mode & 0o777);
                } else {
                    fs.writeFileSync(path, "", { mode: mode & 0o777, flag: "wx" });
                }
            });
            return makeNode(parent, name, path);
        },
        rename: (node, parent, name) => {
            attempt(() => fs.renameSync(hostPath(node), nodePath.join(hostPath(parent), name)));
            node.name = name;
        },
        unlink: (parent, name) =>
            attempt(() => fs.unlinkSync(nodePath.join(hostPath(parent), name))),
        rmdir: (parent, name) => attempt(() => fs.rmdirSync(nodePath.join(hostPath(parent), name))),
        readdir: (node) => [".", "..", ...attempt(() => fs.readdirSync(hostPath(node)))],
    };

    const streamOperations = {
        open: (stream) => {
            if (FS.isFile(stream.node.mode)) {
                // Emscripten has created it already where it was to be.
                const flags = stream.flags & OPEN_FLAGS & ~fs.constants.O_EXCL;
                stream.hostFile = attempt(() => fs.openSync(hostPath(stream.node), flags));
            }
        },
        close: (stream) => {
            if (stream.hostFile !== undefined) {
                attempt(() => fs.closeSync(stream.hostFile));
            }
        },
        read: (stream, buffer, offset, length, position) => attempt(() =>
            fs.readSync(stream.hostFile, new Uint8Array(buffer.buffer, offset, length), 0, length,
                position)),
        write: (stream, buffer, offset, length, position) => attempt(() =>
            fs.writeSync(stream.hostFile, new Uint8Array(buffer.buffer, offset, length), 0, length,
                position)),
        llseek: (stream, offset, whence) => {
            const starts = [0, stream.position, whence === 2
                ? attempt(() => fs.fstatSync(stream.hostFile).size) : 0];
            const position = starts[whence] + offset;
            if (position < 0) {
                throw new FS.ErrnoError(ERRNO.EINVAL);
            }
            return position;
        },
    };

    return {
        mount: (mount) => makeNode(null, "/", mount.opts.root),
    };
}

// Put every directory at the computer's root where a program expects it.
export function mountHost(FS) {
    const type = hostFileSystem(FS);
    for (const name of fs.readdirSync("/")) {
        const path = `/${name}`;
        if (NOT_FROM_HOST.has(name) ||
            !fs.statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
            continue;
        }
        if (!FS.analyzePath(path).exists) {
            FS.mkdir(path);
        }
        FS.mount(type, { root: path }, path);
    }
    FS.chdir(process.cwd());
}
