"""The plugs: what a source, an enricher and an exporter must offer.

A plugin *is* its own settings: a pydantic model whose fields are the keys under its name in config.yaml. Built-in
plugins take the same road as a stranger's: a class, an entry point, a test.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import ClassVar, Protocol, Self, runtime_checkable

from pydantic import BaseModel, ConfigDict

from advocacy_monitor.models import Annotation, Cursor, Estimate, EvidencePack, Known, Page, StoredItem


class Plugin(BaseModel):
    """Base of every plugin: unknown keys are errors, settings never change after the start."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@runtime_checkable
class Source(Protocol):
    """Hands over pages of items, from where it left off.

    A page's checkpoint is a promise: once it is stored, nothing older than it is missing, so a later run may start
    there. A record that cannot be read is a `Reject` in the page, never an exception. Raises RetryableSourceError
    or FatalSourceError.
    """

    def pages(self, since: Cursor | None) -> Iterator[Page]: ...


def _now() -> datetime:
    return datetime.now(UTC)


def _unheard(said: str) -> None:
    """A source that runs by itself has nobody to tell."""


def _nothing_spent(unit: str, since: date) -> float:
    return 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """What the program offers to a source that runs in it; a source by itself has sensible ones.

    `clock` is the time, aware and in UTC. `sleep` waits a number of seconds, or less when the program must end.
    `say` tells what is going on, such as what is waited for: it stands in `status` while the run lasts. `note` is for
    what a person should know of the run afterwards, `missed` for posts that may be missing and cannot be had any more:
    packs say how often that happened. `spent(unit, since)` is how much of a unit the collectors of this kind of source
    have used up since the beginning of a day (UTC).
    """

    clock: Callable[[], datetime] = _now
    sleep: Callable[[float], object] = time.sleep
    say: Callable[[str], object] = _unheard
    note: Callable[[str], object] = _unheard
    missed: Callable[[str], object] = _unheard
    spent: Callable[[str, date], float] = _nothing_spent


@runtime_checkable
class Hosted(Protocol):
    """A source that waits, tells or spends, and is to do so as the program says."""

    def hosted_by(self, host: Host) -> Self: ...


@runtime_checkable
class Verifier(Protocol):
    """A source that can ask its platform whether posts still stand, and unchanged (R5).

    A source that charges for it may have `verifies_unasked`, false where its settings do not allow the daemon to spend
    money by itself. Every post asked about gets exactly one verdict, also when it could not be asked. A page's items
    are new versions of edited posts. Raises RetryableSourceError or FatalSourceError when nothing more can be asked.
    """

    def verify(self, known: Sequence[Known]) -> Iterator[Page]: ...


@runtime_checkable
class Estimating(Protocol):
    """A source that can say what a run would read and cost. None: too little to ask a person about."""

    def estimate(self, since: Cursor | None) -> Estimate | None: ...


@runtime_checkable
class Replying(Protocol):
    """A source that may answer a post in public, where the platform allows it. Returns the answer's address."""

    def reply(self, known: Known, text: str) -> str: ...


@runtime_checkable
class Reader(Protocol):
    """What an enricher may read beside its batch."""

    def items(self, *, before_id: int) -> Iterator[StoredItem]:
        """Every stored item with an id below `before_id`, oldest first, in little memory."""
        ...

    def annotations(self, item_ids: Sequence[int], label: str) -> dict[int, list[Annotation]]:
        """The newest version's annotations of one label, by item id; items without any are absent."""
        ...


@runtime_checkable
class VectorReader(Reader, Protocol):
    """A Reader that also keeps what a sentence encoder made of items, so that it need not be made again.

    `encoder` names encoder and version, and with them what the bytes mean. Vectors that are not kept (of a removed
    item, in a store that is open for reading only) are simply absent the next time.
    """

    def vectors(self, item_ids: Sequence[int], encoder: str) -> dict[int, bytes]: ...

    def keep_vectors(self, encoder: str, vectors: Mapping[int, bytes]) -> None: ...


@runtime_checkable
class Enricher(Protocol):
    """Asserts facts about items. `version` is part of every assertion and changes whenever answers may change.

    `enrich` sees each stored item once for each version, in the order of their ids, in batches. Raises EnrichError.
    """

    @property
    def version(self) -> str: ...

    def enrich(self, items: Sequence[StoredItem], reader: Reader) -> Iterable[Annotation]: ...


@runtime_checkable
class Exporter(Protocol):
    """Writes one pack to one file. The same pack gives the same bytes. Raises ExportError."""

    suffix: ClassVar[str]

    def export(self, pack: EvidencePack, path: Path) -> None: ...
