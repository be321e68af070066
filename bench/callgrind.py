# SPDX-License-Identifier: Apache-2.0
"""Count the instructions of one function with callgrind, without those of some of its callees."""
import os
import re
import subprocess


class Profile:
    """What a callgrind output file says about calls."""

    def __init__(self, path):
        self.names = {}
        self.total = 0
        self.calls = []  # caller, callee, inclusive cost
        self.self_cost = {}
        self._read(path)

    def _name(self, text):
        """The function of a "(id) name" or "(id)"."""
        match = re.match(r"(\(\d+\))(?: (.*))?", text)
        if not match:
            return text
        if match.group(2):
            self.names[match.group(1)] = match.group(2)
        return self.names[match.group(1)]

    def _read(self, path):
        function = callee = None
        in_call = False
        with open(path, encoding="utf-8") as file:
            for line in file:
                line = line.rstrip("\n")
                if line.startswith("fn="):
                    function = self._name(line[3:])
                elif line.startswith("cfn="):
                    callee = self._name(line[4:])
                elif line.startswith("calls="):
                    in_call = True
                elif line.startswith(("totals:", "summary:")):
                    self.total = int(line.split()[1])
                elif re.match(r"[+*\-\d]", line):
                    cost = int(line.split()[1])
                    if in_call:
                        self.calls.append((function, callee, cost))
                    else:
                        self.self_cost[function] = self.self_cost.get(function, 0) + cost
                    in_call = False

    def cost_of(self, names):
        """Inclusive cost of calls to functions in `names` from functions outside of it."""
        return sum(cost for caller, callee, cost in self.calls
                   if callee in names and caller not in names)


def count(program, argument, function, without, output):
    """
    Run `program argument` under callgrind and count inside `function`.

    Returns the instructions with everything, and without the functions named in `without`.
    """
    # Symbols are looked up before, so that no call pays for it.
    environment = dict(os.environ, LD_BIND_NOW="1")
    subprocess.run(
        ["valgrind", "--quiet", "--tool=callgrind", f"--callgrind-out-file={output}",
         f"--toggle-collect={function}", str(program), argument],
        check=True, env=environment, stdout=subprocess.DEVNULL)
    profile = Profile(output)
    return profile.total, profile.total - profile.cost_of(without)
