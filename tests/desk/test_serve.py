"""`browse` as a program: it opens on this machine only, says where, answers, and closes when it is told to."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from advocacy_monitor.config import Loaded
from advocacy_monitor.errors import ConfigError
from advocacy_monitor.models import Page
from advocacy_monitor.store import Store
from tests.conftest import make_post
from tests.desk.statements import campaign
from tests.web.serving import free_port

datasette = pytest.importorskip("datasette", reason="needs the extra `browse`")
browse = pytest.importorskip("advocacy_monitor.desk.browse", reason="needs the extra `browse`")

_CONFIG = """\
campaign:
  name: Missed My Library
  sponsor: Example Library Association
  contact: a@example.org
  sample_data: true
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.yaml").write_text(_CONFIG, encoding="utf-8")
    Store.open(tmp_path / "advocacy.db", contacts_path=tmp_path / "contacts.db").close()
    return tmp_path


def _command(folder: Path, *arguments: str) -> list[str]:
    program = "from advocacy_monitor.cli import main; main()"
    return [sys.executable, "-c", program, "-c", str(folder / "config.yaml"), "browse", *arguments]


def test_the_desk_opens_on_a_free_port_and_closes(folder: Path) -> None:
    desk = subprocess.Popen(
        _command(folder, "--port", "0", "--as", "Ada"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert desk.stdout is not None
        said = desk.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", said)
        assert found, said
        with urllib.request.urlopen(found.group(0), timeout=30) as answer:
            page = answer.read().decode()
            assert "Sample data" in page and answer.url.startswith(f"{found.group(0)}-/desk/login")
        entry = re.search(r"Log in as Ada, once .*: (http://\S+/enter\?key=\S+)", desk.stdout.readline())
        assert entry
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        with browser.open(entry.group(1), timeout=30) as answer:
            assert "Ada" in answer.read().decode()
        with browser.open(f"{found.group(0)}advocacy/items", timeout=30) as answer:
            assert answer.status == 200
        desk.send_signal(signal.SIGINT)
        rest, errors = desk.communicate(timeout=30)
        assert "GET /" not in rest + errors and "Traceback" not in errors
    finally:
        desk.kill()
        desk.communicate()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "desk.example.org", "", "127.0.0.1.example.org"])
def test_any_other_address_is_refused_with_the_reason(folder: Path, host: str) -> None:
    with pytest.raises(ConfigError, match="open to the network without HTTPS"):
        browse.serve(campaign(folder), host=host, port=0, name="Ada")


def test_the_command_says_so_and_leaves_with_2(folder: Path) -> None:
    ran = subprocess.run(_command(folder, "--host", "0.0.0.0"), capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 2
    assert "open to the network without HTTPS" in ran.stderr and "Traceback" not in ran.stderr


def test_a_port_in_use_is_one_clear_message(folder: Path) -> None:
    loaded: Loaded = campaign(folder)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=f"--port {port}: cannot listen on 127.0.0.1.*--port 0"):
            browse.serve(loaded, host="localhost", port=port, name="Ada")


def test_a_datasette_of_its_own_gets_the_desk_in_front_of_it(folder: Path) -> None:
    """What docs/how-to/browse.md says of `datasette serve`: nothing is served to who has not logged in."""
    with Store.open(folder / "advocacy.db", contacts_path=folder / "contacts.db") as store:
        store.add_page(store.runs.start("x", "import"), Page(items=(make_post("zqx in the library"),)), collector="x")
    settings = folder / "datasette.yaml"
    settings.write_text(f"plugins:\n  advocacy-monitor:\n    campaign: {folder / 'config.yaml'}\n", encoding="utf-8")
    port = free_port()
    option = "--metadata" if datasette.__version__.startswith("0.") else "--config"
    command = [
        *(sys.executable, "-m", "datasette", "serve", str(folder / "advocacy.db")),
        *(option, str(settings), "--port", str(port)),
    ]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    root = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until and server.poll() is None:
            try:
                with urllib.request.urlopen(f"{root}/", timeout=10) as answer:
                    assert answer.url.startswith(f"{root}/-/desk/login")
                    break
            except ConnectionError:
                time.sleep(0.1)
            except urllib.error.URLError as error:
                assert isinstance(error.reason, ConnectionError), error
                time.sleep(0.1)
        for path in ("/advocacy/items.json", "/advocacy.db", "/advocacy.json?sql=select+1", "/-/databases.json"):
            try:
                with urllib.request.urlopen(root + path, timeout=30) as answer:
                    assert answer.url.startswith(f"{root}/-/desk/login"), path
                    assert b"zqx" not in answer.read()
            except urllib.error.HTTPError as error:
                assert error.code in (401, 403, 404), path
                assert b"zqx" not in error.read()
    finally:
        server.terminate()
        said, _ = server.communicate(timeout=30)
    assert "Traceback" not in said, said
