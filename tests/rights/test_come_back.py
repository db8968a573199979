"""Who was erased does not come back: not their posts, nor what others repeat of them; their new answers are welcome."""

from __future__ import annotations

import json

from advocacy_monitor.erase import erase, preview
from advocacy_monitor.models import Contact, Page, Reject, Relation, Tally
from advocacy_monitor.store import Store
from tests.conftest import make_post, make_submission
from tests.planted import stored


def collected(store: Store, *items: object, rejects: tuple[Reject, ...] = ()) -> Tally:
    run = store.runs.start("x", kind="collect")
    return store.add_page(run, Page(items=items, rejects=rejects), collector="x")  # type: ignore[arg-type]  # posts


def test_later_posts_of_the_account_are_counted_and_not_stored(store: Store) -> None:
    (one,) = stored(store, make_post("First.", author_id="7", author_handle="ida_reads"))
    done = erase(store, preview(store, one), confirmed=1)
    assert done.people == 2
    later = make_post("Later.", author_id="7", author_handle="ida_again", raw=b'{"later": 1}')
    archived = make_post("Archived.", author_id=None, author_handle="@Ida_Reads")
    other = make_post("Somebody else.", author_id="8", author_handle="ida_again")
    elsewhere = make_post("Elsewhere.", source="mastodon", author_id="7", author_handle="ida_reads")
    tally = collected(store, later, archived, other, elsewhere)
    assert (tally.read, tally.stored, tally.already, tally.rejected) == (4, 2, 2, 0)
    assert {each.text for batch in store.items.each() for each in batch} == {"", "Somebody else.", "Elsewhere."}


def test_with_only_these_they_are_stored_again(store: Store) -> None:
    post = make_post("First.", author_id="7", author_handle="ida_reads")
    (one,) = stored(store, post)
    assert erase(store, preview(store, one), confirmed=1, only_these=True).people == 0
    assert collected(store, post, make_post("Later.", author_id="7")).stored == 1


def test_an_answer_of_the_same_person_is_welcome(store: Store) -> None:
    answer = make_submission("First.", contact=Contact(email="ida@example.org"))
    (one,) = stored(store, answer)
    assert erase(store, preview(store, one), confirmed=1).people == 0
    assert collected(store, make_submission("Again.", contact=Contact(email="ida@example.org"))).stored == 1
    assert collected(store, answer).stored == 0


def test_a_repost_does_not_bring_the_words_back_and_a_quote_comes_without_its_payload(store: Store) -> None:
    first = make_post("Quobbel's words.", author_id="7")
    (one,) = stored(store, first)
    erase(store, preview(store, one), confirmed=1)
    raw = json.dumps({"quoted": "Quobbel's words."}).encode()
    repost = make_post("Quobbel's words.", relation=Relation.REPOST, related_id=first.source_id, raw=raw)
    quoting = make_post("Quite so.", relation=Relation.QUOTE, related_id=first.source_id, raw=raw)
    assert collected(store, repost, quoting).stored == 1
    (kept,) = [each for batch in store.items.each() for each in batch if each.text]
    assert (kept.text, kept.related_id) == ("Quite so.", None)
    assert [payload for _, payload in store.items.captures(kept.id)] == [b""]
    edited = make_post(
        "Quite so!", source_id=quoting.source_id, relation=Relation.QUOTE, related_id=first.source_id, raw=raw
    )
    assert collected(store, edited).changed == 1
    assert [payload for _, payload in store.items.captures(kept.id)] == [b"", b""]


def test_unread_records_that_were_removed_do_not_come_back(store: Store) -> None:
    theirs = Reject(position="3 (quobbel)", reason="no date by quobbel_r", payload=b'{"by": "quobbel_r"}')
    other = Reject(position="4", reason="no date", payload=b'{"by": "somebody"}')
    (one,) = stored(store, make_post("First.", author_id="7", author_handle="quobbel_r"), rejects=(theirs, other))
    assert erase(store, preview(store, one), confirmed=1).rejects == 1
    assert [reason for _, _, reason in store.recent_rejects()] == ["no date", "removed"]
    tally = collected(store, rejects=(theirs, other))
    assert (tally.read, tally.rejected) == (2, 2)
    assert "quobbel" not in str(store.recent_rejects())
    assert store.people.rejects_naming(["quobbel_r"]) == []
    assert len(store.people.rejects_naming(["somebody"])) == 1
