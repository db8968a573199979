"""A campaign whose collectors have a past: runs that went well, failed, or found nothing any more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from advocacy_monitor.config import Loaded, load_config
from advocacy_monitor.models import Page
from advocacy_monitor.store import Store
from tests.conftest import Clock, make_post

CONFIG = """\
campaign: {name: Missed My Library, sponsor: "Library Association, Example", contact: info@example.org}
timezone: Europe/Berlin
collectors:
  toots: {source: mastodon, hours: "*/6", settings: {instance: https://example.org, hashtags: [x]}}
  tweets: {source: x, hours: "7", settings: {bearer_token: {env: X}, queries: [x], budget_usd: 100}}
alerts: {to: [staff@example.org, chair@example.org], webhook: {env: HOOK}, free_mb: 1}
enrichers: {language: {}}
mail: {host: 127.0.0.1, security: none, sender: noreply@example.org}
"""


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Loaded]:
    """Reads a configuration, the usual one with some lines put into the place of others."""
    monkeypatch.setenv("HOOK", "https://hooks.example.org/MARKER-OF-A-SECRET")

    def read(text: str) -> Loaded:
        path = tmp_path / "config.yaml"
        path.write_text(text, encoding="utf-8")
        return load_config(path)

    return read


@pytest.fixture
def loaded(configured: Callable[[str], Loaded]) -> Loaded:
    return configured(CONFIG)


@pytest.fixture
def campaign(loaded: Loaded, clock: Clock) -> Iterator[Store]:
    with Store.open(loaded.database, contacts_path=loaded.contacts, clock=clock) as opened:
        yield opened


Running = Callable[..., None]


@pytest.fixture
def ran(campaign: Store, clock: Clock) -> Running:
    """A run of a name at a moment, as it ends: how many new posts, and what it said."""

    def run(
        name: str, at: datetime, *, status: str = "done", new: int = 0, message: str = "", kind: str = "collect"
    ) -> None:
        before, clock.now = clock.now, at
        run_id = campaign.runs.start(name, kind)
        if new:
            campaign.add_page(run_id, Page(items=tuple(make_post() for _ in range(new))), collector=name)
        clock.now = at + timedelta(minutes=1)
        campaign.runs.finish(run_id, status, message)
        clock.now = before

    return run
