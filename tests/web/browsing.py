"""A real browser before a real server: what the tests of the form in a browser share.

Whatever a page loads is written down: each test ends with no error in the console, no request to another host and no
cookie.
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

from advocacy_monitor.config import Loaded
from advocacy_monitor.web.app import application
from advocacy_monitor.web.site import Site
from tests.web.site import campaign

sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright, to steer a browser")

WIDE = {"width": 1280, "height": 900}
SMALL = {"width": 320, "height": 640}
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
        # A form that has to be changed is a page to look at; a browser says of it that it was refused.
        itself = told.text.startswith("Failed to load resource") and told.location["url"] == page.url
        if told.type in ("error", "warning") and not itself:
            self.errors.append(told.text)

    def _asked(self, url: str) -> None:
        if not url.startswith(f"{self.base}/"):
            self.strangers.append(url)

    def check(self, cookies: list[Any]) -> None:
        assert (self.errors, self.strangers, cookies) == ([], [], [])


@dataclass
class Served:
    """A form on a port of this machine, and a browser."""

    base: str
    loaded: Loaded
    site: Site
    browser: Any

    @contextmanager
    def beside(self, folder: Path, **settings: Any) -> Iterator[Served]:
        """Another campaign before the same browser."""
        loaded = campaign(folder, **settings)
        with serving(loaded) as (base, site):
            yield Served(base=base, loaded=loaded, site=site, browser=self.browser)

    @contextmanager
    def page(self, *, size: dict[str, int] | None = None, **options: Any) -> Iterator[Any]:
        """A new browser window. `options` are those of a browser context."""
        context = self.browser.new_context(
            base_url=self.base, viewport=size or WIDE, **{"locale": "en-GB", "reduced_motion": "reduce", **options}
        )
        context.set_default_timeout(_PATIENCE_MS)
        watched = Watched(self.base)
        context.on("page", watched.watch)
        try:
            page = context.new_page()
            yield page
            watched.check(context.cookies())
        finally:
            context.close()


def sideways(page: Any) -> list[str]:
    """What makes a page scroll sideways: elements that stand out of the window, where the page itself does."""
    found: list[str] = page.evaluate(
        """() => {
          const wide = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= wide) return [];
          return [...document.querySelectorAll("body *")]
            .filter((each) => { const box = each.getBoundingClientRect(); return box.right > wide + 1 || box.left < -1; })
            .map((each) => each.outerHTML.slice(0, 120)).slice(0, 5).concat(["(the page scrolls)"]);
        }"""
    )
    return found


@contextmanager
def serving(loaded: Loaded) -> Iterator[tuple[str, Site]]:
    """A server over a campaign, in a thread."""
    app = application(loaded)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}", app.state.site
        finally:
            server.should_exit = True
            thread.join(10)


@contextmanager
def browsing(folder: Path, **settings: Any) -> Iterator[Served]:
    """A server and a browser; the test is skipped where there is no Chromium."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("needs the program `chromium`")
    loaded = campaign(folder, **settings)
    with serving(loaded) as (base, site), sync_api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            yield Served(base=base, loaded=loaded, site=site, browser=browser)
        finally:
            browser.close()
