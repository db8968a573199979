"""Who a request is about is found by item, account, code and address, and nobody else's statements with them."""

from __future__ import annotations

from hashlib import sha256

import pytest

from advocacy_monitor.erase import erase, preview_of
from advocacy_monitor.errors import ModerationError
from advocacy_monitor.models import Contact, Page, Received, Reject, Use
from advocacy_monitor.questionnaire import load_questionnaire
from advocacy_monitor.rights.subjects import again, find
from advocacy_monitor.store import Store
from advocacy_monitor.store.journal import reapply
from advocacy_monitor.store.outbox import Mail
from tests.conftest import make_post, make_submission
from tests.planted import stored

CODE = "ABCD-EFGH-JKMN"
FORM = load_questionnaire("library").form


def answered(store: Store, sending: str, email: str | None, code: str | None = None, text: str = "Mine.") -> int:
    submission = make_submission(
        text, source="form", source_id=sending, contact=Contact(email=email), consents=frozenset(Use)
    )
    (kept,) = store.submissions.add([Received(submission=submission, form=FORM, language="en", code=code)])
    return kept.item_id


def test_an_account_is_found_by_its_name_however_it_is_written(store: Store) -> None:
    one, two, _ = stored(
        store,
        make_post("One.", author_id="7", author_handle="Ida_Reads"),
        make_post("Two.", author_id="7", author_handle="ida_renamed"),
        make_post("Somebody else.", author_id="8", author_handle="ida_reads_more"),
    )
    for name in ("x:ida_reads", "X:@IDA_READS", "x: ida_renamed"):
        assert find(store, author=name).item_ids == (one, two)
    (three,) = stored(store, make_post("Colon.", source="rss:a:b", author_id="9", author_handle="ann:lee"))
    assert find(store, author="rss:a:b:ann:lee").item_ids == (three,)


def test_an_account_that_is_named_without_its_server_is_asked_about(store: Store) -> None:
    for server in ("b.example", "a.example"):
        stored(store, make_post("One.", source="mastodon", author_id=server, author_handle=f"ida@{server}"))
    with pytest.raises(ModerationError, match=r"there is mastodon:ida@a.example and mastodon:ida@b.example: name the"):
        find(store, author="mastodon:@Ida")
    assert len(find(store, author="mastodon:ida@a.example").item_ids) == 1
    with pytest.raises(ModerationError, match="nothing is stored of this account, or it was removed"):
        find(store, author="mastodon:id")


def test_two_people_who_had_one_name_are_told(store: Store) -> None:
    stored(
        store,
        make_post("One.", author_id="7", author_handle="ida"),
        make_post("Two.", author_id="9", author_handle="ida"),
    )
    found = find(store, author="x:ida")
    assert (len(found.item_ids), len(found.identity.keys)) == (2, 2)


def test_a_code_leads_to_everything_by_the_same_address(store: Store) -> None:
    one = answered(store, "a", "ida@example.org", CODE)
    two = answered(store, "b", "Ida@Example.org ")
    other = answered(store, "c", "ida@example.com")
    assert find(store, code="abcd efgh jkmn").item_ids == (one, two)
    assert find(store, email=" IDA@example.org").item_ids == (one, two)
    assert find(store, item=other).item_ids == (other,)


def test_who_types_somebodys_address_cannot_have_that_persons_answers_erased(store: Store) -> None:
    hers = answered(store, "a", "ida@example.org")
    his = answered(store, "b", "ida@example.org", CODE)
    assert find(store, code=CODE, proven=True).item_ids == (his,)
    shown = preview_of(store, find(store, code=CODE, proven=True))
    erase(store, shown, confirmed=1)
    assert store.items.get([hers])[0].text == "Mine."


def test_an_address_within_another_is_somebody_elses(store: Store) -> None:
    answered(store, "a", "joan@example.org")
    named = make_submission(
        "Named.", contact=Contact(email="joan@example.org", other={"note": "my aunt an@example.org"})
    )
    (free,) = stored(store, make_submission("Mine.", contact=Contact(other={"reach me": "at <an@example.org>."})))
    stored(store, named)
    assert find(store, email="an@example.org").item_ids == (free,)


def test_what_belongs_to_no_statement_is_found(store: Store) -> None:
    mail = Mail(
        kind="opt-in", recipient="ida@example.org", language="en", subject="s", body="b", source="form", source_id="z"
    )
    store.mails.outbox.queue([mail], domain="example.org")
    found = find(store, email="ida@example.org")
    assert (found.item_ids, found.loose) == ((), (("form", "z"),))
    assert again(store, found) == found


def test_a_mail_about_no_statement_is_found_and_goes(store: Store) -> None:
    mail = Mail(kind="thanks", recipient="Ida@example.org", language="en", subject="s", body="b")
    store.mails.outbox.queue([mail], domain="example.org")
    found = find(store, email="ida@example.org")
    assert (found.item_ids, len(found.loose)) == ((), 1)
    erase(store, preview_of(store, found), confirmed=0)
    assert store.mails.outbox.due(most=9) == []
    with pytest.raises(ModerationError, match="nothing is held of this address"):
        find(store, email="ida@example.org")
    store.mails.outbox.queue([mail], domain="example.org")
    assert reapply(store, store.erasures.journal.read()).contacts == 0  # it is newer than the erasure
    assert len(store.mails.outbox.due(most=9)) == 1


def test_a_corrected_answer_is_found_by_the_address_of_the_first(store: Store) -> None:
    answered(store, "a", "ida@example.org", CODE)
    new = answered(store, "a", "ida@example.org", CODE, text="Corrected.")
    assert find(store, email="ida@example.org").item_ids == (new,)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"item": 999}, "no such item"),
        ({"author": "x:nobody"}, "nothing is stored of this account"),
        ({"author": "nobody"}, "SOURCE:HANDLE"),
        ({"code": CODE}, "belongs to no answer"),
        ({"email": "nobody@example.org"}, "nothing is held of this address"),
        ({}, "in one way"),
        ({"item": 1, "email": "a@example.org"}, "in one way"),
    ],
)
def test_what_is_not_there_is_told_without_repeating_it(store: Store, given: dict[str, object], said: str) -> None:
    stored(store, make_post("One.", author_id="7"))
    with pytest.raises(ModerationError, match=said) as caught:
        find(store, **given)  # type: ignore[arg-type]  # a wrong call is tried
    assert CODE not in str(caught.value)
    assert "@" not in str(caught.value)


def test_nothing_that_leads_to_a_person_is_in_what_is_logged(store: Store) -> None:
    answered(store, "a", "ida@example.org", CODE)
    for found in (find(store, code=CODE), find(store, email="ida@example.org")):
        assert "ida" not in repr(found)
        assert CODE not in repr(found)


@pytest.mark.parametrize(
    "payload",
    [b'{"by": "quobbel_r"}', b"QUOBBEL_R wrote", "mail of J\u00f6rg.Quobbel@example.org".encode(),
     b'{"by": "J\\u00f6rg.Quobbel@example.org"}'],
)  # fmt: skip
def test_unread_records_that_name_the_person_are_found(store: Store, payload: bytes) -> None:
    others = (b"quobbel_rb", b'{"by": "notquobbel_r"}', b"", b"\xff\xfe\x00")
    rejects = tuple(Reject(position=str(n), reason="bad", payload=each) for n, each in enumerate((payload, *others)))
    stored(store, make_post("One."), rejects=rejects)
    assert len(store.people.rejects_naming(["quobbel_r", "J\u00f6rg.Quobbel@example.org"])) == 1
    assert store.people.rejects_naming([]) == []


def test_records_of_others_stay_although_a_handle_stands_in_them(store: Store) -> None:
    """A handle may be a language, a year or a word, and a word may stand in a sentence."""
    payloads = (
        b'{"by":"Quobbel_R\\u00e9ads","text":"Mine."}',
        b'{"by":"@quobbel_r\xc3\xa9ads","text":"Mine as well."}',
        b'{"by":"otto","text":"As quobbel_r\xc3\xa9ads said."}',
        b'{"by":"otto","language":"english","year":"2024","lang":"de"}',
    )
    rejects = tuple(Reject(position=str(n), reason="bad", payload=each) for n, each in enumerate(payloads))
    handles = ("quobbel_réads", "english", "2024", "de")
    ids = stored(store, *(make_post("One.", author_id="7", author_handle=each) for each in handles))
    run = store.runs.start("x", "import")
    store.add_page(run, Page(items=(), rejects=rejects), collector="x")
    theirs = store.people.rejects_of(store.people.identity(ids))
    assert {sha256(each).hexdigest() for each in payloads[:2]} == set(theirs)
