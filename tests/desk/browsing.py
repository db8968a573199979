"""A real browser before a real server: what the tests in a browser share.

Whatever a page loads is written down: each test ends with no error in the console and no request to another host.
"""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from argon2 import PasswordHasher

from advocacy_monitor.desk.browse import build
from advocacy_monitor.desk.context import BASE, SESSION, Desk
from advocacy_monitor.desk.opening import open_desk
from advocacy_monitor.desk.pack_jobs import jobs_of
from advocacy_monitor.staff.passwords import Passwords
from advocacy_monitor.staff.roles import Role
from advocacy_monitor.summary.filters import Filters
from tests.desk.coding_steps import draw, record_all
from tests.desk.site import PASSWORD, close, open_site
from tests.desk.statements import campaign

sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright, to steer a browser")

WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
_PATIENCE_MS = 20_000


@dataclass
class Watched:
    """What pages did that they must not do."""

    base: str
    errors: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def watch(self, page: Any) -> None:
        page.on("console", lambda told: self._told(page, told))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self._asked(request.url))

    def _told(self, page: Any, told: Any) -> None:
        # A page that is refused is one to look at; a browser says of it that it was refused.
        itself = told.text.startswith("Failed to load resource") and told.location["url"] == page.url
        if told.type == "error" and not itself:
            self.errors.append(told.text)

    def _asked(self, url: str) -> None:
        if not url.startswith((f"{self.base}/", "data:", f"blob:{self.base}/")):
            self.strangers.append(url)

    def check(self) -> None:
        assert (self.errors, self.strangers) == ([], [])


@dataclass
class Served:
    """A desk on a port of this machine, and a browser."""

    base: str
    desk: Desk
    browser: Any
    _tokens: dict[str, str] = field(default_factory=dict)

    def token(self, role: str) -> str:
        """A session of somebody of this role, named so."""
        if role not in self._tokens:
            self.desk.accounts.add(role.capitalize(), Role(role), PASSWORD)
            self._tokens[role] = self.desk.accounts.log_in(role.capitalize(), PASSWORD, address="127.0.0.1")
        return self._tokens[role]

    @contextmanager
    def page(self, role: str | None, *, size: dict[str, int] | None = None, **options: Any) -> Iterator[Any]:
        """A new browser window of somebody; None is nobody. `options` are those of a browser context."""
        context = self.browser.new_context(
            base_url=self.base, viewport=size or WIDE, **{"locale": "en-GB", "reduced_motion": "reduce", **options}
        )
        context.set_default_timeout(_PATIENCE_MS)
        watched = Watched(self.base)
        context.on("page", watched.watch)
        if role is not None:
            context.add_cookies([{"name": SESSION, "value": self.token(role), "url": self.base}])
        try:
            page = context.new_page()
            yield page
            watched.check()
        finally:
            context.close()


def below(path: str) -> str:
    """The address of a page of the desk."""
    return BASE + path


def sideways(page: Any) -> list[str]:
    """What makes a page scroll sideways: elements that stand out of the window, where the page itself does."""
    found: list[str] = page.evaluate(
        """() => {
          const wide = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= wide) return [];
          return [...document.querySelectorAll("body *")]
            .filter((each) => each.getBoundingClientRect().right > wide + 1)
            .map((each) => each.outerHTML.slice(0, 120)).slice(0, 5).concat(["(the page scrolls)"]);
        }"""
    )
    return found


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, Desk]]:
    """A server over a campaign's folder, in a thread."""
    loaded = campaign(folder)
    desk = open_desk(loaded, passwords=Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)))
    datasette = build(loaded, desk)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(datasette.app(), log_level="warning", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}", desk
        finally:
            server.should_exit = True
            thread.join(10)
            close(datasette)
            desk.close()


@contextmanager
def browsing(folder: Path) -> Iterator[Served]:
    """A server and a browser; the test is skipped where there is no Chromium."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("needs the program `chromium`")
    with serving(folder) as (base, desk), sync_api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            yield Served(base=base, desk=desk, browser=browser)
        finally:
            browser.close()


@dataclass(frozen=True)
class Lived:
    """What there is in a campaign in which people have worked."""

    settled: int
    """A round that is being settled."""
    open: int
    """A round that is open for coding."""
    job: str
    number: str
    """A pack: the job that made it, and its number."""
    choice: str
    shared: int
    """A statement that everybody on the staff may see."""


def live(folder: Path) -> Lived:
    """Has people code, settle, propose and pack in a campaign, so that every page has something on it."""
    with open_site(campaign(folder)) as site:
        moderator, advocate = site.client("moderator", name="Mo"), site.client("advocate", name="Ada")
        settled = draw(site, "autumn-1", size=6)
        record_all(site, settled, "Anna", lambda number: {"theme": ["staff_help"]})
        record_all(site, settled, "Ben", lambda number: {"theme": ["staff_help"]} if number % 2 else {"answer": "none"})
        assert moderator.post(f"/coding/{settled}/begin").status_code == 303
        open_ = draw(site, "autumn-2", size=6, again="yes")
        jobs = jobs_of(site.campaign, site.desk.clock)
        answer = advocate.post("/packs/choose", {"name": "spring", "title": "Spring", "language": "en"})
        assert answer.status_code == 303, answer.text
        answer = advocate.post("/packs/new", {"title": "Spring", "format": ["csv"], "unverified": "1"})
        assert answer.status_code == 303, answer.text
        job = answer.headers["location"].rpartition("/")[2]
        assert jobs.wait()
        made = jobs.get(job)
        assert made is not None and made.number, made
        columns = site.desk.columns
        shared = columns.ids(columns.positions(Filters(), shared_only=True))[0]
        return Lived(settled=settled, open=open_, job=job, number=made.number, choice="spring", shared=shared)
