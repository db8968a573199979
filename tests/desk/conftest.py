"""What the desk's tests share: filled and empty campaigns, and requests to a Datasette in this process."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from advocacy_monitor.config import Loaded
from advocacy_monitor.store import Store
from tests.desk.statements import campaign, fill

pytest.importorskip("datasette", reason="needs the extra `browse`")

from tests.desk.site import Client, Site, open_site, prepare

Fetch = Callable[..., list[Any]]


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """A campaign with 400 statements, hostile ones among them. Read it only."""
    loaded = campaign(tmp_path_factory.mktemp("filled"))
    fill(loaded.database, 400, contacts=loaded.contacts)
    return loaded


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """A campaign in which nothing has been collected yet."""
    loaded = campaign(tmp_path_factory.mktemp("empty"))
    Store.open(loaded.database, contacts_path=loaded.contacts).close()
    return loaded


@pytest.fixture(params=["filled", "empty"])
def either(request: pytest.FixtureRequest) -> Loaded:
    """Each test runs on both."""
    loaded: Loaded = request.getfixturevalue(request.param)
    return loaded


def fetch_all(loaded: Loaded, *requests: Any) -> list[Any]:
    """Asks a fresh desk as an administrator: a path is fetched, `(method, path, options)` is sent; answers in order."""
    with open_site(loaded) as site:
        token = site.desk.accounts.enter(site.desk.accounts.make_entry_key("Administrator"))
        client = Client(site._web, site.desk, token)
        answers = []
        for request in requests:
            method, path, options = request if isinstance(request, tuple) else ("GET", request, {})
            answers.append(client.stock(path, method=method, **options))
        return answers


@pytest.fixture
def fetch() -> Fetch:
    """`fetch_all`, for tests that name it."""
    return fetch_all


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a campaign with 400 statements that every check has seen. Copy it."""
    folder = tmp_path_factory.mktemp("prepared")
    prepare(folder)
    return folder


@pytest.fixture
def desk_site(prepared: Path, tmp_path: Path) -> Iterator[Site]:
    """A desk of one's own, with an account for each role."""
    folder = tmp_path / "campaign"
    shutil.copytree(prepared, folder)
    with open_site(campaign(folder)) as site:
        yield site


@pytest.fixture(scope="module")
def shared_site(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The same for tests of one module that only read."""
    folder = tmp_path_factory.mktemp("shared") / "campaign"
    shutil.copytree(prepared, folder)
    with open_site(campaign(folder)) as site:
        yield site
