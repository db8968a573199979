"""What tests of enrichers stand on: stored items made in one line, and a reader over a list of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from advocacy_monitor.models import Annotation, StoredItem
from advocacy_monitor.protocols import Enricher

NOON = datetime(2026, 10, 1, 12, 0, tzinfo=UTC)


def make_stored(item_id: int, text: str, **given: Any) -> StoredItem:
    """A stored post with sensible values for what a test does not care about."""
    values: dict[str, Any] = {
        "kind": "post",
        "source": "x",
        "source_id": str(item_id),
        "created_at": NOON,
        "collected_at": NOON,
        "person_key": f"person-{item_id}",
    }
    values.update(given)
    return StoredItem(id=item_id, text=text, **values)


class ListReader:
    """A reader of items and annotations that are held in lists; counts how often all items were read."""

    def __init__(self, items: Iterable[StoredItem] = (), annotations: Iterable[Annotation] = ()) -> None:
        self._items = sorted(items, key=lambda item: item.id)
        self._annotations = list(annotations)
        self.reads = 0

    def items(self, *, before_id: int) -> Iterator[StoredItem]:
        self.reads += 1
        yield from (item for item in self._items if item.id < before_id)

    def annotations(self, item_ids: Sequence[int], label: str) -> dict[int, list[Annotation]]:
        found: dict[int, list[Annotation]] = {}
        for annotation in self._annotations:
            if annotation.label == label and annotation.item_id in item_ids:
                found.setdefault(annotation.item_id, []).append(annotation)
        return found


def annotate(enricher: Enricher, *texts: str, **given: Any) -> list[Annotation]:
    """What an enricher says about texts, as items 1, 2, ..."""
    items = [make_stored(number, text, **given) for number, text in enumerate(texts, start=1)]
    return list(enricher.enrich(items, ListReader(items)))
