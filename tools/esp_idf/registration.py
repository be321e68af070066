# SPDX-License-Identifier: Apache-2.0
"""What components of ESP-IDF register: sources, include folders, requirements.

    answers = ask([idf / "components" / "lwip", ...], tree, configuration, scratch)
    answers["lwip"].public
"""
import dataclasses
import pathlib
import re
import subprocess

SCRIPT = pathlib.Path(__file__).with_name("registered.cmake")


@dataclasses.dataclass
class Component:
    """One component; folders and files are absolute."""

    folder: pathlib.Path
    sources: list = dataclasses.field(default_factory=list)
    public: list = dataclasses.field(default_factory=list)  # include folders
    private: list = dataclasses.field(default_factory=list)
    requires: list = dataclasses.field(default_factory=list)
    private_requires: list = dataclasses.field(default_factory=list)
    is_registered: bool = False


FIELDS = {"SRCS": "sources", "INCLUDE_DIRS": "public", "PRIV_INCLUDE_DIRS": "private",
          "REQUIRES": "requires", "PRIV_REQUIRES": "private_requires"}
PLACES = {"SRCS", "INCLUDE_DIRS", "PRIV_INCLUDE_DIRS"}


def write_request(path, folders, tree, target, configuration, answer):
    # A symbol that is n has no variable, as in a build.
    lines = [f'set(IDF_PATH "{tree}")', f'set(IDF_TARGET "{target}")', f'set(ANSWER "{answer}")',
             "set(IDF_TARGET_ARCH "
             f'"{"xtensa" if target in ("esp32", "esp32s3") else "riscv"}")']
    lines += [f"set({name} [==[{value}]==])" for name, value in sorted(configuration.items())]
    lines += ["set(COMPONENTS"] + [f'    "{folder}"' for folder in folders] + [")"]
    path.write_text("\n".join(lines) + "\n")


def read_answer(path):
    found = {}
    for line in path.read_text().splitlines():
        folder, keyword, value = line.split("|", 2)
        component = found.setdefault(pathlib.Path(folder).name, Component(pathlib.Path(folder)))
        if keyword == "REGISTERED":
            component.is_registered = True
        elif keyword in PLACES:
            getattr(component, FIELDS[keyword]).append((component.folder / value).resolve())
        elif keyword in FIELDS:
            getattr(component, FIELDS[keyword]).append(value)
        elif keyword == "SRC_DIRS":
            component.sources += sorted((component.folder / value).resolve().glob("*.c"))
    return found


def ask(folders, tree, target, configuration, scratch):
    """What the components in `folders` register, by name. Raises RuntimeError with CMake's words."""
    request, answer = scratch / "request.cmake", scratch / "answer.txt"
    write_request(request, folders, tree, target, configuration, answer)
    done = subprocess.run(["cmake", "-D", f"REQUEST={request}", "-P", SCRIPT], cwd=scratch,
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip())
    return read_answer(answer)


def ask_all(folders, others, common, tree, target, configuration, scratch):
    """What `folders` register, and what they require, and what that requires. `others`: folders of
    components that may be required, by name."""
    found = {}
    waiting = list(folders) + [others[name] for name in common if name in others]
    while waiting:
        answers = ask(waiting, tree, target, configuration, scratch)
        found |= answers
        wanted = {name for component in answers.values()
                  for name in component.requires + component.private_requires}
        waiting = [others[name] for name in sorted(wanted) if name in others and name not in found]
    return found


def ask_possible(folders, tree, target, configuration, scratch):
    """What all of `folders` register, less those that end CMake: their submodules are empty."""
    folders = list(folders)
    while True:
        try:
            return ask(folders, tree, target, configuration, scratch)
        except RuntimeError as error:
            culprits = [folder for folder in folders if f"{folder}/CMakeLists.txt" in str(error)]
            if not culprits:
                raise
            folders = [folder for folder in folders if folder not in culprits]


def must_be_there(component, places):
    """ESP-IDF ends a build that requires a component that it does not have."""
    absent = [name for name in component.requires + component.private_requires
              if name not in places]
    if absent:
        raise RuntimeError(f"{component.folder.name} requires {', '.join(absent)}, "
                           "which this version does not have")


def common_requirements(tree, target):
    """The components that every other may use without asking."""
    text = (tree / "tools" / "cmake" / "build.cmake").read_text()
    lists = re.findall(r"set\(requires_common ([^)$]*)\)", text)
    if not lists:
        raise RuntimeError(f"{tree}/tools/cmake/build.cmake names no common requirements")
    names = max((words.split() for words in lists), key=len)
    return names + ["xtensa" if target in ("esp32", "esp32s3") else "riscv"]


def visible_folders(component, components, common):
    """The include folders that a component is given: its own, and those that its requirements make
    public, and what these require in turn."""
    folders = component.private + component.public
    waiting = component.private_requires + component.requires + common
    seen = set()
    while waiting:
        name = waiting.pop(0)
        if name in seen:
            continue
        seen.add(name)
        if name in components:
            folders += components[name].public
            waiting += components[name].requires
    return list(dict.fromkeys(folders))
