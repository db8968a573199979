"""The plugs: what a source, an enricher and an exporter must offer.

A plugin *is* its own settings: a pydantic model whose fields are the keys under its name in config.yaml. Built-in
plugins take the same road as a stranger's: a class, an entry point, a test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import ClassVar, Protocol, runtime_checkable

from pydantic import BaseModel, ConfigDict

from advocacy_monitor.models import Annotation, Cursor, EvidencePack, Page, StoredItem


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


@runtime_checkable
class Patient(Protocol):
    """A source that waits, say for a rate limit, and can be given a way to wait that ends when the program must."""

    def waiting_with(self, sleep: Callable[[float], object]) -> Source: ...


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
