"""Enriching: once per version, old versions kept, one bad item never stops the others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pytest

from advocacy_monitor.enrich import enrich
from advocacy_monitor.errors import EnrichError, StoreError
from advocacy_monitor.models import Annotation, Page, Span, StoredItem
from advocacy_monitor.protocols import Reader
from advocacy_monitor.store import Store
from tests.conftest import make_post


class Length:
    """Says how long a text is; fails on texts with a given word."""

    def __init__(self, version: str = "1", *, poison: str | None = None, error: Exception | None = None) -> None:
        self.version = version
        self.poison = poison
        self.error = error or EnrichError("cannot read this")
        self.seen: list[int] = []

    def enrich(self, items: Sequence[StoredItem], reader: Reader) -> Iterable[Annotation]:
        for item in items:
            if self.poison and self.poison in item.text:
                raise self.error
            self.seen.append(item.id)
            yield Annotation(item_id=item.id, label="length", value=str(len(item.text)), by=f"length@{self.version}")


def _fill(store: Store, *texts: str) -> None:
    run = store.runs.start("t", "collect")
    store.add_page(run, Page(items=tuple(make_post(text) for text in texts)), collector="t")


def test_the_same_version_runs_once_and_a_new_one_adds_and_keeps_the_old(store: Store) -> None:
    _fill(store, "a", "bb", "ccc")
    assert enrich(store, "length", Length(), batch=2).annotations == 3
    again = Length()
    assert enrich(store, "length", again).items == 0
    assert again.seen == []
    _fill(store, "dddd")
    assert enrich(store, "length", again).items == 1
    enrich(store, "length", Length("2"))
    assert store.counts()["annotations"] == 8
    current = store.items.annotations(1, 9)
    assert {a.by for found in current.values() for a in found} == {"length@2"}


@pytest.mark.parametrize("error", [EnrichError("cannot read this"), ValueError("boom")])
def test_a_bad_item_is_set_aside_and_tried_again(store: Store, error: Exception) -> None:
    _fill(store, "good", "poison", "also good")
    made = enrich(store, "length", Length(poison="poison", error=error), batch=10)
    assert (made.items, made.annotations, made.set_aside) == (3, 2, 1)
    assert store.assertions.waiting("length@1") == [2]
    assert str(error) in made.message
    cured = enrich(store, "length", Length())
    assert (cured.items, cured.annotations, cured.set_aside) == (1, 1, 0)
    assert store.assertions.waiting("length@1") == []
    assert sorted(store.items.annotations(1, 3)) == [1, 2, 3]


@pytest.mark.parametrize(
    "annotation",
    [
        Annotation(item_id=99, label="x", value="y", by="length@1"),
        Annotation(item_id=1, label="x", value="y", by="somebody@1"),
        Annotation(item_id=1, label="x", value="y", by="length@1", spans=(Span(0, 99),)),
    ],
)
def test_an_enricher_speaks_for_itself_and_of_its_batch_only(store: Store, annotation: Annotation) -> None:
    class Liar(Length):
        def enrich(self, items: Sequence[StoredItem], reader: Reader) -> Iterable[Annotation]:
            return [annotation]

    _fill(store, "a")
    assert enrich(store, "length", Liar()).set_aside == 1
    assert store.counts()["annotations"] == 0


def test_two_programs_cannot_enrich_the_same_batch(store: Store) -> None:
    _fill(store, "a", "b")
    store.assertions.begin("length", "length@1")
    store.assertions.add_batch("length@1", [], after=0, last_item_id=2)
    fact = Annotation(item_id=1, label="length", value="1", by="length@1")
    with pytest.raises(StoreError, match="another program is running this enricher"):
        store.assertions.add_batch("length@1", [fact], after=0, last_item_id=2)
    assert store.counts()["annotations"] == 0
