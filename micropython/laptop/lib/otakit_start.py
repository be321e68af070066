# SPDX-License-Identifier: Apache-2.0
"""One power-up: boot the device, then run a script as on the board.

    micropython -m otakit_start SCRIPT [ARGUMENT...]

The launchers start this. While the script runs, `sys.platform` is 'esp32', which packages ask for;
everything else of `sys` stays what it is.
"""
import sys

import _otakit


class _Sys:
    platform = "esp32"

    def __getattr__(self, name):
        return getattr(sys, name)


def _directory(path):
    return path.rsplit("/", 1)[0] if "/" in path else ""


def run(script, arguments):
    """Run a script as the main program; its exceptions and its exit are the caller's."""
    sys.argv[:] = [script] + arguments
    sys.path.insert(0, _directory(script))
    sys.modules["sys"] = _Sys()
    with open(script) as file:
        source = file.read()
    exec(compile(source, script, "exec"), {"__name__": "__main__", "__file__": script})


def main():
    try:
        _otakit.boot()
    except OSError as error:
        print("otakit-micropython: error: " + error.args[1], file=sys.stderr)
        sys.exit(1)
    run(sys.argv[1], sys.argv[2:])


if __name__ == "__main__":
    main()
