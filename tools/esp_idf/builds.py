# SPDX-License-Identifier: Apache-2.0
"""How each source of a project would be compiled for a target: a list of commands.

    build = of_checkout(checkout, "esp32c3", project, [], scratch)
    build.jobs, build.flags
"""
import dataclasses
import pathlib
import shlex

import kconfiglib
import registration
import sdkconfig
import toolchain
import trees

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMPONENT = ROOT / "port" / "espidf"

# Of the project's configuration, what a prebuilt tree is told; besides what sdkconfig.defaults names.
OWN_SYMBOLS = ("OTAKIT_", "EXAMPLE_", "BT_NIMBLE_")


@dataclasses.dataclass
class Build:
    """`jobs`: pairs of a source and its command. `flags`: the command for a source of the component's.
    `notes`: what is not as it would be on a user's computer."""

    jobs: list
    flags: list
    notes: list = dataclasses.field(default_factory=list)


def defaults_of(project, settings=(), scratch=None):
    """The project's sdkconfig.defaults, and a file with the lines `settings`."""
    files = [project / "sdkconfig.defaults"]
    if settings:
        files.append(scratch / "settings")
        files[-1].write_text("\n".join(settings) + "\n")
    return files


def include_flags(folders, option="-I"):
    return [word for folder in folders for word in (option, str(folder))]


def adjust(checkout, configuration):
    """What has to differ from a user's configuration, told in words."""
    symbol = configuration.syms.get("MBEDTLS_GCM_SUPPORT_NON_AES_CIPHER")
    if symbol and symbol.str_value == "y" and checkout.has_upstream_mbedtls():
        symbol.set_value("n")
        return ["mbedTLS is upstream's, so CONFIG_MBEDTLS_GCM_SUPPORT_NON_AES_CIPHER is off"]
    return []


def imported_folders(checkout):
    """Mbed TLS 4 is imported as a CMake project, which adds these itself."""
    crypto = checkout.folder / "components/mbedtls/mbedtls/tf-psa-crypto"
    folders = [crypto / "include", crypto / "drivers/builtin/include"]
    return [folder for folder in folders if folder.is_dir()]


def own_flags(component):
    return include_flags(component.private + component.public)


def of_checkout(checkout, target, project, settings, scratch):
    """Everything from the checkout: Kconfig files, include folders by requirement."""
    folders = checkout.components() + [COMPONENT, project / "main"]
    configuration = sdkconfig.load(checkout.folder, target, folders,
                                   defaults_of(project, settings, scratch), scratch)
    sdkconfig.must_hold(configuration, settings)
    notes = adjust(checkout, configuration)
    sdkconfig.write_header(configuration, scratch / "sdkconfig.h")
    values = sdkconfig.variables(configuration)
    common = registration.common_requirements(checkout.folder, target)
    places = {folder.name: folder for folder in folders}
    components = registration.ask_all([COMPONENT, project / "main"], places, common,
                                      checkout.folder, target, values, scratch)
    ours, main = components[COMPONENT.name], components["main"]
    for component in (ours, main):
        registration.must_be_there(component, places)
    if not main.requires and not main.private_requires:
        # ESP-IDF then gives the project's own component everything.
        components |= registration.ask_possible(checkout.components(), checkout.folder, target,
                                                values, scratch)
        main.private_requires = list(components)

    start = toolchain.MACHINES[target] + toolchain.STRICT + toolchain.DEFINES + [
        f'-DIDF_VER="{checkout.version}"', "-I", str(scratch)]
    end = toolchain.c_library(target, "CONFIG_LIBC_PICOLIBC" in values, scratch)
    jobs = []
    for component in (ours, main):
        visible = registration.visible_folders(component, components, common)
        others = [folder for folder in visible
                  if folder not in component.private + component.public]
        others += imported_folders(checkout)
        flags = start + own_flags(component) + include_flags(others, "-isystem") + end
        jobs += [(source, flags) for source in component.sources]
    return Build(jobs, jobs[0][1], notes)


def prebuilt_flags(prebuilt, target, scratch):
    """What the prebuilt tree itself says."""
    folder = prebuilt.folder / target
    words = {name: shlex.split((folder / "flags" / name).read_text())
             for name in ("c_flags", "defines", "includes")}
    machine = [word for word in words["c_flags"]
               if not word.startswith(("-mfix-esp32-psram", "-march="))]
    flags = toolchain.MACHINES[target] + machine + words["defines"]
    # Every target has a configuration for each way to wire its flash; they differ in nothing else.
    return (flags + ["-iprefix", f"{folder}/include/"] + words["includes"]
            + ["-I", str(folder / "dio_qspi" / "include")] + toolchain.STRICT
            + toolchain.c_library(target, False, scratch))


def nimble_flags(checkout):
    bt = checkout.folder / "components" / "bt"
    nimble = checkout.folder / trees.NIMBLE
    inside = ("nimble/host/include", "nimble/include", "nimble/host/services/gap/include",
              "nimble/host/services/gatt/include", "nimble/host/util/include",
              "nimble/host/store/config/include", "nimble/transport/include",
              "porting/nimble/include", "porting/npl/freertos/include")
    beside = ("porting/include", "host/nimble/port/include", "host/nimble/esp-hci/include")
    return include_flags([nimble / name for name in inside] + [bt / name for name in beside],
                         "-isystem")


def own_configuration(prebuilt, target, project, defaults, scratch):
    """The project's configuration; without a checkout only our own part of it."""
    folders = [COMPONENT, project / "main"]
    if prebuilt.checkout:
        return sdkconfig.load(prebuilt.checkout.folder, target,
                              prebuilt.checkout.components() + folders, defaults, scratch)
    sdkconfig.write_sources(scratch / "Kconfig", sdkconfig.kconfig_files(folders, "Kconfig"))
    configuration = kconfiglib.Kconfig(str(scratch / "Kconfig"), warn=False)
    for file in defaults:
        configuration.load_config(str(file), replace=False)
    return configuration


def of_prebuilt(prebuilt, target, project, settings, scratch):
    """Headers, flags and configuration of the prebuilt tree, changed where ours has to be: it was built
    with another Bluetooth host."""
    defaults = defaults_of(project, settings, scratch)
    configuration = own_configuration(prebuilt, target, project, defaults, scratch)
    sdkconfig.must_hold(configuration, settings)
    own_symbols = OWN_SYMBOLS + sdkconfig.names_in(defaults)
    values = sdkconfig.variables_of_file(prebuilt.folder / target / "sdkconfig")
    values |= {name: value for name, value in sdkconfig.variables(configuration).items()
               if name.removeprefix("CONFIG_").startswith(own_symbols)}
    lines = ["#pragma once", '#include "sdkconfig.h"']
    lines += sdkconfig.defines(configuration, own_symbols)
    own = []
    if "CONFIG_BT_NIMBLE_ENABLED" in values:
        values.pop("CONFIG_BT_BLUEDROID_ENABLED", None)
        lines.append("#undef CONFIG_BT_BLUEDROID_ENABLED")
        own = nimble_flags(prebuilt.checkout)
    header = scratch / "changed_sdkconfig.h"
    header.write_text("\n".join(lines) + "\n")
    tree = prebuilt.checkout.folder if prebuilt.checkout else prebuilt.folder
    components = registration.ask([COMPONENT, project / "main"], tree, target, values, scratch)
    flags = prebuilt_flags(prebuilt, target, scratch) + ["-include", str(header)] + own
    jobs = []
    for component in (components[COMPONENT.name], components["main"]):
        for source in component.sources:
            jobs.append((source, flags + own_flags(component)
                         + include_flags(components[COMPONENT.name].public)))
    return Build(jobs, flags)
