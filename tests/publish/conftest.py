"""A campaign to publish from: a folder, a configuration, and a store that a test fills."""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from advocacy_monitor.config import Loaded, load_config
from advocacy_monitor.line import check_versions
from advocacy_monitor.models import Annotation, Item, Page, Status
from advocacy_monitor.moderate import decide
from advocacy_monitor.publish import Published, publish
from advocacy_monitor.store import Store
from tests.conftest import Clock

CONFIG = """\
campaign:
  name: {name}
  sponsor: Example Library Association
  contact: voices@example.org
  pack_language: {language}
  codebook: small.yaml
thresholds:
  smallest_cell: {smallest}
  smallest_base: 1
"""

CODEBOOK = """\
name: small
version: 1
languages: {en: checked}
themes:
  - code: staff_help
    title: {en: Help from staff}
    definition: Somebody who works there helped.
    include: []
    exclude: []
    indicators: {en: {any: [helped]}}
  - code: safe_space
    title: {en: Safe and welcoming place}
    definition: A place where one is welcome.
    include: []
    exclude: []
    indicators: {en: {any: [welcome]}}
"""


@dataclass
class Campaign:
    """A store with its configuration; every statement that is added is approved and has been checked."""

    loaded: Loaded
    store: Store
    clock: Clock
    versions: Mapping[str, str]

    def add(self, *items: Item, facts: Sequence[Annotation] = (), approve: bool = True, reason: str = "") -> list[int]:
        """Stores items and returns their ids; `facts` are by the checks, or by people."""
        run = self.store.runs.start("t", "collect")
        first = self.store.items.last_id() + 1
        self.store.add_page(run, Page(items=items), collector="t")
        last = self.store.items.last_id()
        for name, by in self.versions.items():
            after = self.store.assertions.begin(name, by)
            mine = [fact for fact in facts if fact.by == name]
            given = [Annotation(item_id=f.item_id, label=f.label, value=f.value, by=by, spans=f.spans) for f in mine]
            self.store.assertions.add_batch(by, given, after=after, last_item_id=last)
        self.store.assertions.add(fact for fact in facts if fact.by not in self.versions)
        added = list(range(first, last + 1))
        if approve and added:
            decide(self.store, added, Status.APPROVED, moderator="Kim", reason=reason, clock=self.clock)
        return added

    @property
    def path(self) -> Path:
        return self.loaded.folder / "public.db"

    def publish(self, **given: Any) -> Published:
        return publish(self.store, self.loaded, given.pop("path", self.path), look=False, **given)


def campaign_in(folder: Path, clock: Clock, *, language: str = "en", smallest: int = 1, name: str = "Test") -> Campaign:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "small.yaml").write_text(CODEBOOK, encoding="utf-8")
    (folder / "config.yaml").write_text(
        CONFIG.format(language=language, smallest=smallest, name=name), encoding="utf-8"
    )
    loaded = load_config(folder / "config.yaml")
    store = Store.open(loaded.database, contacts_path=loaded.contacts, clock=clock)
    return Campaign(loaded, store, clock, _versions(loaded.folder))


@functools.cache
def _versions(folder: Path) -> Mapping[str, str]:
    """Of the checks; to ask for them reads their dictionaries, and takes a second."""
    return check_versions(load_config(folder / "config.yaml"))


@pytest.fixture
def campaign(tmp_path: Path, clock: Clock) -> Iterator[Campaign]:
    made = campaign_in(tmp_path / "campaign", clock)
    with made.store:
        yield made


def rows(path: Path, sql: str) -> list[tuple[Any, ...]]:
    """What a reader finds in a public file."""
    with closing(sqlite3.connect(path)) as db:
        return db.execute(sql).fetchall()
