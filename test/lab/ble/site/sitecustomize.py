# SPDX-License-Identifier: Apache-2.0
"""In PYTHONPATH this lets a bleak program run unchanged in the lab.

bleak 0.20 takes any powered adapter unless it is told one, from run to run another, and often that of
the device itself. And when the answer to Connect comes before the news that the device is connected,
it says "failed to discover services, device disconnected".
"""
import asyncio
import importlib.abc
import importlib.util
import sys

MODULE = "bleak.backends.bluezdbus.manager"
ADAPTER = "/org/bluez/hci0"


def mend(module):
    """Put both right in bleak's module."""
    manager = module.BlueZManager
    manager.get_default_adapter = lambda self: ADAPTER
    wait = getattr(manager, "_wait_for_services_discovery", None)
    if wait is None:
        return

    async def wait_connected(self, path):
        try:
            await asyncio.wait_for(self._wait_condition(path, "Connected", True), 20)
        except asyncio.TimeoutError:
            pass
        await wait(self, path)

    manager._wait_for_services_discovery = wait_connected


class Mender(importlib.abc.MetaPathFinder):
    """Waits for the module to be imported."""

    def find_spec(self, name, path, target=None):
        if name != MODULE:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        run = spec.loader.exec_module

        def exec_module(module):
            run(module)
            mend(module)

        spec.loader.exec_module = exec_module
        return spec


sys.meta_path.insert(0, Mender())
