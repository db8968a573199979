"""What the desk's tests share: filled and empty campaigns, and requests to a Datasette in this process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from advocacy_monitor.config import Loaded
from advocacy_monitor.store import Store
from tests.desk.statements import campaign, fill

pytest.importorskip("datasette", reason="needs the extra `browse`")

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
    """Asks a fresh Datasette: a path is fetched, `(method, path, options)` is sent; the answers come in order."""
    from advocacy_monitor.desk.browse import build

    async def ask() -> list[Any]:
        datasette = build(loaded)
        answers = []
        try:
            await datasette.invoke_startup()
            for request in requests:
                method, path, options = request if isinstance(request, tuple) else ("GET", request, {})
                answers.append(await datasette.client.request(method, path, **options))
        finally:
            close(datasette)
        return answers

    return asyncio.run(ask())


@pytest.fixture
def fetch() -> Fetch:
    """`fetch_all`, for tests that name it."""
    return fetch_all


def close(datasette: Any) -> None:
    """Closes a Datasette's files and threads; 0.65 cannot do that itself."""
    for database in datasette.databases.values():
        database.close()
    if hasattr(datasette, "close"):
        datasette.close()
    elif datasette.executor:
        datasette.executor.shutdown()
