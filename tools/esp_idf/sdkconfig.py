# SPDX-License-Identifier: Apache-2.0
"""The configuration of a project as ESP-IDF's Kconfig files and sdkconfig.defaults make it."""
import os
import re
import warnings

import kconfiglib

# Kconfig files of ESP-IDF read these.
ENVIRONMENT = {"IDF_CMAKE": "y", "IDF_ENV_FPGA": "", "IDF_CI_BUILD": "", "IDF_ENV_BRINGUP": "",
               "IDF_BUILD_V2": "", "IDF_XTENSA_TOOLCHAIN": "", "IDF_TOOLCHAIN": "gcc"}


class Configuration(kconfiglib.Kconfig):
    """Kconfig as ESP-IDF speaks it."""

    def _parse_help(self, node):
        # Its menus may have a help text.
        if not hasattr(node, "help"):
            node.help = None
        super()._parse_help(node)


def write_sources(path, files):
    path.write_text("".join(f'source "{file}"\n' for file in files))
    return str(path)


def kconfig_files(folders, name):
    return [folder / name for folder in folders if (folder / name).is_file()]


def prepare_environment(tree, target, folders, scratch):
    projbuild = write_sources(scratch / "projbuild", kconfig_files(folders, "Kconfig.projbuild"))
    menus = write_sources(scratch / "menus", kconfig_files(folders, "Kconfig"))
    none = write_sources(scratch / "excluded", [])
    os.environ.update(ENVIRONMENT, IDF_PATH=str(tree), IDF_TARGET=target,
                      COMPONENT_KCONFIGS_PROJBUILD_SOURCE_FILE=projbuild,
                      COMPONENT_KCONFIGS_SOURCE_FILE=menus, IDF_INIT_VERSION="",
                      COMPONENT_KCONFIGS_PROJBUILD_EXCLUDED_SOURCE_FILE=none,
                      COMPONENT_KCONFIGS_EXCLUDED_SOURCE_FILE=none, IDF_VERSION="",
                      IDF_MINIMAL_BUILD="")


def load(tree, target, folders, defaults, scratch):
    """The configuration of a project with the components in `folders`; `defaults` are its
    sdkconfig.defaults. Returns kconfiglib's object."""
    prepare_environment(tree, target, folders, scratch)
    # The files are ESP-IDF's, and so are their blemishes.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        configuration = Configuration(str(tree / "Kconfig"), warn=False)
    chosen = scratch / "defaults"
    chosen.write_text(f'CONFIG_IDF_TARGET="{target}"\n'
                      + "".join(file.read_text() + "\n" for file in defaults))
    configuration.load_config(str(chosen), replace=True)
    return configuration


def must_hold(configuration, settings):
    """Kconfig passes over what it does not know, and what other symbols do not allow."""
    for line in settings:
        name, _, value = line.removeprefix("CONFIG_").partition("=")
        symbol = configuration.syms.get(name)
        if symbol is None or symbol.str_value != value.strip('"'):
            raise RuntimeError(f"{line} has no effect on this configuration")


def write_header(configuration, path):
    configuration.write_autoconf(str(path), "#pragma once\n")


def variables(configuration):
    """What CMake sees of it: CONFIG_ variables; a symbol that is n has none."""
    found = {}
    for symbol in configuration.unique_defined_syms:
        value = symbol.str_value
        if symbol.config_string and value and value != "n":
            found["CONFIG_" + symbol.name] = value
    return found


def variables_of_file(path):
    """The same of an sdkconfig that somebody else wrote."""
    pairs = re.findall(r'^(CONFIG_\w+)=(?:"(.*)"|(.*))$', path.read_text(), re.MULTILINE)
    return {name: text or word for name, text, word in pairs}


def names_in(files):
    """Symbols that sdkconfig.defaults set."""
    return tuple(name for file in files
                 for name in re.findall(r"^CONFIG_(\w+)=", file.read_text(), re.MULTILINE))


def defines(configuration, prefixes):
    """#define lines of the symbols with these prefixes, and #undef of those that are n."""
    lines = []
    for symbol in configuration.unique_defined_syms:
        if not symbol.name.startswith(prefixes):
            continue
        name = "CONFIG_" + symbol.name
        lines.append(f"#undef {name}")
        value = symbol.str_value
        if symbol.type == kconfiglib.STRING:
            value = f'"{value}"'
        if symbol.config_string and value not in ("", "n"):
            lines.append(f"#define {name} {1 if value == 'y' else value}")
    return lines
