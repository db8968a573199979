"""Answers that people gave us: stored once and for certain, corrected, taken back, and nobody's contact details left."""

from __future__ import annotations

import json
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from advocacy_monitor.errors import ModerationError, StoreError
from advocacy_monitor.models import Contact, Form, OptIn, Received, Status, Use
from advocacy_monitor.store import LegalBasis, Store
from advocacy_monitor.withdrawal import LETTERS, new_code, plain, withdrawal_code
from tests.conftest import Clock, make_submission

FORM = Form(name="library", version=1, digest="d1", content="name: library\n")
EVERYTHING = frozenset(Use)


def received(text: str = "The reading room kept me going.", source_id: str = "s1", **given: Any) -> Received:
    """An answer by the form."""
    more = {key: given.pop(key) for key in ("code", "flags", "opt_in", "channel", "language") if key in given}
    submission = make_submission(
        text,
        source=given.pop("source", "form"),
        source_id=source_id,
        raw=json.dumps([text, source_id]).encode(),
        **given,
    )
    return Received(submission=submission, form=FORM, **{"language": "en", "code": "ABCD-EFGH-JKMN", **more})


def rows(store: Store, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in store._db.execute(sql).fetchall()]


def private(store: Store, sql: str) -> list[tuple[Any, ...]]:
    assert store._contacts is not None
    return [tuple(row) for row in store._contacts._db.execute(sql).fetchall()]


def assert_gone(store: Store, *words: bytes) -> None:
    """Closes the store and looks for words in every byte of both files."""
    store.verifications.settle()
    assert store._contacts is not None
    contacts = store._contacts._path
    store.close()
    for path in (store.path, contacts):
        for file in path.parent.glob(f"{path.name}*"):
            content = file.read_bytes().lower()
            for word in words:
                assert word not in content, (file.name, word)


def test_an_answer_is_an_item_with_capture_consents_code_and_its_version_of_the_questionnaire(store: Store) -> None:
    (kept,) = store.submissions.add([received(flags=("sent_too_fast",), language="de")])
    assert kept.is_new
    (item,) = store.items.get([kept.item_id])
    assert (item.kind, item.source, item.text) == ("submission", "form", "The reading room kept me going.")
    assert store.submissions.of_code("abcd efgh jkmn") == kept.item_id
    assert store.submissions.of_code("ABCD-EFGH-JKMM") is None
    assert store.submissions.form_of(kept.item_id) == FORM
    held = store.submissions.held(kept.item_id)
    assert (held.language, held.consents) == ("de", frozenset({Use.ANALYSE, Use.QUOTE_UNNAMED}))
    proofs = {row[0] for row in rows(store, "SELECT proof FROM consents")}
    assert proofs == {"ticked in form (library 1, de)"}
    assert rows(store, "SELECT label, value, by FROM annotations") == [("risk", "sent_too_fast", "form@1")]
    assert store.check() == []
    assert store.search("reading room") == [kept.item_id]


def test_the_same_sending_is_stored_once_also_within_one_group_and_after_a_restart(
    store: Store, tmp_path: Path
) -> None:
    first, again = store.submissions.add([received(), received()])
    assert (first.is_new, again.is_new) == (True, False)
    assert first.item_id == again.item_id
    (third,) = store.submissions.add([received()])
    assert (third.item_id, third.is_new) == (first.item_id, False)
    assert store.items.count() == 1


def test_the_same_sending_with_other_words_corrects_the_first(store: Store) -> None:
    (first,) = store.submissions.add([received("My frist words, Mrs Example.")])
    (second,) = store.submissions.add([received("My first words.")])
    assert second.item_id != first.item_id
    assert store.submissions.of_code("ABCD-EFGH-JKMN") == second.item_id
    assert store.items.get([first.item_id])[0].text == ""
    assert store.status_counts() == {"pending": 1}
    (third,) = store.submissions.add([received("My very first words.")])
    assert store.submissions.held(third.item_id).text == "My very first words."
    assert store.submissions.held(third.item_id).source_id == "s1~3"
    (same,) = store.submissions.add([received("My very first words.")])
    assert same.item_id == third.item_id
    assert_gone(store, b"frist", b"mrs example")


def test_what_was_withdrawn_does_not_come_back_with_a_reload(store: Store) -> None:
    (kept,) = store.submissions.add([received()])
    assert store.submissions.withdraw(kept.item_id).items == 1
    (again,) = store.submissions.add([received()])
    assert again.was_withdrawn
    assert not again.is_new
    assert store.submissions.of_code("ABCD-EFGH-JKMN") is None
    with pytest.raises(ModerationError, match="removed before"):
        store.submissions.held(kept.item_id)


def test_contact_details_are_kept_only_with_the_consent_that_needs_them(store: Store) -> None:
    contact = Contact(name="Ada Example", email="ada@example.org")
    bare, named, reached, both = store.submissions.add(
        [
            received(source_id="a", contact=contact, code=None),
            received(source_id="b", contact=contact, code=None, consents=frozenset({Use.ANALYSE, Use.QUOTE_NAMED})),
            received(source_id="c", contact=contact, code=None, consents=frozenset({Use.ANALYSE, Use.CONTACT})),
            received(source_id="d", contact=contact, code=None, consents=EVERYTHING),
        ]
    )
    found = [store.submissions.held(each.item_id) for each in (bare, named, reached, both)]
    assert [(each.name, each.email) for each in found] == [
        (None, None),
        ("Ada Example", None),
        (None, "ada@example.org"),
        ("Ada Example", "ada@example.org"),
    ]
    assert [item.author_name for item in store.items.get([each.item_id for each in (bare, named, reached, both)])] == [
        None,
        "Ada Example",
        None,
        "Ada Example",
    ]


def test_consents_are_taken_back_and_given_one_by_one_and_contact_details_go_with_them(store: Store) -> None:
    contact = Contact(name="Ada Example", email="ada@example.org")
    opt_in = OptIn(token="t" * 32, email="ada@example.org", language="en", wants_contact=True)
    (kept,) = store.submissions.add([received(contact=contact, consents=EVERYTHING, opt_in=opt_in)])
    store.submissions.set_consents(kept.item_id, {Use.ANALYSE, Use.QUOTE_UNNAMED}, proof="my statement")
    held = store.submissions.held(kept.item_id)
    assert held.consents == {Use.ANALYSE, Use.QUOTE_UNNAMED}
    assert (held.name, held.email) == (None, None)
    assert store.items.get([kept.item_id])[0].author_name is None
    assert private(store, "SELECT * FROM contacts") == private(store, "SELECT * FROM opt_ins") == []
    store.submissions.set_consents(kept.item_id, set(), proof="my statement")
    assert store.submissions.held(kept.item_id).consents == frozenset()


def test_a_corrected_answer_takes_code_contact_and_confirmed_address_along(store: Store) -> None:
    contact = Contact(name="Ada Example", email="ada@example.org")
    opt_in = OptIn(token="t" * 32, email="ada@example.org", language="en", wants_contact=True)
    (kept,) = store.submissions.add([received(contact=contact, consents=EVERYTHING, opt_in=opt_in)])
    private(store, "UPDATE opt_ins SET confirmed_at = '2026-11-01T00:00:00+00:00'")
    new_id = store.submissions.replace(
        kept.item_id,
        received("Now without the name of my neighbour.", consents=EVERYTHING, code=None),
        reason="corrected",
    )
    held = store.submissions.held(new_id)
    assert (held.name, held.email, held.email_confirmed) == ("Ada Example", "ada@example.org", True)
    assert store.submissions.of_code("ABCD-EFGH-JKMN") == new_id
    assert len(private(store, "SELECT * FROM contacts")) == 1
    assert store.check() == []
    store.submissions.withdraw(new_id)
    assert private(store, "SELECT * FROM contacts") == private(store, "SELECT * FROM opt_ins") == []


def test_nothing_a_person_said_is_left_in_either_file_after_a_withdrawal(store: Store) -> None:
    contact = Contact(name="Quirinius Vanderplank", email="quirinius@example.org")
    (kept,) = store.submissions.add(
        [
            received(
                "Zwiebelturmbibliothek saved me.",
                contact=contact,
                consents=EVERYTHING,
                answers={"matters_other": "Xylophonverleih"},
            )
        ]
    )
    store.submissions.withdraw(kept.item_id)
    assert_gone(store, b"zwiebelturm", b"quirinius", b"vanderplank", b"xylophon")


def test_the_campaign_s_legal_basis_stands_in_the_row_and_in_that_of_a_correction(store: Store) -> None:
    (kept,) = store.submissions.add([received()], basis=LegalBasis(submissions="consent, our own words"))
    new_id = store.submissions.replace(kept.item_id, received("Corrected.", code=None), reason="corrected")
    assert [item.legal_basis for item in store.items.get([kept.item_id, new_id])] == ["consent, our own words"] * 2


def test_packs_that_quote_an_earlier_version_are_told_of(store: Store) -> None:
    (first,) = store.submissions.add([received("First words.")])
    store._db.execute(
        "INSERT INTO packs (number, digest, title, query, found, statements, people, as_of, made_at) "
        "VALUES ('P1', 'd', 't', '{}', 1, 1, 1, '2026-11-01', '2026-11-01')"
    )
    store._db.execute("INSERT INTO pack_exhibits VALUES ('P1', 1, ?, '')", [first.item_id])
    second = store.submissions.replace(first.item_id, received("Second.", code=None), reason="corrected")
    third = store.submissions.replace(second, received("Third.", code=None), reason="corrected")
    assert store.submissions.held(third).packs == ("P1",)


def test_what_was_decided_of_the_old_words_is_not_taken_for_the_new(store: Store) -> None:
    (kept,) = store.submissions.add([received("Old words.")])
    store.assertions.add([])
    from advocacy_monitor.moderate import decide

    decide(store, [kept.item_id], Status.APPROVED, moderator="M", reason="", clock=store.now)
    new_id = store.submissions.replace(
        kept.item_id, received("New words.", code=None), reason="corrected by its author"
    )
    assert store.status_counts() == {"pending": 1}
    assert rows(store, f"SELECT status FROM item_status WHERE item_id = {new_id}") == [("pending",)]


def test_codes_on_paper_are_reserved_before_somebody_writes_and_belong_to_one_answer_only(store: Store) -> None:
    first, second = new_code(), new_code()
    store.submissions.reserve([first, second])
    assert store.submissions.is_reserved(first.lower())
    assert store.submissions.of_code(first) is None
    (kept,) = store.submissions.add([received(source="paper", source_id="1-1", channel="paper", code=first)])
    assert store.submissions.of_code(first) == kept.item_id
    assert not store.submissions.is_reserved(first)
    with pytest.raises(StoreError, match="belongs to another"):
        store.submissions.add([received(source="paper", source_id="1-2", channel="paper", code=first)])
    assert store.items.count() == 1
    store.submissions.add_code(second, kept.item_id)
    assert store.submissions.of_code(second) == kept.item_id


def test_runs_of_the_form_are_counted_and_ended(tmp_path: Path, clock: Clock) -> None:
    with Store.open(tmp_path / "a.db", clock=clock) as store:
        store.submissions.add([received(), received(source_id="s2", code=None)])
        store.submissions.add([received(source_id="s3", code=None)])
    with Store.open(tmp_path / "a.db", clock=clock) as store:
        (run,) = store.runs.recent()
        assert (run.name, run.status, run.tally.read, run.tally.stored) == ("form", "done", 3, 3)


def test_contact_details_of_what_could_not_be_stored_do_not_stay(store: Store) -> None:
    contact = Contact(name="Ada Example", email="ada@example.org")
    opt_in = OptIn(token="t" * 32, email="ada@example.org", language="en", wants_contact=True)
    (other,) = store.submissions.add([received(source_id="other", contact=contact, consents=EVERYTHING)])
    store._db.execute("CREATE TRIGGER full BEFORE INSERT ON captures BEGIN SELECT raise(ABORT, 'disk is full'); END")
    with pytest.raises((StoreError, sqlite3.Error)):
        store.submissions.add([received(contact=contact, consents=EVERYTHING, opt_in=opt_in, code=None)])
    assert store.items.count() == 1
    assert [row[0] for row in private(store, "SELECT source_id FROM contacts")] == ["other"]
    assert private(store, "SELECT * FROM opt_ins") == []
    assert store.submissions.held(other.item_id).email == "ada@example.org"


def test_what_comes_one_by_one_is_a_run_a_day(tmp_path: Path, clock: Clock) -> None:
    for number in range(3):
        with Store.open(tmp_path / "a.db", clock=clock) as store:
            store.submissions.add([received(source="paper", source_id=f"1-{number}", channel="paper", code=None)])
    clock.now += timedelta(days=1)
    with Store.open(tmp_path / "a.db", clock=clock) as store:
        store.submissions.add([received(source="paper", source_id="1-9", channel="paper", code=None)])
    with Store.open(tmp_path / "a.db", clock=clock) as store:
        assert [(run.name, run.status, run.tally.stored) for run in store.runs.recent()] == [
            ("paper", "done", 1),
            ("paper", "done", 3),
        ]


def test_a_reader_cannot_write(store: Store) -> None:
    store.submissions.add([received()])
    with Store.open_read_only(store.path) as reader, pytest.raises(StoreError, match="reading only"):
        reader.submissions.add([received(source_id="s2")])


def test_codes_are_typed_in_many_ways_and_cannot_be_told_from_the_sending() -> None:
    code = withdrawal_code("sending", b"k" * 32)
    assert code == withdrawal_code("sending", b"k" * 32)
    assert code != withdrawal_code("sending", b"j" * 32)
    assert set(code) <= {*LETTERS, "-"}
    assert len(plain(code) or "") == 12
    dashed = code.replace("-", "\u2013")
    for typed in (code.lower(), code.replace("-", " "), code.replace("-", ""), f" {dashed}\n"):
        assert plain(typed) == plain(code)
    for wrong in ("", "abc", code[:-1], f"{code}A", code[:-1] + "0", "x" * 10_000):
        assert plain(wrong) is None
