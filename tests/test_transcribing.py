"""Flyers by hand: what is read is an answer at once, is read twice by chance, and nothing of it is kept without a yes."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from advocacy_monitor.errors import ModerationError, StoreError
from advocacy_monitor.models import Use
from advocacy_monitor.questionnaire import load_questionnaire
from advocacy_monitor.store import Store
from advocacy_monitor.store.paper import FIRST, SECOND, Batch, Entry, FlyerTakenError
from advocacy_monitor.store.scans import OnPaper
from advocacy_monitor.transcribing import (
    Asking,
    correct,
    enter,
    fields_of,
    new_sending,
    reason_to_leave_out,
    received,
    repair,
    ticks,
)
from advocacy_monitor.transcribing_checks import (
    close,
    drawn,
    enter_second,
    errors,
    finish,
    readings,
    settle,
    to_read,
    to_settle,
)
from tests.test_submissions import assert_gone, private, rows

FORM = load_questionnaire("library")
ASKING = Asking()
FIELDS = {
    "library": "Lindenrode",
    "matters": "print_books; quiet_place",
    "words": "It kept me [illegible] warm.",
    "postcode": "12345",
    "age": "25-64",
    "consents": "analyse; quote_unnamed",
}


@pytest.fixture
def batch(store: Store) -> Batch:
    form_id = store.submissions.keep_form(FORM.form)
    return store.paper.open_batch(
        "Main Street", library="Lindenrode", language="en", form_id=form_id, received_on=date(2026, 10, 30), seed=7,
        by="Anna",
    )  # fmt: skip


def entry(batch: Batch, flyer: int, fields: Mapping[str, str] = FIELDS, **more: Any) -> Entry:
    given = {"entry": FIRST, "transcriber": "Anna", "sending": new_sending(), **more}
    return Entry(batch_id=batch.id, flyer=flyer, fields=fields, **given)


def put(store: Store, batch: Batch, flyer: int, fields: Mapping[str, str] = FIELDS, **paper: str) -> Entry:
    return enter(store, batch, entry(batch, flyer, fields), OnPaper(**paper), asking=ASKING)


def again(store: Store, batch: Batch) -> Batch:
    found = store.paper.batch(batch.id)
    assert found is not None
    return found


def finished(store: Store, batch: Batch, count: int = 5) -> tuple[Batch, int]:
    """A batch of flyers that all say the same, and the number of the one that is read twice."""
    for flyer in range(1, count + 1):
        put(store, batch, flyer)
    (flyer,) = finish(store, batch, by="Anna", asking=ASKING)
    return again(store, batch), flyer


def second(store: Store, batch: Batch, flyer: int, fields: Mapping[str, str], **paper: str) -> None:
    read = entry(batch, flyer, fields, entry=SECOND, transcriber="Ben")
    enter_second(store, batch, read, OnPaper(**paper), asking=ASKING)


def test_a_flyer_is_an_answer_at_once(store: Store, batch: Batch) -> None:
    store.submissions.reserve(["ABCD-EFGH-JKMN"])
    made = put(store, batch, 1, code="abcd efgh jkmn")
    assert made.item_id is not None
    (item,) = store.items.get([made.item_id])
    assert (item.source, item.source_id, item.text) == ("paper", f"{batch.id}-1", FIELDS["words"])
    assert item.answers == {"matters": "print_books; quiet_place"}
    assert (item.library, item.postcode, item.age_band) == ("Lindenrode", "12345", "25-64")
    assert item.created_at.date() == date(2026, 10, 30)
    held = store.submissions.held(made.item_id)
    assert (set(held.consents), held.form.version) == ({Use.ANALYSE, Use.QUOTE_UNNAMED}, FORM.version)
    assert store.submissions.of_code("ABCDEFGHJKMN") == made.item_id
    assert rows(store, "SELECT flyer, entry, transcriber, item_id FROM transcriptions") == [
        (1, "first", "Anna", made.item_id)
    ]
    assert rows(store, "SELECT name, status FROM runs") == [("paper", "running")]


def test_the_same_sending_counts_once_and_a_change_of_it_corrects(store: Store, batch: Batch) -> None:
    sent = entry(batch, 1)
    one = enter(store, batch, sent, OnPaper(), asking=ASKING)
    assert enter(store, batch, sent, OnPaper(), asking=ASKING).item_id == one.item_id
    assert len(rows(store, "SELECT * FROM items")) == 1
    changed = Entry(
        batch_id=batch.id, flyer=1, entry=FIRST, transcriber="Anna", sending=sent.sending,
        fields={**FIELDS, "words": "It kept me very warm."},
    )  # fmt: skip
    two = enter(store, batch, changed, OnPaper(), asking=ASKING)
    assert two.item_id is not None and two.item_id != one.item_id
    assert store.items.get([two.item_id])[0].text == "It kept me very warm."
    assert rows(store, "SELECT count(*) FROM items WHERE text <> ''") == [(1,)]
    assert rows(store, "SELECT item_id FROM transcriptions") == [(two.item_id,)]


def test_two_people_who_use_one_number_lose_nothing(store: Store, batch: Batch) -> None:
    one = put(store, batch, 1, name="Mo Reader")
    with pytest.raises(FlyerTakenError):
        put(store, batch, 1, {**FIELDS, "words": "Another sheet."}, name="Somebody Else")
    assert store.paper.next_flyer(batch.id) == 2
    assert store.paper.scans.kept(one.sending).name == "Mo Reader"
    assert private(store, "SELECT name FROM paper_contacts") == [("Mo Reader",)]


def test_contact_details_lie_in_the_contacts_file_and_go_when_the_batch_is_closed(store: Store, batch: Batch) -> None:
    named = {**FIELDS, "consents": "analyse; quote_unnamed; quote_named; contact"}
    made = put(store, batch, 1, named, name="Mo Reader", email="mo@example.org")
    quiet = put(store, batch, 2, FIELDS, name="Not Allowed", email="notallowed@example.org")
    assert made.item_id is not None and quiet.item_id is not None
    assert (store.submissions.held(made.item_id).name, store.submissions.held(made.item_id).email) == (
        "Mo Reader", "mo@example.org",
    )  # fmt: skip
    assert store.submissions.held(quiet.item_id).name is None
    assert private(store, "SELECT email, wants_contact FROM opt_ins") == [("mo@example.org", 1)]
    assert "example.org" not in str(rows(store, "SELECT * FROM transcriptions"))
    assert finish(store, batch, by="Anna", asking=ASKING) == []
    close(store, again(store, batch), by="Anna", with_scans=True, asking=ASKING)
    assert rows(store, "SELECT DISTINCT answers FROM transcriptions") == [("{}",)]
    assert_gone(store, b"notallowed", b"not allowed")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"consents": "quote_unnamed"}, "no_consent"),
        ({"consents": ""}, "no_consent"),
        ({"age": "under_16"}, "no_parent"),
        ({"age": "under_16", "consents": "analyse; parent_quote"}, "no_parent"),
        ({"words": "", "matters": ""}, "blank"),
        ({"words": "", "matters": "?"}, "blank"),
        ({"words": "", "matters": "", "matters_other": "warmth"}, None),
        ({"age": "under_16", "consents": "analyse; parent"}, None),
    ],
)
def test_what_may_not_be_kept_is_left_out(
    store: Store, batch: Batch, change: dict[str, str], reason: str | None
) -> None:
    fields = {**FIELDS, **change}
    assert reason_to_leave_out(fields, FORM) == reason
    if reason:
        left = entry(batch, 1, {}, left_out=reason)
        assert enter(store, batch, left, OnPaper(name="Mo"), asking=ASKING).item_id is None
        assert rows(store, "SELECT answers, left_out FROM transcriptions") == [("{}", reason)]
        assert rows(store, "SELECT * FROM items") == private(store, "SELECT * FROM paper_contacts") == []


def test_a_child_is_not_named_and_quoted_only_with_the_parents_tick(store: Store, batch: Batch) -> None:
    everything = "analyse; quote_unnamed; quote_named; send_to_representative; contact; parent"
    for flyer, (given, uses) in enumerate(
        [
            (everything, {Use.ANALYSE, Use.SEND_TO_REPRESENTATIVE}),
            (f"{everything}; parent_quote", {Use.ANALYSE, Use.SEND_TO_REPRESENTATIVE, Use.QUOTE_UNNAMED}),
        ],
        start=1,
    ):
        fields = {**FIELDS, "age": "under_16", "consents": given}
        made = put(store, batch, flyer, fields, name="Kim Small", email="kim@example.org")
        assert made.item_id is not None
        held = store.submissions.held(made.item_id)
        assert (set(held.consents), held.name, held.email) == (uses, None, None)
        marked = f"SELECT value FROM annotations WHERE label = 'risk' AND item_id = {made.item_id}"
        assert rows(store, marked) == [("minor",)]
    assert private(store, "SELECT * FROM opt_ins") == []


def test_ticks_that_nobody_can_tell_are_no_answer(store: Store, batch: Batch) -> None:
    fields = {**FIELDS, "matters": "print_books; ebooks; staff_help; internet", "age": "16-24; 25-64", "changed": "?"}
    made = received(batch, 1, fields, OnPaper(), asking=ASKING, now=store.now())
    unread = {**FIELDS, "library": "?", "postcode": "?", "consents": "analyse; quote_named; contact"}
    dim = received(batch, 1, unread, OnPaper(name="?", email="?"), asking=ASKING, now=store.now())
    assert (dim.submission.library, dim.submission.postcode, dim.submission.contact, dim.opt_in) == (None,) * 4
    assert made.submission.answers == {}
    assert made.submission.age_band is None
    assert b"internet" in made.submission.raw


def test_boxes_and_fields_are_in_the_order_of_the_flyer() -> None:
    assert ticks(FORM)[:5] == tuple(Use)
    assert ticks(FORM)[5:] == ("parent", "parent_quote")
    assert fields_of(FORM)[:3] == ("library", "matters", "matters_other")


def test_a_tenth_is_drawn_by_chance_and_one_at_least() -> None:
    assert [len(drawn(range(1, n + 1), seed=3)) for n in (1, 4, 5, 10, 11, 100, 101)] == [0, 0, 1, 1, 2, 10, 11]
    assert drawn(range(1, 101), seed=3) == drawn(range(100, 0, -1), seed=3)
    counts = [flyer for seed in range(400) for flyer in drawn(range(1, 11), seed=seed)]
    assert min(map(counts.count, range(1, 11))) > 15


def test_a_second_person_reads_blind_and_nobody_reads_their_own(store: Store, batch: Batch) -> None:
    now, flyer = finished(store, batch)
    assert (to_read(store, now, "ANNA"), to_read(store, now, "Ben")) == ([], [flyer])
    other = next(each for each in range(1, 6) if each != flyer)
    for number, who in ((other, "Ben"), (flyer, "Anna")):
        read = entry(now, number, entry=SECOND, transcriber=who)
        with pytest.raises(ModerationError, match="no second reading by you"):
            enter_second(store, now, read, OnPaper(), asking=ASKING)
    second(store, now, flyer, FIELDS)
    assert to_settle(store, now) == to_read(store, now, "Ben") == []
    (check,) = store.paper.checks(now.id)
    assert (check.fields, check.settled_by, check.differences) == (6, "Ben", {})
    close(store, now, by="Anna", with_scans=False, asking=ASKING)
    with pytest.raises(ModerationError, match="closed"):
        put(store, again(store, now), 6)


def test_a_difference_is_settled_by_a_person_and_the_answer_becomes_what_is_right(store: Store, batch: Batch) -> None:
    now, flyer = finished(store, batch)
    before = store.paper.entry(now.id, flyer, FIRST)
    assert before is not None and before.item_id is not None
    second(store, now, flyer, {**FIELDS, "words": "It kept me very warm.", "postcode": "12346", "age": "65+"})
    both = readings(store, now, flyer)
    assert both is not None and both.differing == ("words", "postcode", "age")
    with pytest.raises(ModerationError, match="read a second time"):
        close(store, now, by="Anna", with_scans=False, asking=ASKING)
    chosen = {"words": "It kept me very warm.", "postcode": "12345", "age": "16-24", "matters": "smuggled"}
    right = settle(store, now, flyer, chosen, by="Cleo", asking=ASKING)
    assert right == {"words": "second", "postcode": "first", "age": "neither"}
    after = store.paper.entry(now.id, flyer, FIRST)
    assert after is not None and after.item_id not in (None, before.item_id)
    (item,) = store.items.get([after.item_id or 0])
    assert (item.text, item.postcode, item.age_band) == ("It kept me very warm.", "12345", "16-24")
    assert item.answers == {"matters": FIELDS["matters"]}
    found = errors(store.paper.checks(now.id))
    assert (found.flyers, found.fields, found.first_wrong, found.second_wrong) == (1, 6, 2, 2)
    assert found.by_field == {"words": 1, "age": 1}
    with pytest.raises(ModerationError, match="nothing to be settled"):
        settle(store, now, flyer, chosen, by="Cleo", asking=ASKING)


def test_a_yes_that_the_second_reading_does_not_find_is_none(store: Store, batch: Batch) -> None:
    now, flyer = finished(store, batch)
    first = store.paper.entry(now.id, flyer, FIRST)
    second(store, now, flyer, {**FIELDS, "consents": "quote_unnamed"})
    settle(store, now, flyer, {"consents": "quote_unnamed"}, by="Cleo", asking=ASKING)
    assert first is not None and first.item_id is not None
    with pytest.raises(ModerationError):
        store.submissions.held(first.item_id)
    close(store, again(store, now), by="Anna", with_scans=True, asking=ASKING)
    assert rows(store, "SELECT left_out FROM transcriptions WHERE entry = 'settled'") == [("no_consent",)]


def test_what_an_author_changed_or_took_back_is_not_read_over(store: Store, batch: Batch) -> None:
    now, flyer = finished(store, batch)
    first = store.paper.entry(now.id, flyer, FIRST)
    assert first is not None and first.item_id is not None
    second(store, now, flyer, {**FIELDS, "words": "Something else."})
    store.submissions.set_consents(first.item_id, {Use.ANALYSE}, proof="my statement")
    with pytest.raises(ModerationError, match="author"):
        settle(store, now, flyer, {"words": "Something else."}, by="Cleo", asking=ASKING)
    repair(store, now, asking=ASKING)
    assert store.paper.checks(now.id) == []
    assert store.submissions.held(first.item_id).consents == {Use.ANALYSE}


def test_a_withdrawn_flyer_leaves_no_word_anywhere(store: Store, batch: Batch) -> None:
    words = {**FIELDS, "words": "xylophone in the cellar", "consents": "analyse; quote_named; contact"}
    made = put(store, batch, 1, words, name="Xaver Unusual", email="xaver@example.org")
    store.paper.scans.add(batch.id, 1, [("image/jpeg", b"scanned-xylophone")], by="Anna")
    assert made.item_id is not None
    store.submissions.withdraw(made.item_id)
    with pytest.raises(ModerationError, match="author"):
        correct(store, batch, made, entry(batch, 1), OnPaper(), asking=ASKING)
    assert_gone(store, b"xylophone", b"xaver")


def test_a_flyer_that_was_left_out_by_mistake_is_an_answer_after_all(store: Store, batch: Batch) -> None:
    made = put(store, batch, 1)
    for round_ in range(3):
        left = entry(batch, 1, {}, left_out="no_consent", sending=made.sending)
        enter(store, batch, left, OnPaper(), asking=ASKING)
        assert rows(store, "SELECT count(*) FROM items WHERE text <> ''") == [(0,)]
        words = {**FIELDS, "words": f"Entered after all {round_}."}
        made = enter(store, batch, entry(batch, 1, words, sending=made.sending), OnPaper(), asking=ASKING)
        again_ = {**words, "words": f"And corrected {round_}."}
        made = enter(store, batch, entry(batch, 1, again_, sending=made.sending), OnPaper(), asking=ASKING)
        assert rows(store, "SELECT text FROM items WHERE text <> ''") == [(f"And corrected {round_}.",)]


def test_what_an_author_took_back_while_the_program_was_down_does_not_come_back(
    store: Store, batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.submissions.reserve(["ABCD-EFGH-JKMN"])

    def dies(*_: object, **__: object) -> None:
        raise StoreError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(store.paper, "stored", dies)
        with pytest.raises(StoreError):
            put(store, batch, 1, code="ABCDEFGHJKMN")
    item = store.submissions.of_code("ABCDEFGHJKMN")
    assert item is not None
    store.submissions.withdraw(item)
    put(store, batch, 2, {**FIELDS, "words": "Another sheet."})
    assert rows(store, "SELECT text FROM items WHERE text <> ''") == [("Another sheet.",)]
    assert rows(store, "SELECT answers FROM transcriptions WHERE flyer = 1") == [("{}",)]


def test_a_correction_that_the_program_died_in_is_completed(
    store: Store, batch: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = put(store, batch, 1)

    def dies(*_: object, **__: object) -> None:
        raise StoreError("the disk is full")

    changed = entry(batch, 1, {**FIELDS, "words": "Read again."}, sending=made.sending)
    for owner, name in ((store.submissions, "replace"), (store.paper, "stored")):
        with monkeypatch.context() as broken:
            broken.setattr(owner, name, dies)
            with pytest.raises(StoreError):
                enter(store, batch, changed, OnPaper(), asking=ASKING)
        repair(store, batch, asking=ASKING)
        assert rows(store, "SELECT text FROM items WHERE text <> ''") == [(changed.fields["words"],)]
        assert store.paper.unstored(batch.id) == []
        changed = entry(batch, 1, {**FIELDS, "words": "Read a third time."}, sending=made.sending)


@pytest.mark.parametrize("at", ["add", "stored"])
def test_a_program_that_dies_in_between_loses_nothing(
    store: Store, batch: Batch, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    def dies(*_: object, **__: object) -> None:
        raise StoreError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(store.submissions if at == "add" else store.paper, at, dies)
        with pytest.raises(StoreError):
            put(store, batch, 1, code="")
    put(store, batch, 2, {**FIELDS, "words": "The second sheet."})
    texts = rows(store, "SELECT source_id, text FROM items ORDER BY source_id")
    assert texts == [(f"{batch.id}-1", FIELDS["words"]), (f"{batch.id}-2", "The second sheet.")]
    assert rows(store, "SELECT count(*) FROM transcriptions WHERE item_id IS NULL") == [(0,)]


def test_a_code_of_another_sheet_is_let_go_when_it_is_corrected(store: Store, batch: Batch) -> None:
    store.submissions.reserve(["ABCD-EFGH-JKMN", "ZZZZ-EFGH-JKMN"])
    made = put(store, batch, 1, code="ZZZZ-EFGH-JKMN")
    right = correct(store, batch, made, entry(batch, 1), OnPaper(code="ABCD-EFGH-JKMN"), asking=ASKING)
    assert store.submissions.of_code("ABCD-EFGH-JKMN") == right.item_id
    assert store.submissions.of_code("ZZZZ-EFGH-JKMN") is None
    assert put(store, batch, 2, code="ZZZZ-EFGH-JKMN").item_id == store.submissions.of_code("ZZZZEFGHJKMN")


def test_more_flyers_are_taken_until_one_was_read_twice(store: Store, batch: Batch) -> None:
    now, flyer = finished(store, batch)
    with pytest.raises(ModerationError, match="said to be entered"):
        put(store, now, 6)
    store.paper.go_on(now.id)
    put(store, again(store, now), 6)
    (flyer,) = finish(store, again(store, now), by="Anna", asking=ASKING)
    now = again(store, now)
    second(store, now, flyer, FIELDS)
    with pytest.raises(ModerationError, match="has begun"):
        store.paper.go_on(now.id)


def test_names_of_batches_are_used_once_and_nothing_speaks_of_persons(store: Store, batch: Batch) -> None:
    with pytest.raises(ModerationError, match="choose another name"):
        store.paper.open_batch(
            batch.name, library=None, language="de", form_id=1, received_on=date(2026, 11, 1), seed=1, by="Anna"
        )
    assert "Mo" not in repr(OnPaper(name="Mo")) and "warm" not in repr(entry(batch, 1))
    with Store.open_read_only(store.path) as reader:
        assert [each.name for each in reader.paper.batches()] == ["Main Street"]
        with pytest.raises(StoreError, match="reading only"):
            reader.paper.scans.of(batch.id)
    with pytest.raises(sqlite3.IntegrityError):
        store.paper.scans.add(batch.id, 1, [("image/svg+xml", b"x")], by="Anna")
