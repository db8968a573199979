"""Which language an enricher is to read an item in: what a person said, what was found, what the source declared."""

from __future__ import annotations

from collections.abc import Sequence

from advocacy_monitor.models import StoredItem
from advocacy_monitor.protocols import Reader


def told_languages(items: Sequence[StoredItem], reader: Reader) -> dict[int, str]:
    """The primary language subtag of every item by its id; '' where nobody said anything."""
    found = reader.annotations([item.id for item in items], "language")
    told: dict[int, str] = {}
    for item in items:
        facts = found.get(item.id, ())
        people = [fact for fact in facts if fact.by.startswith("person:")]
        newest = (people or list(facts))[-1:]
        told[item.id] = newest[0].value if newest else (item.language or "").partition("-")[0].lower()
    return told
