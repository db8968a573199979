"""Vectors in the store: kept once, never of removed items, and no trouble where nothing may be written."""

from __future__ import annotations

from datetime import timedelta

from advocacy_monitor.models import Page, Post, Standing, StoredItem, Verdict
from advocacy_monitor.protocols import Reader, VectorReader
from advocacy_monitor.store import Store
from tests.conftest import Clock, make_post


def fill(store: Store, *posts: Post) -> list[StoredItem]:
    run = store.runs.start("test", "import")
    store.add_page(run, Page(items=posts), collector="test")
    store.runs.finish(run, "done")
    return [item for batch in store.items.each() for item in batch]


def remove(store: Store, item: StoredItem, clock: Clock) -> None:
    for _ in range(2):  # words go when a post is still gone at a second look
        store.verifications.apply([Verdict(source=item.source, source_id=item.source_id, standing=Standing.GONE)])
        clock.now += timedelta(hours=2)
    assert store.items.get([item.id])[0].text == ""


def test_vectors_are_kept_by_encoder_and_read_for_what_is_asked(store: Store) -> None:
    one, two, three = fill(store, make_post(), make_post(), make_post())
    reader = store.reader()
    assert isinstance(reader, Reader)
    assert isinstance(reader, VectorReader)
    reader.keep_vectors("enc-1", {one.id: b"one", two.id: b"two"})
    reader.keep_vectors("enc-2", {one.id: b"other"})
    assert reader.vectors([one.id, three.id, 999], "enc-1") == {one.id: b"one"}
    assert reader.vectors([], "enc-1") == {}
    assert store.vectors.keep("enc-1", {one.id: b"again", three.id: b"three"}) == 1
    assert reader.vectors([one.id, two.id, three.id], "enc-1") == {one.id: b"one", two.id: b"two", three.id: b"three"}
    assert store.vectors.forget_others("enc-2") == 3
    assert reader.vectors([one.id], "enc-2") == {one.id: b"other"}


def test_a_removed_item_loses_its_vector_and_never_gets_one(store: Store, clock: Clock) -> None:
    one, two = fill(store, make_post(), make_post())
    store.vectors.keep("enc-1", {one.id: b"one", two.id: b"two"})
    remove(store, one, clock)
    assert store.vectors.get([one.id, two.id], "enc-1") == {two.id: b"two"}
    assert store.vectors.keep("enc-1", {one.id: b"one", 999: b"nobody"}) == 0
    assert store.vectors.get([one.id, 999], "enc-1") == {}


def test_a_store_for_reading_only_gives_vectors_and_keeps_none(store: Store) -> None:
    one, two = fill(store, make_post(), make_post())
    store.vectors.keep("enc-1", {one.id: b"one"})
    with Store.open_read_only(store.path) as reading:
        reading.reader().keep_vectors("enc-1", {two.id: b"two"})
        assert reading.reader().vectors([one.id, two.id], "enc-1") == {one.id: b"one"}


def test_nothing_breaks_in_the_middle_of_a_snapshot(store: Store) -> None:
    (one,) = fill(store, make_post())
    with store.snapshot():
        assert store.vectors.keep("enc-1", {one.id: b"one"}) == 0
    assert store.vectors.keep("enc-1", {one.id: b"one"}) == 1


def test_more_items_than_one_question_holds(store: Store) -> None:
    items = fill(store, *(make_post() for _ in range(1100)))
    vectors = {item.id: str(item.id).encode() for item in items}
    assert store.vectors.keep("enc-1", vectors) == 1100
    assert store.vectors.get([item.id for item in items], "enc-1") == vectors
