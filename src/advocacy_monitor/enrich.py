"""Stage 2: stored items into annotations. An item is never edited; a new version adds and keeps the old."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from advocacy_monitor.errors import EnrichError
from advocacy_monitor.models import Annotation, StoredItem
from advocacy_monitor.plugins import boundary
from advocacy_monitor.protocols import Enricher
from advocacy_monitor.store import Store

log = logging.getLogger(__name__)

BATCH = 1000
"""Items that an enricher sees at once: memory stays flat however many are stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrichment:
    """What one enricher did: items read, annotations made, items set aside with the newest reason."""

    name: str
    by: str
    items: int
    annotations: int
    set_aside: int
    message: str = ""


def _ask(name: str, enricher: Enricher, by: str, items: Sequence[StoredItem], store: Store) -> list[Annotation]:
    """Asks one enricher about one batch and checks that it speaks for itself and of these items only."""
    with boundary(name, EnrichError):
        made = list(enricher.enrich(items, store.reader()))
    known = {item.id: len(item.text) for item in items}
    for annotation in made:
        if annotation.item_id not in known:
            raise EnrichError(f"{name}: annotated item {annotation.item_id}, which is not in its batch")
        asserted: tuple[object, ...] = (annotation.label, annotation.value)
        if not all(isinstance(each, str) for each in asserted):
            raise EnrichError(f"{name}: label and value must be text, found {asserted!r}")
        if annotation.by != by:
            raise EnrichError(f"{name}: signed as {annotation.by!r} instead of {by!r}")
        if any(not 0 <= span.start <= span.end <= known[annotation.item_id] for span in annotation.spans):
            raise EnrichError(f"{name}: a span lies outside the text of item {annotation.item_id}")
    return made


def enrich(
    store: Store,
    name: str,
    enricher: Enricher,
    *,
    batch: int = BATCH,
    stop: Callable[[], bool] = lambda: False,
    progress: Callable[[int], None] | None = None,
) -> Enrichment:
    """Shows an enricher every item that this version of it has not seen. Running it again does nothing.

    A batch that fails is tried item by item; items that fail are set aside with the reason and tried again at the
    next run; the others go on.
    """
    by = f"{name}@{enricher.version}"
    last = store.assertions.begin(name, by)
    items = annotations = failed = 0
    message = ""
    waiting = store.items.get(store.assertions.waiting(by))
    for item in waiting:
        try:
            annotations += store.assertions.retried(by, _ask(name, enricher, by, [item], store), [item.id])
        except EnrichError as error:
            failed, message = failed + 1, str(error)
    up_to = store.items.last_id()
    while not stop() and (found := store.items.after(last, batch, up_to=up_to)):
        try:
            made = _ask(name, enricher, by, found, store)
        except EnrichError as error:
            message = str(error)
            log.warning("%s: a batch of %d items failed, trying them one by one: %s", by, len(found), message)
            good, bad = _one_by_one(store, name, enricher, by, found, after=last)
            annotations, failed = annotations + good, failed + bad
        else:
            annotations += store.assertions.add_batch(by, made, after=last, last_item_id=found[-1].id)
        last = found[-1].id
        items += len(found)
        if progress:
            progress(items)
    return Enrichment(
        name=name, by=by, items=items + len(waiting), annotations=annotations, set_aside=failed, message=message
    )


def _one_by_one(
    store: Store, name: str, enricher: Enricher, by: str, items: Sequence[StoredItem], *, after: int
) -> tuple[int, int]:
    """Finds the items that make a batch fail. Returns how many annotations were made and items set aside."""
    annotations = failed = 0
    for item in items:
        try:
            made = _ask(name, enricher, by, [item], store)
        except EnrichError as error:
            store.assertions.set_aside(by, item.id, str(error), after=after)
            failed += 1
        else:
            annotations += store.assertions.add_batch(by, made, after=after, last_item_id=item.id)
        after = item.id
    return annotations, failed
