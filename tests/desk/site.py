"""A desk in this process with an account for each role, asked as a browser would ask."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
from argon2 import PasswordHasher
from starlette.testclient import TestClient

from advocacy_monitor.config import Config, Loaded
from advocacy_monitor.desk.browse import build
from advocacy_monitor.desk.context import BASE, SESSION, Desk
from advocacy_monitor.desk.opening import open_desk
from advocacy_monitor.line import check_versions
from advocacy_monitor.staff.passwords import Passwords
from advocacy_monitor.staff.roles import Role
from advocacy_monitor.store import Store
from advocacy_monitor.summary.refresh import refresh
from tests.desk.statements import campaign, fill

PASSWORD = "an unlikely sequence of 7 words"


class Client:
    """One person's browser; paths are below the desk unless they are given whole with `stock`."""

    def __init__(self, web: TestClient, desk: Desk, token: str | None) -> None:
        self._web = web
        self._desk = desk
        self.token = token

    def _headers(self, more: Mapping[str, str] | None) -> dict[str, str]:
        cookie = {} if self.token is None else {"cookie": f"{SESSION}={self.token}"}
        return {**cookie, **(more or {})}

    def stock(
        self, path: str, *, method: str = "GET", headers: Mapping[str, str] | None = None, **options: Any
    ) -> httpx2.Response:
        """Any path of the server."""
        self._web.cookies.clear()
        return self._web.request(method, path, headers=self._headers(headers), follow_redirects=False, **options)

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> httpx2.Response:
        """A page of the desk."""
        return self.stock(BASE + path, headers=headers)

    def post(
        self,
        path: str,
        data: Mapping[str, Any] | Sequence[tuple[str, str]] | None = None,
        *,
        csrf: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx2.Response:
        """Sends a form, with the session's own token unless another is given ('' for none)."""
        token = (self._desk.accounts.csrf(self.token) if self.token else "") if csrf is None else csrf
        pairs = list(data.items()) if isinstance(data, Mapping) else list(data or ())
        form: dict[str, list[str]] = {}
        for key, value in [*pairs, *([("csrf", token)] if token else [])]:
            form.setdefault(key, []).extend(map(str, value) if isinstance(value, list | tuple) else [str(value)])
        self._web.cookies.clear()
        return self._web.post(BASE + path, data=form, headers=self._headers(headers), follow_redirects=False)


class Site:
    """A desk and its people: 'viewer', 'coder', 'moderator', 'advocate', 'administrator', each named so."""

    def __init__(self, campaign: Loaded, desk: Desk, web: TestClient) -> None:
        self.campaign = campaign
        self.desk = desk
        self._web = web
        self._clients: dict[str, Client] = {}

    def client(self, role: str | None, *, name: str | None = None) -> Client:
        """Somebody of a role, logged in; None is nobody. Another name is another person of that role."""
        if role is None:
            return Client(self._web, self.desk, None)
        name = name or role.capitalize()
        if name not in self._clients:
            self.desk.accounts.add(name, Role(role), PASSWORD)
            token = self.desk.accounts.log_in(name, PASSWORD, address="127.0.0.1")
            self._clients[name] = Client(self._web, self.desk, token)
        return self._clients[name]

    def catch_up(self) -> None:
        """Sums up what was written beside the desk."""
        with Store.open(self.campaign.database, contacts_path=self.campaign.contacts) as store:
            refresh(store, self.campaign)
            self.desk.columns.follow(store)


def prepare(folder: Path, count: int = 400) -> Loaded:
    """A campaign with `count` statements, all of them seen by the checks that packs wait for."""
    loaded = campaign(folder)
    fill(loaded.database, count, contacts=loaded.contacts)
    conn = sqlite3.connect(loaded.database)
    with conn:
        for name, by in check_versions(loaded).items():
            conn.execute('DELETE FROM enrichments WHERE enricher = ? AND "by" <> ?', [name, f"{name}@1"])
            conn.execute('UPDATE annotations SET "by" = ? WHERE "by" = ?', [by, f"{name}@1"])
            conn.execute(
                'INSERT OR REPLACE INTO enrichments ("by", enricher, last_item_id, is_current, updated_at) '
                "SELECT ?, ?, coalesce(max(id), 0), 1, ? FROM items",
                [by, name, datetime.now(UTC).isoformat()],
            )
            conn.execute('DELETE FROM enrichments WHERE enricher = ? AND "by" <> ?', [name, by])
    conn.close()
    return loaded


@contextmanager
def open_site(loaded: Loaded, **config: Any) -> Iterator[Site]:
    """A desk over a campaign; `config` replaces parts of its configuration."""
    if config:
        loaded = Loaded(config=Config(**{**loaded.config.__dict__, **config}), path=loaded.path)
    with ExitStack() as stack:
        desk = open_desk(loaded, passwords=Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)))
        stack.callback(desk.close)
        datasette = build(loaded, desk)
        stack.callback(close, datasette)
        web = stack.enter_context(TestClient(datasette.app(), base_url="http://127.0.0.1:8001"))
        site = Site(loaded, desk, web)
        site.catch_up()
        yield site


def close(datasette: Any) -> None:
    """Closes a Datasette's files and threads; 0.65 cannot do that itself."""
    for database in datasette.databases.values():
        database.close()
    if hasattr(datasette, "close"):
        datasette.close()
    elif datasette.executor:
        datasette.executor.shutdown()
