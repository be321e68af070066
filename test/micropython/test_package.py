# SPDX-License-Identifier: Apache-2.0
"""The package as users get it: installed by mip, or compiled by mpy-cross."""
import functools
import http.server
import json
import subprocess
import sys
import threading

import pytest

from boards import PACKAGE, ROOT, PYPI_PORT, finish

OTA = PACKAGE / "ota"


@pytest.fixture
def published():
    """The URL under which the package's directory is published."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(PACKAGE))
    handler.log_message = lambda *_: None
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_package_json_lists_every_module():
    listed = json.loads((PACKAGE / "package.json").read_text())["urls"]
    modules = sorted(f"ota/{path.name}" for path in OTA.glob("*.py"))
    assert listed == [[module, module] for module in modules]


def test_its_version_is_that_of_the_module():
    version = json.loads((PACKAGE / "package.json").read_text())["version"]
    assert f'__version__ = "{version}"' in (OTA / "__init__.py").read_text()
    assert f"VERSION {version} " in (ROOT / "CMakeLists.txt").read_text()


def test_mip_installs_it(board, published, tmp_path):
    (tmp_path / "install.py").write_text(
        f"import mip\nmip.install('{published}/package.json', target='lib', mpy=False)\n")
    finish([PYPI_PORT, tmp_path / "install.py"], tmp_path)
    board.package = tmp_path / "lib"
    installed = sorted(path.name for path in (tmp_path / "lib" / "ota").iterdir())
    assert installed == sorted(path.name for path in OTA.glob("*.py"))
    assert board.ask("ota.status()")["running"] == "ota_0"


def test_it_runs_compiled(board, images, serve, tmp_path):
    (tmp_path / "lib" / "ota").mkdir(parents=True)
    for path in OTA.glob("*.py"):
        subprocess.run([sys.executable, "-m", "mpy_cross", "-o",
                        tmp_path / "lib" / "ota" / f"{path.stem}.mpy", path], check=True)
    board.package = tmp_path / "lib"
    assert board.update(serve(images.newer.content), images.newer.sha) == "ota_1"
    assert board.ask("ota.rollback()") == "ota_0"


def test_confirm_loads_little(board):
    """It is called at every start: neither sockets nor TLS nor JSON for that."""
    loaded = board.run("import ota, sys\nota.confirm()\nprint(sorted(sys.modules))")
    assert "ota.slots" in loaded
    assert "ota.http" not in loaded and "ota.download" not in loaded
