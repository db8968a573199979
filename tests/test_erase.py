"""A person's data goes out on request: everything by them, nothing by others, and it does not come back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from advocacy_monitor.candidates import candidate
from advocacy_monitor.erase import REASON, Erasure, erase, preview, preview_of
from advocacy_monitor.errors import ModerationError, StoreError
from advocacy_monitor.left_out import Looked, why_not
from advocacy_monitor.models import Annotation, Contact, Item, Page, Relation, Status, Use
from advocacy_monitor.moderate import decide
from advocacy_monitor.rights.subjects import find
from advocacy_monitor.statement_story import story_of
from advocacy_monitor.store import Store
from tests.conftest import make_post, make_submission
from tests.exporters.sample_packs import english_pack

SECRET = "Zyxwvut told me at the desk that my grandmother Quobbel had read there."
_CONTACT = Contact(name="Ida Quobbel", email="ida@example.org")


def stored(store: Store, *items: Item) -> list[int]:
    first = store.items.last_id() + 1
    store.add_page(store.runs.start("t", kind="import"), Page(items=items), collector="t")
    return list(range(first, store.items.last_id() + 1))


def _ids(shown: Erasure) -> list[int]:
    return [each.id for each in shown.items]


def test_everything_by_the_same_person_is_found_and_nothing_else(store: Store) -> None:
    one, two, three, other, silent = stored(
        store,
        make_post(SECRET, author_id="7", author_handle="Ida"),
        make_post("Another day.", author_id="7", author_handle="ida_renamed"),
        make_post("From an old archive.", author_id=None, author_handle="IDA"),
        make_post("Somebody else.", author_id="8", author_handle="idaho"),
        make_post("Elsewhere.", author_id="7", author_handle="Ida", source="mastodon"),
    )
    for start in (one, two, three):
        assert _ids(preview(store, start)) == [one, two, three]
    assert _ids(preview(store, other)) == [other]
    assert _ids(preview(store, silent)) == [silent]


def test_another_account_that_took_the_name_later_is_somebody_else(store: Store) -> None:
    one, later, archived = stored(
        store,
        make_post(SECRET, author_id="7", author_handle="ida"),
        make_post("Mine now.", author_id="9", author_handle="ida"),
        make_post("From an old archive.", author_id=None, author_handle="ida"),
    )
    assert _ids(preview(store, one)) == [one]
    assert _ids(preview(store, later)) == [later]
    assert _ids(preview(store, archived)) == [archived]
    assert archived in preview(store, one).mentions  # staff are told that it may be theirs


def test_an_account_is_one_however_it_is_spelled(store: Store) -> None:
    ids = stored(
        store,
        make_post(SECRET, author_id="7", author_handle="Ämilie"),
        make_post("Archived.", author_id=None, author_handle="Ämilie"),
        make_post("Archived too.", author_id=None, author_handle="@äMILIE"),
        make_post("Composed.", author_id=None, author_handle="A\u0308milie"),
        make_post("Somebody else.", author_id=None, author_handle="Ämilie2"),
    )
    for each in ids[:4]:
        assert _ids(preview(store, each)) == ids[:4]
    assert store.people.of_account("x", "@ÄMILIE") == ids[:4]


def test_reposts_go_as_well_and_copies_only_when_they_are_named(store: Store) -> None:
    first = make_post(SECRET, author_id="7")
    repost = make_post(SECRET, author_id="9", relation=Relation.REPOST, related_id=first.source_id)
    again = make_post(SECRET, author_id="10", relation=Relation.REPOST, related_id=repost.source_id)
    copied = make_submission(SECRET)
    one, two, three, copy = stored(store, first, repost, again, copied)
    store.assertions.begin("duplicates", "duplicates@1")
    store.assertions.add([Annotation(item_id=copy, label="duplicate_of", value=str(one), by="duplicates@1")])
    shown = preview(store, one)
    assert [each.id for each in shown.reposts] == [two, three]
    assert [each.id for each in shown.copies] == [copy]
    assert _ids(shown) == [one, two, three]
    both = preview(store, one, also=[copy])
    assert _ids(both) == [one, copy, two, three]
    assert both.copies == ()
    assert [each.id for each in preview(store, copy).copies] == [one]
    with pytest.raises(ModerationError, match="does not repeat"):
        preview(store, one, also=[999])


def test_nothing_of_the_person_is_left_in_any_file(store: Store, tmp_path: Path) -> None:
    items = (make_submission(SECRET, contact=_CONTACT, source_id="secret-receipt"), make_submission("Mine."))
    one, other = stored(store, *items)
    store.actions.add("Ada", "redact", item_ids=[one], detail="because Quobbel is named")
    decide(store, [one], Status.APPROVED, moderator="Ada", reason="Quobbel agreed", clock=store.now)
    shown = preview(store, one)
    assert shown.captures == 1
    done = erase(store, shown, confirmed=1)
    assert (done.items, done.contacts, done.packs, done.tell) == ((one,), 1, (), ())
    story = story_of(store, one)
    assert (story["text"], story["status"], story["consents"]) == ("", "rejected", [])
    assert [(each["moderator"], each["reason"]) for each in story["decisions"]] == [("Ada", ""), ("erase@1", REASON)]
    assert store.items.get([other])[0].text == "Mine."
    store.close()
    for file in tmp_path.iterdir():
        content = file.read_bytes()
        for word in (b"Quobbel", b"Zyxwvut", b"ida@example.org", b"secret-receipt"):
            assert word not in content, (file.name, word)


def test_an_erased_statement_does_not_come_back_nor_do_its_contact_details(store: Store, tmp_path: Path) -> None:
    item = make_submission(SECRET, contact=_CONTACT)
    (one,) = stored(store, item)
    erase(store, preview(store, one), confirmed=1)
    assert stored(store, item) == []
    store.close()
    assert b"ida@example.org" not in (tmp_path / "advocacy.contacts.db").read_bytes()
    assert not (tmp_path / "advocacy.contacts.db-wal").exists()


def test_an_erased_statement_counts_nowhere(store: Store) -> None:
    (one,) = stored(store, make_post(SECRET, author_id="7"))
    decide(store, [one], Status.APPROVED, moderator="Ada", clock=store.now)
    erase(store, preview(store, one), confirmed=1)
    found = candidate(store, one)
    assert found is not None
    assert found.uses == frozenset()
    assert why_not(found, frozenset(), Looked(at=store.now(), unverified_too=True)) == "rejected"


def test_a_typing_mistake_or_a_change_meanwhile_removes_nothing(store: Store) -> None:
    (one,) = stored(store, make_post(SECRET, author_id="7"))
    shown = preview(store, one)
    with pytest.raises(ModerationError, match="is 1, and 2 was typed"):
        erase(store, shown, confirmed=2)
    stored(store, make_post("One more.", author_id="7"))
    with pytest.raises(ModerationError, match="has changed since"):
        erase(store, shown, confirmed=1)
    assert store.items.get([one])[0].text == SECRET


def test_what_is_not_there_or_was_removed_is_refused(store: Store) -> None:
    (one,) = stored(store, make_post(SECRET, author_id="7"))
    erase(store, preview(store, one), confirmed=1)
    for item_id in (one, 999):
        with pytest.raises(ModerationError, match="no such item"):
            preview(store, item_id)


def test_who_holds_a_pack_with_it_is_shown_and_told(store: Store) -> None:
    (one,) = stored(store, make_post(SECRET, author_id="7"))
    exhibit = replace(english_pack().exhibits[0], item_id=one)
    store.packs.add(replace(english_pack(), number="202611-aaaa1111", exhibits=(exhibit,), query={}))
    store.deliveries.add(
        pack_number="202611-aaaa1111", recipient="ann-lee", sent_on=date(2026, 11, 1), sent_by="Kim", how="mail"
    )
    shown = preview(store, one)
    assert (shown.packs, shown.holders) == (("202611-aaaa1111",), {"202611-aaaa1111": ("ann-lee",)})
    done = erase(store, shown, confirmed=1)
    assert done.packs == shown.packs
    assert done.tell == (f"item {one} was handed to ann-lee: tell them, and make their packs anew",)


def test_statements_of_others_that_name_the_person_are_shown_and_stay(store: Store) -> None:
    one, naming, _ = stored(
        store,
        make_post("Hello.", author_id="7", author_handle="quobbel_reads"),
        make_post("As quobbel_reads said.", author_id="8"),
        make_post("Nothing of that kind.", author_id="9"),
    )
    shown = preview(store, one)
    assert shown.mentions == (naming,)
    erase(store, shown, confirmed=1)
    assert store.items.get([naming])[0].text == "As quobbel_reads said."


def test_a_store_for_reading_erases_nothing(store: Store) -> None:
    (one,) = stored(store, make_post(SECRET))
    with Store.open_read_only(store.path) as reading, pytest.raises(StoreError, match="for reading only"):
        reading.erasures.erase_items([one], reason=REASON)


def test_the_uses_are_taken_back_one_by_one(store: Store) -> None:
    (one,) = stored(store, make_submission(SECRET))
    store.erasures.erase_items([one], reason=REASON)
    steps = store.stories.consents(one)
    assert {step.use for step in steps if not step.granted} == set(Use)
    assert {step.proof for step in steps} == {"", REASON}


def test_a_long_chain_of_reposts_goes_as_a_whole(store: Store) -> None:
    posts = [make_post(SECRET, author_id="7")]
    for number in range(1200):
        posts.append(
            make_post(SECRET, author_id=f"r{number}", relation=Relation.REPOST, related_id=posts[-1].source_id)
        )
    ids = stored(store, *posts)
    shown = preview(store, ids[0])
    assert len(erase(store, shown, confirmed=len(shown.items)).items) == 1201
    assert not any(item.text for item in store.items.get(ids))


def test_an_answer_that_comes_while_its_author_is_erased_leaves_no_contact_details(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = make_submission(SECRET, contact=Contact(name="Ada Example", email="ada@example.org"))
    stored(store, answer)
    erase(store, preview(store, 1), confirmed=1)
    assert store._writer is not None
    monkeypatch.setattr(store._writer, "unburied", lambda items: list(items))  # it was asked just before the erasure
    stored(store, answer)
    assert store._contacts is not None
    assert store._contacts.of(answer.source, answer.source_id) is None


def test_an_address_that_nobody_confirmed_is_told_before_it_is_erased(store: Store) -> None:
    stored(store, make_submission(SECRET, contact=Contact(email="ada@example.org")))
    assert preview_of(store, find(store, email="ada@example.org")).unconfirmed == (1,)
    assert preview_of(store, find(store, item=1)).unconfirmed == ()
