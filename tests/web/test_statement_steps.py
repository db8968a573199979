"""What an author can do with a code, on a real store: read, allow less, correct, withdraw; and who is told of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advocacy_monitor.candidates import candidate
from advocacy_monitor.models import Contact, OptIn, Status, Use
from advocacy_monitor.questionnaire import UNDER_16
from advocacy_monitor.store import Store
from advocacy_monitor.web import my_statement
from advocacy_monitor.web.holding import LASTS, TicketError, item_of, ticket_for
from advocacy_monitor.web.my_statement import Opened
from advocacy_monitor.web.reading import Reading
from tests.conftest import Clock
from tests.web.holders import CODE, EVERYTHING, PACK, WORDS, quoted, stored, to_do


def opened(store: Store) -> Opened:
    found = my_statement.open_by_code(store, CODE)
    assert found is not None
    return found


def test_the_code_opens_everything_that_is_held(store: Store) -> None:
    item_id = stored(store)
    quoted(store, item_id)
    found = opened(store)
    assert (found.held.name, found.held.email, found.held.packs) == (
        "Wilhelmina Quillfeather",
        "wilhelmina@example.org",
        (PACK,),
    )
    assert found.told == ("ann-lee", "bo")
    lines = {line.number: line.answer for line in my_statement.answered(found, "en")}
    numbers = {question.key: number for number, question in found.questionnaire.numbered()}
    assert lines[numbers["words"]] == WORDS
    assert lines[numbers["library"]] == "Lindenrode"
    assert lines[numbers["postcode"]] == "12345"
    assert lines[numbers["matters"]].endswith("; The garden")
    assert "print_books" not in lines[numbers["matters"]]
    assert lines[numbers["age"]] not in ("", "25-64") or "25" in lines[numbers["age"]]


@pytest.mark.parametrize("code", ["", "ABCD-EFGH-JKMM", "nothing", "O" * 12, "A" * 100_000, "\x00", "🎈" * 12])
def test_every_other_code_opens_nothing(store: Store, code: str) -> None:
    stored(store)
    assert my_statement.open_by_code(store, code) is None


def test_a_ticket_opens_its_item_for_an_hour_and_for_its_purpose_only(store: Store, clock: Clock) -> None:
    item_id = stored(store)
    ticket = ticket_for(store, item_id, purpose="statement")
    assert CODE.lower() not in ticket.lower()
    assert item_of(store, ticket, purpose="statement") == item_id
    with pytest.raises(TicketError):
        item_of(store, ticket, purpose="permission")
    clock.now += LASTS + timedelta(minutes=1)
    with pytest.raises(TicketError):
        item_of(store, ticket, purpose="statement")


@settings(max_examples=50)
@given(forged=st.text(max_size=120))
def test_a_forged_ticket_opens_nothing(tmp_path_factory: Any, forged: str) -> None:
    with Store.open(tmp_path_factory.mktemp("forged") / "a.db") as store, pytest.raises(TicketError):
        item_of(store, forged, purpose="statement")


def test_a_ticket_whose_item_was_changed_by_hand_opens_nothing(store: Store) -> None:
    stored(store)
    other = ticket_for(store, 2, purpose="statement").partition(".")[0]
    signature = ticket_for(store, 1, purpose="statement").partition(".")[2]
    with pytest.raises(TicketError):
        item_of(store, f"{other}.{signature}", purpose="statement")


def test_consents_are_taken_back_one_by_one_with_their_proof_and_what_they_allowed_to_keep(store: Store) -> None:
    item_id = stored(store)
    now = my_statement.change_consents(
        store, opened(store).ticket, [Use.QUOTE_UNNAMED, Use.SEND_TO_REPRESENTATIVE], language="de"
    )
    assert now is not None
    assert now.held.consents == {Use.ANALYSE, Use.QUOTE_UNNAMED, Use.SEND_TO_REPRESENTATIVE}
    assert (now.held.name, now.held.email) == (None, None)
    proofs = store._db.execute("SELECT proof FROM consents WHERE granted = 0 AND item_id = ?", [item_id]).fetchall()
    assert {row[0] for row in proofs} == {"my statement (library 1, de)"}
    assert not now.may_tick(Use.QUOTE_NAMED), "without a name, a correction has to bring one"
    assert not now.may_tick(Use.CONTACT)


def test_the_tick_for_counting_cannot_be_taken_off_alone(store: Store) -> None:
    stored(store)
    now = my_statement.change_consents(store, opened(store).ticket, [], language="en")
    assert now is not None
    assert now.held.consents == {Use.ANALYSE}


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        (set(), "may not be quoted any more"),
        ({Use.CONTACT}, "may not be quoted any more"),
        ({Use.QUOTE_UNNAMED, Use.QUOTE_NAMED}, "may not be shown to representatives any more"),
        ({Use.QUOTE_UNNAMED, Use.SEND_TO_REPRESENTATIVE}, "may not be quoted with its author's name any more"),
        (EVERYTHING - {Use.CONTACT}, None),
        (EVERYTHING, None),
    ],
)
def test_who_has_a_pack_is_to_be_told_when_a_use_is_taken_back(store: Store, wanted: Any, told: str | None) -> None:
    item_id = stored(store)
    quoted(store, item_id)
    my_statement.change_consents(store, opened(store).ticket, wanted, language="en")
    found = to_do(store)
    assert [recipient for recipient, _ in found] == ([] if told is None else ["ann-lee", "bo"])
    assert all(f"item {item_id} {told}" in note for _, note in found)


def test_somebody_under_16_takes_consents_back_and_gives_none_here(store: Store) -> None:
    stored(
        store,
        age_band=UNDER_16,
        contact=None,
        consents=frozenset({Use.ANALYSE, Use.SEND_TO_REPRESENTATIVE}),
        flags=("minors",),
    )
    now = my_statement.change_consents(store, opened(store).ticket, EVERYTHING, language="en")
    assert now is not None
    assert now.held.consents == {Use.ANALYSE, Use.SEND_TO_REPRESENTATIVE}
    now = my_statement.change_consents(store, now.ticket, [], language="en")
    assert now is not None
    assert now.held.consents == {Use.ANALYSE}


def corrected(store: Store, ticket: str, **changes: Any) -> Opened:
    """The answer after its author changed some fields of the form."""
    held = opened(store).held
    values: dict[str, Any] = {
        **{name: getattr(held, name) for name in ("text", "library", "postcode", "age_band", "consents")},
        "answers": dict(held.answers),
        "name": held.name,
        "email": held.email,
    }
    found = my_statement.correct(store, ticket, Reading(**(values | changes)), language="fr", sends_mail=True)
    assert found is not None
    return found


def test_a_correction_takes_the_place_of_the_words_and_keeps_the_code(store: Store) -> None:
    item_id = stored(store, flags=("sent_too_fast",))
    quoted(store, item_id)
    before = opened(store)
    new = corrected(store, before.ticket, text="Only this.", answers={}, name=None, consents=frozenset({Use.ANALYSE}))
    assert new.held.text == "Only this."
    assert (new.held.name, new.held.email, new.held.answers) == (None, None, {})
    assert new.held.created_at == before.held.created_at
    assert opened(store).held.item_id == new.held.item_id != item_id
    assert my_statement.open_by_ticket(store, before.ticket) is None, "the old page is of the old words"
    assert {note.partition(":")[0] for _, note in to_do(store)} == {
        f"item {item_id} was corrected by its author, and its old words may not be used any more"
    }
    assert store.search("Quillfeather") == []
    risks = store.items.annotations(new.held.item_id, new.held.item_id, labels=["risk"])[new.held.item_id]
    assert [fact.value for fact in risks] == ["sent_too_fast"], "a correction clears nobody of a suspicion"
    codes = store._db.execute("SELECT count(*) FROM withdrawal_codes").fetchone()[0]
    assert codes == 1, "no code that nobody knows"


def test_where_only_ticks_were_removed_the_words_stay(store: Store) -> None:
    item_id = stored(store)
    new = corrected(store, opened(store).ticket, consents=frozenset({Use.ANALYSE, Use.QUOTE_UNNAMED}))
    assert new.held.item_id == item_id
    assert new.held.consents == {Use.ANALYSE, Use.QUOTE_UNNAMED}


def test_a_new_address_is_asked_to_be_confirmed_and_the_old_one_is_not_asked_again(store: Store) -> None:
    stored(store)
    same = corrected(store, opened(store).ticket, text="New words, same address.")
    assert same.held.email == "wilhelmina@example.org"
    assert store._contacts is not None
    assert store._contacts._db.execute("SELECT count(*) FROM opt_ins").fetchone()[0] == 0
    new = corrected(store, same.ticket, email="other@example.org")
    assert (new.held.email, new.held.email_confirmed) == ("other@example.org", False)
    asked = store._contacts._db.execute("SELECT email, wants_contact FROM opt_ins").fetchall()
    assert [tuple(row) for row in asked] == [("other@example.org", 1)]


def test_a_confirmed_address_does_not_confirm_another_one(store: Store) -> None:
    opt_in = OptIn(token="t" * 32, email="wilhelmina@example.org", language="en", wants_contact=True)
    stored(store, opt_in=opt_in)
    assert store._contacts is not None
    store._contacts._db.execute("UPDATE opt_ins SET confirmed_at = '2026-11-01T12:00:00+00:00'")
    store._contacts._db.conn.commit()
    assert opened(store).held.email_confirmed
    new = corrected(store, opened(store).ticket, email="somebody-else@example.org")
    assert new.held.email == "somebody-else@example.org"
    assert not new.held.email_confirmed


def test_withdrawn_words_are_in_no_file_any_more_and_holders_of_packs_are_to_be_told(store: Store) -> None:
    item_id = stored(store)
    quoted(store, item_id)
    ticket = opened(store).ticket
    assert my_statement.withdraw(store, ticket) == (PACK,)
    assert my_statement.open_by_code(store, CODE) is None
    assert my_statement.withdraw(store, ticket) is None, "a second time there is nothing to take back"
    assert [recipient for recipient, _ in to_do(store)] == ["ann-lee", "bo"]
    assert all(f"item {item_id} was withdrawn by its author" in note for _, note in to_do(store))
    known = candidate(store, item_id)
    assert known is not None
    assert (known.status, known.uses, known.item.text) == (Status.REJECTED, frozenset(), "")
    store.verifications.settle()
    folder = store.path.parent
    store.close()
    for file in folder.glob("advocacy*"):
        assert b"quillfeather" not in file.read_bytes().lower(), file.name
        assert b"wilhelmina" not in file.read_bytes().lower(), file.name


def test_an_answer_on_paper_is_read_corrected_and_withdrawn_with_the_code_of_its_flyer(store: Store) -> None:
    store.submissions.reserve([CODE])
    assert my_statement.open_by_code(store, CODE) is None, "nobody has typed it in yet"
    stored(store, source="paper", source_id="3-17", channel="paper", contact=None, consents=frozenset({Use.ANALYSE}))
    new = corrected(store, opened(store).ticket, text="What I meant was this.")
    assert (new.held.text, new.held.source, new.held.source_id) == ("What I meant was this.", "paper", "3-17~2")
    assert my_statement.withdraw(store, opened(store).ticket) == ()
    assert my_statement.open_by_code(store, CODE) is None


def test_staff_find_in_the_log_what_authors_did_alone(store: Store) -> None:
    item_id = stored(store)
    quoted(store, item_id, sent_to=())
    my_statement.change_consents(store, opened(store).ticket, EVERYTHING - {Use.CONTACT}, language="en")
    my_statement.change_consents(store, opened(store).ticket, EVERYTHING - {Use.CONTACT}, language="en")
    new = corrected(store, opened(store).ticket, text="Only this.")
    my_statement.withdraw(store, new.ticket)
    assert [(each.actor, each.action, each.item_id, each.detail) for each in store.actions.newest()] == [
        ("form", "author.withdrew", new.held.item_id, PACK),
        ("form", "author.corrected", new.held.item_id, ""),
        ("form", "author.consents", item_id, ""),
    ], "the newest first; what was removed since keeps no detail, and which pack held the first words stays known"
    assert to_do(store) == [], "nobody was handed the pack"


def test_what_is_to_be_told_is_noted_once(store: Store) -> None:
    item_id = stored(store)
    quoted(store, item_id, sent_to=("bo",))
    for wanted in ([], [Use.QUOTE_UNNAMED], []):
        my_statement.change_consents(store, opened(store).ticket, wanted, language="en")
    assert len(to_do(store)) == 1


def test_the_copy_to_take_along_has_everything_and_nobody_elses_name(store: Store) -> None:
    stored(store)
    copy = my_statement.copy_of(store, opened(store).ticket)
    assert copy is not None
    assert (copy["text"], copy["email"], copy["answers"]["matters_other"]) == (
        WORDS,
        "wilhelmina@example.org",
        "The garden",
    )
    assert copy["consents"] == sorted(EVERYTHING)


def test_without_contact_details_there_is_nothing_to_keep(store: Store) -> None:
    stored(store, contact=Contact(), consents=frozenset({Use.ANALYSE}))
    found = opened(store)
    assert (found.held.name, found.held.email) == (None, None)
    assert [use for use in Use if found.may_tick(use)] == [
        Use.ANALYSE,
        Use.QUOTE_UNNAMED,
        Use.SEND_TO_REPRESENTATIVE,
    ]
